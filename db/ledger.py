"""Set-based SQL of the ledger: read a set, write a set. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import orjson

# Every look-up by array goes through LATERAL ... OFFSET 0: it stays one look-up for each key.
# On an empty but analysed table the planner would still scan all of it, and keep that plan (a
# tenfold loss, once seen): lanes forbid that (see ``LANE_SETTINGS``).
_ACCOUNTS = """
SELECT a.player_id, a.currency_id, a.cash, a.bonus, a.held, a.seq
FROM unnest($1::text::bigint[], $2::text::smallint[]) AS k (player_id, currency_id)
CROSS JOIN LATERAL (
    SELECT * FROM accounts a
    WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
    OFFSET 0
) a
"""

_LOCK_ACCOUNTS = """
SELECT FROM accounts
WHERE (player_id, currency_id) IN (SELECT * FROM unnest($1::text::bigint[], $2::text::smallint[]))
ORDER BY player_id, currency_id
FOR NO KEY UPDATE
"""

# The player's row is shared, so that a freeze running at the same time either is seen here or
# sees the new account.
_OPEN_ACCOUNTS = """
INSERT INTO accounts (player_id, currency_id, frozen, excluded_until, blocked, limited)
SELECT p.id, k.currency_id, p.frozen, p.excluded_until, p.blocked, p.limited
FROM unnest($1::text::bigint[], $2::text::smallint[]) AS k (player_id, currency_id)
JOIN players p ON p.id = k.player_id
ORDER BY 1, 2
FOR SHARE OF p
ON CONFLICT DO NOTHING
"""

# One statement reads everything, so that a decision costs one round trip: each part of it fills
# the columns it has, under a tag, and leaves the others empty.
ACCOUNT, BY_KEY, BY_REFERENCE, ROUND, DEAD_SESSION = range(5)

_COLUMNS = {
    "player_id": "bigint",
    "currency_id": "smallint",
    "seq": "bigint",
    "kind_id": "smallint",
    "source_id": "smallint",
    "key": "text",
    "amount": "bigint",
    "cash_delta": "bigint",
    "bonus_delta": "bigint",
    "held_delta": "bigint",
    "cash_after": "bigint",
    "bonus_after": "bigint",
    "held_after": "bigint",
    "round_id": "text",
    "game_id": "integer",
    "reference": "text",
    "ends_round": "boolean",
    # Of accounts, whose state is that after their newest transfer:
    "frozen": "boolean",
    "excluded": "boolean",
    "blocked": "boolean",
    "limited": "boolean",
    "guard": "bigint",
    "switches": "bigint",
    # Of sessions that are over:
    "session_id": "bigint",
}


def _part(tag: int, source: str, **columns: str) -> str:
    """Write one part of the reading statement."""
    filled = [
        columns.get(name, f"NULL::{kind}") + f" AS {name}" for name, kind in _COLUMNS.items()
    ]
    return f"SELECT {tag} AS tag, {', '.join(filled)} FROM {source}"  # noqa: S608 - constants


_TRANSFER = {name: f"t.{name}" for name in list(_COLUMNS)[:17]}

# Accounts (player, currency): $1, $2.
_READ_ACCOUNTS = _part(
    ACCOUNT,
    """unnest($1::text::bigint[], $2::text::smallint[]) AS k (player_id, currency_id)
    CROSS JOIN LATERAL (
        SELECT * FROM accounts a
        WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
        OFFSET 0
    ) a""",
    player_id="a.player_id",
    currency_id="a.currency_id",
    seq="a.seq",
    cash_after="a.cash",
    bonus_after="a.bonus",
    held_after="a.held",
    frozen="a.frozen",
    excluded="coalesce(a.excluded_until > now(), false)",
    blocked="a.blocked",
    limited="a.limited",
    guard="a.guard",
    switches="(SELECT version FROM switches)",
)

# Transfers by (player, source, key): $3, $4, $5; and those that end them.
_READ_TRANSFERS, _READ_REFERENCES = (
    _part(
        tag,
        f"""unnest($3::text::bigint[], $4::text::smallint[], $5::text::text[])
            AS k (player_id, source_id, key)
        CROSS JOIN LATERAL (
            SELECT * FROM transfers t
            WHERE t.player_id = k.player_id AND t.source_id = k.source_id AND t.{column} = k.key
            OFFSET 0
        ) t""",  # noqa: S608 - constants
        **_TRANSFER,
    )
    for tag, column in ((BY_KEY, "key"), (BY_REFERENCE, "reference"))
)

ROUND_SPAN = (
    10_000  # transfers of the account, newest first: where a round's stakes are looked for
)

# What rounds (player, currency, source, round: $6 to $9) took in stakes, where that was bonus
# money too ($10 = false) or whatever it was. No row where there is nothing.
_READ_ROUNDS = _part(
    ROUND,
    f"""(
        SELECT k.*
        FROM unnest($6::text::bigint[], $7::text::smallint[], $8::text::smallint[],
                $9::text::text[])
            AS k (player_id, currency_id, source_id, round_id)
        WHERE $10 OR EXISTS (
            SELECT FROM transfers b
            WHERE b.player_id = k.player_id AND b.source_id = k.source_id
                AND b.round_id = k.round_id AND b.bonus_delta < 0
        )
        OFFSET 0
    ) k
    CROSS JOIN LATERAL (
        SELECT -sum(t.cash_delta)::bigint AS cash, -sum(t.bonus_delta)::bigint AS bonus
        FROM transfers t
        WHERE t.player_id = k.player_id AND t.currency_id = k.currency_id
            AND t.source_id = k.source_id AND t.round_id = k.round_id
            AND t.kind_id BETWEEN 1 AND 19
            AND t.seq > (
                SELECT a.seq - {ROUND_SPAN} FROM accounts a
                WHERE a.player_id = k.player_id AND a.currency_id = k.currency_id
            )
        OFFSET 0
    ) s
    WHERE s.cash IS NOT NULL""",  # noqa: S608 - constants
    player_id="k.player_id",
    currency_id="k.currency_id",
    source_id="k.source_id",
    round_id="k.round_id",
    cash_delta="s.cash",
    bonus_delta="s.bonus",
)

_READ_SESSIONS = _part(
    DEAD_SESSION,
    """unnest($11::text::bigint[]) AS k (id)
    WHERE NOT EXISTS (
        SELECT FROM game_sessions s
        WHERE s.id = k.id AND s.ended_at IS NULL AND s.expires_at > now()
    )""",
    session_id="k.id",
)

_PARTS = (
    _READ_ACCOUNTS,
    _READ_TRANSFERS,
    _READ_REFERENCES,
    _READ_ROUNDS,
    _READ_SESSIONS,
)
_READ = " UNION ALL ".join(_PARTS)

# What was used in an earlier span of days counts no more.
_LIMITS = """
SELECT l.player_id, l.currency_id, l.of_losses, l.days, l.units,
    CASE WHEN l.used_since >= span_began(l.days) THEN l.used ELSE 0 END AS used
