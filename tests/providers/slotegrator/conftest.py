"""A house with the adapter in it: real database, real HTTP, a signed caller on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import FUN
from casino.play import Play, Provider, Visit, Wiring
from casino.players import Player
from casino.surfaces import Surface
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from tests.peers.slotegrator.aggregator import Aggregator, game
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY, Caller
from tests.providers.book import casino_app, serving


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock, so launches here happen now."""
    return SystemClock()


@pytest.fixture
def aggregator(clock: SystemClock) -> Aggregator:
    return Aggregator(clock, game(1), game(2))


@pytest.fixture
async def aggregator_server(aggregator: Aggregator) -> AsyncIterator[TestServer]:
    async with serving(aggregator.app()) as server:
        yield server


@pytest.fixture
def account(aggregator_server: TestServer) -> SlotegratorAccount:
    return SlotegratorAccount(
        url=str(aggregator_server.make_url("/v1")),
        merchant_id=MERCHANT_ID,
        merchant_key=MERCHANT_KEY,
        currencies={"FUN": "FUN", "TON": "TON"},
        games_calls_per_second=100,
        balance_places_max=4,
    )


@pytest.fixture
async def provider(
    play: Play,
    providers: dict[str, Provider],
    account: SlotegratorAccount,
    clock: SystemClock,
) -> AsyncIterator[SlotegratorProvider]:
    provider = SlotegratorProvider(Wiring("slotegrator", play, clock), account)
    providers["slotegrator"] = provider
    await play.catalogue.register()
    await play.catalogue.sync(provider)
    yield provider
    await provider.close()


@pytest.fixture
async def callbacks(provider: SlotegratorProvider) -> AsyncIterator[str]:
    """The address that the aggregator calls."""
    async with serving(casino_app(lambda: provider)) as server:
        yield str(server.make_url("/providers/slotegrator/"))


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


@pytest.fixture
async def call(
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    callbacks: str,
    clock: SystemClock,
    http: aiohttp.ClientSession,
) -> Caller:
    """The aggregator, in a game that the player has opened: 1,000 FUN in the wallet."""
    opened = (await play.catalogue.games())[0]
    launch = await play.launch(
        player, opened.id, FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    known = {
        "player_id": str(player.id),
        "session_id": launch.session_ref,
        "game_uuid": opened.external_id,
        "currency": "FUN",
    }
    return Caller(callbacks, clock, http, known)
