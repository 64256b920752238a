"""What the house won with each game, by day, from the transfers themselves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import asyncpg

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
    count(DISTINCT (t.player_id, t.round_id)) FILTER (WHERE t.kind_id < 20) AS rounds,
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
LIMIT $4
"""
# Net of what was taken back: a reversal that gave to the player ends a stake, one that took from
# the player a win. What a provider won in all comes first, then its games, the most played first.
_STANDING = """
WITH moved AS (
    SELECT s.name AS provider, coalesce(t.game_id, o.game_id) AS game_id, t.currency_id,
        t.player_id, t.round_id, t.kind_id, t.cash_delta + t.bonus_delta AS delta
    FROM transfers t
    JOIN sources s ON s.id = t.source_id
    LEFT JOIN LATERAL (
        SELECT o.game_id FROM transfers o
        WHERE t.game_id IS NULL AND o.player_id = t.player_id AND o.source_id = t.source_id
            AND o.key = t.reference
        OFFSET 0
    ) o ON true
    WHERE t.created_at >= $1 AND t.created_at < $2 AND t.kind_id BETWEEN 1 AND 40
        AND s.name = ANY($3)
), summed AS (
    SELECT provider, currency_id, game_id, grouping(game_id) = 1 AS whole,
        coalesce(-sum(delta) FILTER (
            WHERE kind_id < 20 OR (kind_id = 40 AND delta > 0)), 0) AS stakes,
        coalesce(sum(delta) FILTER (
            WHERE kind_id BETWEEN 20 AND 39 OR (kind_id = 40 AND delta < 0)), 0) AS wins,
        count(DISTINCT (player_id, round_id)) FILTER (WHERE kind_id < 20) AS rounds
    FROM moved
    GROUP BY GROUPING SETS ((provider, currency_id), (provider, currency_id, game_id))
)
SELECT summed.*, g.title, count(*) FILTER (WHERE NOT whole) OVER () AS games
FROM summed LEFT JOIN games g ON g.id = game_id
ORDER BY whole DESC, CASE WHEN whole THEN provider END, rounds DESC, game_id, currency_id
LIMIT $4
"""
QUERY_S = 600
LOOK_S = 60  # for a look at a screen
ROWS_MAX = 20_000
PPM = 1_000_000


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
    rounds: int
    players: int

    @property
    def ggr(self) -> Money:
        """What the house won."""
        return self.stakes - self.wins - self.reversals


@dataclass(frozen=True, slots=True)
class Standing:
    """What a provider, or one of its games, moved in a span of days, in one currency.

    Net of what was taken back; ``title`` is None for a provider, and where nothing named a game.
    """

    provider_id: str
    title: str | None
    stakes: Money
    wins: Money
    rounds: int

    @property
    def ggr(self) -> Money:
        """What the house won."""
        return self.stakes - self.wins

    @property
    def rtp_ppm(self) -> int | None:
        """The part of the stakes that went back to players, in millionths; None without any."""
        return self.wins.units * PPM // self.stakes.units if self.stakes.units > 0 else None


@dataclass(frozen=True, slots=True)
class Standings:
    """Providers in all, and the most played of their games, of how many."""

    wholes: list[Standing]
    games: list[Standing]
    games_in_all: int


async def standings(
    database: Database, provider_ids: Collection[str], first: date, last: date, limit: int = 100
) -> Standings:
    """Sum up these providers and their games over days, at most ``limit`` lines in all."""
    async with _reading(database, LOOK_S) as connection:
        rows = await connection.fetch(
            _STANDING, *_span(first, last), list(provider_ids), limit, timeout=LOOK_S
        )
    wholes: list[Standing] = []
    games: list[Standing] = []
    for row in rows:
        currency = CURRENCY_BY_ID[row["currency_id"]]
        stakes, wins = (Money(int(row[name]), currency) for name in ("stakes", "wins"))
        standing = Standing(row["provider"], row["title"], stakes, wins, row["rounds"])
        (wholes if row["whole"] else games).append(standing)
    return Standings(wholes, games, rows[0]["games"] if rows else 0)


async def revenue(
    database: Database,
    provider_ids: Collection[str],
    first: date,
    last: date,
    limit: int = ROWS_MAX,
) -> list[GameDay]:
    """Sum up every game of these providers, for each day from the first to the last.

    At most ``limit`` rows, oldest first.
    """
    async with _reading(database, QUERY_S) as connection:
        rows = await connection.fetch(
            _REVENUE, *_span(first, last), list(provider_ids), limit, timeout=QUERY_S
        )
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
                row["rounds"],
                row["players"],
            )
        )
    return found


@contextlib.asynccontextmanager
async def _reading(database: Database, timeout_s: int) -> AsyncIterator[asyncpg.Connection]:
    """Lend a connection for a read of whole days: longer than the hot path's statements may be."""
    async with (
        database.connection() as connection,
        connection.transaction(readonly=True),
    ):
        await connection.execute(f"SET LOCAL statement_timeout = '{timeout_s}s'")
        yield connection


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(first, time.min, UTC)
    return begin, datetime.combine(last, time.min, UTC) + timedelta(days=1)
