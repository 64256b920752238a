"""The player, the wallet, the statement."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from casino.surfaces import Surface
from webapp.api.schemas.base import ADDED, Amount, Code, Query, Schema


class CurrencyView(Schema):
    """A currency on offer."""

    code: str
    decimals: int
    play_money: bool


class ConfigView(Schema):
    """What a client must know before anybody signs in.

    After ``reality_check_minutes`` of play a client says how it went; 0: never.
    """

    mode: Literal["demo", "testnet", "live"]
    bot_username: str | None
    languages: list[str]
    currencies: list[CurrencyView]
    demo_sign_in: bool
    terms_version: str
    reality_check_minutes: Annotated[int, ADDED] = 60


class PlayerView(Schema):
    """The player who is signed in."""

    id: str
    name: str
    language: str
    surface: Surface
    terms_accepted: bool
    frozen: bool


class SignInView(Schema):
    """Tokens and player after signing in."""

    access_token: str
    expires_in: int
    refresh_token: str
    player: PlayerView


class TelegramSignIn(Schema):
    """Init data exactly as Telegram gave it."""

    init_data: Annotated[str, StringConstraints(max_length=4096)]


class RefreshRequest(Schema):
    """The refresh token of the last answer."""

    refresh_token: Annotated[str, StringConstraints(max_length=128)]


class PlayerPatch(Schema):
    """What a player may change."""

    language: Annotated[str, StringConstraints(max_length=8)]


class TermsRequest(Schema):
    """Both must be said."""

    adult: Literal[True]
    accepted: Literal[True]


class AccountView(Schema):
    """One currency of the wallet; ``version`` grows with each change."""

    currency: str
    available: Amount
    held: Amount
    bonus: Amount
    version: int


class WalletView(Schema):
    """Every currency of the wallet."""

    accounts: list[AccountView]


class GameRef(Schema):
    """A game by number and title."""

    id: str
    title: str


class EntryView(Schema):
    """One line of the statement; ``amount`` is signed."""

    id: str
    at: datetime
    kind: str
    currency: str
    amount: Amount
    balance_after: Amount
    game: GameRef | None
    round_id: str | None


class HistoryQuery(Query):
    """A page of the statement."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30
    before: Annotated[str, StringConstraints(max_length=64)] | None = None
    currency: Code | None = None


class HistoryView(Schema):
    """A page of the statement, newest first; ``next`` continues it."""

    items: list[EntryView]
    next: str | None
