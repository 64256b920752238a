"""Prove the book: recompute everything that is derived, and name every difference."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from casino.money import CURRENCY_BY_ID, Money
from casino.wallet.operations import Kind

FINDINGS_MAX = 100  # per check: a person reads them

# Each query returns one line of text per violation.
# ruff: noqa: E501 - SQL reads better in its own line lengths
CHECKS = {
    "legs sum to zero": """
        SELECT format('%s: legs of all transfers sum to %s', c.code, sum(p.units))
        FROM postings p JOIN currencies c ON c.id = p.currency_id
        GROUP BY c.code HAVING sum(p.units) <> 0""",
    "balance is the sum of its legs": """
        SELECT format('player %s %s: account says %s/%s/%s at %s, transfers say %s/%s/%s at %s',
            player_id, code, cash, bonus, held, seq, cash_sum, bonus_sum, held_sum, n)
        FROM (
            SELECT player_id, currency_id, coalesce(a.cash, 0) AS cash, coalesce(a.bonus, 0) AS bonus,
                coalesce(a.held, 0) AS held, coalesce(a.seq, 0) AS seq, coalesce(cash_sum, 0) AS cash_sum,
                coalesce(bonus_sum, 0) AS bonus_sum, coalesce(held_sum, 0) AS held_sum, coalesce(n, 0) AS n
            FROM accounts a FULL JOIN (
                SELECT player_id, currency_id, sum(cash_delta) AS cash_sum, sum(bonus_delta) AS bonus_sum,
                    sum(held_delta) AS held_sum, count(*) AS n
                FROM transfers GROUP BY 1, 2
            ) t USING (player_id, currency_id)
        ) x JOIN currencies c ON c.id = x.currency_id
        WHERE (cash, bonus, held, seq) IS DISTINCT FROM (cash_sum, bonus_sum, held_sum, n)""",
    "sequence has no gap and balances chain": """
        SELECT format('player %s currency %s seq %s: does not follow from the one before',
            player_id, currency_id, seq)
        FROM (
            SELECT *, lag(seq, 1, 0::bigint) OVER w AS seq_before,
                lag(cash_after, 1, 0::bigint) OVER w AS cash_before,
                lag(bonus_after, 1, 0::bigint) OVER w AS bonus_before,
                lag(held_after, 1, 0::bigint) OVER w AS held_before
            FROM transfers WINDOW w AS (PARTITION BY player_id, currency_id ORDER BY seq)
        ) t
        WHERE seq <> seq_before + 1 OR cash_after <> cash_before + cash_delta
            OR bonus_after <> bonus_before + bonus_delta OR held_after <> held_before + held_delta""",
    "no account below zero that may not be": """
        SELECT format('player %s currency %s: cash %s without a reversal or correction that took it there',
            a.player_id, a.currency_id, a.cash)
        FROM accounts a
        WHERE a.cash < 0 AND NOT EXISTS (
            SELECT FROM transfers t JOIN transfer_kinds k ON k.id = t.kind_id
            WHERE t.player_id = a.player_id AND t.currency_id = a.currency_id
              AND k.may_overdraw AND t.cash_after < 0)""",
    "every key at most once": """
        SELECT format('player %s source %s key %s: stored %s times', player_id, source_id, key, count(*))
        FROM transfers GROUP BY player_id, source_id, key HAVING count(*) > 1""",
    "a transfer is ended at most once": """
        SELECT format('player %s source %s reference %s: ended %s times',
            player_id, source_id, reference, count(*))
        FROM transfers WHERE reference IS NOT NULL
        GROUP BY player_id, source_id, reference HAVING count(*) > 1""",
    "a reversal gives back no more than its original took": """
        SELECT format('player %s source %s key %s: reverses %s by %s', r.player_id, r.source_id, r.key,
            o.cash_delta + o.bonus_delta, r.cash_delta + r.bonus_delta)
        FROM transfers r JOIN transfers o
            ON o.player_id = r.player_id AND o.source_id = r.source_id AND o.key = r.reference
        WHERE r.kind_id = 40 AND r.cash_delta + r.bonus_delta <> 0 AND (
            sign(r.cash_delta + r.bonus_delta) = sign(o.cash_delta + o.bonus_delta)
            OR abs(r.cash_delta + r.bonus_delta) > abs(o.cash_delta + o.bonus_delta))""",
    "money comes back only for what it was taken for": """
        SELECT format('player %s source %s key %s: moves money without an original in its currency',
            r.player_id, r.source_id, r.key)
        FROM transfers r
        WHERE r.kind_id IN (40, 81, 82) AND (r.cash_delta <> 0 OR r.bonus_delta <> 0 OR r.held_delta <> 0)
          AND NOT EXISTS (SELECT FROM transfers o WHERE o.player_id = r.player_id
            AND o.source_id = r.source_id AND o.key = r.reference AND o.currency_id = r.currency_id)""",
    "currency, kind and source of every transfer are known": """
        SELECT format('player %s currency %s seq %s: kind %s or source %s or its currency is unknown',
            t.player_id, t.currency_id, t.seq, t.kind_id, t.source_id)
        FROM transfers t
        WHERE NOT EXISTS (SELECT FROM currencies c WHERE c.id = t.currency_id)
           OR NOT EXISTS (SELECT FROM transfer_kinds k WHERE k.id = t.kind_id)
           OR NOT EXISTS (SELECT FROM sources s WHERE s.id = t.source_id)""",
    "a tombstone excludes its original": """
        SELECT format('player %s source %s key %s: moved money after its reversal came first',
            o.player_id, o.source_id, o.key)
        FROM transfers r JOIN transfers o
            ON o.player_id = r.player_id AND o.source_id = r.source_id AND o.key = r.reference
        WHERE r.kind_id = 40 AND o.currency_id = r.currency_id AND o.seq > r.seq""",
    "held money equals the open holds": """
        SELECT format('player %s currency %s: %s held, open holds are %s',
            a.player_id, a.currency_id, a.held, coalesce(h.open, 0))
        FROM accounts a LEFT JOIN (
            SELECT t.player_id, t.currency_id, sum(t.amount) AS open FROM transfers t
            WHERE t.kind_id = 80 AND NOT EXISTS (
                SELECT FROM transfers e WHERE e.player_id = t.player_id
                  AND e.source_id = t.source_id AND e.reference = t.key)
            GROUP BY 1, 2
        ) h USING (player_id, currency_id)
        WHERE a.held <> coalesce(h.open, 0)""",
    "credited deposits are in the ledger": """
        SELECT format('deposit %s: no transfer of this amount', d.id)
        FROM deposits d WHERE NOT EXISTS (
            SELECT FROM transfers t JOIN sources s ON s.id = t.source_id
            WHERE t.player_id = d.player_id AND t.currency_id = d.currency_id AND t.kind_id = 60
              AND s.name = 'rail:' || d.rail AND t.key = d.external_id AND t.amount = d.units)""",
    "deposits in the ledger were credited by the cashier": """
        SELECT format('player %s currency %s seq %s: a deposit that the cashier does not know',
            t.player_id, t.currency_id, t.seq)
        FROM transfers t JOIN sources s ON s.id = t.source_id
        WHERE t.kind_id = 60 AND NOT EXISTS (
            SELECT FROM deposits d WHERE 'rail:' || d.rail = s.name AND d.external_id = t.key)""",
    "the house's totals follow from the ledger": """
        SELECT format('%s currency %s source %s kind %s: totals say %s in %s, transfers say %s in %s',
            day, currency_id, source_id, kind_id, h.units, h.transfers, t.units, t.transfers)
        FROM house_totals h FULL JOIN (
            SELECT (created_at AT TIME ZONE 'UTC')::date AS day, currency_id, source_id, kind_id,
                count(*) AS transfers, -sum(cash_delta + bonus_delta + held_delta) AS units
            FROM transfers
            WHERE position <= (SELECT position FROM feed_cursors WHERE name = 'house totals')
            GROUP BY 1, 2, 3, 4
        ) t USING (day, currency_id, source_id, kind_id)
        WHERE (h.units, h.transfers) IS DISTINCT FROM (t.units, t.transfers)""",
    "an account is frozen when its player is": """
        SELECT format('player %s: frozen %s, account in currency %s frozen %s',
            p.id, p.frozen, a.currency_id, a.frozen)
        FROM accounts a JOIN players p ON p.id = a.player_id WHERE a.frozen <> p.frozen""",
}

_TOTALS = """
SELECT currency_id, count(*) AS accounts, coalesce(sum(greatest(cash, 0)::numeric + bonus + held), 0) AS owed
FROM accounts GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit saw. ``owed`` is what the house owes its players, per currency."""

    findings: tuple[str, ...]
    transfers: int
    accounts: int
    owed: tuple[Money, ...]

    @property
    def ok(self) -> bool:
        """Whether the book balances."""
        return not self.findings


async def audit(connection: asyncpg.Connection) -> AuditReport:
    """Run every check on one snapshot of the database."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        # A full read of the ledger takes longer than any statement of the hot path may.
        await connection.execute("SET LOCAL statement_timeout = '10min'")
        findings: list[str] = []
        for name, query in CHECKS.items():
            rows = await connection.fetch(f"{query} LIMIT {FINDINGS_MAX}", timeout=600)
            findings += [f"{name}: {row[0]}" for row in rows]
        kinds = await connection.fetch("SELECT id, code FROM transfer_kinds")
        if {(k["id"], k["code"]) for k in kinds} != {(int(k), k.name.lower()) for k in Kind}:
            findings.append("kinds mean the same in code and database: they do not")
        totals = await connection.fetch(_TOTALS)
        transfers = await connection.fetchval("SELECT count(*) FROM transfers", timeout=600)
    owed = tuple(Money(int(r["owed"]), CURRENCY_BY_ID[r["currency_id"]]) for r in totals)
    return AuditReport(tuple(findings), transfers, sum(r["accounts"] for r in totals), owed)
