"""The ledger as a log: every transfer, in order, at least once, for whatever works downstream.

A transfer's position is drawn while its account is locked, so positions of one account grow with
its sequence. They are drawn before the commit: a smaller one may appear after a larger one. So a
reader goes only as far as a position before which nothing can appear any more: one that had been
drawn before some moment, once every transaction that was under way at that moment has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import asyncpg
import msgspec
import structlog

from casino import errors
from casino.wallet.operations import Kind
from db.database import Database, Transaction, transaction

log = structlog.get_logger(__name__)

PAGE = 1_000
IDLE_S = 0.5
RETRY_S = 2.0

_DRAWN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_positions"
# A number of its own is above that of everybody under way; the bound of a snapshot is not.
_NEXT = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_OPEN = """
INSERT INTO feed_cursors (name, position) VALUES ($1, 0) ON CONFLICT DO NOTHING
"""
_PAGE = """
SELECT t.position, t.created_at, t.player_id, t.currency_id, t.seq, t.kind_id, t.source_id,
    t.cash_delta, t.bonus_delta, t.held_delta, t.amount, t.round_id, t.game_id, t.reference
FROM transfers t WHERE t.position > $1 AND t.position <= $2 ORDER BY t.position LIMIT $3
"""


class Logged(msgspec.Struct, frozen=True, gc=False):
    """One transfer as its followers see it; deltas are the player's, in minor units."""

    position: int
    at: datetime
    player_id: int
    currency_id: int
    seq: int
    kind: Kind
    source_id: int
    cash_delta: int
    bonus_delta: int
    held_delta: int
    amount: int
    round_id: str | None
    game_id: int | None
    reference: str | None


Handle = Callable[[Transaction, Sequence[Logged]], Awaitable[None]]


class Feed:
    """One follower of the log, by name; its cursor survives restarts.

    ``handle`` gets transfers in order inside a transaction that moves the cursor too: what it
    writes to the database happens exactly once, what it does elsewhere at least once. Several
    processes may run the same follower: they take turns.
    """

    def __init__(self, database: Database, name: str, handle: Handle) -> None:
        """Follow nothing yet."""
        self._database = database
        self._name = name
        self._handle = handle
        self._settled = 0  # no transfer up to here can appear any more
        self._drawn = 0  # a later position, which waits for transactions under way
        self._waits_for: int | None = None  # until those below it have ended

    async def follow(self) -> None:
        """Follow for ever."""
        while True:
            try:
                handled = await self.step()
            except errors.LATER as outage:
                log.warning("feed put off", feed=self._name, error=repr(outage))
                await asyncio.sleep(RETRY_S)
            except Exception:  # a page that fails is tried again: none may be passed over
                log.exception("feed stuck", feed=self._name)
                await asyncio.sleep(RETRY_S)
            else:
                if handled < PAGE:
                    await asyncio.sleep(IDLE_S)

    async def step(self) -> int:
        """Handle the next page; return how many transfers it had."""
        await self._look_ahead()
        async with transaction() as tx:
            await tx.raw.execute(_OPEN, self._name)
            cursor = await tx.raw.fetchval(
                "SELECT position FROM feed_cursors WHERE name = $1 FOR UPDATE", self._name
            )
            rows = await tx.raw.fetch(_PAGE, cursor, self._settled, PAGE)
            reached = rows[-1]["position"] if len(rows) == PAGE else self._settled
            if reached <= cursor:
                return 0
            if rows:
                await self._handle(tx, [_logged(row) for row in rows])
            await tx.raw.execute(
                "UPDATE feed_cursors SET position = $2 WHERE name = $1", self._name, reached
            )
        return len(rows)

    async def _look_ahead(self) -> None:
        async with self._database.connection() as connection:
            if self._waits_for is None:
                # In this order: whoever drew up to here was under way by then, or had ended.
                self._drawn = await connection.fetchval(_DRAWN)
                if self._drawn == self._settled:
                    return
                self._waits_for = await connection.fetchval(_NEXT)
            if await connection.fetchval(_OLDEST) >= self._waits_for:
                self._settled, self._waits_for = self._drawn, None


def _logged(row: asyncpg.Record) -> Logged:
    position, at, player_id, currency_id, seq, kind_id, *rest = row
    return Logged(position, at, player_id, currency_id, seq, Kind(kind_id), *rest)
