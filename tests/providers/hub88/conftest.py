"""A house with the adapter in it: real database, real HTTP, the aggregator on the other side."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import EUR, FUN, USD, Currency
from casino.play import Call, Play, Provider, Visit, Wiring
from casino.players import Player
from casino.surfaces import House, Mode, Surface
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database
from providers.hub88.provider import Hub88Provider
from providers.hub88.settings import Hub88Account
from tests.conftest import MovingClock
from tests.peers.hub88.aggregator import Aggregator
from tests.peers.hub88.vendor import Said, Vendor
from tests.providers.till import EmptyTill

CENT = 1_000  # of a euro, on the wire
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class EuroHouse(House):
    """A house whose players play with euros, whatever the surface."""

    def currencies(self, surface: Surface) -> tuple[Currency, ...]:  # noqa: ARG002
        return (EUR, FUN, USD)


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock, so launches here happen now."""
    return SystemClock()


@pytest.fixture
def house() -> House:
    return EuroHouse(Mode.DEMO, "http://127.0.0.1:8080")


@pytest.fixture
def wallet(database: Database) -> Wallet:
    return Wallet(database, (EUR, FUN, USD))


@pytest.fixture
async def vendor(clock: SystemClock) -> AsyncIterator[Vendor]:
    vendor = Vendor(clock)
    await vendor.start()
    yield vendor
    await vendor.stop()


@pytest.fixture
def policy() -> dict[str, Any]:
    """Settings that a test wants otherwise."""
    return {}


@pytest.fixture
def account(vendor: Vendor, policy: dict[str, Any]) -> Hub88Account:
    return account_at(vendor, policy)


@functools.cache
def _account(policy: str) -> Hub88Account:
    settings = Vendor().settings() | {
        "url": "http://127.0.0.1:1",
        "currencies": {"EUR": "EUR", "FUN": "FUN", "USD": "USD"},
        "frame_origins": (),
        "timeout_s": 2,
    }
    return Hub88Account.model_validate(settings | json.loads(policy))


def account_at(vendor: Vendor, policy: dict[str, Any]) -> Hub88Account:
    """Make the account of a vendor; that its keys are sound is proven once a policy."""
    known = _account(json.dumps(policy, sort_keys=True))
    return known.model_copy(update={"url": vendor.settings()["url"]})


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock()


@pytest.fixture
def aggregator(vendor: Vendor) -> Aggregator:
    return vendor.aggregator


def made(vendor: Vendor, clock: MovingClock, **changed: Any) -> Hub88Provider:
    account = account_at(vendor, {"currencies": {"EUR": "EUR", "FUN": "FUN"}} | changed)
    if "url" in changed:
        account = account.model_copy(update={"url": changed["url"]})
    return Hub88Provider(Wiring("hub88", EmptyTill(), clock), account)


@pytest.fixture
async def client(vendor: Vendor, moving: MovingClock) -> AsyncIterator[Hub88Provider]:
    """A provider whose wallet is not asked."""
    provider = made(vendor, moving, sub_partner_id="site-1")
    yield provider
    await provider.close()


@pytest.fixture
async def provider(
    play: Play,
    providers: dict[str, Provider],
    account: Hub88Account,
    clock: SystemClock,
) -> AsyncIterator[Hub88Provider]:
    provider = Hub88Provider(Wiring("hub88", play, clock), account)
    providers["hub88"] = provider
    await play.catalogue.register()
    await play.catalogue.sync(provider)
    yield provider
    await provider.close()


def app_of(provider: Callable[[], Provider]) -> web.Application:
    """Route ``/providers/hub88/<tail>`` to a provider, as the house does."""

    async def hook(request: web.Request) -> web.Response:
        reply = await provider().answer(
            Call(
                method=request.method,
                path=request.match_info["tail"],
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)

    app = web.Application()
    app.router.add_route("*", "/providers/hub88/{tail:.*}", hook)
    return app


@asynccontextmanager
async def serving(provider: Provider) -> AsyncIterator[str]:
    """Serve a provider's callbacks on a port of its own."""
    server = TestServer(app_of(lambda: provider))
    await server.start_server()
    try:
        yield str(server.make_url("/providers/hub88"))
    finally:
        await server.close()


@dataclass
class Seat:
    """The aggregator, in a game that a player has opened."""

    vendor: Vendor
    player_id: int
    session: str
    game: str

    @property
    def user(self) -> str:
        return f"player-{self.player_id}"

    async def bet(self, cents: int, key: str, **more: Any) -> Said:
        return await self._send("bet", key, {"amount": cents * CENT, **more})

    async def win(self, cents: int, key: str, of: str | None, **more: Any) -> Said:
        fields = {"amount": cents * CENT, "reference_transaction_uuid": of, **more}
        return await self._send("win", key, fields)

    async def rollback(self, key: str, of: str, **more: Any) -> Said:
        fields = {"reference_transaction_uuid": of, "currency": None, **more}
        return await self._send("rollback", key, fields)

    async def balance(self) -> int:
        said = await self.vendor.call(
            "user/balance", user=self.user, token=self.session, game_code=self.game
        )
        assert said.balance is not None, said
        return said.balance

    async def _send(self, action: str, key: str, fields: dict[str, Any]) -> Said:
        usual = {
            "user": self.user,
            "transaction_uuid": key,
            "supplier_transaction_id": f"sup-{key}",
            "token": self.session,
            "round": "r-1",
            "round_closed": False,
            "is_free": False,
            "game_code": self.game,
            "currency": "EUR",
        }
        return await self.vendor.call(f"transaction/{action}", **{**usual, **fields})


@pytest.fixture
async def euros(player: Player, wallet: Wallet) -> None:
    """100.00 in the player's wallet."""
    await wallet.apply(Batch(player.id, EUR, "test", (Op(Kind.GRANT, "g", 10_000),)))


@pytest.fixture
async def seat(
    play: Play,
    player: Player,
    provider: Hub88Provider,
    vendor: Vendor,
    euros: None,
) -> AsyncIterator[Seat]:
    opened = next(g for g in await play.catalogue.games() if g.external_id == "std_game1")
    launch = await play.launch(
        player, opened.id, EUR, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    async with serving(provider) as url:
        vendor.callback_url = url
        yield Seat(vendor, player.id, launch.session_ref, opened.external_id)


@pytest.fixture
async def unchanged(seat: Seat, second: asyncpg.Connection) -> AsyncIterator[None]:
    """Whatever the test sends, the ledger is afterwards as it was before."""

    async def everything() -> list[Any]:
        accounts = await second.fetch(
            "SELECT * FROM accounts WHERE seq > 0 ORDER BY player_id, currency_id"
        )
        return [*accounts, await second.fetchval("SELECT count(*) FROM transfers")]

    before = await everything()
    yield
    assert await everything() == before


def fresh() -> str:
    """A transaction's id as the aggregator makes them."""
    return str(uuid.uuid4())


def answering(response: Callable[[], web.Response]) -> Any:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return response()

    return spoil


async def transfers(second: asyncpg.Connection) -> list[tuple[int, int, str]]:
    rows = await second.fetch(
        "SELECT kind_id, cash_delta + bonus_delta AS moved, key FROM transfers"
        " WHERE kind_id <> $1 ORDER BY seq",
        Kind.GRANT.value,
    )
    return [(row["kind_id"], row["moved"], row["key"]) for row in rows]
