"""Set-based SQL of the ledger: read a set, write a set. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

# Every look-up by array goes through LATERAL ... OFFSET 0: on an empty but analysed table the
# planner would otherwise choose a full scan and keep that plan (a tenfold loss, once seen).
_ACCOUNTS = """
SELECT a.player_id, a.currency_id, a.cash, a.bonus, a.held, a.seq, a.frozen
FROM unnest($1::bigint[], $2::smallint[]) AS k (player_id, currency_id)
CROSS JOIN LATERAL (
    SELECT * FROM accounts a
    WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
    OFFSET 0
) a
"""

_LOCK_ACCOUNTS = """
SELECT player_id, currency_id, cash, bonus, held, seq, frozen FROM accounts
WHERE (player_id, currency_id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[]))
ORDER BY player_id, currency_id
FOR NO KEY UPDATE
"""

# The player's row is shared, so that a freeze running at the same time either is seen here or
# sees the new account.
_OPEN_ACCOUNTS = """
INSERT INTO accounts (player_id, currency_id, frozen)
SELECT p.id, k.currency_id, p.frozen
FROM unnest($1::bigint[], $2::smallint[]) AS k (player_id, currency_id)
JOIN players p ON p.id = k.player_id
ORDER BY 1, 2
FOR SHARE OF p
ON CONFLICT DO NOTHING
"""

_TRANSFER_COLUMNS = """
t.player_id, t.currency_id, t.seq, t.kind_id, t.source_id, t.key, t.amount,
t.cash_delta, t.bonus_delta, t.held_delta, t.cash_after, t.bonus_after, t.held_after,
t.round_id, t.game_id, t.reference, t.ends_round
"""

_BY_KEY = f"""
SELECT {_TRANSFER_COLUMNS}
FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS k (player_id, source_id, key)
CROSS JOIN LATERAL (
    SELECT * FROM transfers t
    WHERE t.player_id = k.player_id AND t.source_id = k.source_id AND t.key = k.key
    OFFSET 0
) t
"""  # noqa: S608 - constant column list

_BY_REFERENCE = f"""
SELECT {_TRANSFER_COLUMNS}
FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS k (player_id, source_id, key)
CROSS JOIN LATERAL (
    SELECT * FROM transfers t
    WHERE t.player_id = k.player_id AND t.source_id = k.source_id AND t.reference = k.key
    OFFSET 0
) t
"""  # noqa: S608 - constant column list

# Stakes of the rounds that took bonus money ($6 = false), or of every round named ($6 = true).
# The partial index answers the usual case, no bonus at all, without touching the table.
_ROUND_STAKES = """
SELECT k.player_id, k.currency_id, k.source_id, k.round_id,
       -sum(t.cash_delta)::bigint AS cash, -sum(t.bonus_delta)::bigint AS bonus
FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::boolean[])
    AS k (player_id, currency_id, source_id, round_id, always)
CROSS JOIN LATERAL (
    SELECT t.cash_delta, t.bonus_delta FROM transfers t
    WHERE t.player_id = k.player_id AND t.currency_id = k.currency_id
      AND t.source_id = k.source_id AND t.round_id = k.round_id AND t.kind_id BETWEEN 1 AND 19
      AND (k.always OR EXISTS (
          SELECT FROM transfers b
          WHERE b.player_id = k.player_id AND b.source_id = k.source_id
            AND b.round_id = k.round_id AND b.bonus_delta < 0
      ))
    OFFSET 0
) t
GROUP BY 1, 2, 3, 4
"""

_DEAD_SESSIONS = """
SELECT k.id FROM unnest($1::bigint[]) AS k (id)
WHERE NOT EXISTS (
    SELECT FROM game_sessions s WHERE s.id = k.id AND s.ended_at IS NULL AND s.expires_at > now()
)
"""

_GAMES_OFF = """
SELECT k.id FROM unnest($1::integer[]) AS k (id)
WHERE NOT EXISTS (
    SELECT FROM games g JOIN providers p ON p.id = g.provider_id
    WHERE g.id = k.id AND g.enabled AND p.enabled
)
"""

_UPDATE_ACCOUNTS = """
UPDATE accounts a
SET cash = k.cash, bonus = k.bonus, held = k.held, seq = k.seq
FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS k (player_id, currency_id, cash, bonus, held, seq)
WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
"""

_INSERT_TRANSFERS = """
INSERT INTO transfers (player_id, currency_id, seq, kind_id, source_id, key, amount,
    cash_delta, bonus_delta, held_delta, cash_after, bonus_after, held_after,
    round_id, game_id, reference, ends_round)
SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::smallint[], $5::smallint[],
    $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
    $12::bigint[], $13::bigint[], $14::text[], $15::integer[], $16::text[], $17::boolean[])
"""

Rows = list[asyncpg.Record]


async def lock_accounts(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> Rows:
    """Lock and return the accounts (player, currency), opening those of known players first."""
    players, currencies = [k[0] for k in keys], [k[1] for k in keys]
    rows: Rows = await connection.fetch(_LOCK_ACCOUNTS, players, currencies)
    if len(rows) < len(keys):
        await connection.execute(_OPEN_ACCOUNTS, players, currencies)
        rows = await connection.fetch(_LOCK_ACCOUNTS, players, currencies)
    return rows


async def read_accounts(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> Rows:
    """Return the accounts (player, currency) that exist, without locking."""
    rows: Rows = await connection.fetch(_ACCOUNTS, [k[0] for k in keys], [k[1] for k in keys])
    return rows


async def read_transfers(
    connection: asyncpg.Connection, keys: Sequence[tuple[int, int, str]]
) -> tuple[Rows, Rows]:
    """Return the transfers with these keys (player, source, key), and those naming them."""
    arguments = ([k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys])
    return (
        await connection.fetch(_BY_KEY, *arguments),
        await connection.fetch(_BY_REFERENCE, *arguments),
    )


async def read_round_stakes(
    connection: asyncpg.Connection, rounds: Sequence[tuple[int, int, int, str, bool]]
) -> Rows:
    """Return what rounds (player, currency, source, round, always) have taken in stakes."""
    rows: Rows = await connection.fetch(_ROUND_STAKES, *map(list, zip(*rounds, strict=True)))
    return rows


async def read_dead_sessions(connection: asyncpg.Connection, ids: Sequence[int]) -> set[int]:
    """Return those sessions that are over or were never opened."""
    return {row["id"] for row in await connection.fetch(_DEAD_SESSIONS, list(ids))}


async def read_games_off(connection: asyncpg.Connection, ids: Sequence[int]) -> set[int]:
    """Return those games that staff switched off, by themselves or with their provider."""
    return {row["id"] for row in await connection.fetch(_GAMES_OFF, list(ids))}


async def write(
    connection: asyncpg.Connection,
    accounts: Sequence[tuple[int, int, int, int, int, int]],
    transfers: Sequence[tuple[object, ...]],
) -> None:
    """Store new account states and transfer rows; the constraints judge every row once more."""
    await connection.execute(_UPDATE_ACCOUNTS, *map(list, zip(*accounts, strict=True)))
    await connection.execute(_INSERT_TRANSFERS, *map(list, zip(*transfers, strict=True)))


async def source_id(connection: asyncpg.Connection, name: str) -> int:
    """Return the number of a source, giving it one on first use."""
    known = await connection.fetchval("SELECT id FROM sources WHERE name = $1", name)
    if known is None:
        known = await connection.fetchval(
            "INSERT INTO sources (name) VALUES ($1)"
            " ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
            name,
        )
    return int(known)
