"""A ledger that has been running for long: millions of transfers stored by sets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg

from bench.workload import OPENING_UNITS, PLAYERS, STAKE_UNITS
from bench.world import GAME_ID, SOURCE

CHUNK = 250_000
HANDS = 2  # connections that insert: one a core of a small machine
PAIR = 2  # a bet, and the win or the reversal that follows it
REVERSED_EVERY = 33  # rounds: 3 %
FULL, FULL_RISING = 70, 90  # percent; values that only grow split no page
STEP = 104_729
STRIDE = 7_919  # no divisor of PLAYERS: a walk that meets everybody before anybody twice

# Row n: the next transfer of a player; in every turn of all players they come in another order.
# A key is a digest written as a UUID: as random as a provider's, and a reversal can name it.
_STORE = f"""
INSERT INTO transfers (player_id, currency_id, seq, kind_id, source_id, key, amount, cash_delta,
    bonus_delta, held_delta, cash_after, bonus_after, held_after, round_id, game_id, reference,
    ends_round, created_at, position)
SELECT player_id, 3, seq, CASE WHEN is_bet THEN 1 WHEN reversed THEN 40 ELSE 20 END,
    (SELECT id FROM sources WHERE name = '{SOURCE}'),
    md5('key' || player_id || '-' || seq)::uuid::text, {STAKE_UNITS},
    CASE WHEN is_bet THEN -{STAKE_UNITS} ELSE {STAKE_UNITS} END, 0, 0,
    CASE WHEN is_bet THEN {OPENING_UNITS - STAKE_UNITS} ELSE {OPENING_UNITS} END, 0, 0,
    md5('round' || player_id || '-' || seq / {PAIR})::uuid::text, {GAME_ID},
    CASE WHEN reversed AND NOT is_bet
        THEN md5('key' || player_id || '-' || seq - 1)::uuid::text END,
    NOT is_bet AND NOT reversed,
    now() - ($3::bigint - n) / $3::bigint::float8 * interval '182 days', {PLAYERS} + n + 1
FROM (
    SELECT *, seq % {PAIR} = 0 AS is_bet,
        (seq / {PAIR} + player_id) % {REVERSED_EVERY} = 0 AS reversed
    FROM (
        SELECT n, n / {PLAYERS} + 2 AS seq, $4::bigint
            + (n % {PLAYERS} * {STRIDE} + n / {PLAYERS} * {STEP}) % {PLAYERS} AS player_id
        FROM generate_series($1::bigint, $2::bigint - 1) AS n
    ) t
) t
"""  # noqa: S608 - constants
_INDEXES = """
SELECT i.indexname AS name, i.indexdef AS definition, c.contype::text AS promise
FROM pg_indexes i LEFT JOIN pg_constraint c
    ON c.conname = i.indexname AND c.conrelid = 'transfers'::regclass
WHERE i.tablename = 'transfers' ORDER BY length(i.indexdef) DESC
"""
_LOAD_SETTINGS = {
    "synchronous_commit": "off",  # of this load only
    "maintenance_work_mem": "1GB",
    "statement_timeout": "0",
}


async def fill(url: str, rows: int, first_player: int) -> None:
    """Store ``rows`` transfers, as many for each player, so that the book balances.

    The indexes are built afterwards, their leaves as full as random insertion leaves them: rows
    inserted under them would take several times as long.
    """
    if rows % (PLAYERS * PAIR):
        raise ValueError("every player has as many whole rounds as any other")
    connection = await _connect(url)
    indexes = await connection.fetch(_INDEXES)
    for index in indexes:
        await connection.execute(drop(index["name"], index["promise"]))
    starts = iter(range(0, rows, CHUNK))
    async with asyncio.TaskGroup() as hands:
        for _ in range(HANDS):
            hands.create_task(_store(url, starts, rows, first_player))
    work = iter([build(index["definition"]) for index in indexes])
    async with asyncio.TaskGroup() as hands:
        for _ in range(HANDS):
            hands.create_task(_build(url, work))
    for index in indexes:
        if index["promise"] is not None:
            await connection.execute(promise(index["name"], index["promise"]))
    await connection.execute("UPDATE accounts SET seq = seq + $1", rows // PLAYERS)
    await connection.execute("SELECT setval('ledger_positions', $1)", PLAYERS + rows + 1)
    await connection.execute("VACUUM (FREEZE, ANALYZE) transfers")
    await connection.execute("VACUUM (ANALYZE) accounts")
    await connection.close()


async def _store(url: str, starts: Iterator[int], rows: int, first_player: int) -> None:
    connection = await _connect(url)
    for start in starts:
        end = min(start + CHUNK, rows)
        await connection.execute(_STORE, start, end, rows, first_player)
    await connection.close()


async def _build(url: str, work: Iterator[str]) -> None:
    connection = await _connect(url)
    for statements in work:
        await connection.execute(statements)
    await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url, command_timeout=1_800, server_settings=_LOAD_SETTINGS)


def drop(name: str, kind: str | None) -> str:
    """Write the statement that takes an index away; ``kind`` is its constraint's type."""
    return f"ALTER TABLE transfers DROP CONSTRAINT {name}" if kind else f"DROP INDEX {name}"


def build(definition: str) -> str:
    """Write the statement that builds an index again."""
    if " USING btree " not in definition:
        return definition
    full = FULL_RISING if "(position)" in definition.replace('"', "") else FULL
    head, where, condition = definition.partition(" WHERE ")
    return f"{head} WITH (fillfactor = {full}){where}{condition}"


def promise(name: str, kind: str) -> str:
    """Write the statement that makes a unique index the constraint that it was."""
    as_what = "PRIMARY KEY" if kind == "p" else "UNIQUE"
    return f"ALTER TABLE transfers ADD CONSTRAINT {name} {as_what} USING INDEX {name}"
