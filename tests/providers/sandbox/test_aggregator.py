"""The aggregator's own interface: catalogue, launch, and who may ask for what."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from casino.clock import Clock
from casino.errors import GameUnavailable
from casino.money import EUR, FUN, Currency
from casino.play import Play, ProviderUnavailable
from casino.play.provider import Category
from casino.players import Player
from providers.sandbox.forms import encode, signed_headers
from providers.sandbox.games import EMBER_ROOMS, GAMES, ORCHARD
from providers.sandbox.slots import Slot
from providers.slotegrator.provider import SlotegratorProvider
from tests.providers.sandbox.conftest import KEY, Seat, sit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LAUNCH = {
    "game_uuid": ORCHARD.uuid,
    "player_id": "1001",
    "player_name": "Ada",
    "currency": "FUN",
    "session_id": "s-1",
}


async def ask(
    http: aiohttp.ClientSession,
    clock: Clock,
    method: str,
    url: str,
    fields: dict[str, str],
    key: str = KEY,
) -> tuple[int, dict[str, Any]]:
    headers = signed_headers(fields, "croupier", key, clock)
    if method == "GET":
        url, body = f"{url}?{encode(fields)}", None
    else:
        headers |= FORM
        body = encode(fields).encode()
    async with http.request(method, url, data=body, headers=headers) as response:
        return response.status, json.loads(await response.text())


async def test_the_casino_reads_the_catalogue(provider: SlotegratorProvider) -> None:
    entries = await provider.catalogue()
    assert [(e.title, e.category, e.rtp_ppm) for e in entries] == [
        ("Lucky Orchard", Category.SLOTS, 962500),
        ("Lagoon Pearls", Category.SLOTS, 959800),
        ("Ember Crown", Category.SLOTS, 958430),
        ("Ember Crown Rooms", Category.SLOTS, 958430),
    ]


async def test_every_picture_exists_and_holds_no_script(
    provider: SlotegratorProvider, http: aiohttp.ClientSession, aggregator_url: str
) -> None:
    pictures = {entry.image_url or "" for entry in await provider.catalogue()}
    for slot in GAMES.values():
        pictures |= {f"{aggregator_url}/static/symbols/{n}.svg" for n in slot.names.values()}
        pictures.add(f"{aggregator_url}/static/themes/{slot.theme}.svg")
    for url in pictures:
        async with http.get(url) as response:
            assert response.status == 200, url
            assert response.content_type == "image/svg+xml"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            drawing = await response.text()
        assert "<script" not in drawing
        assert "href" not in drawing
        assert " on" not in drawing.replace(" one", "")


@pytest.mark.parametrize(
    ("page", "per_page", "expected", "current"),
    [("1", "3", 3, 1), ("2", "3", 1, 2), ("9", "3", 1, 2), ("1", "50", 4, 1)],
)
async def test_the_list_is_paged(
    http: aiohttp.ClientSession,
    clock: Clock,
    aggregator_url: str,
    page: str,
    per_page: str,
    expected: int,
    current: int,
) -> None:
    asked = {"page": page, "per-page": per_page}
    status, body = await ask(http, clock, "GET", aggregator_url + "/games", asked)
    assert status == 200
    assert len(body["items"]) == expected
    assert body["_meta"]["currentPage"] == current
    assert body["_meta"]["totalCount"] == 4
    assert "parameters" not in body["items"][0]


@pytest.mark.parametrize("asked", [{"per-page": "0"}, {"per-page": "51"}, {"page": "x"}])
async def test_pages_out_of_range_are_refused(
    http: aiohttp.ClientSession, clock: Clock, aggregator_url: str, asked: dict[str, str]
) -> None:
    status, body = await ask(http, clock, "GET", aggregator_url + "/games", asked)
    assert (status, body["status"]) == (422, 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/games"),
        ("POST", "/games/init"),
        ("POST", "/games/init-demo"),
        ("POST", "/self-validate"),
    ],
)
async def test_nothing_is_done_for_a_wrong_signature(
    http: aiohttp.ClientSession, clock: Clock, aggregator_url: str, method: str, path: str
) -> None:
    status, body = await ask(http, clock, method, aggregator_url + path, LAUNCH, key="another")
    assert (status, body["name"]) == (403, "Forbidden")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"game_uuid": "foreign"}, 404),
        ({"player_id": ""}, 422),
        ({"session_id": "x" * 2001}, 422),
        ({"currency": "EUR"}, 422),
        ({"return_url": "javascript:alert(1)"}, 422),
        ({"return_url": "https://casino.example/exit"}, 200),
    ],
)
async def test_a_launch_is_checked(
    http: aiohttp.ClientSession,
    clock: Clock,
    aggregator_url: str,
    changed: dict[str, str],
    status: int,
) -> None:
    url = aggregator_url + "/games/init"
    assert (await ask(http, clock, "POST", url, LAUNCH | changed))[0] == status


async def test_the_page_may_be_framed_by_the_casino_only_and_runs_no_inline_script(
    seat: Seat, casino_server: Any
) -> None:
    async with seat.http.get(seat.launch.url) as response:
        page, policy = await response.text(), response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "X-Frame-Options" not in response.headers
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["frame-ancestors"] == str(casino_server.make_url("")).rstrip("/")
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["default-src"] == "'none'"
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page


async def test_a_launch_token_is_needed(
    http: aiohttp.ClientSession, aggregator_url: str, seat: Seat
) -> None:
    foreign = f"{aggregator_url}/play/{'x' * 32}/"
    for method, path in (("GET", ""), ("GET", "game"), ("GET", "state"), ("POST", "spin")):
        async with http.request(method, foreign + path, json={"stake": "1"}) as response:
            assert response.status == 404
    body = {"session": "somebody", "mode": "none"}
    async with http.post(aggregator_url + "/sandbox/chaos", json=body) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"stake": "0.07"}', 422),
        (b'{"stake": "-1"}', 422),
        (b'{"stake": 1}', 422),
        (b'{"stake": "NaN"}', 422),
        (b'{"stake": "sNaN"}', 422),
        (b"{}", 422),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 60_000, 400),
        (b" " * 70_000, 413),
    ],
)
async def test_a_malformed_spin_costs_nothing(seat: Seat, body: bytes, status: int) -> None:
    async with seat.http.post(seat.launch.url + "spin", data=body) as response:
        assert response.status == status
    assert await seat.settled() == 1000


async def test_an_unknown_mode_is_refused(seat: Seat) -> None:
    body = {"session": seat.launch.session_ref, "mode": "wild"}
    async with seat.http.post(seat.base + "/sandbox/chaos", json=body) as response:
        assert response.status == 422


async def test_the_page_is_told_the_exact_return(seat: Seat) -> None:
    game = await seat.get("game")
    assert (game["rtp"], game["rtp_fraction"]) == ("96.25", "77/80")
    assert game["balance"] == "1000"
    assert game["demo"] is False


async def test_a_demo_plays_with_its_own_money_and_tells_the_casino_nothing(
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    http: aiohttp.ClientSession,
    aggregator_url: str,
    line: Any,
) -> None:
    seat = await sit(play, player, http, aggregator_url, demo=True)
    balance = Decimal((await seat.get("game"))["balance"])
    for _ in range(30):
        answer = await seat.spin("100")
        result = answer["result"]
        if result["state"] == "refilled":
            balance = Decimal(1000)
        else:
            balance += Decimal(result["win"]) - 100
        assert Decimal(answer["balance"]) == balance
    assert line.arrived == []


async def test_a_game_with_rooms_is_opened_in_one_that_is_open(
    http: aiohttp.ClientSession, clock: Clock, aggregator_url: str, provider: SlotegratorProvider
) -> None:
    tables = await provider.tables(EMBER_ROOMS.uuid, FUN)
    assert [(t.ref, t.open, t.limits) for t in tables] == [
        ("gate", True, (("FUN", "0.5", "5"),)),
        ("hall", True, (("FUN", "2", "20"),)),
        ("tower", True, (("FUN", "20", "100"),)),
        ("vault", False, (("FUN", "50", "100"),)),
    ]
    launch = LAUNCH | {"game_uuid": EMBER_ROOMS.uuid}
    url = aggregator_url + "/games/init"
    for data in ("", "cellar", "vault"):
        sent = launch | {"lobby_data": data}
        assert (await ask(http, clock, "POST", url, sent))[0] == 422
    _, body = await ask(http, clock, "POST", url, launch | {"lobby_data": "tower"})
    async with http.get(body["url"] + "game") as response:
        game = await response.json()
    assert (game["title"], game["stakes"]) == ("Tower", ["20", "50", "100"])


@pytest.mark.parametrize(
    ("game", "currency", "error"),
    [(ORCHARD, FUN, GameUnavailable), (EMBER_ROOMS, EUR, ProviderUnavailable)],
)
async def test_a_lobby_that_is_not_there_is_not_listed(
    provider: SlotegratorProvider, game: Slot, currency: Currency, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await provider.tables(game.uuid, currency)
