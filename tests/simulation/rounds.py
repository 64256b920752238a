"""One round of a game as a careless provider reports it: split, merged, reordered, undone."""

from __future__ import annotations

import random  # noqa: TID251 - a simulation is drawn from its seed
from collections.abc import Callable

from casino.wallet import Kind, Op

STAKES = (Kind.BET,) * 8 + (Kind.BUY_IN, Kind.TIP, Kind.PROMO_BET, Kind.BONUS_BUY)
WINS = (Kind.WIN,) * 6 + (
    Kind.FREE_SPIN_WIN,
    Kind.JACKPOT,
    Kind.TOURNAMENT_WIN,
    Kind.PROMO_WIN,
    Kind.GAME_CORRECTION_UP,
    Kind.GAME_CORRECTION_DOWN,
)


def round_script(
    rng: random.Random, name: str, amount: Callable[[], int]
) -> list[tuple[int, tuple[Op, ...]]]:
    """Return requests as (how many bursts from now, operations)."""
    stakes = [
        Op(rng.choice(STAKES), f"{name}-b{n}", amount(), name)
        for n in range(rng.choice((1, 1, 2)))
    ]
    wins = [
        Op(rng.choice(WINS), f"{name}-w{n}", amount(), name)
        for n in range(rng.choice((0, 1, 1, 2)))
    ]
    undone: list[Op] = []
    if rng.random() < 0.3:
        undone = [_undo(rng, name, f"{name}-x{n}", stakes + wins, amount) for n in range(2)]
        if rng.random() < 0.2:  # the rollback of a rollback
            undone.append(Op(Kind.REVERSAL, f"{name}-xx", None, name, undone[0].key))
        undone = undone[rng.choice((0, 1)) :]
    finish = [Op(Kind.FINISH, f"{name}-f", None, name)] if rng.random() < 0.5 else []
    drawn = rng.random()
    if drawn < 0.25:  # all in one request
        return [(0, (*stakes, *wins, *finish)), *_spread(rng, undone)]
    if drawn < 0.35:  # even what it takes back
        return [(0, (*stakes, *wins, *undone, *finish))]
    if drawn < 0.6:  # in any order, at any time
        every = stakes + wins + undone + finish
        rng.shuffle(every)
        return _spread(rng, every)
    begun = [(0, (op,)) for op in stakes]
    return [*begun, *((delay + 1, ops) for delay, ops in _spread(rng, wins + undone + finish))]


def _spread(rng: random.Random, ops: list[Op]) -> list[tuple[int, tuple[Op, ...]]]:
    delay = 0
    script: list[tuple[int, tuple[Op, ...]]] = []
    for op in ops:
        delay += rng.choice((0, 0, 0, 1, 1, 4))
        script.append((delay, (op,)))
    return script


def _undo(
    rng: random.Random, name: str, key: str, originals: list[Op], amount: Callable[[], int]
) -> Op:
    """Roll back one of them, in whole or in part, or something that never was."""
    reference = f"{name}-never" if rng.random() < 0.08 else rng.choice(originals).key
    part = amount() if rng.random() < 0.2 else None
    return Op(Kind.REVERSAL, key, part, name, reference)
