"""What is asked of the simulated house, in the plan's own numbers, and what it answered.

A batch of the plan names players, games and sessions by number in the plan: what the database
calls them differs from run to run, the sequence of requests does not.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from casino.cashier import Incoming
from casino.money import CURRENCY_BY_ID, Currency
from casino.play import Round
from casino.wallet import Balance, Batch, Item, Op

NOBODY = 0  # the game or session that a call names, and nobody knows
STRANGER = 9_999_999  # the player whom a call names, and nobody knows
NEVER = 2**62  # the tick at which what was never answered was answered

AccountName = tuple[int, int]  # player in the plan, currency


class Via(enum.Enum):
    """Through which door something is asked."""

    ARRIVE = "arrive"
    SETTLE = "settle"  # a provider's callback
    APPLY = "apply"  # straight at the wallet
    TRANSFER = "transfer"  # in a caller's transaction
    UNDONE = "undone"  # in a caller's transaction that then rolls back
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    ADJUST = "adjust"
    INSTANT = "instant"
    DICE = "dice"
    RAIL = "rail"
    LAUNCH = "launch"
    END_SESSION = "end session"
    FREEZE = "freeze"
    SWITCH_GAME = "switch game"
    SWITCH_PROVIDER = "switch provider"
    READ = "read"
    AUDIT = "audit"


class Fate(enum.Enum):
    """What becomes of a caller."""

    ANSWERED = "answered"
    DROPPED = "dropped"  # the answer is lost on its way
    CANCELLED = "cancelled"  # the caller hangs up in mid-flight


class Broken(Exception):
    """The house did not keep an obligation."""

    def __init__(self, what: str, account: AccountName | None = None) -> None:
        super().__init__(what)
        self.account = account


@dataclass(frozen=True)
class Report:
    """What a rail says about one transaction of its chain, and what should come of it."""

    position: int
    who: int  # whose memo it carries; STRANGER for one that nobody has
    incoming: Incoming | None  # without its memo; None where no money came
    outcome: str  # "credited", "filed" or "ignored"
    reason: str | None = None  # it is filed for
    credit: Batch | None = None  # what the ledger should have of it


@dataclass(eq=False)
class Ask:
    """One thing that somebody wants; who repeats it repeats the same ask."""

    via: Via
    batches: tuple[Batch, ...] = ()
    subject: int = NOBODY  # the player, game, provider or launch it is about
    on: bool = False
    key: str = ""
    reports: tuple[Report, ...] = ()
    sends: list[Send] = field(default_factory=list)

    @property
    def line(self) -> str:
        said = [self.via.value, str(self.subject), "on" if self.on else "", self.key]
        said += [_batch_words(b) for b in self.batches]
        said += [str(r) for r in self.reports]
        return " ".join(filter(None, said))


@dataclass(frozen=True)
class Request:
    """An ask on its way through one of the house's branches."""

    ask: Ask
    branch: int = 0
    fate: Fate = Fate.ANSWERED
    turns: int = 0  # of the loop, after which the caller hangs up

    @property
    def line(self) -> str:
        return f"{self.branch} {self.fate.value} {self.turns} {self.ask.line}"


@dataclass
class Reply:
    """What came back; which of it is there depends on the door."""

    refusal: str | None = None
    items: tuple[tuple[Item, ...], ...] | None = None  # one each batch
    balances: tuple[Balance | None, ...] = ()
    transfer_id: str | None = None
    round: Round | None = None

    @property
    def line(self) -> str:
        said = [self.refusal or "", self.transfer_id or "", str(self.round or "")]
        said += [
            f"{i.outcome.value} {i.transfer_id}={i.balance_units}"
            for items in self.items or ()
            for i in items
        ]
        said += [f"({b.version}: {b.cash}/{b.bonus}/{b.held})" for b in self.balances if b]
        return " ".join(filter(None, said)) or "done"


@dataclass(eq=False)
class Send:
    """One attempt at an ask. ``sent`` and ``answered`` are ticks of one counter."""

    ask: Ask
    step: int
    sent: int
    minutes: int  # by the house's clock, when it was sent
    answered: int = NEVER
    reply: Reply | None = None
    failure: BaseException | None = None
    in_doubt: bool = False  # it may have been done, and nobody was told

    @property
    def line(self) -> str:
        until = "gave up" if self.answered == NEVER else str(self.answered)
        came = repr(self.failure) if self.reply is None else self.reply.line
        return f"step {self.step}, {self.sent} to {until}: {self.ask.line} -> {came}"


@dataclass(frozen=True)
class Fault:
    """What is done to the database in mid-burst."""

    turns: int
    crash: bool  # the whole server, or else one connection
    which: int = 0


@dataclass(frozen=True)
class Burst:
    """What happens in one step. ``clock`` is minutes from the start, by the house's clock."""

    requests: tuple[Request, ...]
    clock: int
    gifts: tuple[tuple[AccountName, int], ...] = ()  # bonus money, granted before
    fault: Fault | None = None


def _batch_words(batch: Batch) -> str:
    ops = "; ".join(
        f"{op.kind.name.lower()} {op.key} {op.amount}"
        + (f" in {op.round_id}" if op.round_id else "")
        + (f" of {op.reference}" if op.reference else "")
        + (" ending it" if op.ends_round else "")
        for op in batch.ops
    )
    asked = f"game {batch.game_id} session {batch.session_id} late {batch.late_accepted}"
    return f"[player {batch.player_id} {batch.source} {batch.currency} {asked}: {ops}]"


def ops_of(ask: Ask) -> Iterator[tuple[Batch, Op]]:
    """Go through everything in an ask that would be a row of the ledger."""
    for batch in ask.batches:
        for op in batch.ops:
            yield batch, op


def named(account: AccountName) -> str:
    """Write an account as a person would."""
    currency: Currency = CURRENCY_BY_ID[account[1]]
    return f"player {account[0]} in {currency}"
