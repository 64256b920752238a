"""Single rules of ``decide`` by example: what may move, what is refused, and why."""

from __future__ import annotations

import pytest

from casino.money import FUN, TON, UNITS_MAX, Currency
from casino.wallet import Answer, Applied, Batch, Kind, Op, Outcome, Refusal, Refused
from tests.casino.wallet.shelf import Shelf, plain

OFF, DEAD = 11, 6


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf(frozenset({OFF}), frozenset({DEAD}))
    shelf.open(1, FUN.id, 1000)
    return shelf


def bet(key: str, units: int = 100, round_id: str = "r") -> Op:
    return Op(Kind.BET, key, units, round_id)


def win(key: str, units: int = 100, round_id: str = "r") -> Op:
    return Op(Kind.WIN, key, units, round_id)


def back(key: str, reference: str, amount: int | None = None) -> Op:
    return Op(Kind.REVERSAL, key, amount, reference=reference)


def run(
    shelf: Shelf,
    *ops: Op,
    game: int | None = None,
    session: int | None = None,
    currency: Currency = FUN,
    late: bool = True,
) -> Answer:
    batch = Batch(1, currency, "any", ops, game, session, late_accepted=late)
    return shelf.run(batch)[0]


def outcomes(answer: Answer) -> list[Outcome]:
    assert isinstance(answer, Applied), answer
    return [item.outcome for item in answer.items]


def reason(answer: Answer) -> Refusal:
    assert isinstance(answer, Refused), answer
    return answer.reason


def cash(shelf: Shelf) -> int:
    return shelf.accounts[1, FUN.id].cash


# --- stakes


def test_the_running_balance_counts_not_the_opening_one(shelf: Shelf) -> None:
    assert outcomes(run(shelf, win("w", 500), bet("b", 1400))) == [Outcome.APPLIED] * 2
    assert reason(run(shelf, bet("b2", 101), win("w2", 500))) is Refusal.NOT_ENOUGH_MONEY
    assert cash(shelf) == 100


@pytest.mark.parametrize("kind", [Kind.BET, Kind.TIP, Kind.BUY_IN, Kind.PROMO_BET, Kind.BONUS_BUY])
def test_every_stake_asks_freeze_session_game_and_money(shelf: Shelf, kind: Kind) -> None:
    op = Op(kind, "s", 1001)
    assert reason(run(shelf, op, game=OFF, session=DEAD)) is Refusal.SESSION_ENDED
    assert reason(run(shelf, op, game=OFF)) is Refusal.GAME_OFF
    assert reason(run(shelf, op)) is Refusal.NOT_ENOUGH_MONEY
    shelf.freeze(1, on=True)
    assert reason(run(shelf, op, game=OFF, session=DEAD)) is Refusal.FROZEN
    shelf.freeze(1, on=False)
    assert outcomes(run(shelf, Op(kind, "s", 1000))) == [Outcome.APPLIED]


@pytest.mark.parametrize(
    "op",
    [
        win("n"),
        Op(Kind.FREE_SPIN_WIN, "n", 5),
        Op(Kind.JACKPOT, "n", 5),
        Op(Kind.PROMO_WIN, "n", 5),
        Op(Kind.TOURNAMENT_WIN, "n", 5),
        Op(Kind.PAYOUT, "n", 5),
        Op(Kind.GAME_CORRECTION_UP, "n", 5),
        Op(Kind.GAME_CORRECTION_DOWN, "n", 5_000),
        Op(Kind.DEPOSIT, "n", 5),
        Op(Kind.GRANT, "n", 5),
        Op(Kind.CORRECTION_UP, "n", 5),
        Op(Kind.CORRECTION_DOWN, "n", 5),
        Op(Kind.FINISH, "n", round_id="r"),
        back("n", "b"),
        back("n", "unknown"),
        Op(Kind.CAPTURE, "n", reference="h"),
        Op(Kind.RELEASE, "n", reference="h"),
    ],
    ids=lambda op: f"{op.kind.name}-{op.reference or ''}",
)
def test_nothing_but_a_stake_is_refused_for_the_players_state(shelf: Shelf, op: Op) -> None:
    run(shelf, bet("b"), Op(Kind.HOLD, "h", 50))
    shelf.freeze(1, on=True)
    assert outcomes(run(shelf, op, game=OFF, session=DEAD))[0] in (
        Outcome.APPLIED,
        Outcome.TOMBSTONED,
    )


