"""The peer that a careful team writes by hand: one asyncpg transaction, 8 round trips a bet."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import asyncpg

from bench.load import Apply, WrongAnswer
from bench.workload import BET, REVERSAL, STAKE_UNITS, WIN, Step
from bench.world import GAME_ID

POOL = 32  # more only makes them wait for the processor instead
KINDS = {BET: 1, WIN: 2, REVERSAL: 3}

_KNOWN = "SELECT kind, balance_after FROM bench_transfers WHERE player_id = $1 AND key = $2"
_MAY_STAKE = """
SELECT s.ended_at IS NULL AND g.enabled AND NOT p.frozen
FROM bench_sessions s JOIN bench_games g ON g.id = s.game_id
    JOIN bench_players p ON p.id = s.player_id
WHERE s.id = $1 AND s.player_id = $2
"""
_LOCK = "SELECT balance FROM bench_accounts WHERE player_id = $1 FOR NO KEY UPDATE"
_OPEN_ROUND = """
INSERT INTO bench_rounds (player_id, external_id, game_id) VALUES ($1, $2, $3) RETURNING id
"""
_END_ROUND = """
UPDATE bench_rounds SET ended = true WHERE player_id = $1 AND external_id = $2 RETURNING id
"""
_STORE = """
WITH stored AS (
    INSERT INTO bench_transfers (player_id, round_id, kind, key, reference, amount, balance_after)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
)
INSERT INTO bench_postings (transfer_id, account, units)
SELECT id, leg.account, leg.units FROM stored,
    (VALUES ('player', $8::bigint), ('house', -$8::bigint)) AS leg (account, units)
"""
_MOVE = "UPDATE bench_accounts SET balance = $2 WHERE player_id = $1"


@contextlib.asynccontextmanager
async def handwritten(url: str) -> AsyncIterator[Apply]:
    """Open its pool."""
    async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL) as pool:

        async def apply(step: Step) -> bool:
            player_id = step.player + 1
            async with pool.acquire() as connection, connection.transaction():
                balance = await connection.fetchval(_LOCK, player_id)
                known = await connection.fetchrow(_KNOWN, player_id, step.key)
                if known is not None:
                    return True
                delta = -STAKE_UNITS if step.action == BET else STAKE_UNITS
                if step.action == BET:
                    if not await connection.fetchval(_MAY_STAKE, player_id, player_id):
                        raise WrongAnswer("may not stake")
                    if balance < STAKE_UNITS:
                        raise WrongAnswer("not enough money")
                    round_id = await connection.fetchval(
                        _OPEN_ROUND, player_id, step.round_id, GAME_ID
                    )
                else:
                    if step.reference is not None and not await connection.fetchrow(
                        _KNOWN, player_id, step.reference
                    ):
                        raise WrongAnswer("nothing to reverse")
                    round_id = await connection.fetchval(_END_ROUND, player_id, step.round_id)
                await connection.execute(
                    _STORE,
                    player_id,
                    round_id,
                    KINDS[step.action],
                    step.key,
                    step.reference,
                    STAKE_UNITS,
                    balance + delta,
                    delta,
                )
                await connection.execute(_MOVE, player_id, balance + delta)
            return False

        yield apply
