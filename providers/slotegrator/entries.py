"""The aggregator's list of games in the lobby's words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from pydantic import BaseModel, Field, field_validator

from casino.play import Category, GameEntry, Volatility
from casino.play.capabilities import Table
from providers.slotegrator.rows import LobbyRow, TableLimit
from providers.slotegrator.web import is_web_address

RTP_PER_CENT_MAX = 200
TAGS_MAX = 32
TABLE_GAMES = ("roulette", "blackjack", "baccarat", "poker", "table", "card", "sic bo", "craps")
FEATURES = frozenset({"bonus-buy", "jackpot", "megaways", "free-spins", "cluster", "hold-and-win"})


class GameParameters(BaseModel):
    """What a studio publishes about a game's mathematics."""

    rtp: Decimal | None = None  # per cent
    volatility: Volatility | None = None

    @field_validator("rtp", mode="before")
    @classmethod
    def _unreadable_is_unpublished(cls, rtp: object) -> Decimal | None:
        try:
            read = Decimal(str(rtp))
        except InvalidOperation:
            return None
        return read if read.is_finite() and 0 < read <= RTP_PER_CENT_MAX else None

    @field_validator("volatility", mode="before")
    @classmethod
    def _known_words_only(cls, volatility: object) -> Volatility | None:
        word = str(volatility).lower()
        return Volatility(word) if word in set(Volatility) else None


class GameTag(BaseModel):
    """A word that the aggregator files a game under."""

    code: str = Field(max_length=64)


class GameRow(BaseModel):
    """One game of the aggregator's list."""

    uuid: str = Field(min_length=1, max_length=94)
    name: str = Field(min_length=1, max_length=200)
    type: str | None = None
    provider: str | None = None
    image: str | None = None
    has_lobby: bool = False
    has_freespins: bool = False
    is_mobile: bool | None = None
    tags: list[GameTag] | None = None
    parameters: GameParameters | None = None


def entry(row: GameRow, title: str) -> GameEntry:
    """Describe one game; ``title`` names the account where a game names no studio."""
    category = category_of(row.type or "")
    parameters = row.parameters or GameParameters()
    tags = tuple(dict.fromkeys(tag.code.lower() for tag in row.tags or ()))[:TAGS_MAX]
    named = tuple(tag.replace("_", "-") for tag in tags)
    return GameEntry(
        external_id=row.uuid,
        title=row.name,
        category=category,
        studio=row.provider or title,
        image_url=row.image if row.image and is_web_address(row.image) else None,
        rtp_ppm=None if parameters.rtp is None else int(parameters.rtp * 10_000),
        has_demo=category is not Category.LIVE,  # the list does not say; live has none
        has_free_spins=row.has_freespins,
        has_tables=row.has_lobby,
        volatility=parameters.volatility,
        tags=tags,
        features=tuple(tag for tag in named if tag in FEATURES),
        devices=_devices(row.is_mobile),
    )


def _devices(is_mobile: bool | None) -> tuple[str, ...]:  # noqa: FBT001 - the wire's own flag
    # A game for both kinds is listed twice, once for each.
    if is_mobile is None:
        return ()
    return ("mobile",) if is_mobile else ("desktop",)


def category_of(kind: str) -> Category:
    """Sort the aggregator's free-text types into the lobby's groups."""
    text = kind.lower()
    if "live" in text:
        return Category.LIVE
    if "slot" in text:
        return Category.SLOTS
    if "crash" in text:
        return Category.CRASH
    if any(word in text for word in TABLE_GAMES):
        return Category.TABLE
    return Category.INSTANT


def table(row: LobbyRow) -> Table:
    """Describe one table of a lobby."""
    return Table(
        ref=str(row.ref),
        title=row.name or str(row.ref),
        dealer=row.dealerName or None,
        open=bool(row.open),
        limits=tuple(_limit(limit) for limit in row.limits or ()),
    )


def _limit(limit: TableLimit) -> tuple[str, str, str]:
    least, most = ("" if n is None else format(n, "f") for n in (limit.min, limit.max))
    return limit.currency, least, most