def test_a_frozen_player_holds_nothing_new(shelf: Shelf) -> None:
    shelf.freeze(1, on=True)
    assert reason(run(shelf, Op(Kind.HOLD, "h", 1))) is Refusal.FROZEN


def test_a_replay_is_answered_even_when_the_stake_would_now_be_refused(shelf: Shelf) -> None:
    first = run(shelf, bet("b", 1000))
    shelf.freeze(1, on=True)
    again = run(shelf, bet("b", 1000), game=OFF, session=DEAD)
    assert isinstance(first, Applied)
    assert isinstance(again, Applied)
    assert again.items[0].balance_units == first.items[0].balance_units == 0
    assert again.items[0].transfer_id == first.items[0].transfer_id


def test_a_free_stake_of_nothing_works_with_an_empty_pocket_and_in_a_deficit(
    shelf: Shelf,
) -> None:
    run(shelf, Op(Kind.CORRECTION_DOWN, "c", 1500))
    assert outcomes(run(shelf, bet("free", 0))) == [Outcome.APPLIED]
    assert reason(run(shelf, bet("b", 1))) is Refusal.NOT_ENOUGH_MONEY


# --- games switched off


def test_a_round_under_way_may_go_on_after_its_game_was_switched_off(shelf: Shelf) -> None:
    run(shelf, bet("b1"), game=10)
    assert outcomes(run(shelf, bet("b2"), win("w"), game=OFF)) == [Outcome.APPLIED] * 2
    assert reason(run(shelf, bet("b3", round_id="new"), game=OFF)) is Refusal.GAME_OFF


def test_another_currencys_round_of_the_same_name_is_not_under_way(shelf: Shelf) -> None:
    shelf.open(1, TON.id, 1000)
    run(shelf, bet("b1"))
    assert reason(run(shelf, bet("b2"), game=OFF, currency=TON)) is Refusal.GAME_OFF


def test_a_credit_does_not_open_a_round_of_a_game_that_is_off(shelf: Shelf) -> None:
    assert outcomes(run(shelf, win("w"), game=OFF)) == [Outcome.APPLIED]
    assert reason(run(shelf, bet("b"), game=OFF)) is Refusal.GAME_OFF


def test_a_credit_in_the_same_batch_does_not_let_a_stake_into_a_game_that_is_off(
    shelf: Shelf,
) -> None:
    assert reason(run(shelf, win("w", 0), bet("b"), game=OFF)) is Refusal.GAME_OFF
    assert cash(shelf) == 1000


# --- keys


def test_the_same_key_twice_in_one_batch_moves_money_once(shelf: Shelf) -> None:
    assert outcomes(run(shelf, bet("b"), bet("b"), back("x", "b"), back("x", "b"))) == [
        Outcome.APPLIED,
        Outcome.REPLAYED,
        Outcome.APPLIED,
        Outcome.REPLAYED,
    ]
    assert cash(shelf) == 1000


@pytest.mark.parametrize(
    "other",
    [
        bet("k", 101),
        win("k", 100),
        bet("k", 100, "other round"),
        Op(Kind.BET, "k", 100),
        Op(Kind.TIP, "k", 100, "r"),
        back("k", "b"),
    ],
)
def test_the_same_key_with_any_other_content_is_a_conflict(shelf: Shelf, other: Op) -> None:
    run(shelf, bet("k", 100))
    assert reason(run(shelf, other)) is Refusal.KEY_CONFLICT
    assert reason(run(shelf, win("w"), other)) is Refusal.KEY_CONFLICT
    assert cash(shelf) == 900


def test_the_same_key_in_another_currency_is_a_conflict(shelf: Shelf) -> None:
    shelf.open(1, TON.id, 1000)
    run(shelf, bet("k"))
    assert reason(run(shelf, bet("k"), currency=TON)) is Refusal.KEY_CONFLICT


def test_the_same_reversal_of_another_original_is_a_conflict(shelf: Shelf) -> None:
    run(shelf, bet("b1"), bet("b2"), back("x", "b1"))
    assert reason(run(shelf, back("x", "b2"))) is Refusal.KEY_CONFLICT
    assert cash(shelf) == 900


