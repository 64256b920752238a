"""What the balances must be, worked out from what was sent and nothing else.

Written from the protocols' rules and not from the wallet: an operation counts once, a reversal
takes back what its original moved, and a reversal that comes first keeps its original out.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Expected:
    """One player's money as an outsider would keep it."""

    cash: int
    moved: dict[str, int] = field(default_factory=dict)  # by key: what it moved
    taken_back: set[str] = field(default_factory=set)
    kept_out: set[str] = field(default_factory=set)
    reversals: set[str] = field(default_factory=set)  # keys of reversals that came

    def stake(self, key: str, units: int) -> bool:
        """Say whether a stake is taken, now or since before."""
        if key in self.moved:
            return True
        if key in self.kept_out:
            return False
        if units > max(0, self.cash):
            return False
        self._move(key, -units)
        return True

    def win(self, key: str, units: int) -> None:
        if key not in self.moved and key not in self.kept_out:
            self._move(key, units)

    def roll_back(self, key: str, original: str) -> None:
        if key in self.reversals:
            return
        self.reversals.add(key)
        if original not in self.moved:
            self.kept_out.add(original)
        elif original not in self.taken_back:
            self.taken_back.add(original)
            self.cash -= self.moved[original]

    def _move(self, key: str, units: int) -> None:
        self.moved[key] = units
        self.cash += units
