"""The casino's own calls: games, launch, transactions, against an aggregator gone odd."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from casino.play import (
    Category,
    GameEntry,
    LaunchRequest,
    ProviderUnavailable,
    Volatility,
)
from providers.hub88.client import is_web_address
from providers.hub88.games import category_of
from providers.hub88.provider import Hub88Provider
from tests.conftest import MovingClock
from tests.peers.hub88.aggregator import Aggregator, game
from tests.peers.hub88.openssl import key_pair
from tests.peers.hub88.vendor import Vendor
from tests.providers.hub88.conftest import NOON, answering, made


def request(**changed: Any) -> LaunchRequest:
    values = {
        "session_ref": "S" * 26,
        "player_ref": "1001",
        "player_name": "José ~Test*",
        "game_external_id": "std_game1",
        "currency": "EUR",
        "demo": False,
        "language": "ru",
        "device": "mobile",
        "return_url": "https://example.org/back?x=1&y=a b",
        "deposit_url": "https://example.org/wallet",
        "ip": "192.0.2.7",
        **changed,
    }
    return LaunchRequest(**values)


async def test_an_entry_says_what_the_lobby_needs(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    aggregator.games = [
        game(1),
        game(2, enabled=False),
        game(
            3,
            category="Live Roulette",
            url_thumb="javascript:alert(1)",
            product=None,
            rtp="?",
            volatility=9,
            platforms=None,
            blocked_countries=None,
            restricted_countries=["de", "GERMANY"],
            release_date="soon",
            features=None,
            theme=None,
            demo_game_support=None,
            freebet_support=False,
        ),
        {"game_code": "std_bare", "name": "Bare", "enabled": True},
    ]
    assert await client.catalogue() == [
        GameEntry(
            external_id="std_game1",
            title="Game 1",
            category=Category.SLOTS,
            studio="Studio",
            image_url="https://images.example/1.png",
            rtp_ppm=961_200,
            has_demo=True,
            has_free_spins=True,
            volatility=Volatility.HIGH,
            tags=("egypt",),
            features=("free spins",),
            devices=("desktop", "mobile"),
            restricted_countries=("US", "EE"),
            released_on="2024-05-17",
        ),
        GameEntry("std_game3", "Game 3", Category.LIVE, "Hub88"),
        GameEntry("std_bare", "Bare", Category.INSTANT, "Hub88"),
    ]
    assert aggregator.asked == [("game/list", {"operator_id": 7, "sub_partner_id": "site-1"})]


async def test_the_list_is_asked_for_once_a_minute(
    vendor: Vendor, aggregator: Aggregator, moving: MovingClock
) -> None:
    provider = made(vendor, moving, games_every_s=60)
    first = await provider.catalogue()
    aggregator.games.append(game(3))
    moving.advance(seconds=59)
    assert await provider.catalogue() == first
    assert len(aggregator.asked) == 1
    moving.advance(seconds=1)
    assert len(await provider.catalogue()) == 3
    assert len(aggregator.asked) == 2
    await provider.close()


async def test_a_list_that_failed_is_not_asked_for_at_once_again(
    vendor: Vendor, aggregator: Aggregator, moving: MovingClock
) -> None:
    provider = made(vendor, moving, games_every_s=60)
    aggregator.spoil = answering(lambda: web.Response(status=429, text="Too Many Requests"))
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            await provider.catalogue()
    assert len(aggregator.asked) == 1
    aggregator.spoil = None
    moving.advance(seconds=60)
    assert len(await provider.catalogue()) == 2
    await provider.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda games: games.append(games[0]),
        lambda games: games[0].pop("game_code"),
        lambda games: games[0].pop("enabled"),
        lambda games: games[0].update(name=None),
        lambda games: games[0].update(game_code=""),
        lambda games: games[1].update(platforms={"0": "GPL_MOBILE"}),
        lambda games: games.insert(0, None),
    ],
)
async def test_a_list_that_does_not_add_up_is_no_list(
    client: Hub88Provider, aggregator: Aggregator, change: Callable[[Any], None]
) -> None:
    change(aggregator.games)
    with pytest.raises(ProviderUnavailable):
        await client.catalogue()


async def test_a_launch_sends_what_the_protocol_wants_and_opens(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    url = await client.launch(request())
    async with aiohttp.ClientSession() as browser, browser.get(url) as page:
        assert "std_game1" in await page.text()
    assert aggregator.asked == [
        (
            "game/url",
            {
                "operator_id": 7,
                "sub_partner_id": "site-1",
                "user": "player-1001",
                "token": "S" * 26,
                "game_code": "std_game1",
                "platform": "GPL_MOBILE",
                "currency": "EUR",
                "game_currency": "EUR",
                "country": "XX",
                "lang": "ru",
                "ip": "192.0.2.7",
                "lobby_url": "https://example.org/back?x=1&y=a b",
                "deposit_url": "https://example.org/wallet",
            },
        )
    ]


async def test_a_demo_tells_nothing_about_the_player(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    demo = request(demo=True, currency="BTC", device="desktop", country="EE", deposit_url="")
    await client.launch(demo)
    _, asked = aggregator.asked[0]
    assert asked == {
        "operator_id": 7,
        "sub_partner_id": "site-1",
        "game_code": "std_game1",
        "platform": "GPL_DESKTOP",
        "currency": "XXX",
        "country": "EE",
        "lang": "ru",
        "lobby_url": "https://example.org/back?x=1&y=a b",
    }


async def test_a_currency_that_the_aggregator_does_not_play_is_not_sent(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    with pytest.raises(ProviderUnavailable):
        await client.launch(request(currency="BTC"))
    assert aggregator.asked == []


async def test_a_key_that_is_not_ours_is_refused_by_the_aggregator(
    vendor: Vendor, moving: MovingClock
) -> None:
    provider = made(vendor, moving, operator_private_key=key_pair("stranger").private)
    with pytest.raises(ProviderUnavailable) as refused:
        await provider.launch(request())
    assert "401" in str(refused.value.args)
    await provider.close()


async def test_an_unknown_game_is_unavailable(client: Hub88Provider) -> None:
    with pytest.raises(ProviderUnavailable):
        await client.launch(request(game_external_id="std_game99"))


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.json_response({"error": "Internal server error."}, status=500),
        lambda: web.Response(status=302, headers={"Location": "https://example.org/"}),
        lambda: web.Response(status=307, headers={"Location": "/operator/generic/v2/game/url"}),
        lambda: web.Response(status=204),
        lambda: web.Response(text="<html>maintenance</html>"),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(text="null"),
        lambda: web.Response(text='"url"'),
        lambda: web.Response(body=b"\xff\xfe"),
    ],
)
async def test_odd_answers_are_an_outage(
    client: Hub88Provider, aggregator: Aggregator, response: Callable[[], web.Response]
) -> None:
    aggregator.spoil = answering(response)

    async def report() -> None:
        assert [row async for row in client.report(NOON, NOON + timedelta(hours=1))] == []

    calls: tuple[Callable[[], Awaitable[Any]], ...] = (
        client.catalogue,
        lambda: client.launch(request()),
        report,
    )
    for call in calls:
        with pytest.raises(ProviderUnavailable):
            await call()
    assert len(aggregator.asked) == len(calls)  # nothing followed a redirection


async def test_an_answer_without_end_is_cut(
    client: Hub88Provider, aggregator: Aggregator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.hub88.client.ANSWER_BYTES_MAX", 10_000)
    aggregator.spoil = answering(lambda: web.Response(body=b" " * 20_000 + b"[]"))
    with pytest.raises(ProviderUnavailable):
        await client.catalogue()


async def test_silence_is_an_outage(
    vendor: Vendor, aggregator: Aggregator, moving: MovingClock
) -> None:
    released = asyncio.Event()

    async def spoil(_path: str, _right: Any) -> web.Response | None:
        await released.wait()
        return None

    aggregator.spoil = spoil
    provider = made(vendor, moving, timeout_s=0.2)
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    released.set()
    await provider.close()


async def test_nobody_there_is_an_outage(vendor: Vendor, moving: MovingClock) -> None:
    provider = made(vendor, moving, url="http://127.0.0.1:1/operator/generic/v2")
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()
    await provider.close()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//games.example/x",
        "https:///x",
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
    client: Hub88Provider, aggregator: Aggregator, url: Any
) -> None:
    aggregator.spoil = answering(lambda: web.Response(text=json.dumps({"url": url})))
    with pytest.raises(ProviderUnavailable):
        await client.launch(request())


def test_web_addresses() -> None:
    assert is_web_address("http://127.0.0.1:8090/play/x/")
    assert not is_web_address("ftp://example.org/")


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Video Slots", Category.SLOTS),
        ("Live Dealer", Category.LIVE),
        ("Live Game Shows", Category.LIVE),
        ("Crash Games", Category.CRASH),
        ("Other Table Games", Category.TABLE),
        ("Video Poker", Category.TABLE),
        ("Scratch Cards", Category.INSTANT),
        ("Plinko", Category.INSTANT),
        ("", Category.INSTANT),
    ],
)
def test_categories_are_sorted_into_the_lobbys_groups(name: str, category: Category) -> None:
    assert category_of(name) is category
