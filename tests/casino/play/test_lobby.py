"""The lobby on a real database: searches, filters, pages, and what a player keeps."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace

import asyncpg
import pytest

from bench.lobby import made_up
from casino import errors
from casino.backoffice import Backoffice, Staff
from casino.money import EUR, FUN, Money
from casino.play import (
    Catalogue,
    Category,
    GameEntry,
    HouseRounds,
    LateOriginals,
    Manifest,
    Play,
    Provider,
    Visit,
    Volatility,
    WireCurrency,
)
from casino.play import lobby as lobby_module
from casino.play.lobby import Lobby
from casino.play.lobby_games import Collection, Facets, Sort, Wanted
from casino.players import Player
from casino.surfaces import Surface
from db.database import Database
from providers.house import HouseProvider
from tests.casino.play.providers import ListedProvider, entry, listed

TITLES = (
    "Sweet Bonanza", "Wolf Gold", "Gates of Olympus", "Book of Ra Deluxe", "Gonzo's Quest",
    "Книга Фараона", "Весёлая ферма", "Café Royal", "Lucky Reels", "100% Wild", "Crash X",
    "Goldfish", "Blackjack VIP",
)  # fmt: skip


@pytest.fixture
async def aggregator(providers: dict[str, Provider], catalogue: Catalogue) -> ListedProvider:
    provider = listed()
    provider.entries = [entry(f"g{n}", title) for n, title in enumerate(TITLES)]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


@pytest.fixture
def lobby(catalogue: Catalogue, aggregator: ListedProvider) -> Lobby:
    return catalogue.lobby


async def titles(lobby: Lobby, query: str = "", **more: object) -> list[str]:
    page = await lobby.page(replace(Wanted(query=query), **more))  # type: ignore[arg-type]
    return [game.title for game in page.games]


async def walk(
    lobby: Lobby, wanted: Wanted, sort: Sort | None, limit: int, cursor: str | None = None
) -> list[int]:
    found: list[int] = []
    while True:
        page = await lobby.page(wanted, sort=sort, cursor=cursor, limit=limit)
        assert len(page.games) <= limit
        found += [game.id for game in page.games]
        cursor = page.next
        if cursor is None:
            return found
        assert len(page.games) == limit


@pytest.mark.parametrize("title", TITLES)
async def test_a_game_is_found_with_every_letter_of_its_title(lobby: Lobby, title: str) -> None:
    for length in range(1, len(title) + 1):
        assert title in await titles(lobby, title[:length]), title[:length]
        assert title in await titles(lobby, title[:length].upper())
    for word in title.replace("%", "").split():
        assert title in await titles(lobby, word)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("swet bonanza", "Sweet Bonanza"),
        ("sweet bonaza", "Sweet Bonanza"),
        ("bonnanza", "Sweet Bonanza"),
        ("bonansa", "Sweet Bonanza"),
        ("wlof", "Wolf Gold"),
        ("wulf", "Wolf Gold"),
        ("wol gld", "Wolf Gold"),
        ("olimpus", "Gates of Olympus"),
        ("olypmus", "Gates of Olympus"),
        ("gates ofolympus", "Gates of Olympus"),
        ("bookof ra", "Book of Ra Deluxe"),
        ("gonzos quest", "Gonzo's Quest"),
        ("gonzo’s qest", "Gonzo's Quest"),
        ("blakcjack", "Blackjack VIP"),
        ("cafe", "Café Royal"),
        ("веселая", "Весёлая ферма"),
        ("весёля ферма", "Весёлая ферма"),
        ("kniga", "Книга Фараона"),
        ("кнгиа", "Книга Фараона"),
        ("фарона", "Книга Фараона"),
        ("голд", "Wolf Gold"),
        ("цщда", "Wolf Gold"),  # the right keys of the wrong keyboard
        ("rybuf", "Книга Фараона"),
    ],
)
async def test_a_typing_error_still_finds_the_game(lobby: Lobby, typed: str, title: str) -> None:
    assert title in await titles(lobby, typed)
    assert (await lobby.facets(Wanted(query=typed))).games > 0


async def test_names_that_begin_so_come_first_and_guesses_only_where_nothing_is_exact(
    lobby: Lobby,
) -> None:
    assert await titles(lobby, "gold") == ["Goldfish", "Wolf Gold"]
    assert await titles(lobby, "wolf go") == ["Wolf Gold"]
    assert (await titles(lobby, "golf"))[0] == "Wolf Gold"  # gold and wolf, one slip away


@pytest.mark.parametrize(
    "typed",
    [
        "%", "_", "\\", "'", "\0", "\ud800", "…", "xqzwv", "'; DROP TABLE games; --",
        ":*", "&|!()", "qq" * 5_000, "zzz " * 2_000, "\\'" * 40,
    ],
    ids=lambda typed: repr(typed)[:20],
)  # fmt: skip
async def test_what_nobody_can_mean_finds_nothing(lobby: Lobby, typed: str) -> None:
    assert await titles(lobby, typed) == []
    assert await lobby.facets(Wanted(query=typed)) in (Facets(), Facets(0))


async def test_signs_of_patterns_are_no_patterns(lobby: Lobby) -> None:
    assert await titles(lobby, "100%") == ["100% Wild"]
    assert await titles(lobby, "%wild%") == ["100% Wild"]
    assert await titles(lobby, "w_lf") == []


async def test_blanks_are_no_search(lobby: Lobby) -> None:
    assert len(await titles(lobby, "  ")) == len(TITLES)


@pytest.mark.parametrize("sort", [None, *Sort])
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(query="g"),
        Wanted(query="gold"),
        Wanted(query="go"),
        Wanted(query="goldd"),
        Wanted(category="slots"),
        Wanted(features=("megaways",)),
    ],
    ids=lambda w: w.query or w.category or "+".join(w.features),
)
async def test_pages_show_every_game_once(
    sort: Sort | None,
    wanted: Wanted,
    catalogue: Catalogue,
    aggregator: ListedProvider,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many games have the same place in an order: only their numbers tell them apart."""
    aggregator.entries = made_up(120)
    await catalogue.sync(aggregator)
    await second.execute("UPDATE games SET popularity = id % 3")
    for many in (lobby_module.MANY, 10):
        monkeypatch.setattr(lobby_module, "MANY", many)
        lobby = Lobby(catalogue.providers)
        whole = [game.id for game in (await lobby.page(wanted, sort=sort, limit=500)).games]
        assert whole
        assert len(set(whole)) == len(whole)
        for limit in (1, 7, 40, 120):
            assert await walk(lobby, wanted, sort, limit) == whole
        assert (await lobby.facets(wanted)).games == len(whole)


