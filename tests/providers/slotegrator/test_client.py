"""The casino's own calls: catalogue, launch, self-validation, against an aggregator gone odd."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from casino.clock import Clock, SystemClock
from casino.play import Wiring
from casino.play.provider import (
    Category,
    GameEntry,
    LaunchRequest,
    ProviderUnavailable,
    Volatility,
)
from providers.slotegrator.entries import category_of
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.web import is_web_address
from tests.peers.slotegrator.aggregator import Aggregator, game
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY
from tests.providers.book import Book, serving


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def aggregator(clock: SystemClock) -> Aggregator:
    return Aggregator(clock, *map(game, range(120)))


@pytest.fixture
async def server(aggregator: Aggregator) -> AsyncIterator[TestServer]:
    async with serving(aggregator.app()) as server:
        yield server


def made(server: TestServer, clock: Clock, **account: Any) -> SlotegratorProvider:
    settings = {
        "url": str(server.make_url("/v1/")),
        "merchant_id": MERCHANT_ID,
        "merchant_key": MERCHANT_KEY,
        "currencies": {"EUR": "EUR", "TONC": "TON"},
        "games_calls_per_second": 100,
        "timeout_s": 2,
        **account,
    }
    return SlotegratorProvider(
        Wiring("slotegrator", Book(), clock), SlotegratorAccount.model_validate(settings)
    )


@pytest.fixture
async def provider(server: TestServer, clock: SystemClock) -> AsyncIterator[SlotegratorProvider]:
    provider = made(server, clock)
    yield provider
    await provider.close()


def request(**changed: Any) -> LaunchRequest:
    values = {
        "session_ref": "s-1",
        "player_ref": "1001",
        "player_name": "José ~Test*",
        "game_external_id": f"{3:032x}",
        "currency": "TON",
        "demo": False,
        "language": "ru",
        "device": "mobile",
        "return_url": "https://example.org/back?x=1&y=a b",
        **changed,
    }
    return LaunchRequest(**values)


async def test_the_whole_list_comes_in_pages_of_fifty(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    entries = await provider.catalogue()
    assert [entry.external_id for entry in entries] == [g["uuid"] for g in aggregator.games]
    assert [asked for _, asked in aggregator.asked] == [
        {"page": str(page), "per-page": "50", "expand": "tags,parameters,images"}
        for page in (1, 2, 3)
    ]


BARE: dict[str, Any] = {"tags": None, "has_freespins": 0, "is_mobile": None}


async def test_an_entry_says_what_the_lobby_needs(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    aggregator.games = [
        game(1, tags=[{"code": code, "label": "x"} for code in ("New", "bonus_buy", "new")]),
        game(2, type="Live Roulette", image="javascript:alert(1)", parameters=None, **BARE),
        game(
            3,
            type=None,
            provider=None,
            parameters={"rtp": "?", "volatility": "wild"},
            image=None,
            **BARE | {"is_mobile": 0},
        ),
    ]
    assert await provider.catalogue() == [
        GameEntry(
            external_id=f"{1:032x}",
            title="Game 1",
            category=Category.SLOTS,
            studio="Studio",
            image_url="https://images.example/1.png",
            rtp_ppm=961200,
            has_demo=True,
            has_free_spins=True,
            volatility=Volatility.HIGH,
            tags=("new", "bonus_buy"),
            features=("bonus-buy",),
            devices=("mobile",),
        ),
        GameEntry(f"{2:032x}", "Game 2", Category.LIVE, "Studio"),
        GameEntry(
            f"{3:032x}",
            "Game 3",
            Category.INSTANT,
            "Slotegrator",
            has_demo=True,
            devices=("desktop",),
        ),
    ]


async def test_page_counts_may_come_as_headers(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    aggregator.meta_in_body = False
    assert len(await provider.catalogue()) == 120


async def test_an_empty_list_is_a_list(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    aggregator.games = []
    assert await provider.catalogue() == []


def _edit(change: Any, page: int | None = None) -> Any:
    async def spoil(_path: str, right: Any) -> web.Response | None:
        if page is None or right["_meta"]["currentPage"] == page:
            change(right)
        return web.json_response(right)

    return spoil


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["items"].pop(),
        lambda body: body["items"].append(body["items"][0]),
        lambda body: body["items"][0].update(uuid=f"{0:032x}"),
        lambda body: body["items"][0].pop("uuid"),
        lambda body: body["items"][0].update(name=None),
        lambda body: body["items"].clear(),
        lambda body: body["_meta"].update(totalCount=121),
        lambda body: body["_meta"].update(currentPage=1),
        lambda body: body["_meta"].update(pageCount=10**9),
        lambda body: body["_meta"].pop("pageCount"),
        lambda body: body.pop("_meta"),
        lambda body: body.pop("items"),
        lambda body: body.update(items={"0": body["items"][0]}),
    ],
)
async def test_a_list_that_does_not_add_up_is_no_list(
    provider: SlotegratorProvider, aggregator: Aggregator, change: Any
) -> None:
    aggregator.spoil = _edit(change, page=2)
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.json_response({"name": "Too Many Requests", "status": 429}, status=429),
        lambda: web.json_response({}, status=500),
        lambda: web.Response(status=302, headers={"Location": "https://example.org/"}),
        lambda: web.Response(status=204),
        lambda: web.Response(text="<html>maintenance</html>"),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(text="null"),
        lambda: web.Response(body=b"\xff\xfe"),
        lambda: web.Response(text='{"url": ' + "1" * 5000 + "}"),
        lambda: web.Response(body=b" " * (4 * 1024 * 1024 + 1)),
    ],
)
async def test_odd_answers_are_an_outage(
    provider: SlotegratorProvider, aggregator: Aggregator, response: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return response()  # type: ignore[no-any-return]

    aggregator.spoil = spoil
    for call in (provider.catalogue, lambda: provider.launch(request()), provider.self_validate):
        with pytest.raises(ProviderUnavailable):
            await call()


async def test_a_signed_call_follows_nobody_elsewhere(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    async def spoil(path: str, _right: Any) -> web.Response | None:
        aggregator.spoil = None
        return web.Response(status=307, headers={"Location": f"/v1/{path}"})

    aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    assert len(aggregator.asked) == 1


async def test_silence_is_an_outage(
    server: TestServer, aggregator: Aggregator, clock: SystemClock
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response | None:
        await asyncio.sleep(5)
        return None

    aggregator.spoil = spoil
    provider = made(server, clock, timeout_s=0.2)
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    await provider.close()


async def test_nobody_there_is_an_outage(server: TestServer, clock: SystemClock) -> None:
    provider = made(server, clock, url="http://127.0.0.1:1/v1")
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()
    await provider.close()


async def test_pages_are_asked_for_no_faster_than_agreed(
    server: TestServer, clock: SystemClock
) -> None:
    provider = made(server, clock, games_calls_per_second=5)
    began = monotonic()
    await provider.catalogue()
    assert monotonic() - began >= 2 / 5
    await provider.close()


async def test_a_launch_sends_what_the_protocol_wants_signed(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    assert await provider.launch(request()) == "https://games.example/launch?t=1"
    assert aggregator.asked == [
        (
            "games/init",
            {
                "game_uuid": f"{3:032x}",
                "device": "mobile",
                "return_url": "https://example.org/back?x=1&y=a b",
                "language": "ru",
                "player_id": "1001",
                "player_name": "José ~Test*",
                "currency": "TONC",
                "session_id": "s-1",
            },
        )
    ]


async def test_a_demo_tells_nothing_about_the_player(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    await provider.launch(request(demo=True, currency="BTC"))
    path, asked = aggregator.asked[0]
    assert path == "games/init-demo"
    assert set(asked) == {"game_uuid", "device", "return_url", "language"}


async def test_a_currency_that_the_aggregator_does_not_play_is_not_sent(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request(currency="BTC"))
    assert aggregator.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//games.example/x",
        "https:///x",
        "https://",
        "http://[",
        "https://games.example/\n",
        "https://games.example/a b",
        "https://games.example/" + "x" * 4096,
        "",
        None,
        7,
    ],
)
async def test_a_game_at_no_web_address_is_not_opened(
    provider: SlotegratorProvider, aggregator: Aggregator, url: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return web.Response(text=json.dumps({"url": url}))

    aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())


async def test_self_validation_reports_what_the_aggregator_found(
    provider: SlotegratorProvider, aggregator: Aggregator
) -> None:
    result = await provider.self_validate()
    assert (result.success, result.log) == (True, ("all well",))
    assert aggregator.asked == [("self-validate", {})]


def test_web_addresses() -> None:
    assert is_web_address("http://127.0.0.1:8090/play/x/")
    assert not is_web_address("ftp://example.org/")


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("Video Slots", Category.SLOTS),
        ("Blackjack", Category.TABLE),
        ("live casino", Category.LIVE),
        ("Crash game", Category.CRASH),
        ("Scratch card", Category.TABLE),
        ("Keno", Category.INSTANT),
    ],
)
def test_types_are_sorted_into_the_lobbys_groups(kind: str, category: Category) -> None:
    assert category_of(kind) is category
