"""The database goes away in mid-work and comes back: nothing lost, nothing twice, one answer.

A server of these tests' own, so that nobody else's goes away.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from casino.backoffice import Backoffice, Staff
from casino.cashier import Cashier
from casino.errors import TryLater
from casino.inbox import Inbox
from casino.money import FUN, TON, Money
from casino.play import Catalogue, GameCall, HouseRounds, Play, Visit
from casino.players import Players, SignIns, TelegramUser
from casino.surfaces import House, Surface
from casino.wallet import Applied, Batch, Kind, Op, Outcome, Wallet
from db.database import OUTAGES, Database, transaction
from db.embedded import EmbeddedPostgres
from providers.house import HouseProvider
from tests.casino.cashier.rails import arrival, chain_rail, incoming, play_rail
from tests.casino.play.providers import listed
from tests.casino.support import broken_chains
from tests.conftest import MovingClock

START = 1_000_000_000
KNOWN: tuple[type[BaseException], ...] = (TryLater, *OUTAGES)  # the words that edges know


class Server:
    """A PostgreSQL server that can be crashed and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = EmbeddedPostgres(folder)
        self.url = self._running.url

    async def crash(self) -> None:
        """Stop at once, as a power cut would: no checkpoint, every connection cut."""
        pid = self._running.pid
        os.kill(pid, signal.SIGQUIT)
        await asyncio.to_thread(_wait_until_gone, pid)

    async def start(self) -> None:
        self._running.stop()  # forget the handle of what is gone
        self._running = await asyncio.to_thread(EmbeddedPostgres, self._folder)

    def stop(self) -> None:
        self._running.stop()


def _wait_until_gone(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            time.sleep(0.01)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    logging.getLogger("db.embedded").setLevel(logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="croupier-outage-"))
    server = Server(folder)
    asyncio.run(Database(server.url).migrate())
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Database]:
    """Take the place of the shared database, for this module only."""
    database = Database(server.url)
    await database.open()
    yield database
    await database.close()


async def test_a_crash_in_mid_work_loses_nothing_and_doubles_nothing(
    server: Server, database: Database, wallet: Wallet, players: Players
) -> None:
    player = await players.meet_telegram(TelegramUser(1, "Ada"))
    acknowledged: dict[int, str] = {}
    asked = itertools.count()
    enough = asyncio.Event()

    async def stake_until_it_fails() -> None:
        while True:
            n = next(asked)
            batch = Batch(player.id, FUN, "one", (Op(Kind.BET, f"b{n}", 1, "r"),))
            try:
                answer = await wallet.apply(batch)
            except TryLater:
                return
            assert isinstance(answer, Applied)
            acknowledged[n] = answer.items[0].transfer_id
            if len(acknowledged) == 200:
                enough.set()

    in_flight = [asyncio.ensure_future(stake_until_it_fails()) for _ in range(40)]
    await enough.wait()
    await server.crash()
    await asyncio.gather(*in_flight)
    stakes = next(asked)
    assert len(acknowledged) < stakes
    with pytest.raises(TryLater):
        await wallet.apply(Batch(player.id, FUN, "one", (Op(Kind.BET, "during", 1),)))
    with pytest.raises(OUTAGES):
        await database.ping()

    await server.start()
    await database.ping()
    known = dict(acknowledged)
    for n in range(stakes):
        batch = Batch(player.id, FUN, "one", (Op(Kind.BET, f"b{n}", 1, "r"),))
        answer = await asyncio.ensure_future(wallet.apply(batch))
        assert isinstance(answer, Applied)
        item = answer.items[0]
        if n in known:  # what was answered before the crash is there, word for word
            assert (item.outcome, item.transfer_id) == (Outcome.REPLAYED, known[n])
    assert (await wallet.balance(player.id, FUN)).cash == START - stakes
    assert (await wallet.audit()).ok
    second = await asyncpg.connect(server.url)
    assert await broken_chains(second) == []
    await second.close()


