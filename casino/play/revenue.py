"""What the house won with each game, by day, from the transfers themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from casino.money import CURRENCY_BY_ID, Money
from db.database import Database

# A callback that names no game, as reversals may, counts for the game of what it reverses.
_REVENUE = """
SELECT (t.created_at AT TIME ZONE 'UTC')::date AS day, s.name AS provider,
    coalesce(t.game_id, o.game_id) AS game_id, min(g.title) AS title, t.currency_id,
    coalesce(-sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id < 20), 0) AS stakes,
    coalesce(sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id BETWEEN 20 AND 39), 0)
        AS wins,
    coalesce(sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id = 40), 0) AS reversals,
    count(*) FILTER (WHERE t.kind_id < 20) AS bets,
    count(DISTINCT t.player_id) AS players
FROM transfers t
JOIN sources s ON s.id = t.source_id
LEFT JOIN LATERAL (
    SELECT o.game_id FROM transfers o
    WHERE t.game_id IS NULL AND o.player_id = t.player_id AND o.source_id = t.source_id
        AND o.key = t.reference
    OFFSET 0
) o ON true
LEFT JOIN games g ON g.id = coalesce(t.game_id, o.game_id)
WHERE t.created_at >= $1 AND t.created_at < $2 AND t.kind_id BETWEEN 1 AND 40
    AND s.name = ANY($3)
GROUP BY 1, 2, 3, 5 ORDER BY 1, 2, 3, 5
"""
QUERY_S = 600


@dataclass(frozen=True, slots=True)
class GameDay:
    """One day (UTC) of one game in one currency; ``game_id`` is None where nothing named one.

    ``reversals`` is what went back to players, less what was taken back from them.
    """

    day: date
    provider_id: str
    game_id: int | None
    title: str | None
    stakes: Money
    wins: Money
    reversals: Money
    bets: int
    players: int

    @property
    def ggr(self) -> Money:
        """What the house won."""
        return self.stakes - self.wins - self.reversals


async def revenue(
    database: Database, provider_ids: Collection[str], first: date, last: date
) -> list[GameDay]:
    """Sum up every game of these providers, for each day from the first to the last."""
    begin = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=1)
    async with (
        database.connection() as connection,
        connection.transaction(readonly=True),
    ):
        # A read of whole days takes longer than any statement of the hot path may.
        await connection.execute("SET LOCAL statement_timeout = '10min'")
        rows = await connection.fetch(_REVENUE, begin, end, list(provider_ids), timeout=QUERY_S)
    found = []
    for row in rows:
        currency = CURRENCY_BY_ID[row["currency_id"]]
        stakes, wins, reversals = (
            Money(int(row[name]), currency) for name in ("stakes", "wins", "reversals")
        )
        found.append(
            GameDay(
                row["day"],
                row["provider"],
                row["game_id"],
                row["title"],
                stakes,
                wins,
                reversals,
                row["bets"],
                row["players"],
            )
        )
    return found
