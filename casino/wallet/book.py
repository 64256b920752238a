"""Between the pure decision and the database: read what a decision needs, write what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg

from casino.wallet.decide import (
    Account,
    AccountKey,
    Decision,
    RoundKey,
    Stored,
    Transfer,
    TransferKey,
    decide,
)
from casino.wallet.operations import GAME_CREDITS, STAKES, Batch, Kind
from db import ledger


class Sources:
    """The numbers of sources, remembered: names are few and never change."""

    def __init__(self) -> None:
        """Start knowing none."""
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}

    async def learn(self, connection: asyncpg.Connection, names: set[str]) -> None:
        """Look up the names not known yet; a new name gets a number.

        Call outside the transaction that uses them: a number must not vanish with a rollback.
        """
        for name in names - self._ids.keys():
            number = await ledger.source_id(connection, name)
            self._ids[name], self._names[number] = number, name

    def known(self, names: set[str]) -> bool:
        """Say whether ``learn`` would have nothing to do."""
        return names <= self._ids.keys()

    def id(self, name: str) -> int:
        """Return a learnt source's number."""
        return self._ids[name]

    def name(self, number: int) -> str:
        """Return a learnt source's name."""
        return self._names[number]


async def settle(
    connection: asyncpg.Connection, sources: Sources, batches: Sequence[Batch]
) -> Decision:
    """Lock, read, decide and write, inside the caller's transaction."""
    accounts = await _lock(connection, batches)
    stored = await _read(connection, sources, batches, accounts)
    decision = decide(stored, batches)
    if decision.transfers:
        await ledger.write(
            connection,
            [
                (a.player_id, a.currency_id, a.cash, a.bonus, a.held, a.seq)
                for a in decision.accounts
            ],
            [_row(sources, t) for t in decision.transfers],
        )
    return decision


async def _lock(
    connection: asyncpg.Connection, batches: Sequence[Batch]
) -> dict[AccountKey, Account]:
    # One order for everybody: two transactions that want the same accounts never deadlock.
    keys = sorted({(b.player_id, b.currency.id) for b in batches})
    return {
        (row["player_id"], row["currency_id"]): Account(*row)
        for row in await ledger.lock_accounts(connection, keys)
    }


async def _read(
    connection: asyncpg.Connection,
    sources: Sources,
    batches: Sequence[Batch],
    accounts: Mapping[AccountKey, Account],
) -> Stored:
    keys = {
        (b.player_id, sources.id(b.source), key)
        for b in batches
        for op in b.ops
        for key in (op.key, op.reference)
        if key is not None
    }
    by_key, by_reference = await ledger.read_transfers(connection, sorted(keys))
    staking = [b for b in batches if any(op.kind in STAKES for op in b.ops)]
    games = {b.game_id for b in staking if b.game_id is not None}
    sessions = {b.session_id for b in staking if b.session_id is not None}
    games_off = await ledger.read_games_off(connection, sorted(games)) if games else set()
    return Stored(
        accounts,
        _index(sources, by_key, "key"),
        _index(sources, by_reference, "reference"),
        await _read_stakes(connection, sources, batches, accounts, games_off),
        frozenset(
            await ledger.read_dead_sessions(connection, sorted(sessions)) if sessions else ()
        ),
        frozenset(games_off),
    )


async def _read_stakes(
    connection: asyncpg.Connection,
    sources: Sources,
    batches: Sequence[Batch],
    accounts: Mapping[AccountKey, Account],
    games_off: set[int],
) -> dict[RoundKey, tuple[int, int]]:
    """Ask only where the answer can matter: wins, players with bonus money, games that are off."""
    rounds: dict[tuple[int, int, int, str], bool] = {}
    # Where a stake may take bonus money: it is there, or an earlier operation may bring it in.
    bonus_possible = {key for key, account in accounts.items() if account.bonus > 0}
    returned = set()
    for b in batches:
        for op in b.ops:
            if op.kind in STAKES and (b.player_id, b.currency.id) in returned:
                bonus_possible.add((b.player_id, b.currency.id))
            if op.kind in GAME_CREDITS or op.kind is Kind.REVERSAL:
                returned.add((b.player_id, b.currency.id))
    for b in batches:
        where_account = (b.player_id, b.currency.id)
        for op in b.ops:
            if op.round_id is None or where_account not in accounts:
                continue
            off = b.game_id in games_off and op.kind in STAKES
            always = off or where_account in bonus_possible
            if always or op.kind in GAME_CREDITS:
                where = (b.player_id, b.currency.id, sources.id(b.source), op.round_id)
                rounds[where] = always or rounds.get(where, False)
    if not rounds:
        return {}
    rows = await ledger.read_round_stakes(connection, [(*k, v) for k, v in sorted(rounds.items())])
    return {
        (r["player_id"], r["currency_id"], sources.name(r["source_id"]), r["round_id"]): (
            r["cash"],
            r["bonus"],
        )
        for r in rows
    }


def _index(sources: Sources, rows: ledger.Rows, column: str) -> dict[TransferKey, Transfer]:
    found = {}
    for row in rows:
        source = sources.name(row["source_id"])
        found[row["player_id"], source, row[column]] = transfer_of(row, source)
    return found


def transfer_of(row: asyncpg.Record, source: str) -> Transfer:
    """Read one row of ``transfers``."""
    return Transfer(
        row["player_id"],
        row["currency_id"],
        row["seq"],
        Kind(row["kind_id"]),
        source,
        row["key"],
        row["amount"],
        row["cash_delta"],
        row["bonus_delta"],
        row["held_delta"],
        row["cash_after"],
        row["bonus_after"],
        row["held_after"],
        row["round_id"],
        row["game_id"],
        row["reference"],
        row["ends_round"],
    )


def _row(sources: Sources, t: Transfer) -> tuple[object, ...]:
    return (
        t.player_id,
        t.currency_id,
        t.seq,
        int(t.kind),
        sources.id(t.source),
        t.key,
        t.amount,
        t.cash_delta,
        t.bonus_delta,
        t.held_delta,
        t.cash_after,
        t.bonus_after,
        t.held_after,
        t.round_id,
        t.game_id,
        t.reference,
        t.ends_round,
    )
