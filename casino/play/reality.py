"""What a player is told of their own play: what they staked and won of late, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casino import errors
from casino.money import CURRENCY_BY_ID, Money
from db.database import OUTAGES, transaction

STRIDE = 64  # transfers of the first step back; each further step is twice as long

# A player's transfers have no index by time, but in each currency they are numbered without gaps
# and their times grow with the numbers: strides of growing length find where to begin, and no more
# than twice of what is summed up is read, however much lies before it.
_PLAYED = f"""
WITH RECURSIVE back AS (
    SELECT a.currency_id, a.seq AS low, {STRIDE}::bigint AS stride FROM accounts a
    WHERE a.player_id = $1
    UNION ALL
    SELECT b.currency_id, b.low - b.stride, 2 * b.stride FROM back b
    CROSS JOIN LATERAL (
        SELECT FROM transfers t
        WHERE t.player_id = $1 AND t.currency_id = b.currency_id AND t.seq = b.low
            AND t.created_at >= $2
        OFFSET 0
    ) later
), first AS MATERIALIZED (
    SELECT b.currency_id, min(b.low) AS low FROM back b GROUP BY 1
)
SELECT t.currency_id,
    coalesce(-sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id < 20), 0) AS staked,
    coalesce(sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id BETWEEN 20 AND 39), 0)
        AS won,
    coalesce(sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id = 40), 0) AS returned
FROM first f
CROSS JOIN LATERAL (
    SELECT * FROM transfers t
    WHERE t.player_id = $1 AND t.currency_id = f.currency_id AND t.seq >= f.low
        AND t.created_at >= $2 AND t.kind_id BETWEEN 1 AND 40
    OFFSET 0
) t
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - a constant

_IS_OPEN = """
SELECT EXISTS (
    SELECT FROM game_sessions
    WHERE ref = $2 AND player_id = $1 AND ended_at IS NULL AND expires_at > $3
)
"""


@dataclass(frozen=True, slots=True)
class Played:
    """Games in one currency; ``returned`` is what reversals gave back, less what they took."""

    staked: Money
    won: Money
    returned: Money

    @property
    def net(self) -> Money:
        """What playing did to the balance."""
        return self.won + self.returned - self.staked


async def played(player_id: int, since: datetime) -> list[Played]:
    """Sum up a player's games from a moment on, for each currency played. Raises TryLater."""
    try:
        async with transaction() as tx:
            rows = await tx.raw.fetch(_PLAYED, player_id, since)
    except OUTAGES as outage:
        raise errors.TryLater from outage
    found = []
    for row in rows:
        currency = CURRENCY_BY_ID[row["currency_id"]]
        staked, won, returned = (
            Money(int(row[name]), currency) for name in ("staked", "won", "returned")
        )
        found.append(Played(staked, won, returned))
    return found


async def session_is_open(player_id: int, session_ref: str, now: datetime) -> bool:
    """Say whether a game of the player may still take stakes. Raises TryLater."""
    try:
        async with transaction() as tx:
            return bool(await tx.raw.fetchval(_IS_OPEN, player_id, session_ref, now))
    except OUTAGES as outage:
        raise errors.TryLater from outage
