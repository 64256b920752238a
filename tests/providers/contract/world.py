"""A house with one vendor at its door: real database, the callback port, a wire between."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from casino.clock import SystemClock
from casino.errors import OutcomeUnknown
from casino.money import EUR, Currency
from casino.play import (
    Catalogue,
    EndedSpins,
    GameCall,
    Play,
    PlayerSession,
    Provider,
    Visit,
    Wiring,
)
from casino.players import Players, TelegramUser
from casino.surfaces import House, Mode, Surface
from casino.wallet import Answer, Balance, Batch, Kind, Known, Op, Wallet
from db.database import Database
from providers import registry
from tests.providers.contract.vendors import NamesPlayers, Said, Spoken, Vendor
from tests.providers.contract.wire import Wire
from webapp.hooks.listener import CallbackListener

FUNDS = 100_00
STRANGER = "987654321"
_numbers = count(5_000)


def fresh() -> str:
    """A key or a round that nobody used."""
    return str(uuid.uuid4())


@dataclass
class FaultyTill:
    """The house's till, which a test may break: before the work, or after it."""

    play: Play
    before: Exception | None = None
    after: Exception | None = None

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        if self.before is not None:
            raise self.before
        answer = await self.play.settle(provider_id, call)
        if self.after is not None:
            raise OutcomeUnknown from self.after
        return answer

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        if self.before is not None:
            raise self.before
        return await self.play.balance(player_ref, currency)

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        return await self.play.session(provider_id, session_ref)

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        return await self.play.known(provider_id, player_ref, key)

    async def stakes_of_round(
        self, provider_id: str, player_ref: str, currency: Currency, round_id: str
    ) -> list[Known]:
        return await self.play.stakes_of_round(provider_id, player_ref, currency, round_id)

    async def end_free_spins(
        self, provider_id: str, ref: str, status: EndedSpins, won_units: int
    ) -> Answer | None:
        return await self.play.end_free_spins(provider_id, ref, status, won_units)


@dataclass
class Guest:
    """A player in a game that the vendor launched, as the vendor names them."""

    vendor: Vendor
    id: int
    ref: str
    session: str
    game: str
    round_: str = field(default_factory=fresh)

    async def stake(self, units: int, key: str, *, round_: str | None = None) -> Said:
        return await self.vendor.stake(
            self.ref,
            units,
            key=key,
            round_=round_ or self.round_,
            session=self.session,
            game=self.game,
        )

    async def win(
        self,
        units: int,
        key: str,
        *,
        stake_key: str | None = None,
        ends: bool = False,
        round_: str | None = None,
    ) -> Said:
        return await self.vendor.win(
            self.ref,
            units,
            key=key,
            round_=round_ or self.round_,
            session=self.session,
            game=self.game,
            stake_key=stake_key,
            ends=ends,
        )

    async def roll_back(
        self, original: str, units: int, key: str, *, round_: str | None = None
    ) -> Said:
        return await self.vendor.roll_back(
            self.ref,
            original,
            key=key,
            round_=round_ or self.round_,
            session=self.session,
            game=self.game,
            units=units,
        )

    async def balance(self) -> Said:
        return await self.vendor.balance(self.ref, session=self.session, game=self.game)


@dataclass
class Door:
    """Where accounts are switched on: each with a vendor of its own behind one wire."""

    spoken: Spoken
    play: Play
    till: FaultyTill
    wire: Wire
    providers: dict[str, Provider]
    stack: contextlib.AsyncExitStack

    async def switch_on(self, id_: str) -> tuple[Vendor, Provider]:
        account = registry.Account(id_, self.spoken.family)
        vendor = self.spoken.make()
        # A vendor may sign over the path too, so it knows its address before anything else.
        vendor.callback_url = f"{self.wire.url}/providers/{id_}"
        await vendor.start()
        self.stack.push_async_callback(vendor.stop)
        given: dict[str, Any] = {"_env_file": None, **vendor.settings()}
        settings = registry.settings_model(account)(**given)
        provider = registry.create(account, settings, Wiring(id_, self.till, SystemClock()))
        self.stack.push_async_callback(provider.close)
        self.providers[id_] = provider
        await self.play.catalogue.register()
        await self.play.catalogue.sync(provider)
        return vendor, provider


@dataclass
class World:
    """What a case plays with."""

    spoken: Spoken
    door: Door
    vendor: Vendor
    provider: Provider
    players: Players
    wallet: Wallet

    @property
    def play(self) -> Play:
        return self.door.play

    @property
    def till(self) -> FaultyTill:
        return self.door.till

    @property
    def wire(self) -> Wire:
        return self.door.wire

    def means(self, said: Said, *outcomes: str) -> bool:
        """Say whether an answer is one of these, as far as the wire can tell."""
        same = self.spoken.same
        return same.get(said.outcome, said.outcome) in {same.get(o, o) for o in outcomes}

    async def guest(self, units: int = FUNDS, *, account: str | None = None) -> Guest:
        """Have a new player with some money open a game."""
        number = next(_numbers)
        player = await self.players.meet_telegram(TelegramUser(number, f"Guest {number}"))
        if units:
            grant = Op(Kind.GRANT, f"grant-{number}", units)
            await self.wallet.apply(Batch(player.id, EUR, "test", (grant,)))
        return await self.open_game(player.id, account or self.provider.manifest.id, self.vendor)

    async def open_game(self, player_id: int, account: str, vendor: Vendor) -> Guest:
        """Launch the first game of an account for a player."""
        player = await self.players.get(player_id)
        games = await self.play.catalogue.games()
        game = next(g for g in games if g.provider_id == account)
        launch = await self.play.launch(
            player, game.id, EUR, demo=False, visit=Visit(Surface.WEB, "mobile", "127.0.0.1")
        )
        ref = str(player.id)
        if isinstance(vendor, NamesPlayers):
            ref = vendor.player_of(launch.session_ref)
        return Guest(vendor, player.id, ref, launch.session_ref, game.external_id)


@contextlib.asynccontextmanager
async def opened(spoken: Spoken, database: Database) -> AsyncIterator[World]:
    """Open a house on an open database, with one account of this protocol switched on."""
    clock = SystemClock()
    house = House(Mode.DEMO, "http://127.0.0.1:8080", jettons=(EUR,))
    wallet = Wallet(database, (EUR,))
    players = Players(wallet, clock, terms_version=house.terms_version, welcome=())
    providers: dict[str, Provider] = {}
    play = Play(wallet, Catalogue(providers), house, clock)
    async with contextlib.AsyncExitStack() as stack:
        listener = CallbackListener(providers, clock)
        await listener.start("127.0.0.1", 0)
        stack.push_async_callback(listener.close)
        wire = Wire(f"http://127.0.0.1:{listener.port}")
        await wire.start()
        stack.push_async_callback(wire.stop)
        door = Door(spoken, play, FaultyTill(play), wire, providers, stack)
        vendor, provider = await door.switch_on(spoken.family)
        yield World(spoken, door, vendor, provider, players, wallet)
