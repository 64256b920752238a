from __future__ import annotations

import itertools
from collections import Counter

import pytest

from bench.workload import BET, PLAYERS, REVERSAL, WIN, Step, draw_players, steps

ROUNDS = 20_000


def _taken(count: int) -> list[Step]:
    return list(itertools.islice(steps(draw_players("uniform", 1), 3, 128, 1), count))


def test_a_round_is_a_bet_then_a_win_or_a_reversal_of_that_bet() -> None:
    bet = None
    for step in _taken(5_000):
        if step.action == BET and not step.resent:
            bet = step
            assert step.reference is None
            continue
        assert bet is not None
        assert (step.player, step.round_id) == (bet.player, bet.round_id)
        if step.action == BET:
            assert step == bet._replace(resent=True)
        else:
            assert step.key != bet.key
            assert step.reference == (bet.key if step.action == REVERSAL else None)


def test_two_percent_are_resent_and_three_percent_reversed() -> None:
    taken = _taken(2 * ROUNDS)
    counted = Counter(step.action for step in taken)
    rounds = counted[WIN] + counted[REVERSAL]
    resent = sum(step.resent for step in taken)
    assert 0.025 < counted[REVERSAL] / rounds < 0.035
    assert 0.015 < resent / rounds < 0.025


def test_callers_begin_at_different_players_and_never_share_a_key() -> None:
    players = draw_players("uniform", 1)
    first = [next(steps(players, n, 128, 1)) for n in range(128)]
    assert len({step.player for step in first}) > 100
    assert len({step.key for step in first}) == 128


def test_one_hot_player_plays_alone() -> None:
    assert set(draw_players("hot", 5)) == {0}
    assert set(draw_players("few", 5)) == {0, 1, 2, 3}


def test_players_of_a_skew_are_there() -> None:
    drawn = Counter(draw_players("zipf", 5))
    assert drawn.most_common(1)[0][0] == 0
    assert max(drawn) < PLAYERS


def test_an_unknown_skew_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        draw_players("sideways", 1)
