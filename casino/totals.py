"""The house's side of the ledger: what its accounts took and gave, kept by following the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from casino.feed import Logged
from casino.money import CURRENCY_BY_ID, Money
from db.database import Database, Transaction

FOLLOWER = "house totals"

_ADD = """
INSERT INTO house_totals (day, currency_id, source_id, kind_id, transfers, units)
SELECT * FROM unnest($1::date[], $2::smallint[], $3::smallint[], $4::smallint[], $5::bigint[],
    $6::numeric[])
ON CONFLICT (day, currency_id, source_id, kind_id) DO UPDATE
SET transfers = house_totals.transfers + excluded.transfers,
    units = house_totals.units + excluded.units
"""

_ACCOUNTS = """
SELECT house_account(k.counter_account, s.name) AS account, h.currency_id, sum(h.units) AS units
FROM house_totals h
JOIN transfer_kinds k ON k.id = h.kind_id
JOIN sources s ON s.id = h.source_id
GROUP BY 1, 2 HAVING sum(h.units) <> 0 ORDER BY 1, 2
"""


async def add(tx: Transaction, transfers: Sequence[Logged]) -> None:
    """Add transfers to the totals of their day (UTC): the house has what players have not."""
    totals: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for t in transfers:
        total = totals[t.at.date(), t.currency_id, t.source_id, int(t.kind)]
        total[0] += 1
        total[1] -= t.cash_delta + t.bonus_delta + t.held_delta
    rows = [(*key, *total) for key, total in sorted(totals.items())]
    await tx.raw.execute(_ADD, *map(list, zip(*rows, strict=True)))


async def house_accounts(database: Database) -> Mapping[tuple[str, str], Money]:
    """Return what each account of the house holds, by (account, currency code)."""
    async with database.connection() as connection:
        rows = await connection.fetch(_ACCOUNTS)
    found = {}
    for row in rows:
        currency = CURRENCY_BY_ID[row["currency_id"]]
        found[row["account"], currency.code] = Money(int(row["units"]), currency)
    return found
