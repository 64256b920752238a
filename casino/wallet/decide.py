"""The pure heart of the wallet: what a set of batches does to a set of accounts.

No input, no output, no clock. SQL only reads and writes the sets; the model in the tests, the
simulation and the audit judge by this function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from casino.money import UNITS_MAX
from casino.wallet.operations import (
    CREDITS,
    GAME_CREDITS,
    HOLD_ENDS,
    STAKES,
    Answer,
    Applied,
    Balance,
    Batch,
    Item,
    Kind,
    Op,
    Outcome,
    Refusal,
    Refused,
)

AccountKey = tuple[int, int]  # player, currency
TransferKey = tuple[int, str, str]  # player, source, key or reference
RoundKey = tuple[int, int, str, str]  # player, currency, source, round


@dataclass(frozen=True, slots=True)
class Account:
    """One player's money in one currency: three pockets under one sequence."""

    player_id: int
    currency_id: int
    cash: int
    bonus: int
    held: int
    seq: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Transfer:
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


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knew about the batches when it was read."""

    accounts: Mapping[AccountKey, Account]
    by_key: Mapping[TransferKey, Transfer] = field(default_factory=dict)
    by_reference: Mapping[TransferKey, Transfer] = field(default_factory=dict)
    # What a round has taken so far, (cash, bonus), both positive. Read only where it matters:
    # for rounds that took bonus money, and for rounds of games that are off.
    round_stakes: Mapping[RoundKey, tuple[int, int]] = field(default_factory=dict)
    dead_sessions: frozenset[int] = frozenset()
    games_off: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer a batch, and the rows that make them true."""

    answers: tuple[Answer, ...]
    accounts: tuple[Account, ...]  # new state of every account that changed
    transfers: tuple[Transfer, ...]


def decide(stored: Stored, batches: Sequence[Batch]) -> Decision:
    """Answer each batch in order, as if they had come one by one."""
    book = _Book(stored)
    answers = tuple(book.perform(batch) for batch in batches)
    return Decision(answers, tuple(book.changed.values()), tuple(book.transfers))


class _Refusing(Exception):
    def __init__(self, reason: Refusal) -> None:
        self.reason = reason


