"""The provider contract: what every source of games implements, in the casino's words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from casino.clock import Clock
from casino.errors import TryLater
from casino.money import Currency
from casino.play.calls import EndedSpins, GameCall, PlayerSession
from casino.play.manifest import Manifest
from casino.wallet import Answer, Balance
from casino.wallet.known import Known


class ProviderUnavailable(TryLater):
    """The provider did not answer, or answered nonsense; the player may try again."""

    code = "provider-unavailable"


class Category(enum.StrEnum):
    """How the lobby groups a game."""

    SLOTS = "slots"
    LIVE = "live"
    CRASH = "crash"
    TABLE = "table"
    INSTANT = "instant"


class Volatility(enum.StrEnum):
    """How unevenly a game pays, as its studio says."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class GameEntry:
    """A game as its provider's catalogue lists it."""

    external_id: str
    title: str
    category: Category
    studio: str
    image_url: str | None = None
    rtp_ppm: int | None = None  # return to player in millionths, where published
    has_demo: bool = False
    has_free_spins: bool = False
    has_tables: bool = False  # its launch needs a table of its lobby
    volatility: Volatility | None = None
    tags: tuple[str, ...] = ()  # the provider's own, lower case
    features: tuple[str, ...] = ()  # "bonus-buy", "jackpot", "megaways", ...
    devices: tuple[str, ...] = ()  # "desktop", "mobile"; empty: any
    currencies: tuple[str, ...] = ()  # our codes; empty: all of the provider's
    restricted_countries: tuple[str, ...] = ()  # ISO 3166 alpha-2
    released_on: str | None = None  # "2026-01-31"


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What a provider needs to open one game for one player."""

    session_ref: str  # ours; comes back in callbacks
    player_ref: str  # ours; comes back in callbacks
    player_name: str
    game_external_id: str
    currency: str
    demo: bool
    language: str
    device: str  # "mobile" or "desktop"
    return_url: str
    surface: str = "web"
    deposit_url: str = ""
    ip: str = ""
    country: str | None = None  # ISO 3166 alpha-2, where known
    balance_units: int = 0  # what may be staked at this moment
    player_since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    studio: str = ""
    table_ref: str | None = None  # of a game with tables


class Call(msgspec.Struct, frozen=True):
    """One HTTP request from a provider, exactly as it arrived."""

    method: str
    path: str  # what follows /providers/<id>, without the slash
    query: str  # raw
    headers: Mapping[str, str]  # names lower-cased
    body: bytes  # raw
    peer: str = ""  # the caller's address


class Reply(msgspec.Struct, frozen=True):
    """What goes back to the provider."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


class Till(Protocol):
    """What a provider may ask of the house: the part of ``casino.play.Play`` behind callbacks.

    Every call is bounded in time. TryLater says that nothing was done, OutcomeUnknown that it may
    have been; no clock of the provider's could tell the two apart.
    """

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        """Perform the call's operations: all of them, in order, or none."""

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        """Return a player's standing. Raises UnknownPlayer."""

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        """Find a session of this provider, long after it ended too."""

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        """Say what an operation with this key did, or None when it never arrived."""

    async def stakes_of_round(
        self, provider_id: str, player_ref: str, currency: Currency, round_id: str
    ) -> list[Known]:
        """List the stakes of a round among the account's newest transfers, oldest first."""

    async def end_free_spins(
        self, provider_id: str, ref: str, status: EndedSpins, won_units: int
    ) -> Answer | None:
        """Credit what free spins won, once, and close them; None where there are none such."""


class Provider(Protocol):
    """A source of games that plays against the shared wallet.

    What it can do beyond this is in ``casino.play.capabilities``.
    """

    @property
    def manifest(self) -> Manifest:
        """What it declares."""

    async def catalogue(self) -> list[GameEntry]:
        """List every game on offer. Raises ProviderUnavailable; never a partial list."""

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""

    async def answer(self, call: Call) -> Reply:
        """Verify a callback over its raw bytes, perform it through ``casino.play``, and reply.

        Never raises: what goes wrong becomes the protocol's own error.
        """

    async def close(self) -> None:
        """Release connections."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a provider is built with."""

    id: str
    till: Till
    clock: Clock
