"""What the house owes, added up from what was asked and acknowledged, without the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import asyncpg

from casino.wallet import Batch, Kind, Op
from casino.wallet.operations import FORCED_DEBITS
from tests.casino.support import BONUS_SOURCE
from tests.simulation.asks import AccountName, Ask, Broken, Via, named, ops_of
from tests.simulation.chain import Chain
from tests.simulation.reference import Key

SAYS_SO = ("applied", "replayed")
STAKES = range(1, 20)
# What these call a transfer is not what they were asked for by.
NAMED_ELSEWHERE = ("house", "rail:sandbox", BONUS_SOURCE)
ORIGINS = {
    Kind.DEPOSIT: "deposits",
    Kind.GRANT: "grants",
    Kind.CORRECTION_UP: "corrections",
    Kind.CORRECTION_DOWN: "corrections",
    Kind.CAPTURE: "withdrawals",
}


class Tally:
    """``origins`` says where what players hold came from, in units of each currency."""

    def __init__(self, asks: Iterable[Ask]) -> None:
        self._acknowledged: dict[Key, tuple[Batch, Op]] = {}
        for ask in asks:
            self._take(ask)
        self.held: Counter[AccountName] = Counter()
        self.origins: Counter[tuple[int, str]] = Counter()
        for batch, op in self._acknowledged.values():
            units = self._worth(batch, op)
            self._count((batch.player_id, batch.currency.id), ORIGINS.get(op.kind, "games"), units)

    def add(self, account: AccountName, origin: str, units: int) -> None:
        """Count what came another way: house rounds, bonus money."""
        self._count(account, origin, units)

    def _count(self, account: AccountName, origin: str, units: int) -> None:
        self.held[account] += units
        self.origins[account[1], origin] += units

    def _take(self, ask: Ask) -> None:
        """Count an operation once, however often it was acknowledged."""
        if ask.via in (Via.DICE, Via.UNDONE, Via.READ):
            return
        for send in ask.sends:
            if send.reply is None or send.reply.refusal is not None:
                continue
            if send.reply.items is None:
                for batch, op in ops_of(ask):
                    self._acknowledged[batch.player_id, batch.source, op.key] = (batch, op)
                continue
            for batch, items in zip(ask.batches, send.reply.items, strict=True):
                for op, item in zip(batch.ops, items, strict=True):
                    if item.outcome.value in SAYS_SO:
                        self._acknowledged[batch.player_id, batch.source, op.key] = (batch, op)

    def _worth(self, batch: Batch, op: Op) -> int:
        """Return what an operation brought its player; negative where it took."""
        amount = op.amount or 0
        if op.kind in STAKES or op.kind in FORCED_DEBITS or op.kind is Kind.CAPTURE:
            return -amount
        if op.kind in (Kind.HOLD, Kind.RELEASE, Kind.FINISH):
            return 0
        if op.kind is not Kind.REVERSAL:
            return amount
        original = self._acknowledged.get((batch.player_id, batch.source, op.reference or ""))
        if original is None:
            return 0  # what it takes back never was
        whole = self._worth(*original)
        part = abs(whole) if op.amount is None else min(abs(whole), op.amount)
        return -part if whole > 0 else part

    async def check(self, connection: asyncpg.Connection, ids: dict[int, int]) -> None:
        """Hold every account to it. Raises Broken."""
        who = {number: w for w, number in ids.items()}
        rows = await connection.fetch(
            "SELECT player_id, currency_id, cash + bonus + held AS units FROM accounts"
        )
        stored = Counter({(who[r[0]], r[1]): r[2] for r in rows})
        for account in stored.keys() | self.held.keys():
            if stored[account] != self.held[account]:
                wrong = await self._compare(connection, account, ids[account[0]])
                raise Broken(
                    f"{named(account)} is owed {stored[account]}, was given {self.held[account]}"
                    f" (stored and asked for: {wrong})",
                    account,
                )

    async def _compare(
        self, connection: asyncpg.Connection, account: AccountName, player_id: int
    ) -> dict[str, tuple[int, int]]:
        """Return the keys whose transfers are worth something else than what was asked for."""
        rows = await connection.fetch(
            "SELECT s.name, t.key, (t.cash_delta + t.bonus_delta + t.held_delta)::bigint AS units"
            " FROM transfers t JOIN sources s ON s.id = t.source_id"
            " WHERE t.player_id = $1 AND t.currency_id = $2 AND s.name <> ALL($3)",
            player_id,
            account[1],
            NAMED_ELSEWHERE,
        )
        stored = {(r["name"], r["key"]): r["units"] for r in rows}
        asked = {
            (batch.source, op.key): self._worth(batch, op)
            for batch, op in self._acknowledged.values()
            if (batch.player_id, batch.currency.id) == account
            and batch.source not in NAMED_ELSEWHERE
        }
        return {
            str(key): (stored.get(key, 0), asked.get(key, 0))
            for key in stored.keys() | asked.keys()
            if stored.get(key, 0) != asked.get(key, 0)
        }


async def check_cashier(
    connection: asyncpg.Connection, chain: Chain, reported: int, ids: dict[int, int]
) -> None:
    """Hold what the cashier credited, filed and ignored to what its rail really saw."""
    entries = await connection.fetch("SELECT lt, outcome FROM chain_entries WHERE lt <= $1", 2**62)
    due = {at: outcome for at, outcome in chain.entries.items() if at <= reported}
    if {r[0]: r[1] for r in entries} != due:
        raise Broken("the rail's transactions were not settled as they should")
    rows = await connection.fetch(
        "SELECT external_id, player_id, units FROM deposits WHERE rail = 'ton'"
    )
    credited = {key: (ids[who], units) for key, (who, units) in chain.credited.items()}
    if {r[0]: (r[1], r[2]) for r in rows} != credited:
        raise Broken("other deposits were credited than arrived")
    filed = await connection.fetch("SELECT external_id, reason FROM filed_deposits")
    if {r[0]: r[1] for r in filed} != chain.filed:
        raise Broken("other money was filed than arrived without an owner")
