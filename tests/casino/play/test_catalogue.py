"""The catalogue keeps in step with its providers, and survives them."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino import errors
from casino.backoffice import Backoffice, Staff
from casino.play import Catalogue, Category, GameEntry, Provider, ProviderUnavailable
from db.database import Database
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.casino.support import count


@pytest.fixture
async def aggregator(providers: dict[str, Provider], catalogue: Catalogue) -> ListedProvider:
    provider = listed()
    provider.entries = [entry("g1", "Lucky Reels", has_demo=True), entry("g2", "Sevens")]
    providers["agg"] = provider
    await catalogue.register()
    return provider


async def titles(catalogue: Catalogue) -> list[str]:
    return [game.title for game in await catalogue.games()]


async def test_a_sync_takes_the_list_over_and_keeps_the_numbers(
    catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    assert await catalogue.sync(aggregator) == 2
    before = {g.external_id: g.id for g in await catalogue.games()}
    aggregator.entries[0] = GameEntry(
        "g1", "Luckier Reels", Category.CRASH, "Other", "https://img.example/1", 965_000
    )
    await catalogue.sync(aggregator)
    game = await catalogue.game(before["g1"])
    assert (game.title, game.category, game.studio) == ("Luckier Reels", Category.CRASH, "Other")
    assert (game.image_url, game.rtp_ppm) == ("https://img.example/1", 965_000)
    assert not game.has_demo
    assert {g.external_id: g.id for g in await catalogue.games()} == before


async def test_games_that_vanish_leave_the_lobby_and_come_back_as_themselves(
    catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    await catalogue.sync(aggregator)
    number = (await catalogue.games())[0].id
    whole, aggregator.entries = aggregator.entries, aggregator.entries[1:]
    await catalogue.sync(aggregator)
    assert await titles(catalogue) == ["Sevens"]
    assert await catalogue.find("Lucky") == []
    aggregator.entries = whole
    await catalogue.sync(aggregator)
    assert (await catalogue.games())[0].id == number


async def test_a_failing_provider_keeps_its_last_list(
    catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    await catalogue.sync(aggregator)
    aggregator.away = True
    with pytest.raises(ProviderUnavailable):
        await catalogue.sync(aggregator)
    assert await titles(catalogue) == ["Lucky Reels", "Sevens"]


async def test_a_sync_does_not_switch_on_what_staff_switched_off(
    catalogue: Catalogue, aggregator: ListedProvider, backoffice: Backoffice
) -> None:
    await catalogue.sync(aggregator)
    number = (await catalogue.games())[0].id
    await backoffice.switch_game(Staff(1, "G"), number, on=False)
    await backoffice.switch_provider(Staff(1, "G"), "agg", on=False)
    await catalogue.register()
    await catalogue.sync(aggregator)
    assert await titles(catalogue) == []
    assert not (await catalogue.game(number)).enabled
    (state,) = await catalogue.states()
    assert (state.id, state.enabled, state.games) == ("agg", False, 2)


async def test_the_same_game_listed_twice_is_one_game(
    catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    aggregator.entries += [entry("g1", "Again")]
    assert await catalogue.sync(aggregator) == 2


async def test_providers_with_the_same_game_ids_do_not_meet(
    catalogue: Catalogue, aggregator: ListedProvider, providers: dict[str, Provider]
) -> None:
    providers["other"] = other = listed("other")
    other.entries = [entry("g1", "Mine")]
    await catalogue.register()
    await catalogue.sync(aggregator)
    await catalogue.sync(other)
    assert await titles(catalogue) == ["Lucky Reels", "Sevens", "Mine"]
    assert await catalogue.game_id("agg", "g1") != await catalogue.game_id("other", "g1")
    other.entries = []
    await catalogue.sync(other)
    assert await titles(catalogue) == ["Lucky Reels", "Sevens"]


async def test_two_first_syncs_at_once_both_end_well(
    aggregator: ListedProvider, providers: dict[str, Provider], second: asyncpg.Connection
) -> None:
    """Two processes start on an empty catalogue: neither may lose its loop over it."""
    processes = [Catalogue(providers) for _ in range(4)]
    await asyncio.gather(*(process.register() for process in processes))
    assert await asyncio.gather(*(p.sync(aggregator) for p in processes)) == [2] * 4
    assert await count(second, "games") == 2


@pytest.mark.parametrize(
    "bad",
    [
        entry("x" * 129),
        entry("bad", "T" * 129),
        GameEntry("bad", "T", Category.SLOTS, "S" * 65),
        GameEntry("bad", "T", Category.SLOTS, "S", "https://img.example/" + "x" * 600),
        GameEntry("bad", "T", Category.SLOTS, "S", rtp_ppm=2**31),
        entry("a\0b"),
        entry("bad", "T\0T"),
        entry("bad", "\ud800"),
    ],
    ids=lambda e: repr(e)[10:60],
)
async def test_one_impossible_entry_does_not_cost_the_provider_its_list(
    bad: GameEntry, catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    """A provider's list is foreign input: what cannot be stored is cut or left out."""
    aggregator.entries.append(bad)
    await catalogue.sync(aggregator)
    assert {"Lucky Reels", "Sevens"} <= set(await titles(catalogue))


