"""What an operation may say at all: everything else is refused before it can spoil a batch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino.money import FUN, UNITS_MAX
from casino.wallet import Balance, Batch, Kind, Op
from casino.wallet.operations import CREDITS, FORCED_DEBITS, GAME_CREDITS, HOLD_ENDS, STAKES

BET = Op(Kind.BET, "b", 1)


def test_every_kind_belongs_to_exactly_one_family() -> None:
    rest = {Kind.REVERSAL, Kind.FINISH, Kind.HOLD}
    families = [STAKES, CREDITS, FORCED_DEBITS, HOLD_ENDS, frozenset(rest)]
    assert sum(map(len, families)) == len(Kind)
    assert frozenset().union(*families) == set(Kind)
    assert GAME_CREDITS < CREDITS
    assert all(1 <= kind <= 19 for kind in STAKES)  # the constraints of the ledger count on it
    assert all(20 <= kind <= 39 for kind in GAME_CREDITS)


@pytest.mark.parametrize("amount", [-1, UNITS_MAX + 1, 2**64])
def test_an_amount_that_no_ledger_row_could_hold_is_refused(amount: int) -> None:
    with pytest.raises(ValueError, match="64-bit"):
        Op(Kind.BET, "b", amount)


@pytest.mark.parametrize("text", ["", "x" * 191, "a\0b", "\0"])
def test_a_key_reference_or_round_that_could_not_be_stored_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.BET, text, 1)
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.BET, "b", 1, text)
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.REVERSAL, "b", reference=text)


@pytest.mark.parametrize("text", ["\ud800", "ok\udfff", "\udc80\ud800"])
def test_a_lone_surrogate_is_refused_because_it_could_not_be_stored(text: str) -> None:
    """JSON may carry one; encoded for PostgreSQL it would blow up a whole batch."""
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.BET, text, 1)
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.BET, "b", 1, text)
    with pytest.raises(ValueError, match="190 characters"):
        Op(Kind.REVERSAL, "b", reference=text)


@pytest.mark.parametrize("kind", [Kind.REVERSAL, Kind.CAPTURE, Kind.RELEASE])
def test_what_ends_another_operation_names_it(kind: Kind) -> None:
    Op(kind, "x", reference="b")
    with pytest.raises(ValueError, match="reference"):
        Op(kind, "x", 1)


@given(st.sampled_from(sorted(set(Kind) - {Kind.REVERSAL, *HOLD_ENDS})))
def test_nothing_else_names_a_reference_and_only_a_finish_has_no_amount(kind: Kind) -> None:
    with pytest.raises(ValueError, match="reference"):
        Op(kind, "x", 1, reference="b")
    if kind is Kind.FINISH:
        Op(kind, "x")
    else:
        with pytest.raises(ValueError, match="amount"):
            Op(kind, "x")


@pytest.mark.parametrize("ops", [(), (BET,) * 101])
def test_a_batch_has_a_first_operation_and_an_end(ops: tuple[Op, ...]) -> None:
    with pytest.raises(ValueError, match="operations"):
        Batch(1, FUN, "any", ops)


@given(st.integers(-1000, 1000), st.integers(0, 1000))
def test_a_deficit_shows_as_zero_and_is_no_credit(cash: int, bonus: int) -> None:
    balance = Balance(FUN, cash, bonus, 0, 1)
    assert balance.available.units == max(0, cash)
    assert balance.playable.units == max(0, cash) + bonus