@pytest.mark.parametrize(
    "op",
    [
        Op(Kind.FINISH, "f", 5, "r"),
        Op(Kind.RELEASE, "f", 5, reference="h"),
        Op(Kind.CAPTURE, "f", 5, reference="h"),
        Op(Kind.CAPTURE, "f", reference="h"),
        back("f", "b", 5),
        back("f", "b", 500),
        back("f", "b"),
        back("f", "unknown", 7),
    ],
    ids=repr,
)
def test_whatever_is_applied_can_be_replayed(shelf: Shelf, op: Op) -> None:
    """The very same operation again is no conflict, whatever amount it carried."""
    run(shelf, bet("b"), Op(Kind.HOLD, "h", 50))
    first = run(shelf, op)
    if isinstance(first, Refused):
        return
    assert outcomes(run(shelf, op)) == [Outcome.REPLAYED]


def test_a_partial_refunds_key_does_not_repeat_as_a_whole_refund(shelf: Shelf) -> None:
    run(shelf, bet("b"), back("p", "b", 40))
    assert reason(run(shelf, back("p", "b"))) is Refusal.KEY_CONFLICT


# --- reversals


def test_a_reversal_of_a_reversal_takes_the_refund_back_once(shelf: Shelf) -> None:
    run(shelf, bet("b"), back("x", "b"), back("y", "x"))
    assert cash(shelf) == 900
    assert outcomes(run(shelf, back("z", "x"), back("q", "b"))) == [Outcome.ALREADY_ENDED] * 2
    assert cash(shelf) == 900


def test_what_a_reversal_moved_is_taken_back_and_not_what_it_asked_for(shelf: Shelf) -> None:
    run(shelf, bet("b"), back("x", "b", 500))
    assert cash(shelf) == 1000
    run(shelf, back("y", "x"))
    assert cash(shelf) == 900


def test_a_row_keeps_the_round_the_game_and_whether_the_round_ended(shelf: Shelf) -> None:
    last = Op(Kind.WIN, "w", 5, "r", ends_round=True)
    run(shelf, bet("b"), last, Op(Kind.FINISH, "f", round_id="r"), game=10)
    rows = [(t.game_id, t.round_id, t.ends_round) for t in shelf.transfers]
    assert rows == [(10, "r", False), (10, "r", True), (10, "r", True)]


def test_a_reversal_of_a_win_may_leave_a_deficit_and_credits_pay_it_first(shelf: Shelf) -> None:
    run(shelf, win("w", 500), bet("b", 1500), back("x", "w"))
    assert cash(shelf) == -500
    assert reason(run(shelf, bet("b2", 1))) is Refusal.NOT_ENOUGH_MONEY
    answer = run(shelf, win("w2", 700))
    assert isinstance(answer, Applied)
    assert answer.balance.playable.units == 200


def test_a_deposit_and_a_correction_can_be_reversed_like_a_win(shelf: Shelf) -> None:
    run(shelf, Op(Kind.DEPOSIT, "d", 50), Op(Kind.CORRECTION_DOWN, "c", 20))
    run(shelf, back("x", "d"), back("y", "c"))
    assert cash(shelf) == 1000


def test_a_reversal_in_another_currency_than_its_original_is_refused(shelf: Shelf) -> None:
    shelf.open(1, TON.id, 0)
    run(shelf, bet("b"))
    assert reason(run(shelf, back("x", "b"), currency=TON)) is Refusal.REFERENCE_MISMATCH


def test_bonus_money_already_spent_is_taken_back_from_cash(shelf: Shelf) -> None:
    shelf.open(1, FUN.id, 0, 100)
    run(shelf, bet("b"), win("w", 300))
    assert shelf.accounts[1, FUN.id].bonus == 300
    run(shelf, bet("b2", 250, "r2"), back("x", "w"))
    account = shelf.accounts[1, FUN.id]
    assert (account.cash, account.bonus) == (-250, 0)
    run(shelf, back("y", "x"))
    account = shelf.accounts[1, FUN.id]
    assert (account.cash, account.bonus) == (0, 50)


@pytest.mark.parametrize("end", [Op(Kind.CAPTURE, "e", 60, reference="h"), None])
def test_the_end_of_a_hold_is_not_reversed_as_if_it_were_a_win(
    shelf: Shelf, end: Op | None
) -> None:
    """A release gave the player his own money back: 'reversing' it must not take it for good."""
    run(shelf, Op(Kind.HOLD, "h", 100), end or Op(Kind.RELEASE, "e", reference="h"))
    assert reason(run(shelf, back("x", "e"))) is Refusal.REFERENCE_MISMATCH


# --- tombstones


