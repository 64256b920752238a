"""Calls to the vendor over real HTTP; OpenSSL judges what we signed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from casino.money import TON
from casino.play import Category, GameEntry, ProviderUnavailable, Volatility
from casino.play.capabilities import (
    FreeSpinsRefused,
)
from providers.st8.catalogue import category_of
from providers.st8.client import is_web_address
from providers.st8.languages import three_letters
from providers.st8.provider import St8Provider
from tests.peers.st8.servers import game
from tests.peers.st8.vendor import Vendor
from tests.providers.st8.asked import edit, grant, made, request, spans


@pytest.fixture
async def provider(vendor: Vendor) -> AsyncIterator[St8Provider]:
    provider = made(vendor)
    yield provider
    await provider.close()


async def test_the_list_says_what_the_lobby_needs(provider: St8Provider, vendor: Vendor) -> None:
    vendor.servers.games = [
        game(1),
        game(2, enabled=False),
        game(
            3,
            developer="std",
            category="Roulette",
            rtp=None,
            volatility="high",
            fun_mode=False,
            bonus_types=["bonus_game"],
            themes=None,
            features=[1, ""],
            release_date="soon",
            restricted_territories=["DE", "US", "nowhere", 7],
            prohibited_territories=["IR"],
        ),
        game(4, developer="Nobody", category="Live Dealer", rtp="?", volatility=None),
        {"code": "bare", "name": "Bare"},
    ]
    assert await provider.catalogue() == [
        GameEntry(
            external_id="std_game_1",
            title="Game 1",
            category=Category.SLOTS,
            studio="Studio",
            rtp_ppm=961_200,
            has_demo=True,
            has_free_spins=True,
            tags=("fruit",),
            features=("bonus buy",),
            restricted_countries=("FR", "KP", "US"),
            released_on="2024-05-01",
        ),
        GameEntry(
            external_id="std_game_3",
            title="Game 3",
            category=Category.TABLE,
            studio="Studio",
            volatility=Volatility.HIGH,
            restricted_countries=("DE", "FR", "IR", "KP", "US"),
        ),
        GameEntry(
            external_id="std_game_4",
            title="Game 4",
            category=Category.LIVE,
            studio="Nobody",
            has_demo=True,
            has_free_spins=True,
            tags=("fruit",),
            features=("bonus buy",),
            restricted_countries=("US",),
            released_on="2024-05-01",
        ),
        GameEntry("bare", "Bare", Category.INSTANT, "St8"),
    ]
    assert vendor.servers.asked == [("games", {"site": "tgcasino"})]


async def test_the_type_of_a_category_counts(provider: St8Provider, vendor: Vendor) -> None:
    vendor.servers.games = [game(1, category="Wheel")]
    vendor.servers.categories = [{"name": "Wheel", "type": "Live Games"}]
    assert [entry.category for entry in await provider.catalogue()] == [Category.LIVE]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.pop("games"),
        lambda body: body.update(games={"0": body["games"][0]}),
        lambda body: body["games"].append(body["games"][0]),
        lambda body: body["games"][0].pop("code"),
        lambda body: body["games"][0].update(code=""),
        lambda body: body["games"][0].update(code="x" * 191),
        lambda body: body["games"][0].update(name=None),
        lambda body: body.update(developers=7),
        lambda body: [body.clear(), body.update(status="site_disabled")],
        lambda body: body.update(status="error", games=[]),
    ],
)
async def test_a_list_that_does_not_add_up_is_no_list(
    provider: St8Provider, vendor: Vendor, change: Any
) -> None:
    vendor.servers.spoil = edit(change)
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()


async def test_a_launch_sends_what_the_protocol_wants(
    provider: St8Provider, vendor: Vendor
) -> None:
    url = await provider.launch(request())
    assert url == f"{vendor.servers.url}/play/std_game_1?fun=0"
    assert vendor.servers.asked == [
        (
            "launch",
            {
                "game_code": "std_game_1",
                "currency": "EUR",
                "site": {
                    "id": "tgcasino",
                    "lobby": "https://casino.example/back?x=1&y=a b",
                    "deposit": "https://casino.example/wallet",
                },
                "token": "s-1",
                "player": "1001",
                "lang": "rus",
                "device": "MOBILE",
                "fun_mode": False,
                "player_profile": {
                    "id": "1001",
                    "jurisdiction": "CW",
                    "default_currency": "EUR",
                    "reg_date": "2026-01-31",
                    "attributes": {"labels": []},
                },
            },
        )
    ]
    async with aiohttp.ClientSession() as http, http.get(url) as page:
        assert page.status == 200


async def test_what_is_told_of_a_country_and_a_device_is_set(vendor: Vendor) -> None:
    provider = made(vendor, country="CW", devices_upper_case=False)
    await provider.launch(request(deposit_url=""))
    await provider.launch(request(country="NL", device="desktop"))
    (_, first), (_, second) = vendor.servers.asked
    assert (first["country"], first["player_profile"]["reg_country"]) == ("CW", "CW")
    assert (second["country"], second["player_profile"]["reg_country"]) == ("NL", "NL")
    assert (first["device"], second["device"]) == ("mobile", "desktop")
    assert first["site"]["deposit"] == first["site"]["lobby"]
    await provider.close()


async def test_a_demo_tells_nothing_about_the_player(
    provider: St8Provider, vendor: Vendor
) -> None:
    url = await provider.launch(request(demo=True, currency="BTC"))
    assert url.endswith("?fun=1")
    (_, asked) = vendor.servers.asked[0]
    assert asked["fun_mode"] is True
    assert asked["currency"] == "EUR"
    assert not {"token", "player", "player_profile"} & set(asked)
    assert "José" not in json.dumps(asked)


async def test_a_currency_that_the_vendor_does_not_play_is_not_sent(
    provider: St8Provider, vendor: Vendor
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request(currency="BTC"))
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(grant(currency=TON))
    assert vendor.servers.asked == []


async def test_a_game_that_the_vendor_will_not_open(provider: St8Provider) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request(game_external_id="gone"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//games.example/x",
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
    provider: St8Provider, vendor: Vendor, url: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return web.json_response({"game_url": url})

    vendor.servers.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())


async def test_a_launch_answer_without_a_status_will_do(
    provider: St8Provider, vendor: Vendor
) -> None:
    vendor.servers.spoil = edit(lambda right: right.pop("status"))
    assert (await provider.launch(request())).startswith("http://")


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.json_response({"status": "unknown"}, status=429),
        lambda: web.json_response({}, status=500),
        lambda: web.json_response({"status": "auth_failed"}, status=403),
        lambda: web.Response(status=302, headers={"Location": "https://example.org/"}),
        lambda: web.Response(status=204),
        lambda: web.Response(text="<html>maintenance</html>"),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(text="null"),
        lambda: web.Response(body=b"\xff\xfe"),
        lambda: web.Response(text='{"status": ' + "1" * 5000 + "}"),
        lambda: web.Response(body=b" " * (16 * 1024 * 1024 + 1)),
    ],
)
async def test_odd_answers_are_an_outage(
    provider: St8Provider, vendor: Vendor, response: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return response()  # type: ignore[no-any-return]

    vendor.servers.spoil = spoil
    for call in (
        provider.catalogue,
        lambda: provider.launch(request()),
        lambda: provider.issue_free_spins(grant()),
        lambda: provider.cancel_free_spins(grant()),
        lambda: spans(provider),
    ):
        with pytest.raises(ProviderUnavailable):
            await call()


async def test_a_signed_call_follows_nobody_elsewhere(
    provider: St8Provider, vendor: Vendor
) -> None:
    async def spoil(path: str, _right: Any) -> web.Response:
        vendor.servers.spoil = None
        return web.Response(status=307, headers={"Location": f"/api/operator/v1/{path}"})

    vendor.servers.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    assert len(vendor.servers.asked) == 1


async def test_silence_is_an_outage(vendor: Vendor) -> None:
    asleep = asyncio.Event()

    async def spoil(_path: str, _right: Any) -> None:
        await asleep.wait()

    vendor.servers.spoil = spoil
    provider = made(vendor, timeout_s=0.1)
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    asleep.set()
    await provider.close()


async def test_nobody_there_is_an_outage(vendor: Vendor) -> None:
    provider = made(vendor, url="http://127.0.0.1:1")
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()
    await provider.close()


async def test_a_call_that_another_key_signed_is_turned_away(vendor: Vendor) -> None:
    provider = made(vendor, private_key=vendor.stranger.private_pem)
    for call in (provider.catalogue, lambda: provider.launch(request())):
        with pytest.raises(ProviderUnavailable):
            await call()
    assert vendor.servers.asked == []
    await provider.close()


def test_web_addresses() -> None:
    assert is_web_address("https://games.example/play?x=1")
    assert not is_web_address("ftp://example.org/")


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("Video Slots", Category.SLOTS),
        ("Blackjack", Category.TABLE),
        ("Live Casino", Category.LIVE),
        ("Crash Games", Category.CRASH),
        ("Keno", Category.INSTANT),
    ],
)
def test_categories_are_sorted_into_the_lobbys_groups(kind: str, category: Category) -> None:
    assert category_of(kind) is category


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("en", "eng"), ("ru", "rus"), ("pt-BR", "por"), ("zh_Hans", "zho"), ("tlh", "eng")],
)
def test_languages_have_three_letters(ours: str, theirs: str) -> None:
    assert three_letters(ours) == theirs
