"""The transaction door: what commits, what rolls back, and that no connection is ever lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NoReturn

import asyncpg
import pytest
from asyncpg.pool import Pool
from asyncpg.transaction import Transaction as AsyncpgTransaction
from tortoise.connection import get_connection

from casino.errors import Bug, TryLater
from casino.money import FUN
from casino.players import Player
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from db.database import OUTAGES, Database, Transaction, transaction
from tests.casino.support import count, undo

PATIENCE_S = 2  # only ever used up by a failure
NAME = "UPDATE players SET name = $2 WHERE id = $1"


async def rename(player: Player, name: str) -> None:
    async with transaction() as tx:
        await tx.raw.execute(NAME, player.id, name)


async def test_leaving_normally_commits_and_then_calls_back_in_order(
    player: Player, second: asyncpg.Connection
) -> None:
    called: list[int] = []
    async with transaction() as tx:
        await tx.raw.execute(NAME, player.id, "new")
        tx.after_commit += [lambda: called.append(1), lambda: called.append(2)]
        assert called == []
    assert called == [1, 2]
    assert await count(second, "players", "name = 'new'") == 1


async def test_an_exception_rolls_back_and_calls_nobody(
    player: Player, second: asyncpg.Connection
) -> None:
    called: list[int] = []

    async def work(tx: Transaction) -> None:
        await tx.raw.execute(NAME, player.id, "new")
        tx.after_commit.append(lambda: called.append(1))

    await undo(work)
    assert called == []
    assert await count(second, "players", "name = 'new'") == 0


async def test_a_cancelled_transaction_rolls_back_and_the_next_one_works(
    player: Player, second: asyncpg.Connection
) -> None:
    begun = asyncio.Event()

    async def hang() -> None:
        async with transaction() as tx:
            await tx.raw.execute(NAME, player.id, "half")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(hang())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rename(player, "whole")
    assert await count(second, "players", "name = 'whole'") == 1


async def test_an_inner_transactions_callbacks_wait_for_the_outer_commit(
    database: Database, player: Player, second: asyncpg.Connection
) -> None:
    """Else a wallet used inside somebody's transaction announces what may yet roll back."""
    heard: list[int] = []
    wallet = Wallet(database, (FUN,), lambda _id, balance: heard.append(balance.cash))
    batch = Batch(player.id, FUN, "test", (Op(Kind.BET, "b", 1),))

    async def outer(_: Transaction) -> None:
        async with transaction() as tx:
            await wallet.transfer(tx, batch)

    await undo(outer)
    assert heard == []
    assert await count(second, "transfers", "kind_id = 1") == 0


async def test_a_batch_is_not_applied_inside_a_transaction_which_may_hold_its_locks(
    wallet: Wallet, player: Player
) -> None:
    async with transaction():
        with pytest.raises(Bug):
            await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.BET, "b", 1),)))


@pytest.fixture
async def small_pool(
    player: Player, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A database with two connections, so that two lost ones are all of them."""
    monkeypatch.setattr("db.database.POOL_MIN", 1)
    monkeypatch.setattr("db.database.POOL_MAX", 2)
    database = Database(database_url)
    await database.open()
    yield database
    get_connection("default")._pool.terminate()  # noqa: SLF001 - closing would wait for lost ones
    await database.close()


async def test_a_connection_that_breaks_at_begin_goes_back_to_the_pool(
    small_pool: Database, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: AsyncpgTransaction) -> NoReturn:
        raise asyncpg.ConnectionDoesNotExistError

    monkeypatch.setattr(AsyncpgTransaction, "start", broken)
    for _ in range(2):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await asyncio.ensure_future(rename(player, "never"))  # in a context of its own
    monkeypatch.undo()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.ensure_future(rename(player, "works"))


async def test_a_deadline_that_strikes_at_begin_gives_the_connection_back(
    small_pool: Database, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers are answered within a deadline: a database that stalls must not empty the pool."""
    at_begin = asyncio.Event()

    async def stalled(_: AsyncpgTransaction) -> None:
        at_begin.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(AsyncpgTransaction, "start", stalled)
    for _ in range(2):
        at_begin.clear()
        task = asyncio.ensure_future(rename(player, "never"))
        await at_begin.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    monkeypatch.undo()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.ensure_future(rename(player, "works"))


async def test_a_task_that_lost_one_connection_at_begin_gets_another_next_time(
    small_pool: Database, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relays, watchers and jobs are one task for ever: they must not keep the dead one."""

    async def broken(_: AsyncpgTransaction) -> NoReturn:
        raise asyncpg.ConnectionDoesNotExistError

    async def loop() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(AsyncpgTransaction, "start", broken)
            with pytest.raises(asyncpg.ConnectionDoesNotExistError):
                await rename(player, "never")
        connection = get_connection("default")
        assert type(connection).__name__ != "TransactionWrapper", "the task kept a dead one"
        await rename(player, "works")

    await asyncio.ensure_future(loop())


async def test_a_task_whose_connection_breaks_on_its_way_back_gets_another_next_time(
    small_pool: Database, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Pool.release

    async def broken(pool: Pool, connection: asyncpg.Connection, **more: float) -> NoReturn:
        await release(pool, connection, **more)
        raise asyncpg.InternalClientError("another operation is in progress")

    async def loop() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Pool, "release", broken)
            with pytest.raises(OUTAGES):
                await rename(player, "perhaps")
        await rename(player, "works")

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.ensure_future(loop())


async def test_a_task_whose_connection_breaks_at_begin_and_again_on_its_way_back_goes_on(
    small_pool: Database, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Pool.release

    async def broken_start(_: AsyncpgTransaction) -> NoReturn:
        raise asyncpg.ConnectionDoesNotExistError

    async def broken_release(pool: Pool, connection: asyncpg.Connection, **more: float) -> None:
        await release(pool, connection, **more)
        raise asyncpg.InternalClientError("another operation is in progress")

    async def loop() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(AsyncpgTransaction, "start", broken_start)
            patch.setattr(Pool, "release", broken_release)
            with pytest.raises(OUTAGES):
                await rename(player, "never")
        await rename(player, "works")

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.ensure_future(loop())


async def test_stakes_in_flight_while_connections_are_cut_happen_once_each(
    database: Database, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    async def stake(n: int) -> None:
        batch = Batch(player.id, FUN, "test", (Op(Kind.BET, f"b{n}", 1, "r"),))
        answer = None
        while not isinstance(answer, Applied):
            # Each try in a context of its own: see the test above.
            with contextlib.suppress(TryLater):
                answer = await asyncio.ensure_future(wallet.apply(batch))

    staking = asyncio.gather(*(stake(n) for n in range(60)))
    for _ in range(4):
        await asyncio.sleep(0.02)
        await second.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await staking
    assert await count(second, "transfers", "kind_id = 1") == 60
    assert await second.fetchval("SELECT cash FROM accounts") == 1_000_000_000 - 60
    assert (await wallet.audit()).ok
