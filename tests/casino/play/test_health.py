"""A provider that fails is left alone for a while, by every process, and comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import asyncpg
import pytest

from casino.money import FUN
from casino.play import Catalogue, Play, Provider, ProviderUnavailable, Visit
from casino.play.health import DOWN_AT, OPENS_AT, PAUSE, PAUSE_MAX, Health, State
from casino.play.provider import LaunchRequest
from casino.players import Player
from casino.surfaces import House, Surface
from casino.wallet import Wallet
from tests.casino.play.providers import ListedProvider, listed
from tests.casino.support import count
from tests.conftest import MovingClock


@pytest.fixture
async def aggregator(providers: dict[str, Provider], catalogue: Catalogue) -> ListedProvider:
    for provider_id in ("agg", "calm"):
        providers[provider_id] = listed(provider_id)
    await catalogue.register()
    for provider in providers.values():
        await catalogue.sync(provider)
    found = providers["agg"]
    assert isinstance(found, ListedProvider)
    return found


@pytest.fixture
def other(wallet: Wallet, catalogue: Catalogue, house: House, clock: MovingClock) -> Play:
    """Another process."""
    return Play(wallet, catalogue, house, clock)


async def launch(play: Play, player: Player, provider_id: str = "agg") -> str:
    games = {g.provider_id: g.id for g in await play.catalogue.games()}
    opened = await play.launch(
        player, games[provider_id], FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    return opened.url


async def fail(play: Play, player: Player, times: int = OPENS_AT) -> None:
    for _ in range(times):
        with pytest.raises(ProviderUnavailable):
            await launch(play, player)


async def test_failures_in_a_row_open_the_breaker_and_calls_stop(
    play: Play,
    player: Player,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0

    async def failing(_request: LaunchRequest) -> str:
        nonlocal asked
        asked += 1
        raise ProviderUnavailable(ProviderUnavailable.code)

    monkeypatch.setattr(aggregator, "launch", failing)
    await fail(play, player, OPENS_AT - 1)
    assert play.health.states() == {"agg": State.OK, "calm": State.OK}
    await fail(play, player, 1)
    assert play.health.states() == {"agg": State.DEGRADED, "calm": State.OK}
    sessions = await count(second, "game_sessions")
    await fail(play, player, 3)
    assert asked == OPENS_AT
    assert await count(second, "game_sessions") == sessions  # refused before anything was done
    assert await launch(play, player, "calm")


async def test_a_success_between_failures_keeps_it_closed(
    play: Play, player: Player, aggregator: ListedProvider
) -> None:
    for _ in range(3):
        aggregator.away = True
        await fail(play, player, OPENS_AT - 1)
        aggregator.away = False
        await launch(play, player)
    assert play.health.state("agg") is State.OK


async def test_what_hangs_fails_and_other_errors_are_passed_on(
    play: Play, player: Player, aggregator: ListedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_request: LaunchRequest) -> str:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(aggregator, "launch", hangs)
    monkeypatch.setattr("casino.play.health.LAUNCH_S", 0.01)
    await fail(play, player)
    assert play.health.state("agg") is State.DEGRADED

    async def broken() -> str:
        raise ZeroDivisionError

    for _ in range(OPENS_AT):
        with pytest.raises(ZeroDivisionError):
            await play.health.call("calm", broken)
    assert play.health.state("calm") is State.OK


async def test_catalogue_calls_share_the_breaker(
    play: Play, player: Player, aggregator: ListedProvider
) -> None:
    aggregator.away = True
    watched = play.health.watched(aggregator)
    assert watched.manifest is aggregator.manifest
    for _ in range(OPENS_AT):
        with pytest.raises(ProviderUnavailable):
            await play.catalogue.sync(watched)
    aggregator.away = False
    await fail(play, player, 1)
    with pytest.raises(ProviderUnavailable):
        await play.catalogue.sync(watched)


async def test_after_the_pause_a_success_closes_it_for_everybody(
    play: Play,
    other: Play,
    player: Player,
    aggregator: ListedProvider,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    aggregator.away = True
    await fail(play, player)
    aggregator.away = False
    await other.health.refresh()
    assert other.health.state("agg") is State.DEGRADED
    await fail(other, player, 1)
    clock.advance(seconds=PAUSE.total_seconds())
    assert play.health.state("agg") is State.OK  # somebody may try
    assert await launch(other, player)
    assert await count(second, "provider_health") == 0
    assert await launch(play, player)  # had not heard of it, and asks before it tries
    aggregator.away = True
    await fail(play, player, OPENS_AT - 1)
    assert play.health.state("agg") is State.OK


async def test_one_trial_at_a_time_among_all_processes(
    play: Play,
    other: Play,
    player: Player,
    aggregator: ListedProvider,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aggregator.away = True
    await fail(play, player)
    await other.health.refresh()
    clock.advance(seconds=PAUSE.total_seconds())
    gate, entered = asyncio.Event(), asyncio.Event()

    async def slow(_request: LaunchRequest) -> str:
        entered.set()
        await gate.wait()
        return "https://games.example/"

    monkeypatch.setattr(aggregator, "launch", slow)
    async with asyncio.TaskGroup() as group:
        trial = group.create_task(launch(play, player))
        await entered.wait()
        await fail(play, player, 1)
        await fail(other, player, 1)
        assert other.health.state("agg") is State.DEGRADED
        gate.set()
    assert trial.result()
    await other.health.refresh()
    assert other.health.state("agg") is State.OK


async def test_failed_trials_make_the_pause_longer_and_the_provider_down(
    play: Play, player: Player, aggregator: ListedProvider, clock: MovingClock
) -> None:
    aggregator.away = True
    await fail(play, player)
    pause, states = PAUSE, []
    for _ in range(DOWN_AT + 3):
        clock.advance(seconds=pause.total_seconds() - 1)
        assert play.health.state("agg") is not State.OK
        clock.advance(seconds=1)
        assert play.health.state("agg") is State.OK
        await fail(play, player, 1)
        states.append(play.health.state("agg"))
        pause = min(2 * pause, PAUSE_MAX)
    assert states == [State.DEGRADED] * (DOWN_AT - 1) + [State.DOWN] * 4
    aggregator.away = False
    clock.advance(seconds=pause.total_seconds())
    assert await launch(play, player)
    assert play.health.state("agg") is State.OK


async def test_calls_under_way_when_it_opens_neither_close_it_nor_make_it_worse(
    play: Play, player: Player, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    good, bad, enough = asyncio.Event(), asyncio.Event(), asyncio.Event()
    waiting = 0

    async def slow(event: asyncio.Event, *, fails: bool) -> str:
        nonlocal waiting
        waiting += 1
        if waiting == 2 * OPENS_AT:
            enough.set()
        await event.wait()
        if fails:
            raise ProviderUnavailable(ProviderUnavailable.code)
        return "ok"

    async with asyncio.TaskGroup() as group:
        calls = [
            group.create_task(play.health.call("agg", lambda: slow(good, fails=False)))
            for _ in range(OPENS_AT)
        ]
        failing = [
            group.create_task(told(play.health.call("agg", lambda: slow(bad, fails=True))))
            for _ in range(OPENS_AT)
        ]
        await enough.wait()
        aggregator.away = True
        await fail(play, player)
        good.set()
        bad.set()
    assert [call.result() for call in calls] == ["ok"] * OPENS_AT
    assert all(isinstance(call.result(), ProviderUnavailable) for call in failing)
    assert play.health.state("agg") is State.DEGRADED
    assert await second.fetchval("SELECT trials FROM provider_health") == 0


async def told(call: Awaitable[str]) -> Exception | None:
    try:
        await call
    except ProviderUnavailable as error:
        return error
    return None


async def test_a_trial_that_never_says_how_it_went_is_followed_by_the_next(
    play: Play, player: Player, aggregator: ListedProvider, clock: MovingClock
) -> None:
    aggregator.away = True
    await fail(play, player)
    clock.advance(seconds=PAUSE.total_seconds())

    async def dies() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await play.health.call("agg", dies)
    assert play.health.state("agg") is State.DEGRADED
    clock.advance(seconds=PAUSE.total_seconds())
    aggregator.away = False
    assert await launch(play, player)


async def test_health_that_cannot_be_noted_does_not_hide_what_the_provider_said(
    aggregator: ListedProvider, providers: dict[str, Provider], clock: MovingClock
) -> None:
    """The database is away only for the note: the caller hears of the provider, not of it."""
    health = Health(providers, clock)
    aggregator.away = True

    class Away:
        async def __aenter__(self) -> None:
            raise OSError("the database is away")

        async def __aexit__(self, *_: object) -> None: ...

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("casino.play.health.transaction", Away)
        for _ in range(OPENS_AT + 1):
            with pytest.raises(ProviderUnavailable):
                await health.watched(aggregator).catalogue()
    assert health.state("agg") is State.OK
