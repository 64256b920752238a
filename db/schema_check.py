"""Refuse to start on a database without the constraints that the money relies on."""

from __future__ import annotations

import asyncpg

REQUIRED_CONSTRAINTS = {
    ("accounts", "accounts_pkey"),
    ("accounts", "accounts_bonus_check"),
    ("accounts", "accounts_held_check"),
    ("transfers", "transfers_pkey"),
    ("transfers", "transfers_key_once"),
    ("transfers", "transfers_never_overdrawn"),
    ("transfers", "transfers_signs"),
    ("transfers", "transfers_reference_kinds"),
    ("deposits", "deposits_positive"),
    ("house_rounds", "house_rounds_amounts"),
}
REQUIRED_UNIQUE_INDEXES = {"transfers_reference_once", "seed_pairs_active"}
REQUIRED_TRIGGERS = {"transfers_append_only", "audit_trail_append_only"}


class SchemaIncomplete(RuntimeError):
    """The database lacks something that the code relies on; run ``python main.py migrate``."""


async def require_schema(connection: asyncpg.Connection) -> None:
    """Compare the catalogue with what must be there, and the settings with what was promised.

    Raises SchemaIncomplete naming everything that is missing.
    """
    constraints = {
        (row["table"], row["name"])
        for row in await connection.fetch(
            "SELECT conrelid::regclass::text AS table, conname::text AS name"
            " FROM pg_constraint WHERE convalidated AND conrelid <> 0"
        )
    }
    indexes = {
        row["name"]
        for row in await connection.fetch(
            "SELECT indexrelid::regclass::text AS name FROM pg_index"
            " WHERE indisunique AND indisvalid"
        )
    }
    triggers = {
        row["name"]
        for row in await connection.fetch(
            "SELECT tgname::text AS name FROM pg_trigger WHERE tgenabled = 'O'"
        )
    }
    missing = [f"{table}.{name}" for table, name in sorted(REQUIRED_CONSTRAINTS - constraints)]
    missing += sorted(REQUIRED_UNIQUE_INDEXES - indexes)
    missing += sorted(REQUIRED_TRIGGERS - triggers)
    if await connection.fetchval("SHOW synchronous_commit") == "off":
        missing.append("synchronous_commit is off")
    if await connection.fetchval("SHOW fsync") == "off":
        missing.append("fsync is off")
    if missing:
        raise SchemaIncomplete("the database lacks: " + ", ".join(missing))
