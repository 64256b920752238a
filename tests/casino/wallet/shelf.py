"""A database of dictionaries under ``decide``: it stores what was decided, and checks each row."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from casino.money import UNITS_MAX
from casino.wallet import Answer, Applied, Batch, Kind, Refused
from casino.wallet.decide import decide
from casino.wallet.rows import (
    Account,
    AccountKey,
    Decision,
    RoundKey,
    Stored,
    Transfer,
)

Answers = list[tuple[str, int]] | str


class Shelf:
    def __init__(
        self, off: frozenset[int] = frozenset(), dead: frozenset[int] = frozenset()
    ) -> None:
        self.accounts: dict[AccountKey, Account] = {}
        self.opened: dict[AccountKey, Account] = {}
        self.transfers: list[Transfer] = []
        self.off, self.dead = off, dead

    def open(
        self, player: int, currency: int, cash: int, bonus: int = 0, *, frozen: bool = False
    ) -> None:
        account = Account(player, currency, cash, bonus, 0, 0, frozen)
        self.accounts[player, currency] = self.opened[player, currency] = account

    def freeze(self, player: int, *, on: bool) -> None:
        for key, account in self.accounts.items():
            if key[0] == player:
                self.accounts[key] = replace(account, frozen=on)

    def run(self, *batches: Batch) -> list[Answer]:
        decision = decide(self._stored(batches), batches)
        self._check(decision)
        for account in decision.accounts:
            self.accounts[account.player_id, account.currency_id] = account
        self.transfers += decision.transfers
        return list(decision.answers)

    def total(self, player: int, currency: int) -> int:
        account = self.accounts[player, currency]
        return account.cash + account.bonus + account.held

    def _stored(self, batches: Sequence[Batch]) -> Stored:
        """Return what was asked for and nothing else: ``decide`` may know no more."""
        asked = {
            (b.player_id, b.source, key)
            for b in batches
            for op in b.ops
            for key in (op.key, op.reference)
            if key is not None
        }
        rounds: dict[RoundKey, tuple[int, int] | None] = {
            (b.player_id, b.currency.id, b.source, op.round_id): None
            for b in batches
            for op in b.ops
            if op.round_id is not None
        }
        for t in self.transfers:
            if t.round_id is not None and 1 <= t.kind <= 19:
                where = (t.player_id, t.currency_id, t.source, t.round_id)
                cash, bonus = rounds.get(where) or (0, 0)
                rounds[where] = (cash - t.cash_delta, bonus - t.bonus_delta)
        return Stored(
            {
                key: self.accounts[key]
                for b in batches
                if (key := (b.player_id, b.currency.id)) in self.accounts
            },
            {k: t for t in self.transfers if (k := (t.player_id, t.source, t.key)) in asked},
            {
                k: t
                for t in self.transfers
                if t.reference is not None and (k := (t.player_id, t.source, t.reference)) in asked
            },
            rounds,
            self.dead,
            self.off,
        )

    def _check(self, decision: Decision) -> None:
        """Hold every row to what the constraints and the audit of the database say."""
        now = dict(self.accounts)
        for t in decision.transfers:
            before = now[t.player_id, t.currency_id]
            assert t.seq == before.seq + 1
            assert t.cash_after == before.cash + t.cash_delta
            assert t.bonus_after == before.bonus + t.bonus_delta
            assert t.held_after == before.held + t.held_delta
            assert t.bonus_after >= 0
            assert t.held_after >= 0
            assert max(abs(t.cash_after), t.bonus_after, t.held_after) <= UNITS_MAX
            assert t.cash_after >= 0 or t.cash_delta >= 0 or t.kind in (27, 40, 63)
            assert _signs(t), t
            now[t.player_id, t.currency_id] = replace(
                before, cash=t.cash_after, bonus=t.bonus_after, held=t.held_after, seq=t.seq
            )
        changed = {(a.player_id, a.currency_id): a for a in decision.accounts}
        assert now == {**self.accounts, **changed}
        assert set(changed) == {(t.player_id, t.currency_id) for t in decision.transfers}

    def check_whole(self) -> None:
        """Hold the whole book to its opening balances and its keys."""
        for key, account in self.accounts.items():
            own = [t for t in self.transfers if (t.player_id, t.currency_id) == key]
            start = self.opened[key]
            assert account.cash == start.cash + sum(t.cash_delta for t in own)
            assert account.bonus == start.bonus + sum(t.bonus_delta for t in own)
            assert account.held == sum(t.held_delta for t in own)
            assert [t.seq for t in own] == list(range(1, account.seq + 1))
            ended = {(t.source, t.reference) for t in own}
            holds = [t for t in own if t.kind is Kind.HOLD and (t.source, t.key) not in ended]
            assert account.held == sum(t.amount for t in holds)
        keys = [(t.player_id, t.source, t.key) for t in self.transfers]
        assert len(keys) == len(set(keys))
        references = [(t.player_id, t.source, t.reference) for t in self.transfers if t.reference]
        assert len(references) == len(set(references))


def _signs(t: Transfer) -> bool:
    moved = t.cash_delta + t.bonus_delta
    if t.kind <= 19 or t.kind in (Kind.CORRECTION_DOWN, Kind.GAME_CORRECTION_DOWN):
        return max(t.cash_delta, t.bonus_delta) <= 0 == t.held_delta and moved == -t.amount
    if 20 <= t.kind <= 39 or 60 <= t.kind <= 62:
        return min(t.cash_delta, t.bonus_delta) >= 0 == t.held_delta and moved == t.amount
    if t.kind is Kind.REVERSAL:
        return t.held_delta == 0 and abs(moved) <= t.amount
    if t.kind is Kind.FINISH:
        return (t.cash_delta, t.bonus_delta, t.held_delta) == (0, 0, 0)
    if t.kind is Kind.HOLD:
        return (t.cash_delta, t.bonus_delta, t.held_delta) == (-t.amount, 0, t.amount)
    if t.kind is Kind.CAPTURE:
        return t.held_delta < 0 <= t.cash_delta and t.cash_delta + t.held_delta == -t.amount
    return (t.cash_delta, t.bonus_delta, t.held_delta) == (t.amount, 0, -t.amount)


def plain(answer: Answer) -> Answers:
    """Reduce an answer to what the model can say too."""
    match answer:
        case Refused(reason, _):
            return reason.value
        case Applied(items, _):
            return [(item.outcome.value, item.balance_units) for item in items]
