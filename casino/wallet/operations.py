"""The wallet's vocabulary: what can be asked of it, and what it answers.

Every operation of the house makes some of these, so they are structs of ``msgspec``: an immutable
dataclass of this size takes ten to twenty times as long to make. None of them can be part of a
cycle, so the garbage collector need not know them.
"""

from __future__ import annotations

import enum

import msgspec

from casino.money import UNITS_MAX, Currency, Money
from casino.text import is_storable

TEXT_LENGTH_MAX = 190  # of a key, a reference or a round, in characters
OPS_PER_BATCH_MAX = 100


class Kind(enum.IntEnum):
    """Why money moved. Numbers are stored; ``transfer_kinds`` names the other leg of each."""

    __hash__ = int.__hash__  # an enum's own hash is Python code, and sets of kinds are asked often

    BET = 1
    TIP = 2
    BUY_IN = 3
    PROMO_BET = 4
    BONUS_BUY = 5
    WIN = 20
    FREE_SPIN_WIN = 21
    JACKPOT = 22
    PROMO_WIN = 23
    TOURNAMENT_WIN = 24
    PAYOUT = 25
    GAME_CORRECTION_UP = 26
    GAME_CORRECTION_DOWN = 27
    REVERSAL = 40
    FINISH = 41
    DEPOSIT = 60
    GRANT = 61
    CORRECTION_UP = 62
    CORRECTION_DOWN = 63
    HOLD = 80
    CAPTURE = 81
    RELEASE = 82


STAKES = frozenset({Kind.BET, Kind.TIP, Kind.BUY_IN, Kind.PROMO_BET, Kind.BONUS_BUY})
GAME_CREDITS = frozenset(
    {
        Kind.WIN,
        Kind.FREE_SPIN_WIN,
        Kind.JACKPOT,
        Kind.PROMO_WIN,
        Kind.TOURNAMENT_WIN,
        Kind.PAYOUT,
        Kind.GAME_CORRECTION_UP,
    }
)
CREDITS = GAME_CREDITS | {Kind.DEPOSIT, Kind.GRANT, Kind.CORRECTION_UP}
# They take what was given by mistake, whether it is still there or not.
FORCED_DEBITS = frozenset({Kind.CORRECTION_DOWN, Kind.GAME_CORRECTION_DOWN})
HOLD_ENDS = frozenset({Kind.CAPTURE, Kind.RELEASE})
ENDS = HOLD_ENDS | {Kind.REVERSAL}  # they name what they end


class Op(msgspec.Struct, frozen=True, gc=False):
    """One operation. ``key`` is unique for ever within its player and source.

    ``amount`` is in minor units, never negative; ``None`` means "all of the original" and is for
    operations with a ``reference`` only (the key of what they reverse, capture or release).
    """

    kind: Kind
    key: str
    amount: int | None = None
    round_id: str | None = None
    reference: str | None = None
    ends_round: bool = False

    def __post_init__(self) -> None:
        """Refuse what could never be stored, before it can spoil a batch."""
        for text in (self.key, self.reference, self.round_id):
            if text is not None and (
                not 0 < len(text) <= TEXT_LENGTH_MAX or not is_storable(text)
            ):
                raise ValueError("key, reference and round: 1 to 190 characters, valid text")
        if self.amount is not None and not 0 <= self.amount <= UNITS_MAX:
            raise ValueError("an amount is a non-negative 64-bit number of minor units")
        if self.kind is Kind.HOLD and not self.amount:
            raise ValueError("a hold holds an amount")
        if (self.kind in ENDS) != (self.reference is not None):
            raise ValueError("a reversal, capture or release names a reference; nothing else does")
        if self.amount is None and self.kind not in ENDS and self.kind is not Kind.FINISH:
            raise ValueError("an amount is needed")


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Operations of one player in one currency from one source: all happen, in order, or none.

    ``session_id`` and ``game_id`` are asked for stakes (a dead session or a game that is off
    refuses them); ``late_accepted`` says what a late original gets after its reversal came first.
    """

    player_id: int
    currency: Currency
    source: str  # the integration account, e.g. "softswiss:main", "house", "ton"
    ops: tuple[Op, ...]
    game_id: int | None = None
    session_id: int | None = None
    late_accepted: bool = True

    def __post_init__(self) -> None:
        """Bound the work of one batch."""
        if not 0 < len(self.ops) <= OPS_PER_BATCH_MAX:
            raise ValueError(f"a batch holds 1 to {OPS_PER_BATCH_MAX} operations")


class Balance(msgspec.Struct, frozen=True, gc=False):
    """A player's standing in one currency. ``version`` counts its transfers."""

    currency: Currency
    cash: int
    bonus: int
    held: int
    version: int

    @property
    def available(self) -> Money:
        """Cash that may be withdrawn or staked; a deficit shows as zero."""
        return Money(max(0, self.cash), self.currency)

    @property
    def playable(self) -> Money:
        """What a stake may take: cash, then bonus."""
        return Money(max(0, self.cash) + self.bonus, self.currency)


class Outcome(enum.StrEnum):
    """What became of one operation; none of these is an error."""

    APPLIED = "applied"
    REPLAYED = "replayed"  # the same key and content came before: the first answer again
    ALREADY_ENDED = "already_ended"  # another operation reversed, captured or released it before
    TOMBSTONED = "tombstoned"  # reversal of something unknown: remembered, nothing moved
    LATE = "late"  # original after its tombstone, accepted by policy: nothing moved


class Refusal(enum.StrEnum):
    """Why a batch was refused; nothing of it was stored."""

    NOT_ENOUGH_MONEY = "not_enough_money"
    FROZEN = "frozen"
    EXCLUDED = "excluded"  # the player shut themselves out for a time
    BLOCKED = "blocked"  # not where the player is: jurisdiction
    LIMIT_REACHED = "limit_reached"  # of wagers or losses, set by or for the player
    SESSION_ENDED = "session_ended"
    GAME_OFF = "game_off"
    UNKNOWN_PLAYER = "unknown_player"
    KEY_CONFLICT = "key_conflict"  # same key, other content
    REFERENCE_MISMATCH = "reference_mismatch"  # the reference cannot be ended this way
    UNKNOWN_HOLD = "unknown_hold"
    LATE_ORIGINAL = "late_original"  # original after its tombstone, rejected by policy
    OUT_OF_RANGE = "out_of_range"  # the balance would leave 64 bits


class Item(msgspec.Struct, frozen=True, gc=False):
    """The answer to one operation.

    ``transfer_id`` is opaque and stable over replays; an operation that stored nothing answers
    the id of the transfer that ended it. ``balance_units`` is the playable balance after it, and
    ``deficit_units`` how far below zero a forced reversal or correction left the cash.
    """

    outcome: Outcome
    transfer_id: str
    balance_units: int
    deficit_units: int = 0


class Applied(msgspec.Struct, frozen=True, gc=False):
    """The batch stands, now or since an earlier call. ``balance`` is the newest one."""

    items: tuple[Item, ...]
    balance: Balance


class Refused(msgspec.Struct, frozen=True, gc=False):
    """Nothing of the batch was stored. ``balance`` is absent for an unknown player."""

    reason: Refusal
    balance: Balance | None


Answer = Applied | Refused
