"""The oracle itself: it passes an honest history, and finds each lie in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from casino.money import FUN
from casino.wallet import Answer, Applied, Kind
from casino.wallet.operations import STAKES
from casino.wallet.rows import Transfer
from tests.casino.wallet.shelf import Shelf
from tests.crash import judge, oracle
from tests.crash.journal import Act, Answered, Call, Done, Sent
from tests.crash.oracle import Asked, Row
from tests.crash.plan import Plan, grant

PLAYERS = (1001, 1002)
CALLS = 400
HOUR = 10**12


class History:
    """Calls one after the other, as a wallet without faults answers them."""

    def __init__(self) -> None:
        shelf, plan = Shelf(), Plan("oracle", PLAYERS)
        self.calls: list[Call] = []
        self.acts: list[Done] = []
        for player in PLAYERS:
            shelf.open(player, FUN.id, 0)
        for n in range(CALLS):
            batch = grant(PLAYERS[n]) if n < len(PLAYERS) else plan.next()
            ops = tuple(
                (int(o.kind), o.key, o.amount, o.round_id, o.reference, o.ends_round)
                for o in batch.ops
            )
            sent = Sent(n, n * 10, batch.player_id, "FUN", batch.source, ops)
            self.calls.append(Call(sent, _answered(n, shelf.run(batch)[0])))
        self.rows = sorted((_row(t) for t in shelf.transfers), key=lambda r: (r.player, r.seq))

    def check(self) -> None:
        asked = Asked(self.calls)
        oracle.check_acknowledged(asked, self.rows)
        oracle.check_asked(asked, self.rows)
        oracle.check_settled(asked)
        oracle.check_repeats(asked)
        oracle.check_real_time(asked, self.rows)
        oracle.check_replay(asked, self.rows)
        judge.check_staff(self.calls, self.acts)

    def said(self, outcome: str, kind: Kind | None = None) -> Iterator[tuple[Call, Answered]]:
        """Find calls by what their first operation was told."""
        for call, answer in oracle.answered(self.calls):
            if answer.items[0][0] == outcome and kind in (None, call.sent.ops[0][0]):
                yield call, answer

    def refused(self, reason: str) -> Call:
        return next(c for c in self.calls if c.answered and c.answered.refused == reason)


def _answered(n: int, answer: Answer) -> Answered:
    b = answer.balance
    assert b is not None
    balance = (b.cash, b.bonus, b.held, b.version)
    if isinstance(answer, Applied):
        items = tuple((i.outcome.value, i.transfer_id, i.balance_units) for i in answer.items)
        return Answered(n, n * 10 + 5, items, None, balance)
    return Answered(n, n * 10 + 5, (), answer.reason.value, balance)


def _row(t: Transfer) -> Row:
    return Row(
        t.player_id,
        t.seq,
        int(t.kind),
        t.source,
        t.key,
        t.amount,
        (t.cash_delta, t.bonus_delta, t.held_delta),
        (t.cash_after, t.bonus_after, t.held_after),
        t.round_id,
        t.reference,
        t.id,
    )


def lose_a_row(h: History) -> None:
    """It was acknowledged."""
    del h.rows[-1]


def invent_a_row(h: History) -> None:
    last = h.rows[-1]
    h.rows.append(replace(last, seq=last.seq + 1, key="nobody's", id="1002-3-9999"))


def store_what_was_called_refused(h: History) -> None:
    call, answer = next(h.said("applied", Kind.BET))
    call.answered = Answered(call.sent.call, answer.at, (), "not_enough_money", answer.balance)


def show_another_balance(h: History) -> None:
    call, answer = next(h.said("applied"))
    assert answer.balance is not None
    cash, *rest = answer.balance
    call.answered = replace(answer, balance=(cash + 1, *rest))


def answer_a_repeat_differently(h: History) -> None:
    call, answer = next(h.said("replayed"))
    outcome, transfer_id, balance = answer.items[0]
    call.answered = replace(answer, items=((outcome, transfer_id, balance + 1), *answer.items[1:]))


def apply_a_repeat(h: History) -> None:
    call, answer = next(h.said("replayed"))
    _, transfer_id, balance = answer.items[0]
    call.answered = replace(answer, items=(("applied", transfer_id, balance), *answer.items[1:]))


def leave_one_in_doubt(h: History) -> None:
    call, _ = list(h.said("applied"))[-1]
    call.answered = None


def answer_before_it_is_decided(h: History) -> None:
    """Another call of the player, sent after that answer, comes before it in the book."""
    call, answer = list(h.said("applied"))[-1]
    call.answered = replace(answer, at=1)


def take_two_stakes_in_the_other_order(h: History) -> None:
    one, other = h.rows[3], h.rows[4]
    h.rows[3], h.rows[4] = replace(other, seq=one.seq), replace(one, seq=other.seq)


def take_too_little(h: History) -> None:
    n = next(n for n, row in enumerate(h.rows) if row.kind == Kind.BET)
    cash, *rest = h.rows[n].deltas
    h.rows[n] = replace(h.rows[n], deltas=(cash + 1, *rest))


def refuse_for_nothing(h: History) -> None:
    """The last one of a player whom nobody froze, and whose money would do."""
    call, answer = list(h.said("already_ended"))[-1]
    call.answered = replace(answer, items=(), refused="not_enough_money")


def call_a_player_frozen_whom_nobody_froze(h: History) -> None:
    call = h.refused("not_enough_money")
    assert call.answered is not None
    call.answered = replace(call.answered, refused="frozen")


def take_the_stakes_of_the_frozen(h: History) -> None:
    h.acts.append(Done(Act(0, 0, "freeze", PLAYERS[0]), 1))
    h.acts.append(Done(Act(1, HOUR, "unfreeze", PLAYERS[0]), HOUR + 1))


LIES: list[Callable[[History], None]] = [
    lose_a_row,
    invent_a_row,
    store_what_was_called_refused,
    show_another_balance,
    answer_a_repeat_differently,
    apply_a_repeat,
    leave_one_in_doubt,
    answer_before_it_is_decided,
    take_two_stakes_in_the_other_order,
    take_too_little,
    refuse_for_nothing,
    call_a_player_frozen_whom_nobody_froze,
    take_the_stakes_of_the_frozen,
]


def test_an_honest_history_passes_and_has_something_of_everything() -> None:
    history = History()
    history.check()
    outcomes = {item[0] for _, answer in oracle.answered(history.calls) for item in answer.items}
    assert outcomes == {"applied", "replayed", "already_ended", "tombstoned", "late"}
    reasons = {c.answered.refused for c in history.calls if c.answered}
    assert {"not_enough_money", "key_conflict"} <= reasons
    assert sum(row.kind in STAKES for row in history.rows) > CALLS // 4


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_is_found(lie: Callable[[History], None]) -> None:
    history = History()
    lie(history)
    with pytest.raises(AssertionError):
        history.check()
