"""The casino's own side: catalogue, launch, tables, free spins, against a vendor gone odd."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from casino.money import EUR, FUN
from casino.play import Category, GameEntry, LaunchRequest, ProviderUnavailable
from casino.play.capabilities import (
    HasTables,
    Table,
)
from providers.everymatrix import feed
from providers.everymatrix.feed import category_of, is_web_address
from providers.everymatrix.provider import EverymatrixProvider
from tests.peers.everymatrix.servers import Servers, game, table
from tests.peers.everymatrix.vendor import Vendor
from tests.providers.everymatrix.house import made


def request(**changed: Any) -> LaunchRequest:
    values = {
        "session_ref": "S-1",
        "player_ref": "1001",
        "player_name": "José",
        "game_external_id": "game-1",
        "currency": "EUR",
        "demo": False,
        "language": "ru",
        "device": "mobile",
        "return_url": "https://example.org/back?x=1&y=a b",
        "deposit_url": "https://example.org/wallet",
        **changed,
    }
    return LaunchRequest(**values)


async def test_the_catalogue_is_both_feeds(alone: EverymatrixProvider, servers: Servers) -> None:
    servers.games = [game(1)]
    assert await alone.catalogue() == [
        GameEntry(
            external_id="game-1",
            title="Game 1",
            category=Category.SLOTS,
            studio="Studio",
            image_url="https://images.example/1.png",
            rtp_ppm=961200,
            has_demo=True,
            has_free_spins=True,
            tags=("new",),
            devices=("desktop", "mobile"),
            restricted_countries=("US", "FR"),
        )
    ]
    assert servers.asked == ["types=game", "types=table"]


async def test_a_bare_game_is_one(alone: EverymatrixProvider, servers: Servers) -> None:
    servers.games = [
        {"data": {"slug": "bare", "enabled": True}},
        {"data": {"slug": "odd", "id": 7, "enabled": True, "vendor": "V", "tags": "x",
                  "categories": None, "playMode": 1, "presentation": [], "property": "?",
                  "theoreticalPayOut": "?", "currencies": ["EUR", "XXX"]}},
    ]  # fmt: skip
    assert await alone.catalogue() == [
        GameEntry("bare", "bare", Category.INSTANT, "EveryMatrix"),
        GameEntry("odd", "odd", Category.INSTANT, "V", currencies=("EUR",)),
    ]


async def test_what_is_not_on_offer_is_left_out(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    servers.games = [
        game(1, enabled=False),
        game(2, enabled="true"),
        game(3, slug="../admin"),
        game(4, slug=None),
        game(5, playMode={"fun": True, "anonymity": True, "realMoney": False}),
        game(6),
        game(7),
        game(6, enabled=False),  # news of the same item
        {"type": "vendor", "action": "update", "data": {"vendorID": 1, "enabled": True}},
    ]
    assert [entry.external_id for entry in await alone.catalogue()] == ["game-7"]


@pytest.mark.parametrize(
    ("value", "ppm"),
    [
        *((0.96, 960_000), (96, 960_000), (96.5, 965_000), (1, 1_000_000), (0, None)),
        *((-1, None), (1000, None), (True, None), ("0.9", None), (None, None)),
    ],
)
async def test_returns_are_fractions_or_per_cent(
    alone: EverymatrixProvider, servers: Servers, value: Any, ppm: int | None
) -> None:
    servers.games = [game(1, theoreticalPayOut=value)]
    assert (await alone.catalogue())[0].rtp_ppm == ppm


async def test_a_demo_must_be_one_for_the_anonymous(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    servers.games = [
        game(1, playMode={"fun": True, "anonymity": False}),
        game(2, playMode={"fun": True}),
    ]
    assert [entry.has_demo for entry in await alone.catalogue()] == [False, True]


async def test_tables_belong_to_the_game_of_their_slug(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    servers.games = [game(1)]
    servers.tables = [
        table(1, "game-1"),
        table(2, "roulette"),
        table(3, "roulette", isOpen=False),
        table(4, "roulette", enabled=False),
    ]
    entries = {entry.external_id: entry for entry in await alone.catalogue()}
    assert (entries["game-1"].title, entries["game-1"].has_tables) == ("Game 1", True)
    live = entries["roulette"]
    assert (live.category, live.has_tables, live.studio) == (Category.LIVE, True, "Live")
    assert isinstance(alone, HasTables)
    assert await alone.tables("roulette", EUR) == [
        Table("7002", "Table 2", None, open=True),
        Table("7003", "Table 3", None, open=False),
    ]
    assert await alone.tables("roulette", FUN) == []


async def test_a_feed_that_says_it_is_complete_need_not_end(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        kind = request.query["types"]
        rows = [
            {"action": "initialize_start", "type": kind},
            game(1),
            {"action": "initialize_complete", "type": kind},
        ]
        for row in rows:
            text = f"{json.dumps(row)}\r\n"
            await response.write(text[:10].encode())
            await response.write(text[10:].encode())
        await asyncio.sleep(60)
        return response

    servers.spoil = endless
    assert [entry.external_id for entry in await alone.catalogue()] == ["game-1"]


def _lines(*lines: bytes) -> web.Response:
    return web.Response(body=b"\n".join(lines))


GOOD = json.dumps(game(1)).encode()


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=204),
        lambda: web.Response(status=302, headers={"Location": "/feed?types=game"}),
        lambda: _lines(b"<html>maintenance</html>"),
        lambda: _lines(GOOD, GOOD[:50]),
        lambda: _lines(GOOD, b"[]"),
        lambda: _lines(GOOD, b"null"),
        lambda: _lines(GOOD, b"{}"),
        lambda: _lines(GOOD, b'{"type":"game","data":{}}'),
        lambda: _lines(b'{"action":"initialize_start"}', GOOD),
        lambda: _lines(b"\xff\xfe"),
        lambda: _lines(b'{"data":' + b"[" * 100_000),
        lambda: _lines(b'{"a":"' + b"x" * 600_000 + b'"}'),
        lambda: _lines(b"x" * 600_000),
    ],
)
async def test_an_odd_feed_is_an_outage_and_no_part_of_it_counts(
    alone: EverymatrixProvider, servers: Servers, response: Any
) -> None:
    async def spoil(_request: web.Request) -> web.StreamResponse:
        return response()  # type: ignore[no-any-return]

    servers.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await alone.catalogue()


@pytest.mark.parametrize("bound", ["FEED_BYTES_MAX", "LINES_MAX"])
async def test_a_feed_has_an_end(
    alone: EverymatrixProvider, servers: Servers, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.games = [game(number) for number in range(20)]
    monkeypatch.setattr(feed, bound, 10)
    with pytest.raises(ProviderUnavailable):
        await alone.catalogue()


async def test_silence_is_an_outage(vendor: Vendor, servers: Servers) -> None:
    async def spoil(_request: web.Request) -> None:
        await asyncio.sleep(60)

    servers.spoil = spoil
    provider = made(vendor, timeout_s=0.1)
    for call in (provider.catalogue(), provider.tables("x", EUR)):
        with pytest.raises(ProviderUnavailable):
            await call
    await provider.close()


async def test_nobody_there_is_an_outage(vendor: Vendor) -> None:
    provider = made(vendor, feed_url="http://127.0.0.1:1/feed")
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()
    await provider.close()


async def opened(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status


async def test_a_launch_is_an_address(alone: EverymatrixProvider, servers: Servers) -> None:
    url = await alone.launch(request())
    assert urlsplit(url).path == "/casino/Loader/Start/2001/game-1"
    expected = {
        "language": "ru",
        "funMode": "False",
        "_sid": "S-1",
        "casinolobbyurl": "https://example.org/back?x=1&y=a b",
        "cashierurl": "https://example.org/wallet",
    }
    assert {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()} == expected
    assert "+" not in url
    assert await opened(url) == 200
    assert servers.opened == [("game-1", expected)]


async def test_a_demo_tells_nothing_about_the_player(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    url = await alone.launch(request(demo=True, currency="BTC", deposit_url=""))
    assert await opened(url) == 200
    assert set(servers.opened[0][1]) == {"language", "funMode", "casinolobbyurl"}
    assert servers.opened[0][1]["funMode"] == "True"


async def test_a_table_is_named_and_a_slug_is_quoted(alone: EverymatrixProvider) -> None:
    url = await alone.launch(request(table_ref="70&02", game_external_id="a/../b?c"))
    assert "/Loader/Start/2001/a%2F..%2Fb%3Fc?" in url
    assert url.endswith("&tableID=70%2602")


async def test_a_currency_that_is_not_played_is_not_launched(
    alone: EverymatrixProvider,
) -> None:
    with pytest.raises(ProviderUnavailable):
        await alone.launch(request(currency="BTC"))


@pytest.mark.parametrize(
    ("names", "category"),
    [
        (["LIVEDEALER", "ROULETTE"], Category.LIVE),
        (["VIDEOSLOTS"], Category.SLOTS),
        (["TableGames"], Category.TABLE),
        (["CRASHGAMES"], Category.CRASH),
        (["LOTTERY"], Category.INSTANT),
        ([], Category.INSTANT),
    ],
)
def test_categories_are_sorted_into_the_lobbys_groups(
    names: list[str], category: Category
) -> None:
    assert category_of(names) is category


def test_web_addresses() -> None:
    assert is_web_address("https://images.example/1.png")
    for url in ("javascript:alert(1)", "https://", "http://[", "https://x/ y", "https://x/\n"):
        assert not is_web_address(url)
