"""The mathematics of a slot: strips, lines, wins and the exact return to the player."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod

ROWS = 3
DECIMAL_PLACES_MAX = 30


@dataclass(frozen=True, eq=False)  # one object a game: compared and cached by identity
class Slot:
    """One game. A symbol is one letter; pays are counted in line stakes, from one of a kind up."""

    uuid: str
    title: str
    volatility: str
    reels: tuple[str, ...]  # strips, read cyclically; every stop is equally likely
    lines: tuple[tuple[int, ...], ...]  # the row on each reel
    pays: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]  # symbol -> the name of its picture
    theme: str  # the folder of its pictures
    wild: str = ""  # stands for every symbol but the scatter; never on the first reel
    wild_factor: int = 1  # a line win that a wild takes part in is multiplied by it, once
    scatter: str = ""
    scatter_pays: tuple[int, ...] = ()  # in line stakes times lines: multiples of the stake


@dataclass(frozen=True, slots=True)
class LineWin:
    """A run from the left; ``line`` is None for scatters. ``pay`` is in line stakes."""

    line: int | None
    symbol: str
    count: int
    pay: int


@dataclass(frozen=True, slots=True)
class Spin:
    """Where the reels stopped and what it is worth; ``pay`` is in line stakes."""

    stops: tuple[int, ...]
    wins: tuple[LineWin, ...]

    @property
    def pay(self) -> int:
        """All wins together."""
        return sum(win.pay for win in self.wins)


def spin(slot: Slot, below: Callable[[int], int]) -> Spin:
    """Stop every reel; ``below`` draws a uniform number under its argument."""
    return evaluate(slot, tuple(below(len(strip)) for strip in slot.reels))


def evaluate(slot: Slot, stops: Sequence[int]) -> Spin:
    """Say what one set of stops wins."""
    window = [
        [strip[(stop + row) % len(strip)] for row in range(ROWS)]
        for strip, stop in zip(slot.reels, stops, strict=True)
    ]
    wins = []
    for number, rows in enumerate(slot.lines):
        won = line_win(slot, [column[row] for column, row in zip(window, rows, strict=True)])
        if won is not None:
            wins.append(LineWin(number, *won))
    if slot.scatter:
        count = sum(column.count(slot.scatter) for column in window)
        pay = _at(slot.scatter_pays, count) * len(slot.lines)
        if pay:
            wins.append(LineWin(None, slot.scatter, count, pay))
    return Spin(tuple(stops), tuple(wins))


def line_win(slot: Slot, line: Sequence[str]) -> tuple[str, int, int] | None:
    """Return symbol, count and pay of the run from the left, or None."""
    symbol, count = line[0], 0
    while count < len(line) and line[count] in (symbol, slot.wild):
        count += 1
    pay = _at(slot.pays.get(symbol, ()), count)
    if slot.wild and slot.wild in line[:count]:
        pay *= slot.wild_factor
    return (symbol, count, pay) if pay else None


def _at(pays: tuple[int, ...], count: int) -> int:
    return pays[min(count, len(pays)) - 1] if pays and count else 0


@cache
def exact_return(slot: Slot) -> Fraction:
    """Return to player, exact.

    Every row of a reel shows its strip's symbols equally often, so all lines are worth the same,
    and one line's worth follows from how many of each symbol a strip holds.
    """
    counts = [Counter(strip) for strip in slot.reels]
    total = 0
    for symbols in product(*counts):
        won = line_win(slot, symbols)
        if won is not None:
            ways = prod(count[symbol] for count, symbol in zip(counts, symbols, strict=True))
            total += won[2] * ways
    return Fraction(total, prod(map(len, slot.reels))) + _scatter_return(slot)


def _scatter_return(slot: Slot) -> Fraction:
    chances = {0: Fraction(1)}  # scatters in view -> probability, reel by reel
    for strip in slot.reels:
        views = Counter(
            sum(strip[(stop + row) % len(strip)] == slot.scatter for row in range(ROWS))
            for stop in range(len(strip))
        )
        summed: dict[int, Fraction] = {}
        for (seen, chance), (more, ways) in product(chances.items(), views.items()):
            so_far = summed.get(seen + more, Fraction(0))
            summed[seen + more] = so_far + chance * Fraction(ways, len(strip))
        chances = summed
    return sum(
        (chance * _at(slot.scatter_pays, seen) for seen, chance in chances.items()), Fraction(0)
    )


def per_cent(ratio: Fraction) -> str:
    """Write a ratio as a percentage, to its last digit.

    Raises ValueError when the decimal never ends; strips of 10 or 20 stops give one that does.
    """
    value = ratio * 100
    for places in range(DECIMAL_PLACES_MAX):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    raise ValueError(f"{ratio} has no finite decimal")
