"""Taking over a list: only what is new is written, and being cut off loses nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from bench.lobby import made_up
from casino.backoffice import Backoffice, Staff
from casino.play import (
    Catalogue,
    Category,
    GameEntry,
    Provider,
    ProviderUnavailable,
    Volatility,
    sync,
)
from casino.play import catalogue as catalogue_module
from casino.play.sync import SyncState
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.casino.support import count

WHOLE = GameEntry(
    "g1",
    "Wolf Gold",
    Category.LIVE,
    "Pragmatic",
    "https://img.example/1.png",
    965_000,
    has_demo=True,
    has_free_spins=True,
    has_tables=True,
    volatility=Volatility.HIGH,
    tags=("wolves", "vip"),
    features=("jackpot",),
    devices=("mobile",),
    currencies=("EUR", "FUN"),
    restricted_countries=("US",),
    released_on="2024-02-29",
)


@pytest.fixture
async def aggregator(providers: dict[str, Provider], catalogue: Catalogue) -> ListedProvider:
    provider = listed()
    providers["agg"] = provider
    await catalogue.register()
    return provider


async def state(catalogue: Catalogue) -> SyncState:
    (found,) = await catalogue.states()
    return found.sync


class Waited(Exception):
    """Ends a loop that would go on for ever."""


async def waits_of(
    catalogue: Catalogue, provider: Provider, most: int, monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """Keep a provider in step without waiting; return for how long it would have waited."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == most:
            raise Waited

    with monkeypatch.context() as patch:
        patch.setattr("casino.play.catalogue.asyncio.sleep", sleep)
        with pytest.raises(Waited):
            await catalogue.keep_in_step(provider)
    return waits


async def versions(second: asyncpg.Connection) -> dict[int, str]:
    """Return which transaction wrote each game's row."""
    return {r[0]: r[1] for r in await second.fetch("SELECT id, xmin::text FROM games")}


async def test_everything_that_a_provider_says_is_kept(
    catalogue: Catalogue, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    aggregator.entries = [WHOLE]
    await catalogue.sync(aggregator)
    row = dict((await second.fetch("SELECT * FROM games"))[0])
    for name in GameEntry.__slots__:
        told, kept = getattr(WHOLE, name), row[name]
        assert (tuple(kept) if isinstance(kept, list) else str(kept)) == (
            told if isinstance(told, tuple) else str(told)
        )
    assert row["search"] == "wolf gold pragmatic"
    (game,) = await catalogue.games()
    assert (game.volatility, game.features, game.has_tables) == (
        Volatility.HIGH,
        ("jackpot",),
        True,
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Wolf Silver"}, {"studio": "Other"}, {"category": Category.SLOTS},
        {"image_url": None}, {"rtp_ppm": None}, {"has_demo": False}, {"has_free_spins": False},
        {"has_tables": False}, {"volatility": None}, {"tags": ()}, {"features": ("megaways",)},
        {"devices": ()}, {"currencies": ("EUR",)}, {"restricted_countries": ()},
        {"released_on": None},
    ],
    ids=lambda c: next(iter(c)),
)  # fmt: skip
async def test_a_row_is_written_when_anything_changed_and_only_then(
    changed: dict[str, object],
    catalogue: Catalogue,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
) -> None:
    aggregator.entries = [WHOLE, entry("g2")]
    await catalogue.sync(aggregator)
    before = await versions(second)
    assert await catalogue.sync(aggregator) == 2
    assert await versions(second) == before
    assert (await state(catalogue)).changed == 0
    aggregator.entries[0] = replace(WHOLE, **changed)  # type: ignore[arg-type]
    await catalogue.sync(aggregator)
    after = await versions(second)
    assert [n for n in before if before[n] != after[n]] == [min(before)]
    assert (await state(catalogue)).changed == 1


