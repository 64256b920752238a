"""Whatever order and however often a round's operations come, the balance ends the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casino.money import FUN
from casino.wallet import Applied, Batch, Kind, Op, Refused
from tests.casino.wallet.shelf import Shelf

PLENTY = 1_000_000
many = settings(max_examples=200, deadline=None)


@st.composite
def rounds(draw: st.DrawFn) -> list[Op]:
    """A round: stakes, wins, a finish, and whole reversals of some of them."""
    ops = [
        Op(Kind.BET, f"b{n}", draw(st.integers(0, 500)), "r")
        for n in range(draw(st.integers(1, 3)))
    ]
    ops += [
        Op(Kind.WIN, f"w{n}", draw(st.integers(0, 900)), "r")
        for n in range(draw(st.integers(0, 2)))
    ]
    undone = draw(st.sets(st.sampled_from([op.key for op in ops])))
    ops += [Op(Kind.REVERSAL, f"back-{key}", None, "r", reference=key) for key in sorted(undone)]
    ops.append(Op(Kind.FINISH, "f", None, "r"))
    return ops


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Op], list[Op]]:
    """A round and one way it may arrive: each operation at least once, in any order."""
    ops = draw(rounds())
    again = draw(st.lists(st.sampled_from(ops), max_size=8))
    return ops, draw(st.permutations(ops + again))


def worth(ops: list[Op]) -> int:
    """What the round brings the player once everything has arrived."""
    undone = {op.reference for op in ops}
    signs = {Kind.BET: -1, Kind.WIN: 1}
    return sum(signs.get(op.kind, 0) * (op.amount or 0) for op in ops if op.key not in undone)


def shelf_with(cash: int, bonus: int) -> Shelf:
    shelf = Shelf()
    shelf.open(1, FUN.id, cash, bonus)
    return shelf


def batch(*ops: Op, late_accepted: bool = True) -> Batch:
    return Batch(1, FUN, "any", ops, late_accepted=late_accepted)


@many
@given(deliveries(), st.booleans())
def test_any_order_and_any_duplication_end_at_the_same_balance(
    delivery: tuple[list[Op], list[Op]], late_accepted: bool
) -> None:
    ops, arriving = delivery
    shelf = shelf_with(PLENTY, 0)
    for op in arriving:
        shelf.run(batch(op, late_accepted=late_accepted))
    assert shelf.total(1, FUN.id) == PLENTY + worth(ops)
    shelf.check_whole()


@many
@given(deliveries(), st.integers(0, 400))
def test_the_total_ends_the_same_with_bonus_money_in_the_round(
    delivery: tuple[list[Op], list[Op]], cash: int
) -> None:
    ops, arriving = delivery
    shelf = shelf_with(cash, PLENTY)
    for op in arriving:
        assert isinstance(shelf.run(batch(op))[0], Applied)
    assert shelf.total(1, FUN.id) == cash + PLENTY + worth(ops)
    shelf.check_whole()


@many
@given(deliveries(), st.lists(st.integers(1, 4), min_size=20, max_size=20))
def test_any_bundling_into_batches_ends_at_the_same_balance(
    delivery: tuple[list[Op], list[Op]], sizes: list[int]
) -> None:
    ops, arriving = delivery
    shelf = shelf_with(PLENTY, 0)
    for size in sizes:
        if bundle := arriving[:size]:
            assert isinstance(shelf.run(batch(*bundle))[0], Applied)
            arriving = arriving[size:]
    assert not arriving
    assert shelf.total(1, FUN.id) == PLENTY + worth(ops)


@many
@given(deliveries())
def test_two_integrations_with_the_same_keys_do_not_touch_each_other(
    delivery: tuple[list[Op], list[Op]],
) -> None:
    ops, arriving = delivery
    shelf = shelf_with(PLENTY, 0)
    for op in arriving:
        for source in ("one", "two"):
            shelf.run(Batch(1, FUN, source, (op,)))
    assert shelf.total(1, FUN.id) == PLENTY + 2 * worth(ops)


@many
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 600), st.integers(0, 900))
def test_taking_back_win_and_stake_restores_both_pockets_exactly(
    cash: int, bonus: int, stake: int, prize: int
) -> None:
    shelf = shelf_with(cash, bonus)
    before = shelf.accounts[1, FUN.id]
    placed = shelf.run(batch(Op(Kind.BET, "b", stake, "r")))[0]
    assert isinstance(placed, Refused) == (stake > cash + bonus)
    if isinstance(placed, Refused):
        return
    shelf.run(batch(Op(Kind.WIN, "w", prize, "r")))
    shelf.run(batch(Op(Kind.REVERSAL, "x", reference="w"), Op(Kind.REVERSAL, "y", reference="b")))
    after = shelf.accounts[1, FUN.id]
    assert (after.cash, after.bonus) == (before.cash, before.bonus)


@many
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 600), st.integers(0, 900))
def test_a_win_returns_in_the_proportion_its_stake_was_taken(
    cash: int, bonus: int, stake: int, prize: int
) -> None:
    shelf = shelf_with(cash, bonus)
    if isinstance(shelf.run(batch(Op(Kind.BET, "b", stake, "r")))[0], Refused):
        return
    bet = shelf.transfers[-1]
    assert -bet.cash_delta == min(cash, stake)  # cash first
    shelf.run(batch(Op(Kind.WIN, "w", prize, "r")))
    win = shelf.transfers[-1]
    assert win.cash_delta + win.bonus_delta == prize
    # Exact to one unit, and that unit is the player's: it falls into cash.
    assert win.bonus_delta * stake <= -bet.bonus_delta * prize < (win.bonus_delta + 1) * stake


@many
@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(1, 600),
    st.integers(0, 700),
)
def test_a_partial_refund_returns_its_part_and_never_more_than_was_taken(
    cash: int, bonus: int, stake: int, refund: int
) -> None:
    shelf = shelf_with(cash, bonus)
    if isinstance(shelf.run(batch(Op(Kind.BET, "b", stake, "r")))[0], Refused):
        return
    bet = shelf.transfers[-1]
    shelf.run(batch(Op(Kind.REVERSAL, "p", refund, "r", reference="b")))
    back = shelf.transfers[-1]
    assert back.cash_delta + back.bonus_delta == min(refund, stake)
    assert 0 <= back.cash_delta <= -bet.cash_delta + 1  # a rounded unit at most
    assert 0 <= back.bonus_delta <= -bet.bonus_delta
    shelf.run(batch(Op(Kind.REVERSAL, "q", 1, "r", reference="b")))
    assert shelf.transfers[-1] is back
