from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis

from casino.cashier import Cashier, PaymentRail
from casino.nursery import Nursery
from casino.play import Catalogue, HouseRounds, Play, Provider
from casino.players import Players, SignIns
from casino.surfaces import House
from casino.wallet import Wallet
from db.database import Database
from db.storage import redis_client
from providers.house import HouseProvider
from tests.conftest import MovingClock
from tests.webapp.callback_port import Port, opened
from wallets.sandbox.rail import SandboxRail
from webapp.app import create_app
from webapp.auth import AccessTokens
from webapp.images import ImageCache
from webapp.live import LiveHub
from webapp.services import Services

BOT_TOKEN = "4242:test-token-of-nobody"


class Client:
    """A visitor with a token, as the Mini App is one."""

    def __init__(self, http: TestClient[Any, Any]) -> None:
        self.http = http
        self.token: str | None = None
        self.refresh_token = ""
        self.player: dict[str, Any] = {}

    async def ask(
        self,
        method: str,
        path: str,
        status: int = 200,
        headers: Mapping[str, str] = {},
        **more: Any,
    ) -> Any:
        sent = dict(headers)
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        async with self.http.request(method, f"/api/v1{path}", headers=sent, **more) as response:
            assert response.status == status, (response.status, await response.text())
            assert response.headers["X-Request-Id"]
            return await response.json() if response.status != 204 else None

    def took(self, signed_in: dict[str, Any]) -> None:
        self.token = signed_in["access_token"]
        self.refresh_token = signed_in["refresh_token"]
        self.player = signed_in["player"]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = redis_client(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def hub(redis: Redis) -> LiveHub:
    return LiveHub(redis)


@pytest.fixture
def wallet(database: Database, house: House, hub: LiveHub) -> Wallet:
    from casino.surfaces import Surface

    return Wallet(database, house.currencies(Surface.WEB), hub.balance_changed)


@pytest.fixture
def house_provider(providers: dict[str, Provider]) -> HouseProvider:
    provider = HouseProvider()
    providers["house"] = provider
    return provider


@pytest.fixture
def rails() -> dict[str, PaymentRail]:
    return {"sandbox": SandboxRail()}


@pytest.fixture
def services(
    database: Database,
    house: House,
    clock: MovingClock,
    wallet: Wallet,
    players: Players,
    sign_ins: SignIns,
    catalogue: Catalogue,
    play: Play,
    house_rounds: HouseRounds,
    house_provider: HouseProvider,
    cashier: Cashier,
    hub: LiveHub,
) -> Services:
    async def ready() -> Mapping[str, str]:
        return {}

    return Services(
        house=house,
        clock=clock,
        wallet=wallet,
        players=players,
        sign_ins=sign_ins,
        tokens=AccessTokens(b"k" * 32, clock),
        catalogue=catalogue,
        play=play,
        house_rounds=house_rounds,
        house_games=house_provider.games,
        cashier=cashier,
        live=hub,
        readiness=ready,
        bot_token=BOT_TOKEN,
    )


@pytest.fixture
async def http(
    services: Services, house_provider: HouseProvider, hub: LiveHub, tmp_path: Path
) -> AsyncIterator[TestClient[Any, Any]]:
    await services.catalogue.register()
    await services.catalogue.sync(house_provider)
    nursery = Nursery()
    nursery.start(hub.send(), name="send")
    nursery.start(hub.listen(), name="listen")
    async with TestClient(TestServer(create_app(services, ImageCache(tmp_path)))) as client:
        yield client
    await nursery.close()


@pytest.fixture
def visitor(http: TestClient[Any, Any]) -> Client:
    return Client(http)


@pytest.fixture
async def demo(visitor: Client) -> Client:
    """A visitor signed in as a demo player with 1,000 FUN."""
    visitor.took(await visitor.ask("POST", "/auth/demo"))
    return visitor


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    """A callback port with a provider that echoes."""
    async with opened() as port:
        yield port