@pytest.mark.parametrize("sort", list(Sort))
async def test_games_that_stay_are_seen_once_whatever_comes_and_goes_between_pages(
    sort: Sort, catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    games = made_up(90)
    before, after = games[:60], games[30:]
    aggregator.entries = before
    await catalogue.sync(aggregator)
    first = await catalogue.lobby.page(Wanted(), sort=sort, limit=25)
    aggregator.entries = after
    await catalogue.sync(aggregator)
    seen = [game.id for game in first.games]
    seen += await walk(catalogue.lobby, Wanted(), sort, 10, first.next)
    assert len(set(seen)) == len(seen)
    stay = {await catalogue.game_id("agg", e.external_id) for e in games[30:60]}
    assert stay <= set(seen)


async def test_orders(catalogue: Catalogue, aggregator: ListedProvider, lobby: Lobby) -> None:
    aggregator.entries = [
        replace(entry("a", "Beta"), rtp_ppm=960_000, released_on="2024-05-01"),
        replace(entry("b", "alpha"), rtp_ppm=None, released_on="2026-01-31"),
        replace(entry("c", "Гамма"), rtp_ppm=970_000, released_on="2019-01-01"),
    ]
    await catalogue.sync(aggregator)

    async def sorted_by(sort: Sort | None) -> list[str]:
        return [g.title for g in (await lobby.page(Wanted(), sort=sort)).games]

    assert await sorted_by(Sort.TITLE) == ["alpha", "Beta", "Гамма"]
    assert await sorted_by(Sort.RTP) == ["Гамма", "Beta", "alpha"]
    assert await sorted_by(Sort.NEW) == ["alpha", "Beta", "Гамма"]


def cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "hostile",
    [
        "", "=", "!!!", "é", "\0", "\ud800", "A" * 512, "W10", "bnVsbA",
        cursor(), cursor("popular"), cursor("popular", 1), cursor("popular", 1, 2, 3),
        cursor("popular", "1", 2), cursor("popular", 2**63, 1), cursor("popular", 1, -(2**40)),
        cursor("popular", 1.5, 1), cursor("popular", None, 1), cursor("popular", True, 1),
        cursor("popular", [1], 1), cursor("rtp", 1, 1), cursor("guessed", 1, 1, 1),
        cursor(1, 1, 1), cursor("popular; DROP TABLE games", 1, 1), "[" * 500,
    ],
    ids=lambda text: repr(text)[:24],
)  # fmt: skip
async def test_a_cursor_that_is_none_of_ours_is_refused(lobby: Lobby, hostile: str) -> None:
    with pytest.raises(errors.Malformed):
        await lobby.page(Wanted(), cursor=hostile)


