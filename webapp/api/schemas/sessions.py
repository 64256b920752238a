"""What a player sees of sessions, of rounds under way and of providers that do not answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from webapp.api.schemas.base import Amount, Query, Schema
from webapp.api.schemas.games import GameView

HOURS_48 = 48 * 3_600


class ProvidersView(Schema):
    """Providers whose games cannot be opened at present."""

    unavailable: list[str]


class SessionView(Schema):
    """Whether an opened game may still take stakes."""

    open: bool


class UnfinishedRoundView(Schema):
    """A round with a stake and no end; opening the game goes on with it."""

    round_id: str
    game: GameView
    currency: str
    staked: Amount
    won: Amount
    began_at: datetime


class UnfinishedView(Schema):
    """Rounds under way, newest first."""

    rounds: list[UnfinishedRoundView]


class SummaryQuery(Query):
    """How far back, by the server's clock: a device's own may be wrong."""

    seconds: Annotated[int, Field(ge=1, le=HOURS_48)]


class PlayedView(Schema):
    """One currency: ``net`` is ``won`` and ``returned`` (by reversals) less ``staked``."""

    currency: str
    staked: Amount
    won: Amount
    returned: Amount
    net: Amount


class SummaryView(Schema):
    """What was played since a moment; no currency is named in which nothing was."""

    since: datetime
    currencies: list[PlayedView]
