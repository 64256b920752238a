"""The casino's own calls: lists of games, launches, rounds and jackpots, of a vendor gone odd."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from casino.clock import SystemClock
from casino.money import EUR
from casino.play import LaunchRequest, ProviderUnavailable, Wiring
from casino.play.capabilities import HasJackpots, Jackpot, ShowsRounds
from providers.softswiss.client import ANSWER_BYTES_MAX, is_web_address
from providers.softswiss.provider import SoftswissProvider, provider_of
from providers.softswiss.settings import SoftswissAccount
from tests.peers.softswiss.vendor import GAME, Vendor
from tests.providers.till import EmptyTill


@pytest.fixture
async def vendor(generation: str) -> AsyncIterator[Vendor]:
    vendor = Vendor(generation)
    await vendor.start()
    yield vendor
    await vendor.stop()


@pytest.fixture
async def provider(account: SoftswissAccount) -> AsyncIterator[SoftswissProvider]:
    provider = provider_of(Wiring("softswiss", EmptyTill(), SystemClock()), account)
    yield provider
    await provider.close()


def request(**changed: Any) -> LaunchRequest:
    values: dict[str, Any] = {
        "session_ref": "s-1",
        "player_ref": "1001",
        "player_name": "José ~Test*",
        "game_external_id": GAME,
        "currency": "EUR",
        "demo": False,
        "language": "en",
        "device": "mobile",
        "return_url": "https://example.org/back?x=1&y=2",
        "deposit_url": "https://example.org/wallet",
        "ip": "203.0.113.7",
        "balance_units": 12_34,
        "player_since": datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        **changed,
    }
    return LaunchRequest(**values)


COMMON = {
    "casino_id": "tg-casino",
    "game": GAME,
    "locale": "en",
    "client_type": "mobile",
    "jurisdiction": "CW",
    "ip": "203.0.113.7",
}
URLS = {
    "return_url": "https://example.org/back?x=1&y=2",
    "deposit_url": "https://example.org/wallet",
}


@pytest.mark.parametrize("changed", [{"player_fields": {"country": "CW", "gender": "f"}}])
async def test_a_launch_says_what_the_protocol_wants(
    provider: SoftswissProvider, vendor: Vendor, changed: dict[str, object]
) -> None:
    assert await provider.launch(request()) == f"{vendor.aggregator.url}/play/real"
    player = {"id": "1001", "nickname": "José ~Test*", "country": "CW", "gender": "f"}
    [(path, asked)] = vendor.aggregator.asked
    if vendor.generation == "v1":
        assert path == "sessions"
        assert asked == COMMON | {
            "urls": URLS,
            "currency": "EUR",
            "balance": 1234,
            "user": player | {"registered_at": "2025-01-02"},
        }
    else:
        assert path == "v2/casino_a8r.Launcher/Real"
        more = {"registered_at": "2025-01-02T03:04:05Z", "currency": "EUR"}
        assert asked == COMMON | {"urls": URLS, "session_id": "s-1", "player": player | more}


async def test_what_is_known_of_a_player_comes_before_what_is_agreed(
    provider: SoftswissProvider, vendor: Vendor
) -> None:
    await provider.launch(request(country="CA", ip=""))
    asked = vendor.aggregator.asked[0][1]
    assert asked["user" if vendor.generation == "v1" else "player"]["country"] == "CA"
    assert "ip" not in asked


async def test_a_demo_tells_nothing_about_the_player(
    provider: SoftswissProvider, vendor: Vendor
) -> None:
    url = await provider.launch(request(demo=True, currency="TON"))
    assert url == f"{vendor.aggregator.url}/play/demo"
    [(path, asked)] = vendor.aggregator.asked
    assert path in {"demo", "v2/casino_a8r.Launcher/Demo"}
    assert asked == COMMON | {"urls": {"return_url": URLS["return_url"]}}


@pytest.mark.parametrize("currency", ["USD", "XTR"])
async def test_a_currency_that_is_not_played_is_not_sent(
    provider: SoftswissProvider, vendor: Vendor, currency: str
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request(currency=currency))
    assert vendor.aggregator.asked == []


@pytest.mark.parametrize("generation", ["v1"])
async def test_v1_is_not_told_a_balance_in_a_unit_that_nobody_knows(
    provider: SoftswissProvider, vendor: Vendor
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request(currency="TON"))
    assert vendor.aggregator.asked == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x/y", "https://", "", None, 7, "x" * 5000]
)
async def test_a_game_at_no_web_address_is_not_opened(
    provider: SoftswissProvider, vendor: Vendor, url: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        options = {"game_url": url, "strategy": "iframe"}
        return web.json_response({"launch_url": url, "launch_options": options})

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.json_response({}, status=500),
        lambda: web.json_response({"code": 107, "message": "no"}, status=412),
        lambda: web.json_response({"code": "x", "meta": {"api_code": "405"}}, status=400),
        lambda: web.Response(status=302, headers={"Location": "https://example.org/"}),
        lambda: web.Response(status=307, headers={"Location": "/api/sessions"}),
        lambda: web.Response(status=204),
        lambda: web.Response(status=200),
        lambda: web.Response(text="<html>maintenance</html>"),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(text="null"),
        lambda: web.Response(body=b"\xff\xfe"),
        lambda: web.Response(body=b" " * (ANSWER_BYTES_MAX + 1)),
    ],
)
async def test_odd_answers_are_an_outage(
    provider: SoftswissProvider, vendor: Vendor, response: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return response()  # type: ignore[no-any-return]

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    if vendor.generation == "v2":
        with pytest.raises(ProviderUnavailable):
            await provider.catalogue()
    assert len(vendor.aggregator.asked) == (2 if vendor.generation == "v2" else 1)


@pytest.mark.parametrize("changed", [{"timeout_s": 0.05}])
async def test_silence_is_an_outage(provider: SoftswissProvider, vendor: Vendor) -> None:
    told = asyncio.Event()

    async def spoil(_path: str, _right: Any) -> web.Response | None:
        await told.wait()
        return None

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    told.set()


@pytest.mark.parametrize("changed", [{"url": "http://127.0.0.1:1/api"}])
async def test_nobody_there_is_an_outage(provider: SoftswissProvider) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())


@pytest.mark.parametrize(
    "changed", [{"auth_token": "wrong", "auth_token_previous": "test-auth-token-1"}]
)
async def test_what_is_sent_is_signed_with_the_current_key_alone(
    provider: SoftswissProvider, vendor: Vendor
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.launch(request())
    assert vendor.aggregator.asked == []


@pytest.mark.parametrize("generation", ["v1"])
@pytest.mark.parametrize("changed", [{"round_type": "slot"}])
async def test_a_round_of_v1(provider: SoftswissProvider, vendor: Vendor) -> None:
    assert isinstance(provider, ShowsRounds)
    details = await provider.round_details("r-1", "acceptance")
    assert vendor.aggregator.asked[0][1] == {
        "casino_id": "tg-casino",
        "round_id": "r-1",
        "provider": "acceptance",
        "round_type": "slot",
    }
    assert details.url is None
    assert dict(details.facts) == {
        "provider_identifier": "acceptance",
        "casino_identifier": "tg-casino",
        "user_id": "1",
        "finished": "True",
    }


@pytest.mark.parametrize("generation", ["v2"])
@pytest.mark.parametrize("changed", [{"jackpots": True}])
async def test_jackpots_of_v2(provider: SoftswissProvider, vendor: Vendor) -> None:
    assert isinstance(provider, HasJackpots)
    # What is finer than a cent is cut, and pounds are no currency of ours.
    assert await provider.jackpots() == [Jackpot("acceptance:test Mega", EUR, 1234_56)]

    async def spoil(_path: str, right: Any) -> web.Response:
        right["games"][0]["levels"][0]["data"][0]["amount"] = "1e9"
        return web.json_response(right)

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.jackpots()


def test_web_addresses() -> None:
    assert is_web_address("http://127.0.0.1:8090/play/x/")
    for url in ("ftp://example.org/", "http://[", "https://x/\n", "https://x/a b"):
        assert not is_web_address(url)