@pytest.mark.parametrize(
    ("sort", "hostile"),
    [
        (Sort.NEW, cursor("new", "2026-13-01", 1)),
        (Sort.NEW, cursor("new", 20260101, 1)),
        (Sort.TITLE, cursor("title", "a\0", 1)),
        (Sort.TITLE, cursor("title", 1, 1)),
    ],
)
async def test_a_place_of_the_wrong_kind_is_refused(
    lobby: Lobby, sort: Sort, hostile: str
) -> None:
    with pytest.raises(errors.Malformed):
        await lobby.page(Wanted(), sort=sort, cursor=hostile)


async def test_filters_narrow_together(
    catalogue: Catalogue, aggregator: ListedProvider, lobby: Lobby
) -> None:
    aggregator.entries = [
        GameEntry(
            "a", "Alpha", Category.LIVE, "One", volatility=Volatility.HIGH,
            tags=("roulette", "vip"), features=("jackpot",), devices=("desktop",),
            restricted_countries=("US",), currencies=("EUR",),
        ),
        GameEntry("b", "Beta", Category.SLOTS, "One", has_demo=True, tags=("vip",)),
        GameEntry("c", "Gamma", Category.SLOTS, "Two", has_free_spins=True),
    ]  # fmt: skip
    await catalogue.sync(aggregator)
    for more, found in (
        ({"category": "slots"}, ["Beta", "Gamma"]),
        ({"studio": "One"}, ["Alpha", "Beta"]),
        ({"studio": "one"}, []),
        ({"provider": "agg"}, ["Alpha", "Beta", "Gamma"]),
        ({"provider": "other"}, []),
        ({"volatility": "high"}, ["Alpha"]),
        ({"tags": ("vip",)}, ["Alpha", "Beta"]),
        ({"tags": ("vip", "roulette")}, ["Alpha"]),
        ({"features": ("jackpot",), "studio": "Two"}, []),
        ({"device": "mobile"}, ["Beta", "Gamma"]),
        ({"country": "us"}, ["Beta", "Gamma"]),
        ({"country": "DE"}, ["Alpha", "Beta", "Gamma"]),
        ({"currencies": ("FUN",)}, ["Beta", "Gamma"]),
        ({"currencies": ("EUR", "FUN")}, ["Alpha", "Beta", "Gamma"]),
        ({"currencies": ()}, ["Beta", "Gamma"]),
        ({"collection": Collection.HAS_DEMO}, ["Beta"]),
        ({"collection": Collection.FREE_SPINS}, ["Gamma"]),
        ({"collection": Collection.POPULAR}, []),
        ({"collection": Collection.NEW}, ["Alpha", "Beta", "Gamma"]),
        ({"category": "\0"}, []),
        ({"tags": ("\ud800",)}, []),
    ):
        assert sorted(await titles(lobby, **more)) == found, more
    assert await titles(lobby, "be", category="slots") == ["Beta"]
    assert await titles(lobby, "be", category="live") == []
    assert await titles(lobby, "bata", tags=("vip",)) == ["Beta"]


async def test_a_game_without_currencies_takes_those_of_its_provider(
    catalogue: Catalogue, providers: dict[str, Provider], lobby: Lobby
) -> None:
    in_euro = ListedProvider(
        Manifest("euro", "E", LateOriginals.ACCEPT, currencies=(WireCurrency("EUR", EUR, 2),))
    )
    in_euro.entries = [entry("e", "Euro Only")]
    providers["euro"] = in_euro
    await catalogue.register()
    await catalogue.sync(in_euro)
    assert "Euro Only" in await titles(lobby, currencies=("EUR",))
    assert "Euro Only" not in await titles(lobby, currencies=("FUN",))


async def test_facets_count_what_further_filters_leave(
    catalogue: Catalogue, aggregator: ListedProvider, lobby: Lobby
) -> None:
    aggregator.entries = made_up(150)
    await catalogue.sync(aggregator)
    for wanted in (Wanted(), Wanted(category="slots"), Wanted(query="gold")):
        facets = await lobby.facets(wanted)
        page = await lobby.page(wanted, limit=500)
        assert facets.games == len(page.games)
        assert sum(games for _, games in facets.categories) == facets.games
        assert sum(games for _, games in facets.studios) == facets.games
        assert facets.providers == (("agg", facets.games),)
        for studio, games in facets.studios[:5]:
            found = await lobby.page(replace(wanted, studio=studio), limit=500)
            assert len(found.games) == games
        for feature, games in facets.features:
            found = await lobby.page(replace(wanted, features=(feature,)), limit=500)
            assert len(found.games) == games
        assert [n for _, n in facets.studios] == sorted(
            (n for _, n in facets.studios), reverse=True
        )


