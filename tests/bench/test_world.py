"""What a stretch begins in, and what must not pass for a good one, on a real server."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bench import stock, world
from bench.workload import BET, PLAYERS, Step
from db.embedded import EmbeddedPostgres

ROWS = 2 * PLAYERS  # a round of each player


@pytest.fixture
async def stocked(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """A copy of the template with a past."""
    suffix = secrets.token_hex(4)
    monkeypatch.setattr(world, "TEMPLATE", f"bench_template_{suffix}")
    await world.make_template(postgres.url)
    url = await world.copy_template(postgres.url, f"bench_{suffix}")
    await stock.fill(url, ROWS, await world.first_player_id(url))
    yield url
    await world.execute(
        postgres.url,
        f"DROP DATABASE bench_{suffix} WITH (FORCE)",
        f"DROP DATABASE {world.TEMPLATE} WITH (FORCE)",
    )


async def _indexes(url: str) -> dict[str, tuple[str, str]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT i.indexname, regexp_replace(i.indexdef, ' WITH \\([^)]*\\)', '') AS definition,"
        " coalesce(c.contype::text, '') AS kind FROM pg_indexes i LEFT JOIN pg_constraint c"
        " ON c.conname = i.indexname WHERE i.tablename = 'transfers'"
    )
    await connection.close()
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_a_past_balances_keeps_every_promise_and_a_lost_transfer_is_noticed(
    stocked: str, postgres: EmbeddedPostgres
) -> None:
    await world.prove(stocked, ROWS + world.OPENED)
    assert await world.count_transfers(stocked) == ROWS + world.OPENED
    assert await _indexes(stocked) == await _indexes(world.named(postgres.url, world.TEMPLATE))
    with pytest.raises(world.BookWrong, match="acknowledged"):
        await world.prove(stocked, ROWS + world.OPENED + 1)
    await world.execute(stocked, "UPDATE accounts SET cash = cash + 1 WHERE player_id = 1001")
    with pytest.raises(world.BookWrong, match="player 1001"):
        await world.prove(stocked, ROWS + world.OPENED)


async def test_a_peer_that_loses_an_operation_is_noticed(stocked: str) -> None:
    from bench.handwritten import handwritten

    async with handwritten(stocked) as apply:
        bet = Step(BET, 7, "b1", "r1")
        assert await apply(bet) is False
        assert await apply(bet) is True
    await world.prove_peer(stocked, 1)
    with pytest.raises(world.BookWrong, match="1 stored, 2 acknowledged"):
        await world.prove_peer(stocked, 2)
    await world.execute(stocked, "UPDATE bench_accounts SET balance = 5 WHERE player_id = 3")
    with pytest.raises(world.BookWrong, match="1 balances wrong"):
        await world.prove_peer(stocked, 1)


async def test_a_server_that_is_not_durable_is_not_measured(postgres: EmbeddedPostgres) -> None:
    settings = await world.require_durable(postgres.url)
    assert (settings["fsync"], settings["synchronous_commit"]) == ("on", "on")
    with pytest.raises(world.BookWrong, match="must be on"):
        await world.require_durable(f"{postgres.url}&synchronous_commit=off")
