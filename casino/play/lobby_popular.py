"""Which games are popular: rounds by day, counted from the ledger, made into an order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date

import structlog

from casino import errors
from casino.feed import Logged
from casino.wallet import Kind
from db.database import Transaction, transaction

log = structlog.get_logger(__name__)

FOLLOWER = "game rounds"
RANK_EVERY_S = 60
RANKED_AT_ONCE = 1_000
DAYS_KEPT = 90

_OPENS_ROUND = frozenset({Kind.BET, Kind.PROMO_BET, Kind.BONUS_BUY})

_ADD = """
INSERT INTO game_days (day, game_id, rounds)
SELECT * FROM unnest($1::date[], $2::integer[], $3::bigint[])
ON CONFLICT (day, game_id) DO UPDATE SET rounds = game_days.rounds + excluded.rounds
"""

# By the rounds of a week, in steps of a hundredth of the logarithm: a game that is played as
# before keeps its number, and its row is not written.
_RANK = """
WITH ranked AS (
    SELECT g.id, coalesce(round(100 * ln(1 + w.rounds)), 0)::integer AS popularity
    FROM games g LEFT JOIN (
        SELECT d.game_id, sum(d.rounds) AS rounds FROM game_days d
        WHERE d.day > (now() AT TIME ZONE 'UTC')::date - 7 GROUP BY 1
    ) w ON w.game_id = g.id
), moved AS (
    SELECT r.id, r.popularity FROM ranked r JOIN games g USING (id)
    WHERE g.popularity <> r.popularity
    ORDER BY abs(g.popularity - r.popularity) DESC LIMIT $1
)
UPDATE games g SET popularity = m.popularity FROM moved m WHERE m.id = g.id
"""
_FORGET = """
DELETE FROM game_days WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::integer
"""


async def count_rounds(tx: Transaction, transfers: Sequence[Logged]) -> None:
    """Add the rounds that were begun to their game's day (UTC); a handler for ``casino.feed``.

    Stakes on one round that are read together count once: a roulette table takes many.
    """
    rounds: Counter[tuple[date, int]] = Counter()
    seen: set[tuple[int, int, str]] = set()
    for t in transfers:
        if t.kind not in _OPENS_ROUND or t.game_id is None:
            continue
        if t.round_id is not None:
            if (round_ := (t.player_id, t.source_id, t.round_id)) in seen:
                continue
            seen.add(round_)
        rounds[t.at.date(), t.game_id] += 1
    if rounds:
        days, games = zip(*(key for key, _ in sorted(rounds.items())), strict=True)
        counts = [count for _, count in sorted(rounds.items())]
        await tx.raw.execute(_ADD, list(days), list(games), counts)


async def rank() -> None:
    """Make the rounds of the last week the order of the lobby, and forget old days."""
    moved = RANKED_AT_ONCE
    while moved == RANKED_AT_ONCE:
        async with transaction() as tx:
            moved = int((await tx.raw.execute(_RANK, RANKED_AT_ONCE)).rsplit(" ", 1)[-1])
    async with transaction() as tx:
        await tx.raw.execute(_FORGET, DAYS_KEPT)


async def keep_ranked() -> None:
    """Rank again and again, for ever."""
    while True:
        try:
            await rank()
        except errors.LATER as outage:
            log.warning("games not ranked", error=repr(outage))
        await asyncio.sleep(RANK_EVERY_S)
