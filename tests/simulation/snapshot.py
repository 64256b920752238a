"""What is really committed, seen through a connection of the simulation's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from casino.wallet import Kind
from tests.simulation.asks import AccountName

_ROWS = """
SELECT t.player_id, t.currency_id, t.seq, t.kind_id, s.name AS source, t.key, t.amount,
    t.cash_delta, t.bonus_delta, t.held_delta, t.cash_after, t.bonus_after, t.held_after,
    t.round_id, t.game_id, t.reference, t.ends_round
FROM unnest($1::bigint[], $2::smallint[], $3::bigint[]) AS k (player_id, currency_id, seq)
JOIN transfers t ON t.player_id = k.player_id AND t.currency_id = k.currency_id AND t.seq > k.seq
JOIN sources s ON s.id = t.source_id
ORDER BY t.player_id, t.currency_id, t.seq
"""
_ACCOUNTS = """
SELECT a.player_id, a.currency_id, a.cash, a.bonus, a.held, a.seq, a.frozen
FROM unnest($1::bigint[], $2::smallint[]) AS k (player_id, currency_id)
JOIN accounts a ON a.player_id = k.player_id AND a.currency_id = k.currency_id
"""
_TOTAL = "SELECT coalesce(sum(seq), 0)::bigint FROM accounts"


@dataclass(frozen=True)
class Row:
    """One stored transfer, under the plan's number of its player."""

    account: AccountName
    seq: int
    kind: Kind
    source: str
    key: str
    amount: int
    deltas: tuple[int, int, int]
    after: tuple[int, int, int]
    round_id: str | None
    game_id: int | None
    reference: str | None
    ends_round: bool


@dataclass(frozen=True)
class Standing:
    """One stored account."""

    pockets: tuple[int, int, int]
    seq: int
    frozen: bool


@dataclass(frozen=True)
class Snapshot:
    """What is new in some accounts at one moment; ``total`` counts the rows of all."""

    rows: Mapping[AccountName, list[Row]]
    accounts: Mapping[AccountName, Standing]
    total: int


async def look(
    connection: asyncpg.Connection, ids: Mapping[int, int], since: Mapping[AccountName, int]
) -> Snapshot:
    """Read what was stored after a sequence number, for each of these accounts."""
    who = {ids[a[0]]: a[0] for a in since if a[0] in ids}
    asked = [(ids[a[0]], a[1], seq) for a, seq in since.items() if a[0] in ids]
    players, currencies, seqs = (list(c) for c in zip(*asked, strict=True)) if asked else ([],) * 3
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        stored = await connection.fetch(_ROWS, players, currencies, seqs)
        accounts = await connection.fetch(_ACCOUNTS, players, currencies)
        total = await connection.fetchval(_TOTAL)
    rows: dict[AccountName, list[Row]] = {account: [] for account in since}
    for record in stored:
        row = _row(who, record)
        rows[row.account].append(row)
    standings = {
        (who[a["player_id"]], a["currency_id"]): Standing(
            (a["cash"], a["bonus"], a["held"]), a["seq"], a["frozen"]
        )
        for a in accounts
    }
    return Snapshot(rows, standings, total)


def _row(who: Mapping[int, int], r: asyncpg.Record) -> Row:
    key = r["key"]
    if r["source"] == "rail:sandbox":  # the cashier puts the player's number before it
        key = key.removeprefix(f"{r['player_id']}:")
    return Row(
        (who[r["player_id"]], r["currency_id"]),
        r["seq"],
        Kind(r["kind_id"]),
        r["source"],
        key,
        r["amount"],
        (r["cash_delta"], r["bonus_delta"], r["held_delta"]),
        (r["cash_after"], r["bonus_after"], r["held_after"]),
        r["round_id"],
        r["game_id"],
        r["reference"],
        r["ends_round"],
    )
