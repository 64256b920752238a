from __future__ import annotations

import hashlib
import hmac
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino import errors
from casino.money import FUN, TON, USDT, Money
from providers.house.dice import Dice
from providers.house.fair import draw, words

DICE = Dice()
SEED = "18e93f4a7b5b58d2569765766d1b6c3296bbd8430d6f20249044d72f14720159"


def reference_roll(server_seed: str, client_seed: str, nonce: int) -> int:
    """The published rule once more, written without the house's code."""
    limit = 2**64 - 2**64 % 10_000
    cursor = 0
    while True:
        message = f"{client_seed}:{nonce}:{cursor // 4}"
        block = hmac.new(server_seed.encode(), message.encode(), hashlib.sha256).hexdigest()
        word = int(block[cursor % 4 * 16 : cursor % 4 * 16 + 16], 16)
        if word < limit:
            return word % 10_000
        cursor += 1


def test_the_stream_is_the_hmac_that_was_published() -> None:
    # The first four bytes of this well-known vector are 3314602353.
    first = next(words(SEED, "bb62964774", 1))
    assert first >> 32 == 3_314_602_353


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(0, 10**9))
def test_a_second_implementation_rolls_the_same(server_seed: str, nonce: int) -> None:
    expected = reference_roll(server_seed, "client", nonce)
    result = DICE.decide(
        server_seed,
        "client",
        nonce,
        Money(10**6, FUN),
        {"direction": "under", "win_numbers": 5000},
    )
    assert result.outcome["roll"] == expected
    assert result.outcome["won"] is (expected < 5000)


def test_words_that_would_favour_small_outcomes_are_refused() -> None:
    largest = 2**64 - 1
    assert largest >= 10_000 * (2**64 // 10_000)
    assert draw(iter([largest, 12_345]), 10_000) == 2_345


@pytest.mark.parametrize("direction", ["under", "over"])
@pytest.mark.parametrize("win_numbers", [1, 2, 137, 4_950, 5_000, 9_799, 9_800])
def test_every_bet_returns_exactly_99_percent(direction: str, win_numbers: int) -> None:
    choices = {"direction": direction, "win_numbers": win_numbers}
    winning = sum(
        roll < win_numbers if direction == "under" else roll >= 10_000 - win_numbers
        for roll in range(10_000)
    )
    assert winning == win_numbers
    assert Fraction(winning, 10_000) * DICE.multiplier(choices) == Fraction(99, 100)


@pytest.mark.parametrize("currency", [FUN, TON, USDT])
@given(win_numbers=st.integers(1, 9_800))
def test_cutting_to_whole_units_costs_less_than_a_hundredth_of_a_point(
    currency: object, win_numbers: int
) -> None:
    limits = DICE.limits(currency)  # type: ignore[arg-type] # parametrize hides the type
    assert limits is not None
    choices = {"direction": "under", "win_numbers": win_numbers}
    payout = DICE.profit_max(limits.minimum, choices) + limits.minimum
    exact = limits.minimum.units * DICE.multiplier(choices)
    lost = Fraction(win_numbers, 10_000) * (exact - payout.units) / limits.minimum.units
    assert 0 <= lost < Fraction(1, 10_000)


@pytest.mark.parametrize(
    "given_choices",
    [
        {},
        {"direction": "sideways", "win_numbers": 10},
        {"direction": "under", "win_numbers": 0},
        {"direction": "under", "win_numbers": 9_801},
        {"direction": "under", "win_numbers": "10"},
        {"direction": "under", "win_numbers": True},
        {"direction": "under", "win_numbers": 10.0},
    ],
)
def test_choices_that_are_none_are_refused(given_choices: dict[str, object]) -> None:
    with pytest.raises(errors.Malformed):
        DICE.choices(given_choices)
