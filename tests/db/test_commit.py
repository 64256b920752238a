"""A commit that is cut off is neither success nor failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from casino.errors import OutcomeUnknown, TryLater
from casino.money import FUN
from casino.players import Player
from casino.wallet import Applied, Batch, Kind, Op, Outcome, Wallet
from db.database import transaction

SLOW_COMMIT = """
CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON transfers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow_commit();
"""


@pytest.fixture
async def slow_commits(player: Player, second: asyncpg.Connection) -> AsyncIterator[None]:
    """Every commit that holds a transfer takes three seconds from here on."""
    await second.execute(SLOW_COMMIT)
    yield
    await second.execute("DROP FUNCTION slow_commit CASCADE")


def bet(player: Player) -> Batch:
    return Batch(player.id, FUN, "test", (Op(Kind.BET, "b", 100, "r"),))


async def committing(second: asyncpg.Connection) -> int:
    """Wait until some connection is in the middle of its commit; return its process."""
    for _ in range(200):
        pid = await second.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND state = 'active'"
        )
        if pid is not None:
            return int(pid)
        await asyncio.sleep(0.01)
    raise AssertionError("nothing commits")


@pytest.mark.usefixtures("slow_commits")
async def test_a_connection_lost_while_committing_leaves_the_outcome_unknown(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    asked = asyncio.ensure_future(wallet.apply(bet(player)))
    await second.execute("SELECT pg_terminate_backend($1)", await committing(second))
    with pytest.raises(OutcomeUnknown):
        await asked
    await second.execute("DROP FUNCTION slow_commit CASCADE")
    await second.execute("CREATE FUNCTION slow_commit() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    again = await wallet.apply(bet(player))
    assert isinstance(again, Applied)
    assert again.items[0].outcome in (Outcome.APPLIED, Outcome.REPLAYED)
    assert again.balance.cash == 999_999_900


@pytest.mark.usefixtures("slow_commits")
async def test_a_deadline_that_ends_a_commit_leaves_the_outcome_unknown(
    wallet: Wallet, player: Player
) -> None:
    with pytest.raises(OutcomeUnknown):
        async with asyncio.timeout(0.5):
            await wallet.apply(bet(player))


async def test_a_connection_lost_before_the_commit_did_nothing(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    async with second.transaction():
        await second.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        asked = asyncio.ensure_future(wallet.apply(bet(player)))
        await second.execute("SELECT pg_terminate_backend($1)", await waiting(second))
        with pytest.raises(TryLater) as raised:
            await asked
    assert not isinstance(raised.value, OutcomeUnknown)
    assert await second.fetchval("SELECT count(*) FROM transfers WHERE kind_id = 1") == 0


async def waiting(second: asyncpg.Connection) -> int:
    """Wait until some connection waits for a lock; return its process."""
    for _ in range(200):
        await second.execute("SELECT pg_stat_clear_snapshot()")  # kept through a transaction
        pid = await second.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        if pid is not None:
            return int(pid)
        await asyncio.sleep(0.01)
    raise AssertionError("nothing waits")


async def rename_and_break(player: Player) -> None:
    async with transaction() as tx:
        await tx.raw.execute("UPDATE players SET name = 'x' WHERE id = $1", player.id)
        raise ConnectionResetError


async def test_an_exception_inside_rolls_back_and_is_not_in_doubt(
    player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(ConnectionResetError):
        await rename_and_break(player)
    assert await second.fetchval("SELECT name FROM players WHERE id = $1", player.id) == "Ada"
