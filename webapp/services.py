"""Everything the web edge works with, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from casino.cashier import Cashier
from casino.clock import Clock
from casino.play import Catalogue, HouseGame, HouseRounds, Play
from casino.players import Players, SignIns
from casino.surfaces import House
from casino.wallet import Wallet
from webapp.auth import AccessTokens
from webapp.whereabouts import Whereabouts

if TYPE_CHECKING:
    from webapp.live import LiveHub

# Takes headers and body of a Telegram webhook call, and answers an HTTP status.
ReceiveUpdate = Callable[[Mapping[str, str], bytes], Awaitable[int]]
# Names what is not ready, by dependency; nothing named means ready.
Readiness = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the web edge."""

    house: House
    clock: Clock
    wallet: Wallet
    players: Players
    sign_ins: SignIns
    tokens: AccessTokens
    catalogue: Catalogue
    play: Play
    house_rounds: HouseRounds
    house_games: Mapping[str, HouseGame]
    cashier: Cashier
    live: LiveHub
    readiness: Readiness
    bot_token: str | None = None
    bot_username: Callable[[], str | None] = lambda: None
    receive_update: ReceiveUpdate | None = None
    whereabouts: Whereabouts = field(default_factory=Whereabouts)


SERVICES = web.AppKey("services", Services)
