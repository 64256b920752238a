"""Rounds that a player began and that have not ended: the shelf to go on from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from casino import errors
from casino.money import CURRENCY_BY_ID, Money
from db.database import OUTAGES, transaction

SPAN = 500  # of the newest transfers, in each currency
LISTED_MAX = 20
LOOKED_AT = 1_000  # of the house's newest, to see which sources say when a round ends
DAYS = 30

# A source that never says when a round ends (not for this player, not for others lately) has no
# unfinished rounds: a lost stake and one under way look alike there. A stake that was reversed is
# none.
_UNFINISHED = f"""
WITH span AS MATERIALIZED (
    SELECT t.* FROM unnest($2::smallint[]) AS k (currency_id)
    CROSS JOIN LATERAL (
        SELECT * FROM transfers t
        WHERE t.player_id = $1 AND t.currency_id = k.currency_id
        ORDER BY t.seq DESC LIMIT {SPAN}
    ) t
), saying AS (
    SELECT source_id FROM span WHERE ends_round
    UNION
    SELECT source_id FROM (
        SELECT source_id, ends_round FROM transfers ORDER BY position DESC LIMIT {LOOKED_AT}
    ) newest WHERE ends_round
), rounds AS (
    SELECT t.source_id, t.currency_id, t.round_id, max(t.game_id) AS game_id,
        min(t.created_at) AS began_at, max(t.position) AS position,
        -sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id < 20) AS staked,
        coalesce(sum(t.cash_delta + t.bonus_delta) FILTER (WHERE t.kind_id BETWEEN 20 AND 39), 0)
            AS won
    FROM span t
    WHERE t.round_id IS NOT NULL AND t.created_at > now() - interval '{DAYS} days'
        AND t.source_id IN (SELECT source_id FROM saying)
    GROUP BY 1, 2, 3
    HAVING NOT bool_or(t.ends_round) AND bool_or(t.kind_id < 20 AND NOT EXISTS (
        SELECT FROM transfers r
        WHERE r.player_id = t.player_id AND r.source_id = t.source_id AND r.reference = t.key))
)
SELECT s.name AS source, r.*, g.title
FROM rounds r
JOIN sources s ON s.id = r.source_id AND s.name = ANY($3)
LEFT JOIN games g ON g.id = r.game_id
ORDER BY r.position DESC LIMIT {LISTED_MAX}
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class UnfinishedRound:
    """A round with a stake and without an end; opening its game goes on with it."""

    provider_id: str
    round_id: str
    game_id: int | None
    game_title: str | None
    staked: Money
    won: Money  # so far
    began_at: datetime


async def unfinished(player_id: int, providers: Collection[str]) -> list[UnfinishedRound]:
    """List them, newest first, as far as the player's newest transfers tell. Raises TryLater."""
    try:
        async with transaction() as tx:
            rows = await tx.raw.fetch(
                _UNFINISHED, player_id, list(CURRENCY_BY_ID), list(providers)
            )
    except OUTAGES as outage:
        raise errors.TryLater from outage
    found = []
    for row in rows:
        currency = CURRENCY_BY_ID[row["currency_id"]]
        staked, won = Money(int(row["staked"]), currency), Money(int(row["won"]), currency)
        found.append(
            UnfinishedRound(
                row["source"],
                row["round_id"],
                row["game_id"],
                row["title"],
                staked,
                won,
                row["began_at"],
            )
        )
    return found