@pytest.mark.parametrize("original", [bet("o"), win("o"), Op(Kind.DEPOSIT, "o", 5)])
def test_a_late_original_moves_nothing_under_either_policy(shelf: Shelf, original: Op) -> None:
    assert outcomes(run(shelf, back("x", "o"))) == [Outcome.TOMBSTONED]
    assert outcomes(run(shelf, original)) == [Outcome.LATE]
    assert reason(run(shelf, original, late=False)) is Refusal.LATE_ORIGINAL
    assert outcomes(run(shelf, back("x", "o"))) == [Outcome.REPLAYED]
    assert outcomes(run(shelf, back("y", "o"))) == [Outcome.ALREADY_ENDED]
    assert cash(shelf) == 1000


def test_a_hold_that_was_reversed_before_it_came_is_refused_not_forgotten(shelf: Shelf) -> None:
    """Whoever holds must know that nothing is held: 'late, nothing moved' reads like success."""
    run(shelf, back("x", "h"))
    assert isinstance(run(shelf, Op(Kind.HOLD, "h", 100)), Refused)


# --- holds


def test_a_hold_takes_cash_only_and_a_capture_returns_the_rest(shelf: Shelf) -> None:
    shelf.open(1, FUN.id, 100, 100)
    assert reason(run(shelf, Op(Kind.HOLD, "h", 101))) is Refusal.NOT_ENOUGH_MONEY
    run(shelf, Op(Kind.HOLD, "h", 100))
    assert reason(run(shelf, Op(Kind.CAPTURE, "c", 101, reference="h"))) is (
        Refusal.REFERENCE_MISMATCH
    )
    run(shelf, Op(Kind.CAPTURE, "c", 70, reference="h"))
    account = shelf.accounts[1, FUN.id]
    assert (account.cash, account.bonus, account.held) == (30, 100, 0)


def test_a_hold_ends_once(shelf: Shelf) -> None:
    run(shelf, Op(Kind.HOLD, "h", 100), Op(Kind.RELEASE, "e", reference="h"))
    for end in (Kind.RELEASE, Kind.CAPTURE):
        answer = run(shelf, Op(end, f"again-{end}", reference="h"))
        assert outcomes(answer) == [Outcome.ALREADY_ENDED]
    assert cash(shelf) == 1000


def test_only_a_hold_is_captured_or_released_and_never_reversed(shelf: Shelf) -> None:
    run(shelf, bet("b"), Op(Kind.HOLD, "h", 100))
    for end in (Kind.CAPTURE, Kind.RELEASE):
        assert reason(run(shelf, Op(end, "e", reference="b"))) is Refusal.REFERENCE_MISMATCH
        assert reason(run(shelf, Op(end, "e", reference="no"))) is Refusal.UNKNOWN_HOLD
    assert reason(run(shelf, back("x", "h"))) is Refusal.REFERENCE_MISMATCH


def test_a_hold_can_be_captured_in_a_deficit_and_while_frozen(shelf: Shelf) -> None:
    run(shelf, win("w", 500), Op(Kind.HOLD, "h", 1500), back("x", "w"))
    shelf.freeze(1, on=True)
    assert outcomes(run(shelf, Op(Kind.CAPTURE, "c", 1500, reference="h"))) == [Outcome.APPLIED]
    assert (cash(shelf), shelf.accounts[1, FUN.id].held) == (-500, 0)


# --- the ends of the scale


@pytest.mark.parametrize(
    "op",
    [win("w", UNITS_MAX), Op(Kind.DEPOSIT, "w", UNITS_MAX), Op(Kind.GRANT, "w", UNITS_MAX - 999)],
)
def test_a_balance_beyond_64_bits_is_refused_whole(shelf: Shelf, op: Op) -> None:
    assert reason(run(shelf, bet("b"), win("v"), op)) is Refusal.OUT_OF_RANGE
    assert plain(run(shelf, bet("b"))) == [("applied", 900)]


def test_the_last_unit_of_the_scale_can_be_reached_and_spent(shelf: Shelf) -> None:
    run(shelf, win("w", UNITS_MAX - 1000))
    assert cash(shelf) == UNITS_MAX
    assert outcomes(run(shelf, bet("b", UNITS_MAX))) == [Outcome.APPLIED]
    run(shelf, Op(Kind.CORRECTION_DOWN, "c", UNITS_MAX))
    assert cash(shelf) == -UNITS_MAX
    assert reason(run(shelf, Op(Kind.CORRECTION_DOWN, "d", 1))) is Refusal.OUT_OF_RANGE
