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
# What credits and first contacts rely on to happen once: (table, columns of a unique index).
REQUIRED_UNIQUE = {
    ("chain_cursors", "account, rail"),
    ("chain_entries", "account, lt, rail"),
    ("deposit_memos", "player_id"),
    ("deposits", "external_id, rail"),
    ("filed_deposits", "external_id, rail"),
    ("games", "external_id, provider_id"),
    ("house_rounds", "key, player_id"),
    ("house_rounds", "nonce, seed_pair_id"),
    ("identities", "external_id, kind"),
    ("inbox", "external_id, source"),
    ("sign_ins", "token_hash"),
}
REQUIRED_TRIGGERS = {
    "transfers_append_only",
    "audit_trail_append_only",
    # What the wallet's write verifies instead of locking it:
    "accounts_guard",
    "game_sessions_guard",
    "limits_guard",
    "games_switched",
    "providers_switched",
}


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
    unique = {
        (row["table"], row["columns"])
        for row in await connection.fetch(
            "SELECT i.indrelid::regclass::text AS table,"
            " string_agg(a.attname, ', ' ORDER BY a.attname) AS columns"
            " FROM pg_index i JOIN pg_attribute a"
            " ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::smallint[])"
            " WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL"
            " GROUP BY i.indexrelid, i.indrelid"
        )
    }
    missing = [f"{table}.{name}" for table, name in sorted(REQUIRED_CONSTRAINTS - constraints)]
    missing += sorted(REQUIRED_UNIQUE_INDEXES - indexes)
    missing += [
        f"unique {table} ({columns})" for table, columns in sorted(REQUIRED_UNIQUE - unique)
    ]
    missing += sorted(REQUIRED_TRIGGERS - triggers)
    if await connection.fetchval("SHOW synchronous_commit") == "off":
        missing.append("synchronous_commit is off")
    if await connection.fetchval("SHOW fsync") == "off":
        missing.append("fsync is off")
    if missing:
        raise SchemaIncomplete("the database lacks: " + ", ".join(missing))
