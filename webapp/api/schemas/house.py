"""House games: seeds, bets, rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from webapp.api.schemas.account import AccountView
from webapp.api.schemas.base import Amount, AmountGiven, Code, Query, Schema


class RoundsQuery(Query):
    """A page of house rounds."""

    game: Annotated[str, StringConstraints(max_length=32)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    before: Annotated[str, StringConstraints(max_length=18)] | None = None


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
