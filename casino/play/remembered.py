"""A small memory for facts that never change, so that a callback asks the database for nothing.

What may be kept: that a row exists, and those of its columns that are written once. Whatever can
change (a balance, a freeze, the end of a session, a game that is switched off) is asked for, and
verified, where the wallet writes; a process that remembers can therefore not be out of date. What
was not found is never kept: it may exist a moment later.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """At most ``most`` facts by their key; the one learnt first is forgotten first."""

    def __init__(self, most: int) -> None:
        """Know nothing yet."""
        self._most = most
        self._facts: dict[K, V] = {}
        self.get = self._facts.get

    def keep(self, key: K, fact: V) -> None:
        """Remember a fact that will hold for ever."""
        if len(self._facts) >= self._most and key not in self._facts:
            del self._facts[next(iter(self._facts))]
        self._facts[key] = fact

    def __len__(self) -> int:
        return len(self._facts)
