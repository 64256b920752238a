"""The games' mathematics: every stop counted, twice and in two ways."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import prod

import pytest

from providers.sandbox.games import CURRENCIES, EMBER, GAMES, LAGOON, ORCHARD, stakes
from providers.sandbox.rounds import text
from providers.sandbox.slots import Slot, evaluate, exact_return, line_win, per_cent, spin

PUBLISHED = {ORCHARD: "96.25", LAGOON: "95.98", EMBER: "95.843"}


@pytest.mark.parametrize("slot", PUBLISHED, ids=lambda slot: slot.theme)
def test_the_published_return_is_that_of_every_possible_stop(slot: Slot) -> None:
    paid = hits = stops = 0
    for where in product(*(range(len(strip)) for strip in slot.reels)):
        pay = evaluate(slot, where).pay
        paid += pay
        hits += pay > 0
        stops += 1
    assert stops == prod(map(len, slot.reels))
    counted = Fraction(paid, stops * len(slot.lines))
    assert counted == exact_return(slot)
    assert per_cent(counted) == PUBLISHED[slot]
    assert hits / stops > 0.19  # no machine of long silence


def test_volatility_is_what_the_games_say() -> None:
    top = {slot: max(pays[-1] for pays in slot.pays.values()) for slot in GAMES.values()}
    assert top[ORCHARD] / 5 < top[LAGOON] / 10 < top[EMBER] * EMBER.wild_factor / 10
    assert [s.volatility for s in (ORCHARD, LAGOON, EMBER)] == ["low", "medium", "high"]


@pytest.mark.parametrize("slot", GAMES.values(), ids=lambda slot: slot.theme)
def test_a_game_is_built_as_its_arithmetic_assumes(slot: Slot) -> None:
    assert slot.wild not in slot.reels[0] or not slot.wild
    assert all(len(strip) in {10, 20} for strip in slot.reels)  # so that the return is finite
    assert all(len(line) == len(slot.reels) for line in slot.lines)
    assert all(strip.count(slot.scatter) <= 1 for strip in slot.reels if slot.scatter)
    assert set("".join(slot.reels)) == set(slot.names)
    assert set(slot.pays) | {slot.wild, slot.scatter} - {""} == set(slot.names)


@pytest.mark.parametrize(
    ("line", "won"),
    [
        ("HHHHH", ("H", 5, 2000)),
        ("HWHHH", ("H", 5, 4000)),
        ("HWWWH", ("H", 5, 4000)),
        ("HHHAW", ("H", 3, 10)),
        ("GWWAA", ("G", 3, 10)),
        ("HHAHH", None),
        ("AAABC", None),
        ("AAAWC", ("A", 4, 8)),
        ("SSSSS", None),
        ("SWWWS", None),
    ],
)
def test_a_line_pays_its_run_from_the_left(line: str, won: tuple[str, int, int] | None) -> None:
    assert line_win(EMBER, line) == won


def test_scatters_pay_anywhere_by_the_whole_stake() -> None:
    seen = Counter[int]()
    for stops in product(*(range(len(strip)) for strip in LAGOON.reels)):
        for win in evaluate(LAGOON, stops).wins:
            if win.line is None:
                seen[win.pay] += 1
    # Three of ten windows of a reel show its scatter, on three reels; two reels have none.
    assert seen == {5 * len(LAGOON.lines): 27 * 100}


def test_every_reel_is_drawn_over_its_whole_strip() -> None:
    asked: list[int] = []

    def below(size: int) -> int:
        asked.append(size)
        return size - 1

    assert spin(ORCHARD, below).stops == (19, 19, 19)
    assert asked == [20, 20, 20]


@pytest.mark.parametrize("slot", GAMES.values(), ids=lambda slot: slot.theme)
@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_no_stake_makes_a_win_that_must_be_rounded(slot: Slot, currency: str) -> None:
    offered = stakes(currency)
    assert list(offered) == sorted(set(offered))
    for stake in offered:
        per_line = stake / len(slot.lines)
        assert per_line * len(slot.lines) == stake
        assert per_line == round(per_line, 6)


def test_per_cent_writes_the_last_digit_and_refuses_what_has_none() -> None:
    assert per_cent(Fraction(95843, 100000)) == "95.843"
    assert per_cent(Fraction(1)) == "100"
    assert per_cent(Fraction(1, 1000)) == "0.1"
    with pytest.raises(ValueError, match="no finite decimal"):
        per_cent(Fraction(1, 3))


def test_amounts_are_written_plainly() -> None:
    assert [text(stake * 10) for stake in stakes("TON")][:2] == ["0.5", "1"]
    assert text(stakes("FUN")[-1] * 100) == "10000"
