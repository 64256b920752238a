"""The lobby as a client sees it, over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from bench.lobby import made_up
from casino.play import Catalogue, Category, GameEntry, Provider, Volatility
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.webapp.conftest import Client

GAMES = 60


@pytest.fixture
async def aggregator(
    visitor: Client, catalogue: Catalogue, providers: dict[str, Provider]
) -> ListedProvider:
    provider = listed()
    provider.entries = [
        GameEntry(
            "wolf", "Wolf Gold", Category.SLOTS, "Studio", "https://img.example/w.png", 965_000,
            has_free_spins=True, volatility=Volatility.HIGH, tags=("wolves",),
            features=("jackpot",), currencies=("EUR",), restricted_countries=("US",),
            devices=("desktop",), released_on="2024-02-29",
        ),
        *made_up(GAMES),
    ]  # fmt: skip
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


async def titles(client: Client, query: str) -> list[str]:
    return [game["title"] for game in (await client.ask("GET", f"/games?{query}"))["games"]]


async def test_without_a_question_everything_is_shown_as_before(
    visitor: Client, aggregator: ListedProvider
) -> None:
    lobby = await visitor.ask("GET", "/games")
    assert len(lobby["games"]) == GAMES + 2
    assert lobby["next"] is None
    assert set(lobby["categories"]) == {g["category"] for g in lobby["games"]}
    order = [c.value for c in Category]
    assert lobby["categories"] == sorted(lobby["categories"], key=order.index)


async def test_a_game_is_shown_whole(visitor: Client, aggregator: ListedProvider) -> None:
    (game,) = (await visitor.ask("GET", "/games?q=wolf%20gold&features=jackpot&tags=wolves"))[
        "games"
    ]
    assert game == {
        "id": game["id"], "title": "Wolf Gold", "studio": "Studio", "provider": "agg",
        "category": "slots", "image": game["image"], "own": None, "has_demo": False,
        "rtp": "96.50", "has_free_spins": True, "has_tables": False, "volatility": "high",
        "features": ["jackpot"], "new_on": "2024-02-29", "currencies": [],
    }  # fmt: skip
    assert (await visitor.ask("GET", f"/games/{game['id']}")) == game


@pytest.mark.parametrize("query", ["", "q=g", "q=gold", "q=goldd", "sort=title", "sort=new"])
async def test_pages_follow_each_other_until_the_last(
    query: str, visitor: Client, aggregator: ListedProvider
) -> None:
    whole = [g["id"] for g in (await visitor.ask("GET", f"/games?{query}"))["games"]]
    found: list[str] = []
    path = f"/games?{query}&limit=9"
    while path:
        page = await visitor.ask("GET", path)
        found += [g["id"] for g in page["games"]]
        path = f"/games?{query}&limit=9&cursor={quote(page['next'])}" if page["next"] else ""
    assert found == whole
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=wlof", True),
        ("provider=agg", True),
        ("provider=house", False),
        ("volatility=high&category=slots", True),
        ("volatility=low", False),
        ("tags=WOLVES", True),
        ("features=jackpot,megaways", False),
        ("currency=EUR", True),
        ("currency=FUN", False),
        ("surface=web", False),  # a demo house takes no euro
        ("surface=web&currency=EUR", False),
        ("country=us", False),
        ("country=DE", True),
        ("device=mobile", False),
        ("collection=free_spins", True),
        ("collection=has_demo", False),
        ("collection=popular", False),
        ("unknown=1", True),
    ],
)
async def test_filters(
    query: str, shown: bool, visitor: Client, aggregator: ListedProvider
) -> None:
    assert ("Wolf Gold" in await titles(visitor, query)) is shown
    facets = await visitor.ask("GET", f"/games/facets?{query}")
    if query != "unknown=1":
        assert facets["games"] == len(await titles(visitor, query))


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=501", "limit=x", "collection=all", "sort=random", "volatility=huge",
        "surface=moon", "country=USA", "device=toaster", "currency=", f"q={'x' * 65}",
        f"cursor={'A' * 513}", "cursor=W10", "cursor=%00", "cursor=",
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused(
    query: str, visitor: Client, aggregator: ListedProvider
) -> None:
    assert (await visitor.ask("GET", f"/games?{query}", 400))["code"] == "malformed"


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", "\0", "'; DROP TABLE games; --", "€", "💥"])
async def test_hostile_text_finds_nothing_and_breaks_nothing(
    q: str, visitor: Client, aggregator: ListedProvider
) -> None:
    assert await titles(visitor, f"q={quote(q)}") == []
    for name in ("studio", "provider", "tags", "features"):
        assert await titles(visitor, f"{name}={quote(q)}") == []
    assert (await visitor.ask("GET", f"/games/facets?q={quote(q)}"))["games"] == 0


async def test_facets_are_sorted_and_name_what_can_be_asked(
    visitor: Client, aggregator: ListedProvider
) -> None:
    facets = await visitor.ask("GET", "/games/facets")
    assert facets["games"] == GAMES + 2
    assert {f["value"]: f["games"] for f in facets["providers"]} == {"agg": GAMES + 1, "house": 1}
    for studio in facets["studios"][:3]:
        found = await titles(visitor, f"studio={quote(studio['value'])}")
        assert len(found) == studio["games"]
    for name in ("categories", "studios", "features", "tags", "volatilities"):
        counts = [f["games"] for f in facets[name]]
        assert counts == sorted(counts, reverse=True)


async def test_a_player_keeps_favourites(demo: Client, aggregator: ListedProvider) -> None:
    games: list[dict[str, Any]] = (await demo.ask("GET", "/games?limit=3"))["games"]
    for game in [*games, games[0]]:
        await demo.ask("PUT", f"/games/{game['id']}/favourite", 204)
    newest_first = [g["title"] for g in reversed(games)]
    assert await titles(demo, "collection=favourites") == newest_first
    assert await titles(demo, "collection=favourites&limit=2") == newest_first[:2]
    await demo.ask("DELETE", f"/games/{games[1]['id']}/favourite", 204)
    await demo.ask("DELETE", f"/games/{games[1]['id']}/favourite", 204)
    assert len(await titles(demo, "collection=favourites")) == 2
    for nowhere in ("0", "424242", "x", str(10**30)):
        await demo.ask("PUT", f"/games/{nowhere}/favourite", 404)


async def test_what_was_opened_is_recent(demo: Client, aggregator: ListedProvider) -> None:
    assert await titles(demo, "collection=recent") == []
    game = (await demo.ask("GET", "/games?provider=agg&surface=web&device=desktop"))["games"][0]
    body = {"currency": game["currencies"][0], "mode": "real"}
    await demo.ask("POST", f"/games/{game['id']}/launch", json=body)
    assert await titles(demo, "collection=recent") == [game["title"]]


async def test_what_is_a_players_own_needs_the_player(
    visitor: Client, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    for collection in ("favourites", "recent"):
        await visitor.ask("GET", f"/games?collection={collection}", 401)
    game = await second.fetchval("SELECT min(id) FROM games")
    await visitor.ask("PUT", f"/games/{game}/favourite", 401)
    await visitor.ask("DELETE", f"/games/{game}/favourite", 401)
    assert await second.fetchval("SELECT count(*) FROM favourites") == 0


async def test_addresses_of_providers_pictures_are_never_told(
    demo: Client, aggregator: ListedProvider
) -> None:
    aggregator.entries.append(entry("plain", "Plain"))
    lobby = await demo.ask("GET", "/games")
    assert "img.example" not in str(lobby)
    assert all(g["image"] is None or g["image"].startswith("/images/") for g in lobby["games"])
