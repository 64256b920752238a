"""Relays stored events: at least once, in order per player, no listener blocking the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog

from casino import events
from casino.errors import LATER, TryLater
from casino.text import storable
from db.database import OUTAGES, transaction

log = structlog.get_logger(__name__)

Tell = Callable[[events.Event], Awaitable[None]]

IDLE_S = 0.5  # how long a quiet outbox waits before it is looked at again
BATCH = 50
LEASE_S = 60
ATTEMPTS_MAX = 20
DELAY_MAX_S = 3_600
ERROR_LENGTH_MAX = 500

# The oldest untold event of each player, so that a player's events keep their order; the lease
# keeps other relays off it while it is being told.
_CLAIM = """
WITH heads AS (
    SELECT DISTINCT ON (coalesce(player_id, -id)) id, due_at FROM outbox
    WHERE told_at IS NULL AND parked_at IS NULL
    ORDER BY coalesce(player_id, -id), id
), due AS MATERIALIZED (
    SELECT o.id FROM outbox o JOIN heads h ON h.id = o.id
    WHERE o.due_at <= now() AND o.told_at IS NULL
    ORDER BY o.id LIMIT $2
    FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox o SET due_at = now() + make_interval(secs => $1), attempts = o.attempts + 1
FROM due
WHERE o.id = due.id
RETURNING o.id, o.name, o.player_id, o.body, o.attempts
"""


class Retry(TryLater):
    """A listener asks to be told again after ``after_s`` seconds."""

    def __init__(self, after_s: float) -> None:
        """Say how long to wait."""
        super().__init__(self.code)
        self.after_s = after_s


async def relay(tell: Tell) -> None:
    """Tell events until cancelled."""
    while True:
        try:
            told = await relay_once(tell)
        except OUTAGES as outage:
            log.warning("outbox: database is away", error=repr(outage))
            told = 0
        if not told:
            await asyncio.sleep(IDLE_S)


async def relay_once(tell: Tell) -> int:
    """Claim what is due, tell it, and note what became of it. Returns how many were claimed."""
    async with transaction() as tx:
        rows = await tx.raw.fetch(_CLAIM, LEASE_S, BATCH)
    # One event a player at most: they are told side by side, so that nobody waits for a listener
    # that hangs over somebody else's.
    told = await asyncio.gather(
        *(
            _tell_one(tell, r["id"], r["name"], r["player_id"], r["body"], r["attempts"])
            for r in rows
        ),
        return_exceptions=True,
    )
    for failure in told:
        if isinstance(failure, BaseException):
            raise failure
    return len(rows)


async def _tell_one(
    tell: Tell, event_id: int, name: str, player_id: int | None, body: str, attempts: int
) -> None:
    try:
        async with asyncio.timeout(LEASE_S / 2):
            await tell(events.read(name, player_id, json.loads(body)))
    except Retry as retry:
        await _later(event_id, retry.after_s, repr(retry))
    except LATER as outage:
        await _later(event_id, _delay_s(attempts), repr(outage))
    except Exception as bug:  # one event's bug must not stop everybody's; it is kept, loudly
        log.exception("outbox: listener failed", event_name=name, event_id=event_id)
        if attempts >= ATTEMPTS_MAX:
            await _note("parked_at = now(), error = $2", event_id, repr(bug))
        else:
            await _later(event_id, _delay_s(attempts), repr(bug))
    else:
        await _note("told_at = now(), error = $2", event_id, None)


def _delay_s(attempts: int) -> float:
    return min(2.0 ** min(attempts, 16), DELAY_MAX_S)


async def _later(event_id: int, after_s: float, error: str) -> None:
    await _note("due_at = now() + make_interval(secs => $3), error = $2", event_id, error, after_s)


async def _note(change: str, event_id: int, error: str | None, *more: float) -> None:
    kept = storable(error, ERROR_LENGTH_MAX) if error is not None else None
    async with transaction() as tx:
        await tx.raw.execute(f"UPDATE outbox SET {change} WHERE id = $1", event_id, kept, *more)  # noqa: S608 - constants above