async def test_while_the_database_is_away_every_service_says_so_in_words_that_edges_know(
    server: Server,
    wallet: Wallet,
    players: Players,
    house: House,
    clock: MovingClock,
    database: Database,
) -> None:
    """Anything but these is answered and logged as a bug of ours."""
    player = await players.meet_telegram(TelegramUser(2, "Ada"))
    house_provider = HouseProvider()
    aggregator = listed()
    catalogue = Catalogue({"house": house_provider, "agg": aggregator})
    await catalogue.register()
    await catalogue.sync(house_provider)
    await catalogue.sync(aggregator)
    game = (await catalogue.games())[0]
    rails = {"ton": chain_rail(), "sandbox": play_rail()}
    cashier = Cashier(wallet, rails, house)
    play = Play(wallet, catalogue, house, clock)
    rounds = HouseRounds(wallet, catalogue, house)
    backoffice = Backoffice(database, wallet, players, catalogue, clock)
    sign_ins, inbox, staff = SignIns(clock), Inbox(), Staff(1, "G")
    call = GameCall(str(player.id), FUN, (Op(Kind.WIN, "w", 1),))
    choices = {"direction": "under", "win_numbers": 4950}
    dice, one = house_provider.games["dice"], Money.parse("1", FUN)
    seen = arrival(1, incoming("x", None))

    async def hold() -> None:
        async with transaction() as tx:
            await wallet.hold(tx, "cashier", player.id, "h", one)

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "wallet.balance": lambda: wallet.balance(player.id, FUN),
        "wallet.balances": lambda: wallet.balances(player.id),
        "wallet.statement": lambda: wallet.statement(player.id, limit=5),
        "wallet.known": lambda: wallet.known(player.id, "one", "b"),
        "wallet.audit": wallet.audit,
        "wallet.hold": hold,
        "play.settle": lambda: play.settle("agg", call),
        "play.balance": lambda: play.balance(str(player.id), FUN),
        "play.launch": lambda: play.launch(
            player, game.id, FUN, demo=False, visit=Visit(Surface.WEB, "mobile")
        ),
        "play.end_session": lambda: play.end_session(player.id, "x"),
        "catalogue.games": catalogue.games,
        "catalogue.sync": lambda: catalogue.sync(aggregator),
        "house_rounds.play": lambda: rounds.play(dice, player, one, choices, "k"),
        "house_rounds.rounds": lambda: rounds.rounds(player.id, game=None, limit=5),
        "players.meet_telegram": lambda: players.meet_telegram(TelegramUser(3, "Bob")),
        "players.get": lambda: players.get(player.id),
        "players.set_language": lambda: players.set_language(player.id, "ru"),
        "sign_ins.open": lambda: sign_ins.open(player.id, Surface.WEB),
        "sign_ins.renew": lambda: sign_ins.renew("token"),
        "cashier.deposit_target": lambda: cashier.deposit_target(player, "ton", TON),
        "cashier.instant_deposit": lambda: cashier.instant_deposit(player, "sandbox", one, "k"),
        "cashier.deposits": lambda: cashier.deposits(player.id),
        "cashier.record": lambda: cashier.record("ton", seen),
        "cashier.cursor": lambda: cashier.cursor("ton", seen.account),
        "backoffice.card": lambda: backoffice.card(player.id),
        "backoffice.freeze": lambda: backoffice.freeze(staff, player.id, "why"),
        "backoffice.adjust": lambda: backoffice.adjust(staff, player.id, one, "why", "k"),
        "backoffice.figures": backoffice.figures,
        "inbox.keep": lambda: inbox.keep("telegram", "1", b"{}"),
        "inbox.claim": lambda: inbox.claim("telegram", 1, 60),
    }
    await server.crash()
    silent = []
    for name, call_it in calls.items():
        try:
            await asyncio.ensure_future(_as_coroutine(call_it))
        except KNOWN:
            continue
        silent.append(name)
    await server.start()
    await database.ping()
    assert silent == []


async def _as_coroutine(call: Callable[[], Awaitable[object]]) -> object:
    return await call()
