"""Migrations: forward on an empty database, harmless a second time, and equal to the models."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

import db.migrations
from casino.money import CURRENCIES
from casino.wallet import Kind
from db.database import Database, tortoise_config
from db.embedded import EmbeddedPostgres
from db.schema_check import SchemaIncomplete

SQL = Path(str(db.migrations.__path__[0])).parent / "sql"

# What ran anywhere is never changed: a change is a new file. A new one adds its line here.
FROZEN = {
    "0001_initial.py": "90d91826843ba140",
    "0002_ledger.py": "a4eec384566f6484",
    "0002_ledger.sql": "9cdf17cdaf669837",
    "0002_constraints.sql": "1dd949c73e66a0a9",
    "0003_engine.py": "0262fcc4f03f7214",
    "0003_engine.sql": "a9fe36ad68476f1e",
    "0004_collation.py": "3483ed9834b0dde6",
    "0004_collation.sql": "726d57d5d18c1d58",
    "0005_free_spins.py": "59e88e045a0ad455",
    "0005_free_spins.sql": "7f7dc394cdd08fd7",
    "0006_lobby.py": "c78f7fb4d0479c59",
    "0006_lobby.sql": "061a5c1ebc546f06",
    "0007_reconciliation.py": "14044f840c98367b",
    "0007_reconciliation.sql": "ee199a597732d9d1",
    "0008_game_corrections.py": "139cb2ff3b8fe28d",
    "0008_game_corrections.sql": "a3f31736478e1fbf",
}


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    name = f"empty_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres.url.replace("/postgres?", f"/{name}?")
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def _catalogue(url: str) -> list[tuple[object, ...]]:
    """List everything that migrations make: columns, constraints, indexes, triggers, views."""
    connection = await asyncpg.connect(url)
    rows: list[tuple[object, ...]] = []
    for query in (
        (
            "SELECT table_name, column_name, data_type, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        ),
        (
            "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        ),
        (
            "SELECT tablename::text, indexname::text, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'"
        ),
        (
            "SELECT tgrelid::regclass::text, tgname::text, tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal"
        ),
        "SELECT viewname::text, definition FROM pg_views WHERE schemaname = 'public'",
        "SELECT id, code, decimals FROM currencies",
        "SELECT * FROM transfer_kinds",
    ):
        rows += sorted(tuple(map(str, row)) for row in await connection.fetch(query))
    await connection.close()
    return rows


async def test_migrations_run_forward_on_an_empty_database_and_the_house_opens(
    empty_url: str,
) -> None:
    database = Database(empty_url)
    await database.migrate()
    await database.open()
    await database.ping()
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM transfers") == 0
        first = await connection.fetchval("SELECT nextval('players_id_seq')")
    await database.close()
    assert first == 1001


async def test_a_second_run_changes_nothing(empty_url: str) -> None:
    await Database(empty_url).migrate()
    before = await _catalogue(empty_url)
    await Database(empty_url).migrate()
    assert await _catalogue(empty_url) == before


async def test_an_unmigrated_database_is_refused_in_words(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(SchemaIncomplete, match="transfers_key_once"):
        await database.open()
    await database.close()


async def test_who_may_not_create_the_extension_is_told_what_to_do(
    empty_url: str, postgres: EmbeddedPostgres
) -> None:
    """On a managed server the house's own role may be allowed no more than its tables."""
    role = f"role_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(empty_url)
    await owner.execute(f'CREATE ROLE "{role}" LOGIN; GRANT ALL ON SCHEMA public TO "{role}"')
    limited = empty_url.replace("postgres:@", f"{role}:@")
    with pytest.raises(
        Exception, match=r"pg_trgm is missing and cannot be created here"
    ) as refused:
        await Database(limited).migrate()
    assert "run CREATE EXTENSION pg_trgm in this database" in str(refused.value)
    await owner.execute("CREATE EXTENSION pg_trgm")
    await Database(limited).migrate()
    assert await owner.fetchval("SELECT count(*) FROM games") == 0
    await owner.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await owner.close()


async def test_games_of_before_the_search_are_found_by_it(empty_url: str) -> None:
    """The tables of the lobby are filled from what is there when it is migrated."""
    await Database(empty_url).migrate()
    connection = await asyncpg.connect(empty_url)
    # Back to where there were games and no lobby.
    await connection.execute(
        "DROP TABLE game_words, lobby_words, catalogue_syncs, catalogue_pages, game_days,"
        " favourites;"
        "DROP FUNCTION keep_game_words CASCADE; DROP FUNCTION words_like;"
        "ALTER TABLE games DROP COLUMN title_key, DROP COLUMN new_on;"
        "DROP INDEX game_sessions_of_player, games_popular, games_of_category, games_of_studio,"
        " games_by_rtp;"
        "INSERT INTO providers (id, title, enabled) VALUES ('p', 'P', true);"
        "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed,"
        " enabled, created_at) VALUES ('p', 'g', 'Wolf  Gold!', 'Big-Time', 'slots', false, true,"
        " true, now())"
    )
    await connection.execute((SQL / "0006_lobby.sql").read_text())
    words = await connection.fetchrow("SELECT search, words::text FROM game_words")
    assert tuple(words) == ("wolf gold big time", "'big' 'gold' 'time' 'wolf'")
    assert await connection.fetchval("SELECT count(*) FROM lobby_words") == 4
    await connection.close()


async def test_the_models_say_what_the_migrations_made(database: Database) -> None:
    assert Tortoise.apps is not None
    apps = tortoise_config("postgresql://nobody@localhost/x")["apps"]
    changes = await MigrationAutodetector(Tortoise.apps, apps).changes()
    assert [change.operations for change in changes] == []


async def test_the_dictionaries_in_the_database_are_those_of_the_code(
    database: Database, second: asyncpg.Connection
) -> None:
    currencies = await second.fetch("SELECT id, code, decimals FROM currencies ORDER BY id")
    assert [tuple(row) for row in currencies] == sorted(
        (c.id, c.code, c.decimals) for c in CURRENCIES.values()
    )
    kinds = await second.fetch("SELECT id, code, may_overdraw FROM transfer_kinds ORDER BY id")
    overdrawing = {Kind.REVERSAL, Kind.CORRECTION_DOWN, Kind.GAME_CORRECTION_DOWN}
    assert [tuple(row) for row in kinds] == sorted(
        (int(k), k.name.lower(), k in overdrawing) for k in Kind
    )


@pytest.mark.parametrize("name", sorted(FROZEN))
def test_a_migration_that_ran_anywhere_is_never_changed(name: str) -> None:
    folder = Path(str(db.migrations.__path__[0]))
    path = folder / name if name.endswith(".py") else folder.parent / "sql" / name
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == FROZEN[name]


def test_every_migration_is_in_the_frozen_list() -> None:
    folder = Path(str(db.migrations.__path__[0]))
    found = {p.name for p in folder.glob("[0-9]*.py")}
    found |= {p.name for p in (folder.parent / "sql").glob("*.sql")}
    assert found == set(FROZEN)
