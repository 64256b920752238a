"""A house with the adapter in it: real database, real HTTP, an aggregator on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import FUN
from casino.play import Play, Provider, Visit, Wiring
from casino.players import Player
from casino.surfaces import Surface
from providers.softswiss.provider import SoftswissProvider, provider_of
from providers.softswiss.settings import SoftswissAccount
from tests.peers.softswiss.vendor import GAME, Said, Vendor
from tests.providers.book import casino_app, serving

FUNDS = 1_000_000_000  # minor units: what a player of a demo house begins with


@dataclass
class Seat:
    """The aggregator, and the player whose game it has open."""

    vendor: Vendor
    player: str
    session: str
    provider: SoftswissProvider

    async def moves(self, *items: tuple[str, int, str], round_: str = "r-1", **more: Any) -> Said:
        given = {"session": self.session, **more}
        return await self.vendor.moves(self.player, *items, round_=round_, **given)

    async def bet(self, units: int, key: str, round_: str = "r-1", **more: Any) -> Said:
        return await self.moves(("bet", units, key), round_=round_, **more)

    async def win(self, units: int, key: str, round_: str = "r-1", **more: Any) -> Said:
        return await self.moves(("win", units, key), round_=round_, **more)

    async def undo(self, *items: tuple[str, str], round_: str = "r-1", **more: Any) -> Said:
        return await self.vendor.undo(self.player, *items, round_=round_, **more)

    async def balance(self) -> int:
        said = await self.vendor.balance(self.player)
        assert said.balance is not None
        return said.balance


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock, so launches here happen now."""
    return SystemClock()


@pytest.fixture(params=["v1", "v2"])
def generation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def dialect() -> str:
    return "a8r"


@pytest.fixture
async def vendor(generation: str, dialect: str) -> AsyncIterator[Vendor]:
    vendor = Vendor(generation, dialect=dialect)
    vendor.currency, vendor.decimals = "FUN", 6
    await vendor.start()
    yield vendor
    await vendor.stop()


@pytest.fixture
def changed() -> dict[str, object]:
    """What a test sets otherwise in the account."""
    return {}


@pytest.fixture
def account(vendor: Vendor, changed: dict[str, object]) -> SoftswissAccount:
    return SoftswissAccount.model_validate(vendor.settings() | changed)


@pytest.fixture
async def provider(
    play: Play,
    providers: dict[str, Provider],
    account: SoftswissAccount,
    clock: SystemClock,
    second: asyncpg.Connection,
) -> AsyncIterator[SoftswissProvider]:
    provider = provider_of(Wiring("softswiss", play, clock), account)
    providers["softswiss"] = provider
    await play.catalogue.register()
    await second.execute(
        "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed,"
        " enabled, created_at) VALUES ('softswiss', $1, 'Test Game', 'acceptance', 'slots', true,"
        " true, true, now())",
        GAME,
    )
    yield provider
    await provider.close()


@pytest.fixture
async def served(provider: SoftswissProvider, vendor: Vendor) -> AsyncIterator[TestServer]:
    async with serving(casino_app(lambda: provider)) as server:
        vendor.callback_url = str(server.make_url("/providers/softswiss"))
        yield server


@pytest.fixture
async def seat(
    play: Play, player: Player, provider: SoftswissProvider, vendor: Vendor, served: TestServer
) -> Seat:
    """A game that the player has opened: 1,000 FUN in the wallet."""
    opened = (await play.catalogue.games())[0]
    launch = await play.launch(
        player, opened.id, FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
    )
    return Seat(vendor, str(player.id), launch.session_ref, provider)
