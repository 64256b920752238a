"""What is typed at the lobby while it is measured, and that its figures are there."""

from __future__ import annotations

import pytest

from bench import lobby
from bench.chance import Stream


def test_games_are_made_up_the_same_way_every_time_and_differ() -> None:
    games = lobby.made_up(500)
    assert games == lobby.made_up(500)
    assert len({game.title for game in games}) > 400
    assert len({game.external_id for game in games}) == 500


def test_titles_are_typed_letter_by_letter() -> None:
    assert lobby.typed(["Wolf"], 6, Stream(1)) == ["w", "wo", "wol", "wolf", "w", "wo"]


def test_every_mistyped_title_is_one_slip_away() -> None:
    for seed in range(50):
        (text,) = lobby.mistyped(["Olympus"], 1, Stream(seed))
        assert abs(len(text) - len("olympus")) <= 1


def test_quantiles() -> None:
    assert lobby.quantile([1, 2, 3, 4], 0.5) == 3
    assert lobby.quantile([1, 2, 3, 4], 0.95) == 4
    assert lobby.quantile([1], 0.95) == 1


@pytest.mark.timeout(120)
def test_a_small_lobby_is_measured_in_every_way() -> None:
    found = lobby.measure(games=300, asked=12)
    for kind in lobby.KINDS:
        for name in ("", f"_{lobby.VISITORS}"):
            assert 0 < found[f"lobby_{kind}{name}_p50_ms"] <= found[f"lobby_{kind}{name}_p95_ms"]
    assert found["lobby_p95_ms"] == max(found[f"lobby_{kind}_p95_ms"] for kind in lobby.KINDS)
    assert found["lobby_typos_found"] > 0.9
