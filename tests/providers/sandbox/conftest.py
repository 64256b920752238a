"""The sandbox aggregator beside a real house: two servers that know each other by HTTP only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import FUN, USDT, Currency
from casino.play import Launch, Play, Provider, Visit, Wiring
from casino.players import Player
from casino.surfaces import House, Mode, Surface
from casino.wallet import Wallet
from providers.sandbox.app import create_aggregator
from providers.sandbox.settings import SandboxSettings
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from tests.providers.book import casino_app, serving

KEY = "sandbox-merchant-key"
FRAME = """<!doctype html><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">
<body style="margin:0;background:#000"><div style="height:40px"></div>
<iframe id="game" style="border:0;width:100%;height:calc(100vh - 40px)" src="URL"
 sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals"
 allow="autoplay; fullscreen" referrerpolicy="strict-origin"></iframe>"""


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock, so launches here happen now."""
    return SystemClock()


class Line:
    """The way from the aggregator to the casino, which a test may cut."""

    def __init__(self) -> None:
        self.provider: Provider | None = None
        self.lost: list[str] = []  # actions whose callbacks do not arrive, one entry a loss
        self.unanswered: list[str] = []  # actions that arrive and whose answers are lost
        self.arrived: list[dict[str, str]] = []

    def app(self) -> aiohttp.web.Application:
        app = casino_app(self._known)
        app.middlewares.append(self._cut)
        app.router.add_get("/frame", _frame)
        app.router.add_get("/app/exit.html", _exit)
        return app

    def _known(self) -> Provider:
        assert self.provider is not None
        return self.provider

    @aiohttp.web.middleware
    async def _cut(self, request: aiohttp.web.Request, handler: Any) -> aiohttp.web.StreamResponse:
        if request.method == "GET":
            page = await handler(request)
            assert isinstance(page, aiohttp.web.StreamResponse)
            return page
        form = {name: str(value) for name, value in (await request.post()).items()}
        action = form["action"]
        self.arrived.append(form)
        if action in self.lost:
            self.lost.remove(action)
            return aiohttp.web.Response(status=502)
        response = await handler(request)
        if action in self.unanswered:
            self.unanswered.remove(action)
            return aiohttp.web.Response(text="<html>")
        assert isinstance(response, aiohttp.web.StreamResponse)
        return response

    def actions(self) -> list[str]:
        return [form["action"] for form in self.arrived if form["action"] != "balance"]


async def _frame(request: aiohttp.web.Request) -> aiohttp.web.Response:
    """Frame a game as the Mini App does, under its bar of 40 pixels."""
    return aiohttp.web.Response(
        text=FRAME.replace("URL", request.query["url"]), content_type="text/html"
    )


async def _exit(_request: aiohttp.web.Request) -> aiohttp.web.Response:
    return aiohttp.web.Response(text="<p id=left>left</p>", content_type="text/html")


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def casino_server(line: Line) -> AsyncIterator[TestServer]:
    async with serving(line.app()) as server:
        yield server


@pytest.fixture
def house(casino_server: TestServer) -> House:
    """The demo house of every test, at the address that the browser can reach."""
    return House(Mode.DEMO, str(casino_server.make_url("")).rstrip("/"), jettons=(USDT,))


@pytest.fixture
async def aggregator_url(casino_server: TestServer, clock: SystemClock) -> AsyncIterator[str]:
    settings = SandboxSettings(
        _env_file=None,
        callback_url=str(casino_server.make_url("/providers/sandbox/")),
        merchant_key=KEY,
        frame_ancestors=(str(casino_server.make_url("")).rstrip("/"),),
        answer_timeout_s=3,
        retry_base_s=0.02,
        retry_cap_s=0.1,
        delay_s=0.3,
    )
    async with serving(create_aggregator(settings, clock)) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def provider(
    aggregator_url: str,
    play: Play,
    providers: dict[str, Provider],
    line: Line,
    clock: SystemClock,
) -> AsyncIterator[SlotegratorProvider]:
    account = SlotegratorAccount(
        url=aggregator_url,
        merchant_id="croupier",
        merchant_key=KEY,
        currencies={"FUN": "FUN", "TON": "TON", "USDT": "USDT"},
        frame_origins=(aggregator_url,),
        balance_places_max=9,
        games_calls_per_second=50,
    )
    provider = SlotegratorProvider(Wiring("sandbox", play, clock), account)
    providers["sandbox"] = line.provider = provider
    await play.catalogue.register()
    await play.catalogue.sync(provider)
    yield provider
    await provider.close()


@dataclass
class Seat:
    """A player in front of one game's page, doing by HTTP what the page does."""

    http: aiohttp.ClientSession
    launch: Launch
    base: str

    async def get(self, path: str) -> dict[str, Any]:
        async with self.http.get(self.launch.url + path) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    async def spin(self, stake: str = "1") -> dict[str, Any]:
        async with self.http.post(self.launch.url + "spin", json={"stake": stake}) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    async def misbehave(self, mode: str) -> None:
        body = {"session": self.launch.session_ref, "mode": mode}
        async with self.http.post(self.base + "/sandbox/chaos", json=body) as response:
            assert response.status == 200, await response.text()

    async def settled(self) -> Decimal:
        """Wait until nothing is being repeated any more; return the shown balance."""
        for _ in range(400):
            state = await self.get("state")
            if not state["settling"]:
                return Decimal(state["balance"])
            await asyncio.sleep(0.02)
        raise AssertionError("still settling")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


async def sit(
    play: Play,
    player: Player,
    http: aiohttp.ClientSession,
    base: str,
    *,
    demo: bool = False,
    currency: Currency = FUN,
    title: str = "Lucky Orchard",
) -> Seat:
    """Launch a game as the casino does and take a seat at it."""
    game = next(g for g in await play.catalogue.games() if g.title == title)
    launch = await play.launch(
        player, game.id, currency, demo=demo, visit=Visit(Surface.WEB, "mobile")
    )
    return Seat(http, launch, base)


@pytest.fixture
async def seat(
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    http: aiohttp.ClientSession,
    aggregator_url: str,
) -> Seat:
    """A real-money seat at the fruit machine: 1,000 FUN in the wallet."""
    return await sit(play, player, http, aggregator_url)


async def truth(wallet: Wallet, player: Player, currency: Currency = FUN) -> Decimal:
    """What the casino's own book says, after an audit of all of it."""
    report = await wallet.audit()
    assert report.ok, report.findings
    balance = await wallet.balance(player.id, currency)
    return Decimal(balance.playable.text())
