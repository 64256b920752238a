"""Hypothesis strategies: batches that meet, repeat, contradict and undo each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from msgspec.structs import replace

from casino.money import FUN, TON, UNITS_MAX
from casino.wallet import Batch, Kind, Op

PLAYERS = (1, 2)
STRANGER = 3  # has no account
CURRENCIES = (FUN, TON)
SOURCES = ("a", "b")
GAME_ON, GAME_OFF = 10, 11
SESSION, DEAD_SESSION = 5, 6
ROUNDS = ("r0", "r0", "r1", None)

SMALL = st.integers(0, 90)
AMOUNTS = SMALL | SMALL | SMALL | st.sampled_from((250, 2**62, UNITS_MAX - 1, UNITS_MAX))
STAKES = (Kind.BET, Kind.BET, Kind.BET, Kind.TIP, Kind.BUY_IN, Kind.PROMO_BET, Kind.BONUS_BUY)
CREDITS = (Kind.WIN, Kind.WIN, Kind.WIN, Kind.FREE_SPIN_WIN, Kind.JACKPOT, Kind.PROMO_WIN)
GIFTS = (Kind.DEPOSIT, Kind.GRANT, Kind.CORRECTION_UP, Kind.CORRECTION_DOWN)
CORRECTED = (Kind.GAME_CORRECTION_UP, Kind.GAME_CORRECTION_DOWN)
# Nothing reverses the end of a hold here; that has tests of its own.
UNDONE = ("b0", "b0", "b1", "b2", "w0", "w0", "w1", "g0", "f0", "x0", "x1", "never")


@dataclass(frozen=True)
class Freeze:
    player: int
    on: bool


@dataclass(frozen=True)
class Story:
    """Opening pockets, and what then happens, in order."""

    pockets: dict[tuple[int, int], tuple[int, int]]
    steps: Sequence[Batch | Freeze]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Few keys and few rounds, so that operations meet; the same key mostly says the same."""
    pockets = {
        (p, c.id): (draw(st.integers(0, 120)), draw(st.sampled_from((0, 40, 90))))
        for p in PLAYERS
        for c in CURRENCIES
    }
    begun = [
        *(_moving(draw, f"b{n}", STAKES, SMALL) for n in range(3)),
        *(_moving(draw, f"w{n}", CREDITS, AMOUNTS) for n in range(2)),
        _moving(draw, "g0", GIFTS + CORRECTED, AMOUNTS),
        Op(Kind.HOLD, "h0", draw(st.integers(1, 90))),
    ]
    ending = [
        Op(Kind.FINISH, "f0", None, "r0"),
        Op(Kind.CAPTURE, "c0", draw(st.none() | SMALL), reference="h0"),
        Op(Kind.RELEASE, "c1", reference=draw(st.sampled_from(("h0", "b0")))),
        *(_reversal(draw, f"x{n}") for n in range(3)),
    ]
    # Mostly in their natural order; what comes too early leaves a tombstone.
    first = draw(st.lists(_batches(begun + ending[:1]), min_size=2, max_size=10))
    then = draw(st.lists(_batches(begun + ending * 2) | _freezes(), min_size=2, max_size=14))
    return Story(pockets, first + then)


def _moving(
    draw: st.DrawFn, key: str, kinds: tuple[Kind, ...], amounts: st.SearchStrategy[int]
) -> Op:
    return Op(draw(st.sampled_from(kinds)), key, draw(amounts), draw(st.sampled_from(ROUNDS)))


def _reversal(draw: st.DrawFn, key: str) -> Op:
    amount = draw(st.none() | st.none() | AMOUNTS)
    return Op(Kind.REVERSAL, key, amount, "r0", draw(st.sampled_from(UNDONE)))


def _freezes() -> st.SearchStrategy[Freeze]:
    return st.builds(Freeze, st.sampled_from(PLAYERS), st.booleans())


@st.composite
def _batches(draw: st.DrawFn, pool: list[Op]) -> Batch:
    ops = tuple(draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3)))
    # Most batches are plain; the others each have one thing about them.
    plain = Batch(PLAYERS[0], FUN, SOURCES[0], ops, GAME_ON, SESSION)
    said = ops[-1]
    other = (
        replace(said, round_id="other")
        if said.amount is None
        else replace(said, amount=(said.amount + 1) % UNITS_MAX)
    )
    changed = [
        replace(plain, ops=(*ops[:-1], other)),  # the same key, another content
        # A credit before its stake in one batch has a test of its own.
        replace(plain, ops=ops[:1], game_id=GAME_OFF),
        replace(plain, session_id=DEAD_SESSION),
        replace(plain, late_accepted=False),
        replace(plain, player_id=STRANGER),
        replace(plain, game_id=None, session_id=None),
        *[replace(plain, player_id=PLAYERS[1])] * 2,
        *[replace(plain, currency=TON)] * 2,
        *[replace(plain, source=SOURCES[1])] * 2,
    ]
    return draw(st.sampled_from([*[plain] * 8, *changed]))