FROM unnest($1::text::bigint[], $2::text::smallint[]) AS k (player_id, currency_id)
JOIN limits l ON l.player_id = k.player_id AND l.currency_id = k.currency_id
"""

_GAMES_ON = """
SELECT g.id FROM unnest($1::text::integer[]) AS k (id)
JOIN games g ON g.id = k.id JOIN providers p ON p.id = g.provider_id
WHERE g.enabled AND p.enabled
"""

_WRITE = """
SELECT ledger_write($1,
    $2::text::bigint[], $3::text::smallint[], $4::text::bigint[], $5::text::bigint[],
    $6::text::bigint[], $7::text::bigint[], $8::text::bigint[], $9::text::bigint[],
    $10,
    $11::text::bigint[], $12::text::smallint[], $13::text::bigint[], $14::text::smallint[],
    $15::text::smallint[], $16::text::text[], $17::text::bigint[], $18::text::bigint[],
    $19::text::bigint[], $20::text::bigint[], $21::text::bigint[], $22::text::bigint[],
    $23::text::bigint[], $24::text::text[], $25::text::integer[], $26::text::text[],
    $27::text::boolean[])
"""

Rows = list[asyncpg.Record]
AccountRow = tuple[int, int, int, int, int, int, int, int]
TransferRow = tuple[object, ...]


async def open_accounts(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> None:
    """Open the accounts (player, currency) of known players; those that exist stay as they are."""
    await connection.execute(_OPEN_ACCOUNTS, *_arrays(keys, 2))


async def lock_accounts(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> None:
    """Lock the accounts (player, currency) that exist, all in one order."""
    await connection.execute(_LOCK_ACCOUNTS, *_arrays(keys, 2))


async def read_accounts(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> Rows:
    """Return the accounts (player, currency) that exist, without locking."""
    rows: Rows = await connection.fetch(_ACCOUNTS, *_arrays(keys, 2))
    return rows


async def read(
    connection: asyncpg.Connection,
    accounts: Sequence[tuple[int, int]],
    keys: Sequence[tuple[int, int, str]] = (),
    rounds: Sequence[tuple[int, int, int, str]] = (),
    sessions: Sequence[int] = (),
    *,
    all_rounds: bool = False,
) -> Rows:
    """Read what a decision needs, in one round trip; each row's tag says what it is.

    ``keys`` are (player, source, key or reference), ``rounds`` (player, currency, source, round).
    """
    rows: Rows = await connection.fetch(
        _READ,
        *_arrays(accounts, 2),
        *_arrays(keys, 3),
        *_arrays(rounds, 4),
        all_rounds,
        array(sessions),
    )
    return rows


async def read_limits(connection: asyncpg.Connection, keys: Sequence[tuple[int, int]]) -> Rows:
    """Return the limits of these accounts (player, currency), with what is used of them now."""
    rows: Rows = await connection.fetch(_LIMITS, *_arrays(keys, 2))
    return rows


async def read_games_on(connection: asyncpg.Connection, ids: Sequence[int]) -> set[int]:
    """Return those games that are on, themselves and their provider."""
    return {row["id"] for row in await connection.fetch(_GAMES_ON, array(ids))}


async def write(
    connection: asyncpg.Connection,
    switches: int | None,
    accounts: Sequence[AccountRow],
    limits: str | None,
    transfers: Sequence[TransferRow],
) -> set[int]:
    """Store account states and transfers; the constraints judge every row once more.

    An account is (player, currency, seq read, guard read, cash, bonus, held, seq). Returns the
    players for whom something had moved on since it was read: nothing of theirs is stored.
    """
    rows = await connection.fetch(
        _WRITE,
        switches,
        *_arrays(accounts, 8),
        limits,
        *_arrays(transfers, 17),
    )
    return {row[0] for row in rows}


def _arrays(rows: Sequence[tuple[object, ...]], columns: int) -> list[str]:
    """Turn rows into arrays, one a column."""
    return [array(column) for column in (zip(*rows, strict=True) if rows else [()] * columns)]


def array(elements: Sequence[object]) -> str:
    """Write numbers, truths, texts and None as PostgreSQL's text for an array.

    asyncpg asks of every element of a list whether it is a list itself, which costs more than all
    the rest of a write.
    """
    text = orjson.dumps(elements)
    if b"\\" in text:  # JSON's escapes are not PostgreSQL's
        text = b"[%b]" % b",".join([_element(element) for element in elements])
    return "{" + text[1:-1].decode() + "}"


def _element(element: object) -> bytes:
    if not isinstance(element, str):
        return orjson.dumps(element)
    return b'"%b"' % element.replace("\\", "\\\\").replace('"', '\\"').encode()


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
