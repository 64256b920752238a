"""What the API reads and writes. Amounts are decimal strings, times ISO 8601 in UTC."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from casino.play import Volatility
from casino.play.lobby_games import Collection, Sort
from casino.surfaces import Surface

Amount = Annotated[str, StringConstraints(pattern=r"^-?\d{1,20}(\.\d{1,18})?$")]
AmountGiven = Annotated[str, StringConstraints(pattern=r"^\d{1,19}(\.\d{1,18})?$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32)]


def _may_be_missing(schema: dict[str, Any]) -> None:
    del schema["default"]


# Of a field that every answer has and a client of before does not know.
ADDED = Field(json_schema_extra=_may_be_missing)


class Schema(BaseModel):
    """Base: unknown fields in requests are refused, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorView(Schema):
    """Why a request failed; ``code`` names the text to show."""

    code: str
    message: str
    values: dict[str, str] = {}


class CurrencyView(Schema):
    """A currency on offer."""

    code: str
    decimals: int
    play_money: bool


class ConfigView(Schema):
    """What a client must know before anybody signs in."""

    mode: Literal["demo", "testnet", "live"]
    bot_username: str | None
    languages: list[str]
    currencies: list[CurrencyView]
    demo_sign_in: bool
    terms_version: str


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


class Query(BaseModel):
    """Base of query strings: what is not known is left alone."""

    model_config = ConfigDict(frozen=True)


class SurfaceQuery(Query):
    """On which surface the client runs."""

    surface: Surface = Surface.WEB