async def test_numbers_of_games_are_not_used_up_by_syncs(
    catalogue: Catalogue, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    aggregator.entries = made_up(20)
    for _ in range(3):
        await catalogue.sync(aggregator)
    aggregator.entries = made_up(21)
    await catalogue.sync(aggregator)
    first, last = await second.fetchrow("SELECT min(id), max(id) FROM games")
    assert last - first == 20


async def test_staff_see_how_far_a_sync_is(
    catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    assert await state(catalogue) == SyncState()
    aggregator.entries = made_up(7)
    await catalogue.sync(aggregator)
    seen = await state(catalogue)
    assert (seen.listed, seen.seen, seen.changed, seen.gone, seen.error) == (7, 7, 7, 0, None)
    assert seen.started_at is not None
    assert seen.finished_at is not None
    aggregator.away = True
    with pytest.raises(ProviderUnavailable):
        await catalogue.sync(aggregator)
    failed = await state(catalogue)
    assert failed.error == ProviderUnavailable.code
    assert failed.finished_at == seen.finished_at
    aggregator.away = False
    aggregator.entries = aggregator.entries[3:]
    await catalogue.sync(aggregator)
    again = await state(catalogue)
    assert (again.listed, again.changed, again.gone, again.error) == (4, 0, 3, None)


async def test_a_sync_that_was_cut_off_goes_on_without_asking_again(
    catalogue: Catalogue,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process ends after the second page; the next one finds the list where it was."""
    monkeypatch.setattr(sync, "PAGE", 10)
    aggregator.entries = made_up(45)
    await sync.stage("agg", aggregator.entries)
    for _ in range(2):
        assert await sync._next_page("agg")  # noqa: SLF001 - the moment of the crash
    assert await count(second, "games") == 20
    half = await state(catalogue)
    assert (half.listed, half.seen, half.changed, half.finished_at) == (45, 20, 20, None)
    aggregator.away = True
    await waits_of(Catalogue(catalogue.providers), aggregator, 2, monkeypatch)
    assert (await state(catalogue)).finished_at is not None
    assert await count(second, "games") == 45
    assert await count(second, "catalogue_pages") == 0
    assert [e.title for e in aggregator.entries] == [
        row["title"] for row in await second.fetch("SELECT title FROM games ORDER BY id")
    ]


async def test_a_newer_list_takes_the_place_of_one_that_was_not_taken_over(
    catalogue: Catalogue,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sync, "PAGE", 10)
    await sync.stage("agg", made_up(40))
    await sync._next_page("agg")  # noqa: SLF001
    aggregator.entries = made_up(40)[5:15]
    await catalogue.sync(aggregator)
    assert await count(second, "games", "listed") == 10
    assert await count(second, "games") == 15


async def test_several_processes_take_one_list_over_together(
    catalogue: Catalogue,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sync, "PAGE", 5)
    aggregator.entries = made_up(60)
    await asyncio.gather(*(Catalogue(catalogue.providers).sync(aggregator) for _ in range(4)))
    assert await count(second, "games", "listed") == 60
    assert (await state(catalogue)).seen == 60


async def test_enabled_is_never_written_even_while_staff_switch(
    catalogue: Catalogue,
    aggregator: ListedProvider,
    backoffice: Backoffice,
    second: asyncpg.Connection,
) -> None:
    aggregator.entries = made_up(30)
    await catalogue.sync(aggregator)
    number = (await catalogue.games())[0].id
    await backoffice.switch_game(Staff(1, "G"), number, on=False)
    before = await second.fetchval("SELECT version FROM switches")
    aggregator.entries = [replace(e, title=f"{e.title} II") for e in aggregator.entries]
    await catalogue.sync(aggregator)
    assert await second.fetchval("SELECT version FROM switches") == before
    assert await second.fetchval("SELECT enabled FROM games WHERE id = $1", number) is False


async def test_a_provider_is_not_asked_again_by_a_process_that_starts_again_at_once(
    catalogue: Catalogue, aggregator: ListedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await catalogue.sync(aggregator)
    aggregator.away = True  # and would fail if it were asked
    waits = await waits_of(catalogue, aggregator, 2, monkeypatch)
    assert waits[0] == 0
    assert waits[1] > catalogue_module.SYNC_EVERY_S - catalogue_module.SYNC_FRESH_S
    assert waits[1] <= catalogue_module.SYNC_EVERY_S


async def test_a_provider_that_fails_is_asked_less_and_less_often(
    catalogue: Catalogue, aggregator: ListedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    aggregator.away = True
    waits = await waits_of(catalogue, aggregator, 11, monkeypatch)
    assert waits == [0, 5, 10, 20, 40, 80, 160, 320, 600, 600, 600]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"released_on": "soon"}, {"released_on": None}),
        ({"released_on": "2026-02-30"}, {"released_on": None}),
        ({"released_on": ""}, {"released_on": None}),
        ({"restricted_countries": ("us", "XXX", "1A", "US ")}, {"restricted_countries": ("US",)}),
        ({"tags": ("VIP ", "vip", "", "\0", "t" * 99)}, {"tags": ("vip", "t" * 32)}),
        ({"tags": tuple(map(str, range(99)))}, {"tags": tuple(map(str, range(32)))}),
        ({"currencies": ("EUR", "\ud800")}, {"currencies": ("EUR",)}),
        ({"rtp_ppm": -1}, {"rtp_ppm": None}),
    ],
)
async def test_what_cannot_be_kept_is_left_out_and_the_game_stays(
    given: dict[str, object],
    kept: dict[str, object],
    catalogue: Catalogue,
    aggregator: ListedProvider,
) -> None:
    odd = replace(entry("g1"), **given)  # type: ignore[arg-type]
    fitted = sync.fit(odd)
    assert fitted is not None
    for name, value in kept.items():
        assert getattr(fitted, name) == value
    aggregator.entries = [odd]
    assert await catalogue.sync(aggregator) == 1


async def test_games_of_before_the_search_are_found_by_it(
    catalogue: Catalogue, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    """A row that something else writes has its words too."""
    await second.execute(
        "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed,"
        " enabled, created_at, search) VALUES ('agg', 'x', 'Old One', 'S', 'slots', false, true,"
        " true, now(), 'old one s')"
    )
    from casino.play.lobby_games import Wanted

    for typed in ("ol", "old", "odl"):
        assert len((await catalogue.lobby.page(Wanted(query=typed))).games) == 1
    await second.execute("UPDATE games SET search = 'new one'")
    assert await count(second, "game_words", "search = 'new one'") == 1
