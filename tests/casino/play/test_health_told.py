"""Whoever shows games is told which providers are unavailable, once for each change."""

from __future__ import annotations

import pytest

from casino.play import Play, Provider, ProviderUnavailable
from casino.play.health import OPENS_AT, PAUSE, Health
from tests.casino.play.providers import ListedProvider, listed
from tests.conftest import MovingClock


@pytest.fixture
def provider(providers: dict[str, Provider]) -> ListedProvider:
    provider = listed()
    providers["agg"] = provider
    providers["well"] = listed("well")
    return provider


async def fail(health: Health, provider: ListedProvider, times: int = OPENS_AT) -> None:
    provider.away = True
    for _ in range(times):
        with pytest.raises(ProviderUnavailable):
            await health.watched(provider).catalogue()


async def test_the_process_that_sees_it_fail_is_told_at_once_and_so_is_another_one(
    play: Play, provider: ListedProvider, providers: dict[str, Provider], clock: MovingClock
) -> None:
    here, there = play.health, Health(providers, clock)
    told_here: list[tuple[str, ...]] = []
    told_there: list[tuple[str, ...]] = []
    here.listen(told_here.append)
    there.listen(told_there.append)
    await fail(here, provider, OPENS_AT - 1)
    assert told_here == []
    await fail(here, provider, 1)
    assert told_here == [("agg",)]
    assert told_there == []
    for _ in range(2):
        await there.refresh()
    assert told_there == [("agg",)]
    assert here.unavailable() == there.unavailable() == ("agg",)


async def test_a_recovery_is_told_everywhere(
    play: Play, provider: ListedProvider, providers: dict[str, Provider], clock: MovingClock
) -> None:
    here, there = play.health, Health(providers, clock)
    told_here: list[tuple[str, ...]] = []
    told_there: list[tuple[str, ...]] = []
    await fail(here, provider)
    here.listen(told_here.append)
    there.listen(told_there.append)
    await there.refresh()
    clock.advance(seconds=PAUSE.total_seconds())
    provider.away = False
    assert await here.watched(provider).catalogue()
    await there.refresh()
    assert told_here == [()]
    assert told_there == [("agg",), ()]


async def test_games_come_back_when_a_trial_is_due_and_go_when_it_fails(
    play: Play, provider: ListedProvider, clock: MovingClock
) -> None:
    told: list[tuple[str, ...]] = []
    play.health.listen(told.append)
    await fail(play.health, provider)
    clock.advance(seconds=PAUSE.total_seconds())
    await play.health.refresh()
    await fail(play.health, provider, 1)
    assert told == [("agg",), (), ("agg",)]
