"""Repeatable chance: the same seed draws the same players in the same order on every machine."""

from __future__ import annotations

import bisect
import itertools
import os
from collections.abc import Iterator

_MASK = 2**64 - 1
_TEXTS_AT_ONCE = 1_024


class Stream:
    """SplitMix64: small, quick, and good enough to spread load."""

    def __init__(self, seed: int) -> None:
        """Begin at a seed."""
        self._state = seed & _MASK

    def word(self) -> int:
        """Return the next 64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """Return a number from 0 up to, not including, ``bound``."""
        return (self.word() * bound) >> 64


def uniform(count: int, draws: int, stream: Stream) -> list[int]:
    """Draw numbers below ``count``, each as likely as any other."""
    return [stream.below(count) for _ in range(draws)]


def zipf(count: int, exponent: float, draws: int, stream: Stream) -> list[int]:
    """Draw numbers below ``count``; number k is drawn in proportion to 1 / (k + 1) ** exponent."""
    weights = itertools.accumulate((rank + 1) ** -exponent for rank in range(count))
    reached = list(weights)
    total = reached[-1]
    last = count - 1
    return [
        min(bisect.bisect_right(reached, stream.word() / 2**64 * total), last)
        for _ in range(draws)
    ]


def random_texts() -> Iterator[str]:
    """Yield random texts of 36 characters for ever, written like the ids of many providers."""
    while True:
        digits = os.urandom(16 * _TEXTS_AT_ONCE).hex()
        for at in range(0, len(digits), 32):
            d = digits[at : at + 32]
            yield f"{d[:8]}-{d[8:12]}-{d[12:16]}-{d[16:20]}-{d[20:]}"
