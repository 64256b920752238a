"""Who may open what from where, over HTTP; a launch that is refused leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from casino.play import Catalogue, Category, GameEntry, Provider
from tests.casino.play.lobbies import LobbyProvider, with_lobby
from tests.casino.support import count
from tests.webapp.conftest import Client
from webapp.services import Services
from webapp.whereabouts import Whereabouts

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Mobile"}


def slot(name: str, **more: Any) -> GameEntry:
    return GameEntry(name, name.title(), Category.SLOTS, "Studio", **more)


GAMES = (
    slot("open", has_demo=True),
    slot("dollars", currencies=("USD", "TON")),
    slot("desk", devices=("desktop",)),
    slot("pocket", devices=("mobile",)),
    slot("abroad", restricted_countries=("US", "FR"), has_demo=True),
)


@pytest.fixture
def services(services: Services) -> Services:
    """The client of these tests is a proxy of ours."""
    return replace(services, whereabouts=Whereabouts(("127.0.0.1",), "CF-IPCountry"))


@pytest.fixture
async def lobby(
    demo: Client, catalogue: Catalogue, providers: dict[str, Provider]
) -> LobbyProvider:
    provider = with_lobby(*GAMES)
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


async def path_of(second: asyncpg.Connection, name: str) -> str:
    number = await second.fetchval("SELECT id FROM games WHERE external_id = $1", name)
    return f"/games/{number}"


@pytest.mark.parametrize(
    ("name", "body", "headers", "status", "code"),
    [
        ("dollars", {}, {}, 409, "game-not-in-currency"),
        ("dollars", {"mode": "demo"}, {}, 409, "game-unavailable"),
        ("dollars", {"currency": "USD"}, {}, 400, "unknown-currency"),
        ("open", {"currency": "USDT"}, {}, 409, "game-not-in-currency"),  # its provider's
        ("desk", {}, PHONE, 409, "game-not-on-device"),
        ("pocket", {}, {}, 409, "game-not-on-device"),
        ("abroad", {}, {"CF-IPCountry": "US"}, 403, "game-not-here"),
        ("abroad", {"mode": "demo"}, {"CF-IPCountry": "FR"}, 403, "game-not-here"),
        ("roulette", {}, {}, 409, "table-not-chosen"),
        ("roulette", {"table": "b"}, {}, 409, "table-unavailable"),
        ("roulette", {"table": "nowhere"}, {}, 409, "table-unavailable"),
        ("roulette", {"table": ""}, {}, 400, "malformed"),
        ("roulette", {"table": "x" * 513}, {}, 400, "malformed"),
        ("roulette", {"table": 7}, {}, 400, "malformed"),
        ("open", {"table": "a"}, {}, 400, "malformed"),
        ("open", {"mode": "demo", "table": "a"}, {}, 400, "malformed"),
    ],
)
async def test_what_could_not_be_played_is_refused_and_leaves_no_session(
    name: str,
    body: dict[str, Any],
    headers: dict[str, str],
    status: int,
    code: str,
    demo: Client,
    lobby: LobbyProvider,
    second: asyncpg.Connection,
) -> None:
    path = f"{await path_of(second, name)}/launch"
    asked = {"currency": "FUN"} | body
    refused = await demo.ask("POST", path, status, headers=headers, json=asked)
    assert refused["code"] == code
    assert lobby.launched == []
    assert await count(second, "game_sessions") == 0


@pytest.mark.parametrize(
    ("name", "body", "headers", "device", "country", "ip"),
    [
        ("dollars", {"currency": "TON"}, {}, "desktop", None, "127.0.0.1"),
        ("desk", {}, {"CF-IPCountry": "XX"}, "desktop", None, "127.0.0.1"),
        ("pocket", {}, PHONE, "mobile", None, "127.0.0.1"),
        ("abroad", {}, {"CF-IPCountry": "DE"}, "desktop", "DE", "127.0.0.1"),
        ("abroad", {}, {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}, "desktop", None,
         "203.0.113.9"),
        ("roulette", {"table": "a"}, {}, "desktop", None, "127.0.0.1"),
    ],
)  # fmt: skip
async def test_the_provider_hears_who_comes_from_where(
    name: str,
    body: dict[str, Any],
    headers: dict[str, str],
    device: str,
    country: str | None,
    ip: str,
    demo: Client,
    lobby: LobbyProvider,
    second: asyncpg.Connection,
) -> None:
    path = f"{await path_of(second, name)}/launch"
    launch = await demo.ask("POST", path, headers=headers, json={"currency": "FUN"} | body)
    (request,) = lobby.launched
    assert (request.device, request.country, request.ip) == (device, country, ip)
    assert (request.currency, request.table_ref) == (
        body.get("currency", "FUN"),
        body.get("table"),
    )
    assert await second.fetchval("SELECT ref FROM game_sessions") == launch["session_id"]
    assert (launch["sandbox"], launch["allow"]) == (["allow-downloads"], ["microphone"])


async def test_the_lobby_leaves_out_what_is_not_offered_where_the_visitor_is(
    demo: Client, lobby: LobbyProvider
) -> None:
    async def seen(query: str, headers: dict[str, str]) -> bool:
        games = (await demo.ask("GET", f"/games?{query}", headers=headers))["games"]
        facets = await demo.ask("GET", f"/games/facets?{query}", headers=headers)
        assert facets["games"] == len(games)
        return "Abroad" in [game["title"] for game in games]

    assert await seen("", {})
    assert not await seen("country=US", {})
    assert not await seen("", {"CF-IPCountry": "US"})
    assert await seen("", {"CF-IPCountry": "DE"})
    # What the house knows is more than what is asked.
    assert not await seen("country=DE", {"CF-IPCountry": "FR"})
    assert await seen("country=US", {"CF-IPCountry": "DE"})


async def test_a_game_says_which_of_the_offered_currencies_it_takes(
    demo: Client, lobby: LobbyProvider
) -> None:
    games = (await demo.ask("GET", "/games?provider=agg"))["games"]
    taken = {game["title"]: game["currencies"] for game in games}
    assert taken == {g.title: ["FUN", "TON"] for g in lobby.entries} | {"Dollars": ["TON"]}
    for game in games:
        assert (await demo.ask("GET", f"/games/{game['id']}?surface=web")) == game


async def test_tables_are_listed_for_a_player(
    demo: Client, lobby: LobbyProvider, second: asyncpg.Connection
) -> None:
    path = f"{await path_of(second, 'roulette')}/tables"
    assert await demo.ask("GET", f"{path}?currency=TON") == {
        "currency": "TON",
        "tables": [
            {"ref": "a", "title": "Table a", "dealer": "Ada", "open": True, "least": "0.5",
             "most": "100"},
            {"ref": "b", "title": "Table b", "dealer": "Ada", "open": False, "least": "0.5",
             "most": "100"},
        ],
    }  # fmt: skip
    (game,) = (await demo.ask("GET", "/games?q=live%20roulette"))["games"]
    assert game["has_tables"]


@pytest.mark.parametrize(
    ("name", "query", "headers", "status", "code"),
    [
        ("roulette", "", {}, 400, "malformed"),
        ("roulette", "currency=DOGE", {}, 400, "unknown-currency"),
        ("roulette", "currency=EUR", {}, 400, "unknown-currency"),
        ("roulette", "currency=USDT", {}, 409, "game-not-in-currency"),
        ("roulette", "currency=FUN", {"Authorization": ""}, 401, "unauthorised"),
        ("open", "currency=FUN", {}, 409, "game-unavailable"),
        ("nothing", "currency=FUN", {}, 404, "not-found"),
    ],
)
async def test_tables_that_could_not_be_played_at_are_not_asked_for(
    name: str,
    query: str,
    headers: dict[str, str],
    status: int,
    code: str,
    demo: Client,
    lobby: LobbyProvider,
    second: asyncpg.Connection,
) -> None:
    path = f"{await path_of(second, name)}/tables?{query}"
    assert (await demo.ask("GET", path, status, headers=headers))["code"] == code
    assert lobby.asked == []


async def test_a_lobby_that_is_away_says_so(
    demo: Client, lobby: LobbyProvider, second: asyncpg.Connection
) -> None:
    lobby.away = True
    path = await path_of(second, "roulette")
    answer = await demo.ask("GET", f"{path}/tables?currency=FUN", 503)
    assert answer["code"] == "provider-unavailable"
    body = {"currency": "FUN", "table": "a"}
    assert (await demo.ask("POST", f"{path}/launch", 503, json=body)) == answer
    assert await count(second, "game_sessions") == 0


async def test_a_frame_may_use_what_its_provider_asks_for(
    demo: Client, lobby: LobbyProvider
) -> None:
    async with demo.http.get("/app/") as page:
        policy = page.headers["Permissions-Policy"]
    assert policy == (
        'camera=(), microphone=(self "https://live.example"), geolocation=(), payment=()'
    )