@pytest.mark.parametrize("outage", [ConnectionRefusedError(), asyncpg.InterfaceError("closed")])
async def test_the_loop_outlives_an_outage_of_the_database(
    outage: Exception,
    catalogue: Catalogue,
    aggregator: ListedProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casino.play.catalogue.SYNC_RETRY_S", 0)
    asked = asyncio.Event()
    outages = iter([outage])
    whole = aggregator.catalogue

    async def once_away() -> list[GameEntry]:
        if (first := next(outages, None)) is not None:
            raise first
        asked.set()
        return await whole()

    monkeypatch.setattr(aggregator, "catalogue", once_away)
    loop = asyncio.ensure_future(catalogue.keep_in_step(aggregator))
    waiting = asyncio.ensure_future(asked.wait())
    await asyncio.wait([loop, waiting], return_when=asyncio.FIRST_COMPLETED)
    alive = not loop.done()
    loop.cancel()
    waiting.cancel()
    await asyncio.gather(loop, waiting, return_exceptions=True)
    assert alive


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("reels", ["Lucky Reels"]),
        ("LUCKY", ["Lucky Reels"]),
        ("", ["Lucky Reels", "Sevens"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("\0", []),  # what no title can hold finds nothing
        ("\ud800", []),
        ("lu\0ck", []),
        ("a\udfffb", []),
        ("x" * 10_000, []),
        ("'; DROP TABLE games; --", []),
    ],
)
async def test_the_lobby_is_searched_by_title(
    query: str, found: list[str], catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    await catalogue.sync(aggregator)
    assert [g.title for g in await catalogue.games(query=query)] == found
    assert [g.title for g in await catalogue.find(query)] == found


async def test_categories_and_limits(catalogue: Catalogue, aggregator: ListedProvider) -> None:
    aggregator.entries.append(GameEntry("g3", "Rocket", Category.CRASH, "S"))
    await catalogue.sync(aggregator)
    assert [g.title for g in await catalogue.games(category="crash")] == ["Rocket"]
    assert await catalogue.games(category="nonsense") == []
    assert len(await catalogue.games(limit=2)) == 2


async def test_a_game_nobody_listed_is_not_found_and_not_remembered_as_missing(
    catalogue: Catalogue, aggregator: ListedProvider, database: Database
) -> None:
    assert await catalogue.game_id("agg", "g1") is None
    await catalogue.sync(aggregator)
    assert await catalogue.game_id("agg", "g1") is not None
    with pytest.raises(errors.NotFound):
        await catalogue.game(0)
