"""A house with the adapter behind the real callback port, and the vendor on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from casino.clock import SystemClock
from casino.money import EUR
from casino.play import Play, Provider, Wiring
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from db import models
from providers.st8.provider import St8Provider
from providers.st8.settings import St8Account
from tests.peers.st8.keys import KeyPair
from tests.peers.st8.vendor import Said, Vendor
from webapp.hooks.listener import CallbackListener

FUNDS = 100_000  # minor units: 1,000.00 EUR
SESSION = "SESSION0123456789ABCDEFGHJ"


@pytest.fixture(scope="session")
def pairs() -> Iterator[tuple[KeyPair, KeyPair, KeyPair]]:
    pairs = KeyPair(), KeyPair(), KeyPair()
    yield pairs
    for pair in pairs:
        pair.close()


@pytest.fixture
def clock() -> SystemClock:
    """Sessions are judged by the database's clock."""
    return SystemClock()


@pytest.fixture
async def vendor(pairs: tuple[KeyPair, KeyPair, KeyPair]) -> AsyncIterator[Vendor]:
    vendor = Vendor(pairs)
    await vendor.start()
    yield vendor
    await vendor.stop()


Build = Callable[..., St8Provider]


@pytest.fixture
async def build(
    vendor: Vendor, play: Play, providers: dict[str, Provider], clock: SystemClock
) -> AsyncIterator[Build]:
    """Put an adapter into the house; a later one with other settings takes its place."""
    built: list[St8Provider] = []

    def build(**changed: Any) -> St8Provider:
        account = St8Account.model_validate(vendor.settings() | changed)
        built.append(St8Provider(Wiring("st8", play, clock), account))
        providers["st8"] = built[-1]
        return built[-1]

    yield build
    for provider in built:
        await provider.close()


@pytest.fixture
async def provider(build: Build, play: Play) -> St8Provider:
    provider = build()
    await play.catalogue.register()
    await play.catalogue.sync(provider)
    return provider


@pytest.fixture
async def called(
    provider: St8Provider, providers: dict[str, Provider], vendor: Vendor, clock: SystemClock
) -> AsyncIterator[Vendor]:
    """The vendor, able to call us."""
    listener = CallbackListener(providers, clock)
    await listener.start("127.0.0.1", 0)
    vendor.callback_url = f"http://127.0.0.1:{listener.port}/providers/st8"
    yield vendor
    await listener.close()


@dataclass
class Seat:
    """One player in one opened game, and the vendor that plays it."""

    vendor: Vendor
    player: str
    session: str
    game: str

    async def stake(self, units: int, key: str, round_: str = "r-1") -> Said:
        return await self.vendor.stake(
            self.player, units, key=key, round_=round_, session=self.session, game=self.game
        )

    async def win(self, units: int, key: str, round_: str = "r-1", *, ends: bool = False) -> Said:
        return await self.vendor.win(
            self.player,
            units,
            key=key,
            round_=round_,
            session=self.session,
            game=self.game,
            ends=ends,
        )

    async def cancel(self, original: str, key: str, units: int) -> Said:
        return await self.vendor.roll_back(
            self.player,
            original,
            key=key,
            round_="r-1",
            session=self.session,
            game=self.game,
            units=units,
        )

    async def balance(self) -> int:
        said = await self.vendor.balance(self.player, session=self.session, game=self.game)
        assert said.outcome == "ok"
        assert said.balance is not None
        return said.balance

    def fields(self, units: int, key: str, kind: str, **more: Any) -> dict[str, Any]:
        """Everything that a debit or credit carries; ``...`` leaves a field out."""
        return {
            **self.vendor.moving(self.player, units, key, self.game, kind),
            "token": self.session,
            "round": "r-1",
            "round_closed": False,
            **more,
        }

    async def debit(self, units: int, key: str, kind: str = "debit", **more: Any) -> Said:
        return await self.vendor.call("debit", **self.fields(units, key, kind, **more))

    async def credit(self, units: int, key: str, kind: str = "credit", **more: Any) -> Said:
        return await self.vendor.call("credit", **self.fields(units, key, kind, **more))

    async def alone(self, action: str, units: int, key: str, **more: Any) -> Said:
        """A buy-in or payout: without token and round."""
        fields = self.fields(units, key, "debit", token=..., round=..., round_closed=...)
        return await self.vendor.call(action, **fields | more)


@pytest.fixture
async def seat(called: Vendor, wallet: Wallet, player: Player, clock: SystemClock) -> Seat:
    """A player with 1,000 EUR in the vendor's first game."""
    await wallet.apply(Batch(player.id, EUR, "house", (Op(Kind.GRANT, "grant", FUNDS),)))
    game = await models.Game.get(external_id="std_game_1")
    await models.GameSession.create(
        ref=SESSION,
        player_id=player.id,
        game_id=game.id,
        currency_id=EUR.id,
        surface="web",
        expires_at=clock.now() + timedelta(days=1),
    )
    return Seat(called, str(player.id), SESSION, "std_game_1")


@dataclass
class Ledger:
    """What really stands, through a connection of the test's own."""

    connection: asyncpg.Connection

    async def everything(self) -> list[Any]:
        accounts = await self.connection.fetch(
            "SELECT * FROM accounts ORDER BY player_id, currency_id"
        )
        return [*accounts, await self.connection.fetchval("SELECT count(*) FROM transfers")]

    async def cash(self) -> int:
        return int(
            await self.connection.fetchval(
                "SELECT cash FROM accounts WHERE currency_id = $1", EUR.id
            )
        )

    async def entries(self) -> list[tuple[str, str, int]]:
        """Kind, key and cash of what the provider moved, oldest first."""
        rows = await self.connection.fetch(
            "SELECT k.code, t.key, t.cash_delta FROM transfers t"
            " JOIN transfer_kinds k ON k.id = t.kind_id JOIN sources s ON s.id = t.source_id"
            " WHERE s.name = 'st8' ORDER BY t.seq"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def ledger(second: asyncpg.Connection) -> Ledger:
    return Ledger(second)
