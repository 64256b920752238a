"""A database that lacks anything the money relies on is refused, by the name of what it lacks."""

from __future__ import annotations

import asyncpg
import pytest

from db.database import Database
from db.schema_check import (
    REQUIRED_CONSTRAINTS,
    REQUIRED_TRIGGERS,
    REQUIRED_UNIQUE_INDEXES,
    SchemaIncomplete,
    require_schema,
)

TRIGGER_TABLE = {
    "transfers_append_only": "transfers",
    "audit_trail_append_only": "audit_trail",
    "accounts_guard": "accounts",
    "game_sessions_guard": "game_sessions",
    "limits_guard": "limits",
    "games_switched": "games",
    "providers_switched": "providers",
}


async def _refused_without(second: asyncpg.Connection, *changes: str) -> str:
    """Apply the changes, ask, and roll back. Returns the complaint."""
    undone = second.transaction()
    await undone.start()
    try:
        for change in changes:
            await second.execute(change)
        with pytest.raises(SchemaIncomplete) as refused:
            await require_schema(second)
        return str(refused.value)
    finally:
        await undone.rollback()


async def test_the_migrated_schema_is_complete(
    database: Database, second: asyncpg.Connection
) -> None:
    await require_schema(second)


@pytest.mark.parametrize(("table", "constraint"), sorted(REQUIRED_CONSTRAINTS))
async def test_every_required_constraint_is_missed(
    table: str, constraint: str, database: Database, second: asyncpg.Connection
) -> None:
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE"
    assert f"{table}.{constraint}" in await _refused_without(second, drop)


@pytest.mark.parametrize("index", sorted(REQUIRED_UNIQUE_INDEXES))
async def test_every_required_index_is_missed(
    index: str, database: Database, second: asyncpg.Connection
) -> None:
    assert index in await _refused_without(second, f"DROP INDEX {index}")


@pytest.mark.parametrize("trigger", sorted(REQUIRED_TRIGGERS))
@pytest.mark.parametrize("how", ["DROP TRIGGER {} ON {}", "ALTER TABLE {1} DISABLE TRIGGER {0}"])
async def test_every_required_trigger_is_missed_when_dropped_and_when_disabled(
    trigger: str, how: str, database: Database, second: asyncpg.Connection
) -> None:
    assert trigger in await _refused_without(second, how.format(trigger, TRIGGER_TABLE[trigger]))


async def test_a_constraint_that_was_never_validated_does_not_count(
    database: Database, second: asyncpg.Connection
) -> None:
    complaint = await _refused_without(
        second,
        "ALTER TABLE transfers DROP CONSTRAINT transfers_never_overdrawn",
        "ALTER TABLE transfers ADD CONSTRAINT transfers_never_overdrawn CHECK (true) NOT VALID",
    )
    assert "transfers.transfers_never_overdrawn" in complaint


async def test_an_index_that_is_no_longer_unique_does_not_count(
    database: Database, second: asyncpg.Connection
) -> None:
    complaint = await _refused_without(
        second,
        "DROP INDEX transfers_reference_once",
        "CREATE INDEX transfers_reference_once ON transfers (player_id, source_id, reference)",
    )
    assert "transfers_reference_once" in complaint


async def test_everything_that_is_missing_is_named_at_once(
    database: Database, second: asyncpg.Connection
) -> None:
    complaint = await _refused_without(
        second, "DROP INDEX seed_pairs_active", "DROP TRIGGER transfers_append_only ON transfers"
    )
    assert "seed_pairs_active" in complaint
    assert "transfers_append_only" in complaint


async def test_a_connection_that_does_not_wait_for_the_disk_is_refused(
    database: Database, second: asyncpg.Connection
) -> None:
    complaint = await _refused_without(second, "SET LOCAL synchronous_commit = off")
    assert "synchronous_commit" in complaint


async def test_our_own_connections_wait_for_the_disk_and_bound_every_wait(
    database: Database,
) -> None:
    async with database.connection() as connection:
        shown = {
            name: await connection.fetchval(f"SHOW {name}")
            for name in ("synchronous_commit", "lock_timeout", "statement_timeout")
        }
    assert shown == {"synchronous_commit": "on", "lock_timeout": "2s", "statement_timeout": "8s"}


# Uniqueness that credits, memos, identities and rounds rely on, and that the check does not ask
# for: without it, one deposit is credited twice and one person becomes two players.
RELIED_UPON = {
    "deposits": "rail, external_id",
    "filed_deposits": "rail, external_id",
    "chain_entries": "rail, account, lt",
    "chain_cursors": "rail, account",
    "deposit_memos": "player_id",
    "identities": "kind, external_id",
    "house_rounds": "player_id, key",
    "inbox": "source, external_id",
}


@pytest.mark.parametrize("table", sorted(RELIED_UPON))
async def test_a_database_without_the_uniqueness_that_credits_rely_on_is_refused(
    table: str, database: Database, second: asyncpg.Connection
) -> None:
    columns = RELIED_UPON[table].split(", ")
    names = await second.fetch(
        "SELECT i.indexrelid::regclass::text AS index, c.conname AS constraint FROM pg_index i"
        " LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'p')"
        " WHERE i.indrelid = $1::text::regclass AND i.indisunique AND (SELECT array_agg(a.attname"
        " ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid"
        " AND a.attnum = ANY(i.indkey::smallint[])) = $2::name[]",
        table,
        sorted(columns),
    )
    assert names, f"{table} ({columns}) is not even unique"
    drops = [
        f"ALTER TABLE {table} DROP CONSTRAINT {n['constraint']}"
        if n["constraint"]
        else f"DROP INDEX {n['index']}"
        for n in names
    ]
    assert table in await _refused_without(second, *drops)
