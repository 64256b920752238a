"""Foreign messages, stored before they are acknowledged and handled afterwards, each once."""

from __future__ import annotations

from dataclasses import dataclass

from casino.text import storable
from db.database import transaction

ATTEMPTS_MAX = 10
DELAY_MAX_S = 600
ERROR_LENGTH_MAX = 500

_KEEP = """
INSERT INTO inbox (source, external_id, body, received_at, due_at, attempts)
VALUES ($1, $2, $3, now(), now(), 0)
ON CONFLICT (source, external_id) DO NOTHING
RETURNING id
"""

# Materialised: a plan that ran the limited part again for each row would claim more than asked.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM inbox
    WHERE source = $1 AND handled_at IS NULL AND parked_at IS NULL AND due_at <= now()
        AND attempts < $4
    ORDER BY id LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE inbox i SET due_at = now() + make_interval(secs => $3), attempts = i.attempts + 1
FROM due
WHERE i.id = due.id
RETURNING i.id, i.source, i.external_id, i.body, i.attempts
"""

# A message that killed its worker each time: nobody lived to say that it failed.
_PARK = """
UPDATE inbox SET parked_at = now(), error = coalesce(error, 'its workers did not survive it')
WHERE source = $1 AND handled_at IS NULL AND parked_at IS NULL AND due_at <= now()
    AND attempts >= $2
"""

_DONE = "UPDATE inbox SET handled_at = now(), error = NULL WHERE id = $1"

_FAILED = """
UPDATE inbox SET error = $2,
    due_at = now() + make_interval(secs => least(power(2, attempts), $4)),
    parked_at = CASE WHEN attempts >= $3 THEN now() END
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message."""

    id: int
    source: str
    external_id: str
    body: bytes
    attempts: int


class Inbox:
    """Keeps, claims and closes messages; what a crash interrupts is handled after restart."""

    async def keep(self, source: str, external_id: str, body: bytes) -> bool:
        """Store a message; False when it was known already. Durable when this returns."""
        async with transaction() as tx:
            return await tx.raw.fetchval(_KEEP, source, external_id, body) is not None

    async def claim(self, source: str, limit: int, lease_s: int) -> list[Message]:
        """Take the oldest due messages for ``lease_s`` seconds; other workers skip them."""
        async with transaction() as tx:
            await tx.raw.execute(_PARK, source, ATTEMPTS_MAX)
            rows = await tx.raw.fetch(_CLAIM, source, limit, lease_s, ATTEMPTS_MAX)
        return sorted((Message(*row) for row in rows), key=lambda m: m.id)

    async def done(self, message: Message) -> None:
        """Close a handled message."""
        async with transaction() as tx:
            await tx.raw.execute(_DONE, message.id)

    async def failed(self, message: Message, error: str) -> None:
        """Try it again later, with growing delay; after 10 attempts it is parked for a person."""
        async with transaction() as tx:
            kept = storable(error, ERROR_LENGTH_MAX)
            await tx.raw.execute(_FAILED, message.id, kept, ATTEMPTS_MAX, DELAY_MAX_S)