class _Book:
    """Everything read plus everything decided so far; a batch that fails leaves no trace."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._by_key = dict(stored.by_key)
        self._by_reference = dict(stored.by_reference)
        self._round_stakes = dict(stored.round_stakes)
        self._pending: list[Transfer] = []  # of the batch at hand
        self.changed: dict[AccountKey, Account] = {}
        self.transfers: list[Transfer] = []

    def perform(self, batch: Batch) -> Answer:
        where = (batch.player_id, batch.currency.id)
        before = self.changed.get(where) or self._stored.accounts.get(where)
        if before is None:
            return Refused(Refusal.UNKNOWN_PLAYER, None)
        account, items = before, []
        self._pending = []
        try:
            for op in batch.ops:
                account, item = self._one(account, batch, op)
                items.append(item)
        except _Refusing as refusing:
            return Refused(refusing.reason, _balance(batch, before))
        if self._pending:
            self.changed[where] = account
            self._keep(batch)
        return Applied(tuple(items), _balance(batch, account))

    def _keep(self, batch: Batch) -> None:
        for transfer in self._pending:
            self._by_key[_key(batch, transfer.key)] = transfer
            if transfer.reference is not None:
                self._by_reference[_key(batch, transfer.reference)] = transfer
            if transfer.round_id is not None and transfer.kind in STAKES:
                where = _round(batch, transfer.round_id)
                cash, bonus = self._round_stakes.get(where, (0, 0))
                self._round_stakes[where] = (
                    cash - transfer.cash_delta,
                    bonus - transfer.bonus_delta,
                )
        self.transfers += self._pending
        self._pending = []

    def _one(self, account: Account, batch: Batch, op: Op) -> tuple[Account, Item]:
        own = self._find_key(batch, op.key)
        if own is not None:
            if not self._same_content(own, batch, op):
                raise _Refusing(Refusal.KEY_CONFLICT)
            return account, Item(Outcome.REPLAYED, own.id, own.playable_after)
        # Asked for reversals too: a refund rolled back before it came moves nothing.
        reversal = self._find_reference(batch, op.key)
        if reversal is not None:
            # Whoever holds must know that nothing is held: for them there is no "late, accepted".
            if not batch.late_accepted or op.kind is Kind.HOLD:
                raise _Refusing(Refusal.LATE_ORIGINAL)
            return account, Item(Outcome.LATE, reversal.id, _playable(account))
        if op.reference is not None:
            return self._end_original(account, batch, op, op.reference)
        return self._begin(account, batch, op, op.amount or 0)

    def _begin(self, account: Account, batch: Batch, op: Op, amount: int) -> tuple[Account, Item]:
        """Perform an operation that ends no other one."""
        if op.kind in STAKES:
            self._require_allowed(account, batch, op)
            cash, bonus = _stake_split(account, amount)
            deltas = (-cash, -bonus, 0)
        elif op.kind in GAME_CREDITS and op.round_id is not None:
            deltas = (*self._win_split(batch, op.round_id, amount), 0)
        elif op.kind in CREDITS:
            deltas = (amount, 0, 0)
        elif op.kind is Kind.CORRECTION_DOWN:
            deltas = (-amount, 0, 0)
        elif op.kind is Kind.HOLD:
            if account.frozen:
                raise _Refusing(Refusal.FROZEN)
            if amount > account.cash:
                raise _Refusing(Refusal.NOT_ENOUGH_MONEY)
            deltas = (-amount, 0, amount)
        else:  # every kind with a reference went another way (checked by Op)
            deltas, amount = (0, 0, 0), 0
        return self._store(account, batch, op, amount, deltas)

    def _require_allowed(self, account: Account, batch: Batch, op: Op) -> None:
        if account.frozen:
            raise _Refusing(Refusal.FROZEN)
        if batch.session_id is not None and batch.session_id in self._stored.dead_sessions:
            raise _Refusing(Refusal.SESSION_ENDED)
        if batch.game_id is not None and batch.game_id in self._stored.games_off:
            begun = op.round_id is not None and (
                _round(batch, op.round_id) in self._round_stakes
                or any(t.round_id == op.round_id and t.kind in STAKES for t in self._pending)
            )
            if not begun:
                raise _Refusing(Refusal.GAME_OFF)

    def _end_original(
        self, account: Account, batch: Batch, op: Op, reference: str
    ) -> tuple[Account, Item]:
        original = self._find_key(batch, reference)
        ended = self._find_reference(batch, reference)
        if original is not None and original.currency_id != batch.currency.id:
            raise _Refusing(Refusal.REFERENCE_MISMATCH)
        if original is not None and not _may_end(op.kind, original.kind):
            raise _Refusing(Refusal.REFERENCE_MISMATCH)
        if ended is not None:
            return account, Item(Outcome.ALREADY_ENDED, ended.id, _playable(account))
        if op.kind in HOLD_ENDS:
            if original is None:
                raise _Refusing(Refusal.UNKNOWN_HOLD)
            return self._end_hold(account, batch, op, original)
        if original is None:
            account, item = self._store(account, batch, op, op.amount or 0, (0, 0, 0))
            return account, replace(item, outcome=Outcome.TOMBSTONED)
        moved = abs(original.cash_delta + original.bonus_delta)
        part = moved if op.amount is None else min(op.amount, moved)
        bonus = abs(original.bonus_delta) * part // moved if moved else 0
        cash = part - bonus
        if original.cash_delta + original.bonus_delta > 0:  # a credit is taken back
            bonus_left = min(bonus, account.bonus)
            cash, bonus = -(cash + bonus - bonus_left), -bonus_left
        amount = part if op.amount is None else op.amount
        return self._store(account, batch, op, amount, (cash, bonus, 0))

    def _end_hold(
        self, account: Account, batch: Batch, op: Op, hold: Transfer
    ) -> tuple[Account, Item]:
        taken = 0
        if op.kind is Kind.CAPTURE:
            taken = hold.amount if op.amount is None else op.amount
            if taken > hold.amount:
                raise _Refusing(Refusal.REFERENCE_MISMATCH)
        amount = taken if op.kind is Kind.CAPTURE else hold.amount
        return self._store(account, batch, op, amount, (hold.amount - taken, 0, -hold.amount))

    def _win_split(self, batch: Batch, round_id: str, amount: int) -> tuple[int, int]:
        """Split a win in the proportion in which its round's stakes were taken."""
        cash, bonus = self._staked(batch, round_id)
        to_bonus = amount * bonus // (cash + bonus) if bonus else 0
        return amount - to_bonus, to_bonus

    def _staked(self, batch: Batch, round_id: str) -> tuple[int, int]:
        """Cash and bonus staked on a round so far; exact wherever any bonus is in it."""
        cash, bonus = self._round_stakes.get(_round(batch, round_id), (0, 0))
        for t in self._pending:
            if t.kind in STAKES and t.round_id == round_id:
                cash, bonus = cash - t.cash_delta, bonus - t.bonus_delta
        return cash, bonus

    def _store(
        self, account: Account, batch: Batch, op: Op, amount: int, deltas: tuple[int, int, int]
    ) -> tuple[Account, Item]:
        cash, bonus, held = deltas
        after = replace(
            account,
            cash=account.cash + cash,
            bonus=account.bonus + bonus,
            held=account.held + held,
            seq=account.seq + 1,
        )
        if max(abs(after.cash), after.bonus, after.held) > UNITS_MAX:
            raise _Refusing(Refusal.OUT_OF_RANGE)
        transfer = Transfer(
            account.player_id,
            account.currency_id,
            after.seq,
            op.kind,
            batch.source,
            op.key,
            amount,
            cash,
            bonus,
            held,
            after.cash,
            after.bonus,
            after.held,
            op.round_id,
            batch.game_id,
            op.reference,
            op.ends_round or op.kind is Kind.FINISH,
        )
        self._pending.append(transfer)
        return after, Item(Outcome.APPLIED, transfer.id, transfer.playable_after)

    def _same_content(self, own: Transfer, batch: Batch, op: Op) -> bool:
        """Compare fingerprints: kind, player, currency, amount, round, reference."""
        return (
            own.kind is op.kind
            and own.currency_id == batch.currency.id
            and own.round_id == op.round_id
            and own.reference == op.reference
            and own.amount == self._amount_meant(own, batch, op)
        )

    def _amount_meant(self, own: Transfer, batch: Batch, op: Op) -> int:
        """Return what a repeat asks for; "all of the original" is what the original moved."""
        if op.kind is Kind.FINISH or op.kind is Kind.RELEASE:
            return own.amount  # theirs carry no meaning
        if op.amount is not None:
            return op.amount
        original = self._find_key(batch, op.reference) if op.reference is not None else None
        if original is None:
            return 0  # a tombstone
        if original.kind is Kind.HOLD:
            return original.amount
        return abs(original.cash_delta + original.bonus_delta)

    def _find_key(self, batch: Batch, key: str) -> Transfer | None:
        for transfer in self._pending:
            if transfer.key == key:
                return transfer
        return self._by_key.get(_key(batch, key))

    def _find_reference(self, batch: Batch, reference: str) -> Transfer | None:
        for transfer in self._pending:
            if transfer.reference == reference:
                return transfer
        return self._by_reference.get(_key(batch, reference))


def _may_end(kind: Kind, original: Kind) -> bool:
    """Say whether an operation can end the other: holds have their own ends, which stay."""
    if kind in HOLD_ENDS:
        return original is Kind.HOLD
    return original is not Kind.HOLD and original not in HOLD_ENDS


def _stake_split(account: Account, amount: int) -> tuple[int, int]:
    """Cash first, then bonus. Raises when both together are not enough."""
    cash = min(max(account.cash, 0), amount)
    bonus = amount - cash
    if bonus > account.bonus:
        raise _Refusing(Refusal.NOT_ENOUGH_MONEY)
    return cash, bonus


def _playable(account: Account) -> int:
    return max(0, account.cash) + account.bonus


def _balance(batch: Batch, account: Account) -> Balance:
    return Balance(batch.currency, account.cash, account.bonus, account.held, account.seq)


def _key(batch: Batch, key: str) -> TransferKey:
    return batch.player_id, batch.source, key


def _round(batch: Batch, round_id: str) -> RoundKey:
    return batch.player_id, batch.currency.id, batch.source, round_id
