"""What a caller asks, drawn from a seed: the same arguments ask the same things, by the same keys.

What a caller sends does not depend on any answer, so a seed repeats a run up to its timing.
"""

from __future__ import annotations

import random  # noqa: TID251 - a load is drawn from a seed
from collections import deque
from collections.abc import Callable, Sequence

from casino.money import FUN
from casino.wallet import Batch, Kind, Op

SOURCES = ("one", "two")
MOVES = "moves"  # from one player to another, both ends in one transaction
GRANTED = 100_000  # to each player, at first
REMEMBERED = 24


class Plan:
    """One caller's endless list of things to ask."""

    def __init__(
        self,
        seed: str,
        players: Sequence[int],
        games: Sequence[int] = (),
        sessions: dict[int, list[int]] | None = None,
    ) -> None:
        self.draw = random.Random(seed)  # noqa: S311
        self._name = seed
        self._players, self._games, self._sessions = players, games, sessions or {}
        self._n = 0
        self._said: deque[Batch] = deque(maxlen=REMEMBERED)
        self._stakes: deque[tuple[Batch, str]] = deque(maxlen=REMEMBERED)
        self._holds: deque[tuple[Batch, str]] = deque(maxlen=REMEMBERED)
        self._too_late: deque[Batch] = deque()  # originals whose reversal goes first
        self._ways: list[tuple[Callable[[str], Batch | None], int]] = [
            (self._stake, 26),
            (self._round, 22),
            (self._win, 12),
            (self._reverse, 9),
            (self._again, 9),
            (self._other, 2),
            (self._early, 4),
            (self._hold, 7),
            (self._end, 7),
            (self._big, 2),
        ]

    def next(self) -> Batch:
        """Draw the next batch."""
        batch = self._next()
        self._said.append(batch)
        return batch

    def next_inside(self) -> tuple[Batch, ...]:
        """Draw what a caller asks in a transaction of its own: one batch, or money that moves."""
        if len(self._players) == 1 or self.draw.random() < 0.5:
            return (self.next(),)
        self._n += 1
        key, amount = f"{self._name}:{self._n}", self.draw.randint(1, 300)
        # In one order, as whoever locks several accounts must.
        one, other = sorted(self.draw.sample(self._players, 2))
        down, up = (
            Op(Kind.CORRECTION_DOWN, f"{key}-", amount),
            Op(Kind.CORRECTION_UP, f"{key}+", amount),
        )
        first, second = (down, up) if self.draw.random() < 0.5 else (up, down)
        return (Batch(one, FUN, MOVES, (first,)), Batch(other, FUN, MOVES, (second,)))

    def _next(self) -> Batch:
        self._n += 1
        key = f"{self._name}:{self._n}"
        ways, weights = zip(*self._ways, strict=True)
        return self.draw.choices(ways, weights)[0](key) or self._stake(
            key
        )  # where there is nothing yet to speak of

    def _stake(self, key: str) -> Batch:
        player = self._player()
        kind = self.draw.choice((Kind.BET, Kind.BET, Kind.BET, Kind.TIP))
        bet = Op(kind, f"{key}b", self.draw.randint(1, 400), f"{key}r")
        sessions = self._sessions.get(player, [])
        batch = Batch(
            player,
            FUN,
            self.draw.choice(SOURCES),
            (bet,),
            self.draw.choice(self._games) if self._games else None,
            self.draw.choice(sessions) if sessions else None,
        )
        self._stakes.append((batch, bet.key))
        return batch

    def _round(self, key: str) -> Batch:
        bet = Op(Kind.BET, f"{key}b", self.draw.randint(1, 400), f"{key}r")
        win = Op(Kind.WIN, f"{key}w", self.draw.randint(0, 800), f"{key}r", ends_round=True)
        return self._of(self._player(), bet, win)

    def _win(self, key: str) -> Batch | None:
        if not self._stakes:
            return None
        stake, _ = self.draw.choice(self._stakes)
        win = Op(Kind.WIN, f"{key}w", self.draw.randint(0, 800), stake.ops[0].round_id)
        return self._like(stake, win)

    def _reverse(self, key: str) -> Batch | None:
        if not self._stakes:
            return None
        stake, reference = self.draw.choice(self._stakes)
        part = self.draw.choice((None, None, self.draw.randint(0, 300)))
        return self._like(stake, Op(Kind.REVERSAL, f"{key}x", part, None, reference))

    def _again(self, _key: str) -> Batch | None:
        return self.draw.choice(self._said) if self._said else None

    def _other(self, _key: str) -> Batch | None:
        """A key that was taken, with another content."""
        if not self._stakes:
            return None
        stake, _ = self.draw.choice(self._stakes)
        op = stake.ops[0]
        return self._like(stake, Op(op.kind, op.key, (op.amount or 0) + 10**6, op.round_id))

    def _early(self, key: str) -> Batch:
        """A reversal that comes before what it reverses, or what comes after it."""
        if self._too_late and self.draw.random() < 0.5:
            return self._too_late.popleft()
        late = self._of(self._player(), Op(Kind.BET, f"{key}b", self.draw.randint(1, 400)))
        self._too_late.append(late)
        return self._like(late, Op(Kind.REVERSAL, f"{key}x", None, None, f"{key}b"))

    def _hold(self, key: str) -> Batch:
        hold = self._of(self._player(), Op(Kind.HOLD, f"{key}h", self.draw.randint(1, 500)))
        self._holds.append((hold, f"{key}h"))
        return hold

    def _end(self, key: str) -> Batch | None:
        if not self._holds:
            return None
        hold, reference = self._holds.popleft()
        if self.draw.random() < 0.5:
            return self._like(hold, Op(Kind.RELEASE, f"{key}e", None, None, reference))
        part = self.draw.choice((None, self.draw.randint(0, 500)))
        return self._like(hold, Op(Kind.CAPTURE, f"{key}e", part, None, reference))

    def _big(self, key: str) -> Batch:
        return self._of(self._player(), Op(Kind.BET, f"{key}b", self.draw.randint(1, 10**6)))

    def _player(self) -> int:
        return self.draw.choice(self._players)

    def _of(self, player: int, *ops: Op) -> Batch:
        return Batch(player, FUN, self.draw.choice(SOURCES), ops)

    @staticmethod
    def _like(other: Batch, *ops: Op) -> Batch:
        """Ask something about what another batch said."""
        return Batch(other.player_id, FUN, other.source, ops)


def grant(player: int) -> Batch:
    """Return the first money of a player, the same from whatever process it comes."""
    return Batch(player, FUN, "house", (Op(Kind.GRANT, "first", GRANTED),))