async def test_what_is_off_or_gone_leaves_pages_searches_and_facets_at_once(
    lobby: Lobby, catalogue: Catalogue, aggregator: ListedProvider, backoffice: Backoffice
) -> None:
    async def seen() -> tuple[int, int, int]:
        facets = await lobby.facets(Wanted())
        return len(await titles(lobby)), len(await titles(lobby, "wolf")), facets.games

    count = len(TITLES)
    assert await seen() == (count, 1, count)
    number = next(g.id for g in await catalogue.games() if g.title == "Wolf Gold")
    await backoffice.switch_game(Staff(1, "G"), number, on=False)
    assert await seen() == (count - 1, 0, count - 1)
    await backoffice.switch_game(Staff(1, "G"), number, on=True)
    assert await seen() == (count, 1, count)
    aggregator.entries = aggregator.entries[2:]
    await catalogue.sync(aggregator)
    assert await seen() == (count - 2, 0, count - 2)
    await backoffice.switch_provider(Staff(1, "G"), "agg", on=False)
    assert await seen() == (0, 0, 0)
    assert await lobby.categories() == ()


async def test_a_provider_that_is_not_wired_is_not_shown(lobby: Lobby, database: Database) -> None:
    assert await titles(Lobby({})) == []


async def test_answers_are_remembered_until_something_changes(
    lobby: Lobby, catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    assert await lobby.page(Wanted()) is await lobby.page(Wanted())
    before = await lobby.page(Wanted())
    await catalogue.sync(aggregator)  # nothing is new
    assert await lobby.page(Wanted()) is before
    aggregator.entries[0] = entry("g0", "Sour Bonanza")
    await catalogue.sync(aggregator)
    assert "Sour Bonanza" in await titles(lobby)


async def test_favourites_are_the_players_own_and_the_newest_first(
    lobby: Lobby,
    catalogue: Catalogue,
    player: Player,
    backoffice: Backoffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = Wanted(collection=Collection.FAVOURITES)

    async def kept(wanted: Wanted = wanted) -> list[str]:
        return [g.title for g in (await lobby.personal(player.id, wanted, 50)).games]

    games = {g.title: g.id for g in await catalogue.games()}
    for title in ("Wolf Gold", "Crash X", "Wolf Gold", "Goldfish"):
        await lobby.add_favourite(player.id, games[title])
    assert await kept() == ["Goldfish", "Crash X", "Wolf Gold"]
    assert await kept(replace(wanted, query="gold")) == ["Goldfish", "Wolf Gold"]
    assert await kept(replace(wanted, query="%")) == []
    assert await kept(replace(wanted, category="live")) == []
    assert (await lobby.personal(player.id + 1, wanted, 50)).games == ()
    await lobby.remove_favourite(player.id, games["Crash X"])
    await lobby.remove_favourite(player.id, games["Crash X"])
    await backoffice.switch_game(Staff(1, "G"), games["Goldfish"], on=False)
    assert await kept() == ["Wolf Gold"]
    monkeypatch.setattr(lobby_module, "FAVOURITES_MAX", 2)
    for title in ("Crash X", "Café Royal"):
        await lobby.add_favourite(player.id, games[title])
    assert await kept() == ["Café Royal", "Crash X"]
    for nowhere in (0, -1, 2**31, 2**62, 2**31 - 1):
        with pytest.raises(errors.NotFound):
            await lobby.add_favourite(player.id, nowhere)
        await lobby.remove_favourite(player.id, nowhere)


async def test_recent_games_are_those_launched_and_those_of_the_house(
    lobby: Lobby,
    catalogue: Catalogue,
    providers: dict[str, Provider],
    play: Play,
    house_rounds: HouseRounds,
    player: Player,
) -> None:
    house = HouseProvider()
    providers["house"] = house
    await catalogue.register()
    await catalogue.sync(house)
    games = {g.title: g.id for g in await catalogue.games()}

    async def opened(titles: Sequence[str]) -> None:
        for title in titles:
            await play.launch(
                player, games[title], FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
            )

    await opened(["Wolf Gold", "Crash X"])
    choices = {"direction": "under", "win_numbers": 4950}
    await house_rounds.play(house.games["dice"], player, Money.parse("1", FUN), choices, "k")
    await opened(["Wolf Gold"])
    wanted = Wanted(collection=Collection.RECENT)
    found = [g.title for g in (await lobby.personal(player.id, wanted, 50)).games]
    assert found == ["Wolf Gold", "Dice", "Crash X"]
    assert len((await lobby.personal(player.id, wanted, 2)).games) == 2
    assert (await lobby.personal(player.id + 1, wanted, 50)).games == ()
