"""The pure heart of the wallet: what a set of batches does to a set of accounts.

No input, no output, no clock. SQL only reads and writes the sets; the model in the tests, the
simulation and the audit judge by this function.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from casino.money import UNITS_MAX
from casino.wallet.operations import (
    CREDITS,
    FORCED_DEBITS,
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
from casino.wallet.rows import (
    Account,
    AccountKey,
    Decision,
    Limit,
    RoundKey,
    Stored,
    Transfer,
    TransferKey,
)

Deltas = tuple[int, int, int]  # of cash, bonus and held


def decide(stored: Stored, batches: Sequence[Batch]) -> Decision:
    """Answer each batch in order, as if they had come one by one.

    Where that takes a round that was not read, ``unread`` names it and nothing else counts.
    """
    book = _Book(stored)
    answers = tuple([book.perform(batch) for batch in batches])
    return Decision(
        answers, tuple(book.changed.values()), tuple(book.transfers), frozenset(book.unread)
    )


class _Refusing(Exception):
    def __init__(self, reason: Refusal) -> None:
        self.reason = reason


class _Book:
    """Everything read plus everything decided so far; a batch that fails leaves no trace."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._by_key: dict[TransferKey, Transfer] = dict(stored.by_key)
        self._by_reference: dict[TransferKey, Transfer] = dict(stored.by_reference)
        self._staked: dict[RoundKey, tuple[int, int]] = {}  # by the batches before this one
        self._pending: list[Transfer] = []  # of the batch at hand
        self.changed: dict[AccountKey, Account] = {}
        self.transfers: list[Transfer] = []
        self.unread: set[RoundKey] = set()

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
            self._by_key[batch.player_id, batch.source, transfer.key] = transfer
            if transfer.reference is not None:
                self._by_reference[batch.player_id, batch.source, transfer.reference] = transfer
            if transfer.round_id is not None and transfer.kind in STAKES:
                where = _round(batch, transfer.round_id)
                self._staked[where] = _add_stake(self._staked.get(where, (0, 0)), transfer)
        self.transfers += self._pending

    def _one(self, account: Account, batch: Batch, op: Op) -> tuple[Account, Item]:
        own = self._find_key(batch, op.key)
        if own is not None:
            if not self._same_content(own, batch, op):
                raise _Refusing(Refusal.KEY_CONFLICT)
            return account, _of_transfer(Outcome.REPLAYED, own)
        # Asked for reversals too: a refund rolled back before it came moves nothing.
        reversal = self._find_reference(batch, op.key)
        if reversal is not None:
            # Whoever holds must know that nothing is held: for them there is no "late, accepted".
            if not batch.late_accepted or op.kind is Kind.HOLD:
                raise _Refusing(Refusal.LATE_ORIGINAL)
            return account, _of_account(Outcome.LATE, reversal, account)
        if op.reference is not None:
            return self._end_original(account, batch, op, op.reference)
        return self._begin(account, batch, op, op.amount or 0)

    def _begin(self, account: Account, batch: Batch, op: Op, amount: int) -> tuple[Account, Item]:
        """Perform an operation that ends no other one."""
        if op.kind in STAKES:
            self._require_allowed(account, batch, op)
            cash, bonus = _stake_split(account, amount)
            if account.limits:
                _require_within(account.limits, cash)
            deltas = (-cash, -bonus, 0)
        elif op.kind in GAME_CREDITS and op.round_id is not None:
            deltas = (*self._win_split(batch, op.round_id, amount), 0)
        elif op.kind in CREDITS:
            deltas = (amount, 0, 0)
        elif op.kind in FORCED_DEBITS:
            deltas = (-amount, 0, 0)
        elif op.kind is Kind.HOLD:
            if account.frozen:
                raise _Refusing(Refusal.FROZEN)
            if amount > account.cash:
                raise _Refusing(Refusal.NOT_ENOUGH_MONEY)
            deltas = (-amount, 0, amount)
        else:  # every kind with a reference went another way (checked by Op)
            deltas, amount = (0, 0, 0), 0
        return self._store(account, batch, op, amount, deltas, counted=op.kind)

    def _require_allowed(self, account: Account, batch: Batch, op: Op) -> None:
        if account.frozen:
            raise _Refusing(Refusal.FROZEN)
        if account.excluded:
            raise _Refusing(Refusal.EXCLUDED)
        if account.blocked:
            raise _Refusing(Refusal.BLOCKED)
        if batch.session_id is not None and batch.session_id in self._stored.dead_sessions:
            raise _Refusing(Refusal.SESSION_ENDED)
        if (
            batch.game_id is not None
            and batch.game_id in self._stored.games_off
            and not self._has_begun(batch, op.round_id)
        ):
            raise _Refusing(Refusal.GAME_OFF)

    def _has_begun(self, batch: Batch, round_id: str | None) -> bool:
        """Say whether a round has a stake: one under way may finish on a game that is off."""
        if round_id is None:
            return False
        where = _round(batch, round_id)
        if where in self._staked or any(
            t.round_id == round_id and t.kind in STAKES for t in self._pending
        ):
            return True
        if where not in self._stored.round_stakes:
            self.unread.add(where)
        return self._stored.round_stakes.get(where) is not None

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
            return account, _of_account(Outcome.ALREADY_ENDED, ended, account)
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
        return self._store(account, batch, op, amount, (cash, bonus, 0), counted=original.kind)

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
        where = _round(batch, round_id)
        new = self._staked.get(where, (0, 0))
        for t in self._pending:
            if t.kind in STAKES and t.round_id == round_id:
                new = _add_stake(new, t)
        old = self._stored.round_stakes.get(where)
        if old is None:
            if not new[1]:
                return amount, 0  # what was stored took no bonus, or it would have been read
            if where not in self._stored.round_stakes:
                self.unread.add(where)
            old = (0, 0)
        cash, bonus = old[0] + new[0], old[1] + new[1]
        to_bonus = amount * bonus // (cash + bonus) if bonus else 0
        return amount - to_bonus, to_bonus

    def _store(
        self,
        account: Account,
        batch: Batch,
        op: Op,
        amount: int,
        deltas: Deltas,
        counted: Kind | None = None,
    ) -> tuple[Account, Item]:
        """Add a row; ``counted`` is the kind that limits see in it, None for none."""
        cash, bonus, held = deltas
        cash_after, bonus_after = account.cash + cash, account.bonus + bonus
        held_after, seq = account.held + held, account.seq + 1
        if (
            not -UNITS_MAX <= cash_after <= UNITS_MAX
            or bonus_after > UNITS_MAX
            or held_after > UNITS_MAX
        ):
            raise _Refusing(Refusal.OUT_OF_RANGE)
        transfer = Transfer(
            account.player_id,
            account.currency_id,
            seq,
            op.kind,
            batch.source,
            op.key,
            amount,
            cash,
            bonus,
            held,
            cash_after,
            bonus_after,
            held_after,
            op.round_id,
            batch.game_id,
            op.reference,
            op.ends_round or op.kind is Kind.FINISH,
        )
        self._pending.append(transfer)
        limits = account.limits
        if limits and counted is not None:
            limits = tuple([_counted(limit, counted, cash) for limit in limits])
        after = Account(
            account.player_id,
            account.currency_id,
            cash_after,
            bonus_after,
            held_after,
            seq,
            account.frozen,
            account.excluded,
            account.blocked,
            account.guard,
            limits,
        )
        return after, _of_transfer(Outcome.APPLIED, transfer)

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
        return self._by_key.get((batch.player_id, batch.source, key))

    def _find_reference(self, batch: Batch, reference: str) -> Transfer | None:
        for transfer in self._pending:
            if transfer.reference == reference:
                return transfer
        return self._by_reference.get((batch.player_id, batch.source, reference))


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


