from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine, Sequence
from typing import TypeVar

import asyncpg
import pytest

from casino import totals
from casino.feed import Feed, Logged
from casino.money import FUN, Money
from casino.players import Player, Players, TelegramUser
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database, Transaction, transaction
from tests.casino.support import count

T = TypeVar("T")


class Follower:
    """Remembers what it was given, in order."""

    def __init__(self, database: Database, name: str = "test") -> None:
        self.heard: list[Logged] = []
        self.feed = Feed(database, name, self.handle)

    async def handle(self, _: Transaction, transfers: Sequence[Logged]) -> None:
        self.heard += transfers

    async def catch_up(self) -> list[tuple[int, int]]:
        """Step until nothing is left; return (player, seq) of what came."""
        before = len(self.heard)
        for _ in range(3):  # a look ahead may need a second look
            while await self.feed.step():
                pass
        return [(t.player_id, t.seq) for t in self.heard[before:]]


def bet(player: Player, key: str, units: int = 1) -> Batch:
    return Batch(player.id, FUN, "one", (Op(Kind.BET, key, units, "r"),))


@pytest.fixture
def follower(database: Database) -> Follower:
    return Follower(database)


async def test_every_transfer_comes_once_and_in_order(
    wallet: Wallet, player: Player, follower: Follower
) -> None:
    for n in range(3):
        await wallet.apply(bet(player, f"b{n}"))
    assert await follower.catch_up() == [(player.id, seq) for seq in (1, 2, 3, 4)]
    assert await follower.catch_up() == []
    await wallet.apply(bet(player, "later", 7))
    assert await follower.catch_up() == [(player.id, 5)]
    assert (follower.heard[-1].kind, follower.heard[-1].cash_delta) == (Kind.BET, -7)


async def test_a_late_commit_is_waited_for(
    wallet: Wallet, players: Players, player: Player, follower: Follower
) -> None:
    """Its position is smaller than one that everybody can see already."""
    other = await players.meet_telegram(TelegramUser(5, "Bob"))
    assert len(await follower.catch_up()) == 2
    async with transaction() as tx:
        await wallet.transfer(tx, bet(player, "late"))
        await _outside(wallet.apply(bet(other, "early")))
        assert await _outside(follower.catch_up()) == []
    assert await follower.catch_up() == [(player.id, 2), (other.id, 2)]


async def test_what_rolled_back_holds_nobody_up(
    wallet: Wallet, player: Player, follower: Follower
) -> None:
    with pytest.raises(ConnectionResetError):
        await _break(wallet, player)
    await wallet.apply(bet(player, "b"))
    assert await follower.catch_up() == [(player.id, 1), (player.id, 2)]


def _outside(work: Coroutine[object, object, T]) -> asyncio.Task[T]:
    """Run in a task that is not inside the caller's transaction."""
    return contextvars.Context().run(asyncio.ensure_future, work)


async def _break(wallet: Wallet, player: Player) -> None:
    async with transaction() as tx:
        await wallet.transfer(tx, bet(player, "lost"))
        raise ConnectionResetError


async def test_a_follower_goes_on_where_the_last_one_of_its_name_stopped(
    wallet: Wallet, player: Player, follower: Follower, database: Database
) -> None:
    await follower.catch_up()
    await wallet.apply(bet(player, "b"))
    assert await Follower(database).catch_up() == [(player.id, 2)]
    assert await Follower(database, "another").catch_up() == [(player.id, 1), (player.id, 2)]


async def test_what_a_handler_could_not_do_comes_again_and_its_writes_are_gone(
    wallet: Wallet, player: Player, database: Database, second: asyncpg.Connection
) -> None:
    await wallet.apply(bet(player, "b"))

    async def add_and_fail(tx: Transaction, transfers: Sequence[Logged]) -> None:
        await totals.add(tx, transfers)
        raise ConnectionResetError

    failing = Feed(database, totals.FOLLOWER, add_and_fail)
    with pytest.raises(ConnectionResetError):
        await failing.step()
    assert await count(second, "house_totals") == 0
    assert len(await Follower(database, totals.FOLLOWER).catch_up()) == 2


async def test_followers_of_one_name_share_the_work_and_the_totals_are_exact(
    wallet: Wallet, players: Players, database: Database, second: asyncpg.Connection
) -> None:
    crowd = [await players.meet_telegram(TelegramUser(100 + n, "P")) for n in range(6)]

    async def play(who: Player, name: str) -> None:
        for n in range(12):
            await wallet.apply(bet(who, f"{name}-{n}", 5))
            win = Op(Kind.WIN, f"w{name}-{n}", 2 * n, "r")
            async with transaction() as tx:
                await wallet.transfer(tx, Batch(who.id, FUN, "two", (win,)))

    async def follow(stop: asyncio.Event) -> None:
        feed = Feed(database, totals.FOLLOWER, totals.add)
        while not stop.is_set():
            await feed.step()
            await asyncio.sleep(0.002)
        for _ in range(3):
            while await feed.step():
                pass

    stop = asyncio.Event()
    following = asyncio.gather(follow(stop), follow(stop))
    await asyncio.gather(*(play(who, f"{i}") for i, who in enumerate(crowd * 2)))
    stop.set()
    await following
    sums = await second.fetch(
        "SELECT account, sum(units) AS units FROM postings"
        " WHERE account NOT LIKE 'player:%' GROUP BY 1 HAVING sum(units) <> 0"
    )
    held = await totals.house_accounts(database)
    assert held == {(row["account"], "FUN"): Money(int(row["units"]), FUN) for row in sums}
    assert held["house:one", "FUN"] == Money(12 * 12 * 5, FUN)
    report = await wallet.audit()
    assert report.ok, report.findings
    await second.execute("UPDATE house_totals SET units = units + 1 WHERE kind_id = 1")
    assert any("house's totals" in finding for finding in (await wallet.audit()).findings)


async def test_under_load_each_account_comes_in_its_own_order_and_nothing_is_missed(
    wallet: Wallet, players: Players, database: Database, second: asyncpg.Connection
) -> None:
    crowd = [await players.meet_telegram(TelegramUser(100 + n, "P")) for n in range(4)]
    follower = Follower(database)
    busy = True

    async def follow() -> None:
        while busy:
            await follower.feed.step()

    async def at_once(who: Player, name: str) -> None:
        for n in range(15):
            await wallet.apply(bet(who, f"{name}-{n}"))

    async def in_transactions(who: Player, name: str) -> None:
        for n in range(15):
            async with transaction() as tx:
                await tx.raw.execute("UPDATE players SET name = 'Q' WHERE id = $1", who.id)
                await asyncio.sleep(0.001)
                await wallet.transfer(tx, bet(who, f"t{name}-{n}"))

    following = asyncio.ensure_future(follow())
    await asyncio.gather(
        *(at_once(who, str(i)) for i, who in enumerate(crowd * 3)),
        *(in_transactions(who, str(i)) for i, who in enumerate(crowd)),
    )
    busy = False
    await following
    await follower.catch_up()
    assert len(follower.heard) == await count(second, "transfers")
    for who in crowd:
        own = [t.seq for t in follower.heard if t.player_id == who.id]
        assert own == list(range(1, len(own) + 1))
