"""A house with the adapter in it: real database, real HTTP, the vendor on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import FUN
from casino.play import Call, Play, Provider, Visit, Wiring
from casino.players import Player
from casino.surfaces import Surface
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.settings import EverymatrixAccount
from tests.peers.everymatrix.servers import Servers
from tests.peers.everymatrix.vendor import Vendor
from tests.providers.everymatrix.house import made
from tests.providers.everymatrix.seat import Seat


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock, so launches here happen now."""
    return SystemClock()


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    await vendor.start()
    yield vendor
    await vendor.stop()


@pytest.fixture
def account(vendor: Vendor) -> EverymatrixAccount:
    settings = vendor.settings() | {"currencies": {"FUN": "FUN", "EUR": "EUR"}}
    return EverymatrixAccount.model_validate(settings)


@pytest.fixture
async def provider(
    play: Play,
    providers: dict[str, Provider],
    account: EverymatrixAccount,
    clock: SystemClock,
) -> AsyncIterator[EverymatrixProvider]:
    provider = EverymatrixProvider(Wiring("everymatrix", play, clock), account)
    providers["everymatrix"] = provider
    await play.catalogue.register()
    await play.catalogue.sync(provider)
    yield provider
    await provider.close()


def casino_app(provider: Callable[[], Provider]) -> web.Application:
    """Route the callback endpoint to one provider, as the house does."""

    async def hook(request: web.Request) -> web.Response:
        reply = await provider().answer(
            Call(
                method=request.method,
                path="",
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
                peer=request.remote or "",
            )
        )
        return web.Response(
            status=reply.status,
            body=reply.body,
            content_type=reply.content_type,
            headers=reply.headers,
        )

    app = web.Application()
    app.router.add_route("*", "/providers/everymatrix", hook)
    return app


@pytest.fixture
async def callbacks(provider: EverymatrixProvider, vendor: Vendor) -> AsyncIterator[str]:
    """The address that the vendor calls."""
    server = TestServer(casino_app(lambda: provider))
    await server.start_server()
    vendor.callback_url = str(server.make_url("/providers/everymatrix"))
    yield vendor.callback_url
    await server.close()


@pytest.fixture
async def seat(play: Play, player: Player, vendor: Vendor, callbacks: str) -> Seat:
    """A player in a game that they opened: 1,000 FUN in the wallet."""
    opened = next(g for g in await play.catalogue.games() if g.external_id == "game-1")
    launch = await play.launch(
        player, opened.id, FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    return Seat(vendor, str(player.id), launch.session_ref, opened.external_id)


@pytest.fixture
async def unchanged(second: asyncpg.Connection, seat: Seat) -> AsyncIterator[None]:
    """Whatever the test sends, the ledger is afterwards as it was before."""

    async def everything() -> list[object]:
        accounts = await second.fetch("SELECT * FROM accounts ORDER BY player_id, currency_id")
        return [*accounts, await second.fetchval("SELECT count(*) FROM transfers")]

    before = await everything()
    yield
    assert await everything() == before


@pytest.fixture(params=["newer", "older"])
def words(request: pytest.FixtureRequest, seat: Seat) -> str:
    """Everything again in the older vocabulary."""
    seat.vendor.older = request.param == "older"
    return str(request.param)


@pytest.fixture
def servers(vendor: Vendor) -> Servers:
    return vendor.servers


@pytest.fixture
async def alone(vendor: Vendor) -> AsyncIterator[EverymatrixProvider]:
    """The adapter without a house behind it."""
    provider = made(vendor)
    yield provider
    await provider.close()