def _require_within(limits: Sequence[Limit], cash: int) -> None:
    """Refuse a stake that could end above a limit, were all of it lost."""
    if any(limit.used + cash > limit.units for limit in limits):
        raise _Refusing(Refusal.LIMIT_REACHED)


def _counted(limit: Limit, kind: Kind, cash: int) -> Limit:
    """Count cash that moved for a game; what is reversed counts back.

    Never below nothing for stakes: one of an earlier span that is reversed makes no room in this.
    """
    if limit.of_losses and (
        kind in STAKES or kind in GAME_CREDITS or kind is Kind.GAME_CORRECTION_DOWN
    ):
        return replace(limit, used=limit.used - cash)
    if not limit.of_losses and kind in STAKES:
        return replace(limit, used=max(0, limit.used - cash))
    return limit


def _add_stake(staked: tuple[int, int], stake: Transfer) -> tuple[int, int]:
    return staked[0] - stake.cash_delta, staked[1] - stake.bonus_delta


def _of_transfer(outcome: Outcome, transfer: Transfer) -> Item:
    return Item(outcome, transfer.id, transfer.playable_after, transfer.deficit_after)


def _of_account(outcome: Outcome, ended_by: Transfer, account: Account) -> Item:
    return Item(outcome, ended_by.id, _playable(account), max(0, -account.cash))


def _playable(account: Account) -> int:
    return max(0, account.cash) + account.bonus


def _balance(batch: Batch, account: Account) -> Balance:
    return Balance(batch.currency, account.cash, account.bonus, account.held, account.seq)


def _round(batch: Batch, round_id: str) -> RoundKey:
    return batch.player_id, batch.currency.id, batch.source, round_id
