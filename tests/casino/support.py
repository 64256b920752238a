"""What these tests share: raw looks at what is really committed, and honest bonus money."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg

from casino.money import Currency
from db.database import Transaction, transaction

BONUS_SOURCE = "bonus-of-a-test"


async def count(second: asyncpg.Connection, table: str, where: str = "true") -> int:
    return int(await second.fetchval(f"SELECT count(*) FROM {table} WHERE {where}"))  # noqa: S608 - the test's own words


async def pockets(
    second: asyncpg.Connection, player_id: int, currency: Currency
) -> tuple[int, int, int]:
    """Return cash, bonus and held; zeros where there is no account."""
    row = await second.fetchrow(
        "SELECT cash, bonus, held FROM accounts WHERE player_id = $1 AND currency_id = $2",
        player_id,
        currency.id,
    )
    return (row["cash"], row["bonus"], row["held"]) if row else (0, 0, 0)


async def give_bonus(
    second: asyncpg.Connection, player_id: int, currency: Currency, units: int
) -> None:
    """Grant bonus money with its row in the ledger: nothing in the house grants any yet."""
    async with second.transaction():
        await second.execute(
            "INSERT INTO sources (name) VALUES ($1) ON CONFLICT DO NOTHING", BONUS_SOURCE
        )
        await second.execute(
            "INSERT INTO accounts (player_id, currency_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            player_id,
            currency.id,
        )
        await second.execute(
            "UPDATE accounts SET bonus = bonus + $3, seq = seq + 1"
            " WHERE player_id = $1 AND currency_id = $2",
            player_id,
            currency.id,
            units,
        )
        await second.execute(
            "INSERT INTO transfers (player_id, currency_id, seq, kind_id, source_id, key, amount,"
            " cash_delta, bonus_delta, held_delta, cash_after, bonus_after, held_after,"
            " ends_round)"
            " SELECT player_id, currency_id, seq, 61, (SELECT id FROM sources WHERE name = $3),"
            " 'bonus-' || seq, $4, 0, $4, 0, cash, bonus, held, false"
            " FROM accounts WHERE player_id = $1 AND currency_id = $2",
            player_id,
            currency.id,
            BONUS_SOURCE,
            units,
        )


async def until_blocked(second: asyncpg.Connection, how_many: int = 1) -> None:
    """Wait until so many connections of this database wait for a lock."""
    waiting = -1
    while waiting < how_many:
        await asyncio.sleep(0.005)
        waiting = await second.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )


class Undone(Exception):
    """Ends a transaction that must leave nothing."""


async def undo(work: Callable[[Transaction], Awaitable[object]]) -> None:
    """Do the work in a transaction that then rolls back, as if its caller had failed."""
    with contextlib.suppress(Undone):
        async with transaction() as tx:
            await work(tx)
            raise Undone


# Written apart from the audit on purpose: what it would overlook, this may see.
_BROKEN_CHAINS = """
SELECT a.player_id, a.currency_id FROM accounts a
LEFT JOIN LATERAL (
    SELECT max(seq) AS top, count(*) AS n, sum(cash_delta) AS cash, sum(bonus_delta) AS bonus,
        sum(held_delta) AS held
    FROM transfers t WHERE t.player_id = a.player_id AND t.currency_id = a.currency_id
) t ON true
LEFT JOIN LATERAL (
    SELECT cash_after, bonus_after, held_after FROM transfers t
    WHERE t.player_id = a.player_id AND t.currency_id = a.currency_id
    ORDER BY seq DESC LIMIT 1
) newest ON true
WHERE a.seq <> t.n OR coalesce(t.top, 0) <> t.n
    OR (a.cash, a.bonus, a.held) <> (
        coalesce(t.cash, 0), coalesce(t.bonus, 0), coalesce(t.held, 0))
    OR (a.cash, a.bonus, a.held) <> (
        coalesce(newest.cash_after, 0), coalesce(newest.bonus_after, 0),
        coalesce(newest.held_after, 0))
UNION ALL
SELECT player_id, currency_id FROM (
    SELECT *, sum(cash_delta) OVER w AS cash, sum(bonus_delta) OVER w AS bonus,
        sum(held_delta) OVER w AS held, row_number() OVER w AS n
    FROM transfers WINDOW w AS (PARTITION BY player_id, currency_id ORDER BY seq)
) t WHERE (cash, bonus, held, n) <> (cash_after, bonus_after, held_after, seq)
"""


async def broken_chains(second: asyncpg.Connection) -> list[tuple[int, int]]:
    """Return every account (player, currency) whose transfers do not add up step by step."""
    return [tuple(row) for row in await second.fetch(_BROKEN_CHAINS)]
