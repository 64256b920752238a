"""A rail's chain from one seed: money arrives, twice, in other amounts, for others, or not at all.

Reports of one chain come one after another, so what should come of each is known beforehand.
"""

from __future__ import annotations

import random  # noqa: TID251 - a simulation is drawn from its seed
from collections.abc import Callable

from casino.cashier import Incoming
from casino.money import TON, UNITS_MAX, Money
from casino.wallet import Batch, Kind, Op
from tests.simulation.asks import STRANGER, Report

MINIMUM = 10**8
SOURCE = "rail:ton"


class Chain:
    """One watched account. ``credited`` and ``filed`` are what the cashier's book should hold."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._silent_for = 0
        self._position = 0
        self.credited: dict[str, tuple[int, int]] = {}  # by external id: player, units
        self.filed: dict[str, str] = {}  # by external id: reason
        self.entries: dict[int, str] = {}  # by position: outcome

    def reports(self, anybody: Callable[[], int]) -> tuple[Report, ...]:
        """Draw what is seen next; nothing while the rail is silent."""
        if self._silent_for:
            self._silent_for -= 1
            return ()
        if self._rng.random() < 0.15:
            self._silent_for = self._rng.randint(2, 8)
        return tuple(self._report(anybody()) for _ in range(self._rng.choice((1, 1, 2, 5))))

    def _report(self, who: int) -> Report:
        rng = self._rng
        self._position += 1
        drawn, fresh = rng.random(), f"tx{self._position}"
        units = rng.randint(MINIMUM, 300 * 10**9)
        old = rng.choice(list(self.credited)) if self.credited else None
        if drawn < 0.2 and old is not None:
            owner, first = self.credited[old]
            if drawn < 0.08:  # seen again
                return self._credit(owner, old, first)
            if drawn < 0.15:  # a lie about the amount
                return self._file(owner, old, first + rng.choice((1, 10**9)), "not_credited")
            if owner != who:  # a lie about the owner
                return self._entry(who, self._incoming(old, first), "ignored")
        if drawn < 0.25:
            return self._file(who, fresh, rng.randint(1, MINIMUM - 1), "below_minimum")
        if drawn < 0.30:
            return self._file(STRANGER, fresh, units, "unknown_memo")
        if drawn < 0.33:
            return self._file(who, fresh, UNITS_MAX + units, "not_credited")
        if drawn < 0.38:
            return self._entry(STRANGER, None, "ignored")
        return self._credit(who, fresh, units)

    def _credit(self, who: int, external_id: str, units: int) -> Report:
        self.credited[external_id] = (who, units)
        op = Op(Kind.DEPOSIT, external_id, units)
        batch = Batch(who, TON, SOURCE, (op,))
        return self._entry(who, self._incoming(external_id, units), "credited", credit=batch)

    def _file(self, who: int, external_id: str, units: int, reason: str) -> Report:
        self.filed.setdefault(external_id, reason)
        return self._entry(who, self._incoming(external_id, units), "filed", reason)

    def _entry(
        self,
        who: int,
        incoming: Incoming | None,
        outcome: str,
        reason: str | None = None,
        credit: Batch | None = None,
    ) -> Report:
        self.entries[self._position] = outcome
        return Report(self._position, who, incoming, outcome, reason, credit)

    @staticmethod
    def _incoming(external_id: str, units: int) -> Incoming:
        return Incoming(external_id, Money(units, TON), None)
