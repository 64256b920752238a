"""What the vendor's own answers look like, as far as they are used."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, field_validator

ID_LENGTH_MAX = 190
TITLE_LENGTH_MAX = 200
URL_LENGTH_MAX = 4096
RTP_PER_CENT_MAX = 200
LISTED_MAX = 500
OK = "ok"


def _texts(given: object) -> tuple[str, ...]:
    """Keep what is text; a list that is none is empty."""
    if not isinstance(given, list):
        return ()
    return tuple(text for text in given[:LISTED_MAX] if isinstance(text, str))


def _text(given: object) -> str:
    return given[:TITLE_LENGTH_MAX] if isinstance(given, str) else ""


# What only adorns the lobby: one game's odd value there is no reason to lose all games.
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
LooseText = Annotated[str, BeforeValidator(_text)]


class Answer(BaseModel):
    """Whatever the vendor answers; some calls name no status when all is well."""

    status: str = OK


class GameRow(BaseModel):
    """One game of the list."""

    code: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    name: str = Field(min_length=1, max_length=TITLE_LENGTH_MAX)
    enabled: bool = True
    developer: LooseText = ""  # its name or its code
    category: LooseText = ""
    fun_mode: bool = False
    bonus_types: Texts = ()
    themes: Texts = ()
    features: Texts = ()
    rtp: Decimal | None = None  # per cent
    volatility: LooseText = ""
    release_date: LooseText = ""
    restricted_territories: Texts = ()
    prohibited_territories: Texts = ()

    @field_validator("rtp", mode="before")
    @classmethod
    def _unreadable_is_unpublished(cls, rtp: object) -> Decimal | None:
        try:
            read = Decimal(str(rtp))
        except InvalidOperation:
            return None
        return read if read.is_finite() and 0 < read <= RTP_PER_CENT_MAX else None


class DeveloperRow(BaseModel):
    """One studio; what it forbids holds for all its games."""

    code: LooseText = ""
    name: LooseText = ""
    restricted_territories: Texts = ()
    prohibited_territories: Texts = ()


class CategoryRow(BaseModel):
    """One of the categories that games name."""

    name: LooseText = ""
    type: LooseText = ""


class Games(Answer):
    """The whole list."""

    games: list[GameRow]
    developers: list[DeveloperRow] = []
    categories: list[CategoryRow] = []


class Opened(Answer):
    """An opened game."""

    game_url: str = Field(min_length=1, max_length=URL_LENGTH_MAX)


class BonusState(BaseModel):
    """How far a bonus is."""

    status: str


class BonusAnswer(Answer):
    """What became of a bonus that was asked for or taken back."""

    bonus: BonusState | None = None


class TransactionRow(BaseModel):
    """One transaction of the report. Amounts are text; anything else is not read as money."""

    transaction_id: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    cancel_id: str | None = Field(default=None, min_length=1, max_length=ID_LENGTH_MAX)
    player: str = Field(min_length=1, max_length=ID_LENGTH_MAX)
    kind: str  # the callback that it was sent with
    provider_kind: LooseText = ""
    amount: str = Field(strict=True)
    currency: str | None = None
    round: str | None = None
    processed_at: datetime

    @field_validator("processed_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        """Take a moment without a zone for UTC, in which it was asked for."""
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


class Transactions(Answer):
    """A span of the report."""

    transactions: list[TransactionRow]
