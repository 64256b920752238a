"""What the ledger stores, as the decision sees it, and what a decision is made of."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from casino.wallet.operations import Answer, Kind

AccountKey = tuple[int, int]  # player, currency
TransferKey = tuple[int, str, str]  # player, source, key or reference
RoundKey = tuple[int, int, str, str]  # player, currency, source, round


class Limit(msgspec.Struct, frozen=True, gc=False):
    """What a player may stake, or lose, in a span of calendar days; cash only, in minor units."""

    of_losses: bool  # wins count back; otherwise every stake counts whatever it won
    days: int  # 1, 7 or 30: today, this week or this month (UTC)
    units: int
    used: int  # in the span at hand


class Account(msgspec.Struct, frozen=True, gc=False):
    """One player's money in one currency: three pockets under one sequence.

    ``guard`` is bumped by whatever changes what a stake may do without moving money.
    """

    player_id: int
    currency_id: int
    cash: int
    bonus: int
    held: int
    seq: int
    frozen: bool
    excluded: bool = False
    blocked: bool = False
    guard: int = 0
    limits: tuple[Limit, ...] = ()


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """One stored operation: the player's legs; the other side is implied by kind and source."""

    player_id: int
    currency_id: int
    seq: int
    kind: Kind
    source: str
    key: str
    amount: int
    cash_delta: int
    bonus_delta: int
    held_delta: int
    cash_after: int
    bonus_after: int
    held_after: int
    round_id: str | None
    game_id: int | None
    reference: str | None
    ends_round: bool

    @property
    def id(self) -> str:
        """The transfer's opaque name outside: player, currency and sequence."""
        return f"{self.player_id}-{self.currency_id}-{self.seq}"

    @property
    def playable_after(self) -> int:
        """What could be staked right after it."""
        return max(0, self.cash_after) + self.bonus_after

    @property
    def deficit_after(self) -> int:
        """How far below zero it left the cash."""
        return max(0, -self.cash_after)


class Stored(msgspec.Struct, frozen=True):
    """What the database knew about the batches when it was read."""

    accounts: Mapping[AccountKey, Account]
    by_key: Mapping[TransferKey, Transfer] = {}
    by_reference: Mapping[TransferKey, Transfer] = {}
    # Cash and bonus that a round has taken so far, both positive; None: no stake at all. What is
    # missing was not read: the rounds of wins are, if any bonus money is in them.
    round_stakes: Mapping[RoundKey, tuple[int, int] | None] = {}
    dead_sessions: frozenset[int] = frozenset()
    games_off: frozenset[int] = frozenset()


class Decision(msgspec.Struct, frozen=True):
    """One answer a batch, and the rows that make them true.

    Where ``unread`` names rounds, the decision needs them and is none yet.
    """

    answers: tuple[Answer, ...]
    accounts: tuple[Account, ...]  # new state of every account that changed
    transfers: tuple[Transfer, ...]
    unread: frozenset[RoundKey] = frozenset()
