"""What every design is asked to do: rounds of bet and win, with a provider's usual accidents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.chance import Stream, random_texts, uniform, zipf

PLAYERS = 10_000
OPENING_UNITS = 10**15
STAKE_UNITS = 1_000_000
REVERSED_PERCENT = 3  # of rounds: the bet is taken back instead of a win
RESENT_PERCENT = 2  # of rounds: the bet comes a second time, and nothing may move
ZIPF_EXPONENT = 1.1
FEW = 4  # players

_DRAWS = 1 << 16  # then the same players come again, in the same order

BET, WIN, REVERSAL = "bet", "win", "reversal"


class Step(NamedTuple):
    """One call: ``player`` is an index; a reversal names the bet's key."""

    action: str
    player: int
    key: str
    round_id: str
    reference: str | None = None
    resent: bool = False


def draw_players(skew: str, seed: int) -> list[int]:
    """Draw who plays the rounds to come: ``uniform``, ``zipf``, a ``few``, or one ``hot`` one."""
    stream = Stream(seed)
    if skew == "uniform":
        return uniform(PLAYERS, _DRAWS, stream)
    if skew == "zipf":
        return zipf(PLAYERS, ZIPF_EXPONENT, _DRAWS, stream)
    if skew == "few":
        return list(range(FEW))
    if skew == "hot":
        return [0]
    raise ValueError(skew)


def steps(players: Sequence[int], caller: int, callers: int, seed: int) -> Iterator[Step]:
    """Yield one caller's calls for ever; callers begin at different places of ``players``."""
    stream = Stream(seed * 1_000_003 + caller)
    texts = random_texts()
    turn = caller * len(players) // callers
    while True:
        player = players[turn % len(players)]
        turn += 1
        bet = Step(BET, player, next(texts), next(texts))
        yield bet
        if stream.below(100) < RESENT_PERCENT:
            yield bet._replace(resent=True)
        if stream.below(100) < REVERSED_PERCENT:
            yield Step(REVERSAL, player, next(texts), bet.round_id, bet.key)
        else:
            yield Step(WIN, player, next(texts), bet.round_id)


def drawn(calls: Iterator[Step], ahead: int) -> Iterator[Step]:
    """Draw so many calls now, the others when they are asked for."""
    return itertools.chain(list(itertools.islice(calls, ahead)), calls)