class HistoryQuery(Query):
    """A page of the statement."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30
    before: Annotated[str, StringConstraints(max_length=64)] | None = None
    currency: Code | None = None


def _spelt_out(names: type[StrEnum]) -> WithJsonSchema:
    """Describe names where they stand: no answer has them, so that nothing else describes them."""
    return WithJsonSchema({"type": "string", "enum": [name.value for name in names]})


Label = Annotated[str, StringConstraints(max_length=64)]
Labels = Annotated[str, StringConstraints(max_length=256)]  # between commas


class FacetsQuery(Query):
    """Which games: a game has all that is asked for. ``q`` forgives typing errors."""

    category: Annotated[str, StringConstraints(max_length=16)] | None = None
    q: Annotated[str, StringConstraints(max_length=64)] | None = None
    studio: Label | None = None
    provider: Label | None = None
    volatility: Volatility | None = None
    tags: Labels | None = None
    features: Labels | None = None
    surface: Surface | None = None
    currency: Code | None = None
    device: Literal["desktop", "mobile"] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")] | None = None


class GamesQuery(FacetsQuery):
    """A page of games; those of ``favourites`` and ``recent`` are the player's, newest first."""

    collection: Annotated[Collection, _spelt_out(Collection)] | None = None
    sort: Annotated[Sort, _spelt_out(Sort)] | None = None
    cursor: Annotated[str, StringConstraints(max_length=512)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 500


class RoundsQuery(Query):
    """A page of house rounds."""

    game: Annotated[str, StringConstraints(max_length=32)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    before: Annotated[str, StringConstraints(max_length=18)] | None = None


class HistoryView(Schema):
    """A page of the statement, newest first; ``next`` continues it."""

    items: list[EntryView]
    next: str | None


class GameView(Schema):
    """A game in the lobby; ``own`` is the slug of a house game with its own page.

    ``image`` is a picture of ours; ``w`` in its query chooses a width (see ``webapp.images``).
    """

    id: str
    title: str
    studio: str
    provider: str
    category: str
    image: str | None
    own: str | None
    has_demo: bool
    rtp: str | None
    has_free_spins: Annotated[bool, ADDED] = False
    has_tables: Annotated[bool, ADDED] = False
    volatility: Annotated[Volatility | None, ADDED] = None
    features: Annotated[list[str], ADDED] = []
    new_on: Annotated[date | None, ADDED] = None


class LobbyView(Schema):
    """Games that can be opened now; ``next`` continues them, ``categories`` are those of all."""

    games: list[GameView]
    categories: list[str]
    next: Annotated[str | None, ADDED] = None


class FacetView(Schema):
    """A value to filter by, and how many games it would leave."""

    value: str
    games: int


class FacetsView(Schema):
    """How many games each further filter would leave, the most first."""

    games: int
    categories: list[FacetView]
    studios: list[FacetView]
    providers: list[FacetView]
    volatilities: list[FacetView]
    features: list[FacetView]
    tags: list[FacetView]


class LaunchRequestBody(Schema):
    """How to open a game."""

    currency: Code
    mode: Literal["real", "demo"] = "real"


class LaunchView(Schema):
    """Where the opened game is; each launch works once."""

    launch_url: str
    session_id: str


class SeedsView(Schema):
    """The seed pair in play; ``nonce`` is that of the next bet."""

    server_seed_hash: str
    client_seed: str
    nonce: int


class RevealedView(SeedsView):
    """A seed pair out of play; ``nonce`` counts its bets."""

    server_seed: str


class RotateRequest(Schema):
    """The player's own seed for the next pair."""

    client_seed: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RotateView(Schema):
    """The revealed pair and the new one."""

    revealed: RevealedView
    current: SeedsView


class LimitsView(Schema):
    """What one bet may stake."""

    currency: str
    minimum: Amount
    maximum: Amount


class DiceView(Schema):
    """The rules of dice as data."""

    limits: list[LimitsView]
    return_to_player: str
    win_numbers_min: int
    win_numbers_max: int
    outcomes: int


class DiceBet(Schema):
    """One bet; it wins on ``win_numbers`` of 10,000 numbers, from below or from above."""

    currency: Code
    stake: AmountGiven
    direction: Literal["under", "over"]
    win_numbers: Annotated[int, Field(ge=1, le=9_800)]


class VerificationView(Schema):
    """Everything the outcome is a pure function of; the server seed once it is revealed."""

    algorithm: str
    server_seed_hash: str
    server_seed: str | None
    client_seed: str
    nonce: int


class RoundView(Schema):
    """A settled dice round."""

    id: str
    at: datetime
    game: str
    currency: str
    stake: Amount
    payout: Amount
    won: bool
    roll: str
    multiplier: str
    direction: Literal["under", "over"]
    win_numbers: int
    verification: VerificationView
    account: AccountView | None = None


class RoundsView(Schema):
    """A page of rounds, newest first."""

    rounds: list[RoundView]
    next: str | None


class DepositMethodView(Schema):
    """A way to deposit; ``trouble`` says in words why it is away."""

    rail: str
    title: str
    currency: str
    method: Literal["memo", "instant"]
    minimum: Amount
    play_money: bool
    trouble: str | None


class DepositMethodsView(Schema):
    """What this surface may offer."""

    methods: list[DepositMethodView]


class DepositTargetRequest(Schema):
    """Which method."""

    rail: Code
    currency: Code


class DepositTargetView(Schema):
    """Where to send, and the memo that must be with it."""

    rail: str
    currency: str
    address: str
    memo: str
    uri: str
    minimum: Amount


class InstantDepositRequest(Schema):
    """How much play money."""

    rail: Code
    currency: Code
    amount: AmountGiven


class DepositView(Schema):
    """A credited deposit."""

    id: str
    rail: str
    currency: str
    amount: Amount
    status: Literal["credited"]
    at: datetime
    external_id: str


class DepositsView(Schema):
    """The newest deposits."""

    deposits: list[DepositView]


class LiveReady(Schema):
    """The connection is signed in."""

    t: Literal["ready"] = "ready"


class LiveWallet(Schema):
    """A snapshot at first, then accounts that changed."""

    t: Literal["wallet"] = "wallet"
    accounts: list[AccountView]


class LiveDeposit(Schema):
    """A deposit was credited."""

    t: Literal["deposit"] = "deposit"
    deposit: DepositView


class LiveNotice(Schema):
    """Something happened to the player's account; ``code`` names the text."""

    t: Literal["notice"] = "notice"
    code: str


class LivePing(Schema):
    """Answer with ``{"t": "pong"}``."""

    t: Literal["ping"] = "ping"


LiveMessage = LiveReady | LiveWallet | LiveDeposit | LiveNotice | LivePing
