"""What the ledger knows of one operation."""

from __future__ import annotations

import asyncpg
import msgspec

from casino.money import CURRENCY_BY_ID, Currency
from casino.wallet.operations import Item, Kind, Outcome
from db import ledger


class Known(msgspec.Struct, frozen=True):
    """An operation that was stored. ``item`` is its answer, as a repeat gets it.

    ``reversed`` says that another one took it back, all or in part. A reversal that found nothing
    has a ``reference`` and moved nothing.
    """

    key: str
    kind: Kind
    amount: int  # in minor units
    currency: Currency
    round_id: str | None
    reference: str | None
    moved: bool
    reversed: bool
    item: Item


async def known(
    connection: asyncpg.Connection, player_id: int, source_id: int, key: str
) -> Known | None:
    """Read one operation by its key."""
    rows = await ledger.read(connection, (), [(player_id, source_id, key)])
    reversed_ = any(row["tag"] == ledger.BY_REFERENCE for row in rows)
    for row in rows:
        if row["tag"] == ledger.BY_KEY:
            return _known(row, reversed_=reversed_)
    return None


_STAKES = """
SELECT t.*, EXISTS (
    SELECT FROM transfers r
    WHERE r.player_id = t.player_id AND r.source_id = t.source_id AND r.reference = t.key
) AS reversed
FROM transfers t
WHERE t.player_id = $1 AND t.currency_id = $2 AND t.source_id = $3 AND t.round_id = $4
    AND t.kind_id BETWEEN 1 AND 19
    AND t.seq > (SELECT seq - $5 FROM accounts WHERE player_id = $1 AND currency_id = $2)
ORDER BY t.seq
"""


async def stakes_of_round(
    connection: asyncpg.Connection,
    player_id: int,
    currency: Currency,
    source_id: int,
    round_id: str,
) -> list[Known]:
    """Read the stakes of one round among the account's newest transfers, oldest first."""
    rows = await connection.fetch(
        _STAKES, player_id, currency.id, source_id, round_id, ledger.ROUND_SPAN
    )
    return [_known(row, reversed_=row["reversed"]) for row in rows]


def _known(row: asyncpg.Record, *, reversed_: bool) -> Known:
    transfer_id = f"{row['player_id']}-{row['currency_id']}-{row['seq']}"
    cash = row["cash_after"]
    return Known(
        row["key"],
        Kind(row["kind_id"]),
        row["amount"],
        CURRENCY_BY_ID[row["currency_id"]],
        row["round_id"],
        row["reference"],
        bool(row["cash_delta"] or row["bonus_delta"] or row["held_delta"]),
        reversed_,
        Item(Outcome.REPLAYED, transfer_id, max(0, cash) + row["bonus_after"], max(0, -cash)),
    )
