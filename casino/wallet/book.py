"""Between the pure decision and the database: read what a decision needs, write what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import asyncpg
import msgspec
import orjson
from msgspec.structs import replace

from casino.wallet.decide import decide
from casino.wallet.operations import GAME_CREDITS, STAKES, Batch, Kind
from casino.wallet.rows import (
    Account,
    AccountKey,
    Decision,
    Limit,
    RoundKey,
    Stored,
    Transfer,
    TransferKey,
)
from db import ledger

KINDS = {int(kind): kind for kind in Kind}


class Sources:
    """The numbers of sources, remembered: names are few and never change."""

    def __init__(self) -> None:
        """Start knowing none."""
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}

    async def learn(self, connection: asyncpg.Connection, name: str) -> None:
        """Look up a name; a new one gets a number.

        Call outside the transaction that uses it: a number must not vanish with a rollback.
        """
        number = await ledger.source_id(connection, name)
        self._ids[name], self._names[number] = number, name

    def known(self, name: str) -> bool:
        """Say whether ``learn`` would have nothing to do."""
        return name in self._ids

    def id(self, name: str) -> int:
        """Return a learnt source's number."""
        return self._ids[name]

    def name(self, number: int) -> str:
        """Return a learnt source's name."""
        return self._names[number]


class Switches:
    """The games that were on at one version of the switches; the write compares the version."""

    def __init__(self) -> None:
        """Start knowing none."""
        self._version = -1
        self._on: set[int] = set()

    async def off(
        self, connection: asyncpg.Connection, version: int, games: set[int]
    ) -> frozenset[int]:
        """Return those of the games that are off at this version."""
        if version != self._version:
            self._version, self._on = version, set()
        on = self._on
        if unknown := games - on:
            found = await ledger.read_games_on(connection, sorted(unknown))
            on |= found  # of this version: another batch may have met a newer one meanwhile
        return frozenset(games - on)


class Wanted:
    """What must be read before some batches can be decided."""

    def __init__(self, sources: Sources, batches: Sequence[Batch]) -> None:
        """Gather it in one pass."""
        self.accounts: set[AccountKey] = set()
        self.keys: set[tuple[int, int, str]] = set()
        self.rounds: set[tuple[int, int, int, str]] = set()  # of wins: their stakes may matter
        self.sessions: set[int] = set()  # of stakes
        self.games: set[int] = set()  # of stakes
        for b in batches:
            player_id, currency_id, source_id = b.player_id, b.currency.id, sources.id(b.source)
            self.accounts.add((player_id, currency_id))
            for op in b.ops:
                self.keys.add((player_id, source_id, op.key))
                if op.reference is not None:
                    self.keys.add((player_id, source_id, op.reference))
                elif op.kind in STAKES:
                    if b.session_id is not None:
                        self.sessions.add(b.session_id)
                    if b.game_id is not None:
                        self.games.add(b.game_id)
                elif op.kind in GAME_CREDITS and op.round_id is not None:
                    self.rounds.add((player_id, currency_id, source_id, op.round_id))


class Proposal(msgspec.Struct, frozen=True):
    """A decision, and what it was decided by: the write verifies that it still holds."""

    decision: Decision
    read: Mapping[AccountKey, Account]
    switches: int | None  # their version, where a stake asked for a game


class Book:
    """Reads, decides and writes; who does so, when and how often is the engine's business."""

    def __init__(self) -> None:
        """Start knowing no sources and no switches."""
        self.sources = Sources()
        self._switches = Switches()

    async def decide(self, connection: asyncpg.Connection, batches: Sequence[Batch]) -> Proposal:
        """Read what the batches need, without a lock, and decide."""
        wanted = Wanted(self.sources, batches)
        stored, switches = await self._read(connection, wanted)
        decision = decide(stored, batches)
        if decision.unread:
            stakes = await self._read_rounds(connection, decision.unread)
            stored = replace(stored, round_stakes={**stored.round_stakes, **stakes})
            decision = decide(stored, batches)
        return Proposal(decision, stored.accounts, switches if wanted.games else None)

    async def write(self, connection: asyncpg.Connection, proposal: Proposal) -> set[int]:
        """Store a decision, in one statement: a transaction by itself if no other one is open.

        Returns the players for whom something had moved on since it was read: nothing of theirs
        is stored, and their answers do not count.
        """
        decision = proposal.decision
        return await ledger.write(
            connection,
            proposal.switches,
            [_account_row(proposal.read, a) for a in decision.accounts],
            _limits_used(decision.accounts),
            [self._transfer_row(t) for t in decision.transfers],
        )

    async def settle_locked(
        self, connection: asyncpg.Connection, batches: Sequence[Batch]
    ) -> Decision:
        """Lock, decide and write, inside the caller's transaction."""
        accounts = sorted({(b.player_id, b.currency.id) for b in batches})
        while True:
            # One order for everybody: two transactions that want the same accounts never deadlock.
            await ledger.lock_accounts(connection, accounts)
            proposal = await self.decide(connection, batches)
            if not proposal.decision.transfers:
                return proposal.decision
            # Stale in spite of the locks: a switch was flipped, or somebody opened the account.
            if not await self.write(connection, proposal):
                return proposal.decision

    async def _read(self, connection: asyncpg.Connection, wanted: Wanted) -> tuple[Stored, int]:
        """Read it all, opening accounts that are missing; and the version of the switches."""
        keys, rounds = list(wanted.keys), list(wanted.rounds)
        accounts, sessions = sorted(wanted.accounts), list(wanted.sessions)
        rows = await ledger.read(connection, accounts, keys, rounds, sessions)
        found = {(row[1], row[2]) for row in rows if row[0] == ledger.ACCOUNT}
        if missing := sorted(wanted.accounts - found):
            await ledger.open_accounts(connection, missing)
            rows = await ledger.read(connection, accounts, keys, rounds, sessions)
        stored, switches = self._sorted(rows)
        if limited := sorted(
            (r[1], r[2]) for r in rows if r[0] == ledger.ACCOUNT and r["limited"]
        ):
            stored = _limit(stored, await ledger.read_limits(connection, limited))
        if wanted.games:
            off = await self._switches.off(connection, switches, wanted.games)
            stored = replace(stored, games_off=off)
        return stored, switches

    async def _read_rounds(
        self, connection: asyncpg.Connection, rounds: Iterable[RoundKey]
    ) -> dict[RoundKey, tuple[int, int] | None]:
        asked = [(p, c, self.sources.id(source), r) for p, c, source, r in rounds]
        rows = await ledger.read(connection, (), (), asked, (), all_rounds=True)
        return {**dict.fromkeys(rounds), **self._sorted(rows)[0].round_stakes}

    def _sorted(self, rows: ledger.Rows) -> tuple[Stored, int]:
        """Sort what was read by what it is."""
        accounts: dict[AccountKey, Account] = {}
        by_key: dict[TransferKey, Transfer] = {}
        by_reference: dict[TransferKey, Transfer] = {}
        stakes: dict[RoundKey, tuple[int, int] | None] = {}
        dead_sessions: set[int] = set()
        switches = 0
        for row in rows:
            tag = row[0]
            if tag == ledger.ACCOUNT:
                accounts[row[1], row[2]] = _account(row)
                switches = row["switches"]
            elif tag == ledger.BY_KEY:
                transfer = self._transfer(row)
                by_key[transfer.player_id, transfer.source, transfer.key] = transfer
            elif tag == ledger.BY_REFERENCE:
                transfer = self._transfer(row)
                by_reference[transfer.player_id, transfer.source, row["reference"]] = transfer
            elif tag == ledger.ROUND:
                where = (row[1], row[2], self.sources.name(row["source_id"]), row["round_id"])
                stakes[where] = (row["cash_delta"], row["bonus_delta"])
            else:
                dead_sessions.add(row["session_id"])
        dead = frozenset(dead_sessions)
        return Stored(accounts, by_key, by_reference, stakes, dead), switches

    def _transfer(self, row: asyncpg.Record) -> Transfer:
        (player_id, currency_id, seq, kind_id, source_id, *rest) = row[1:18]
        source = self.sources.name(source_id)
        return Transfer(player_id, currency_id, seq, KINDS[kind_id], source, *rest)

    def _transfer_row(self, t: Transfer) -> ledger.TransferRow:
        return (
            t.player_id,
            t.currency_id,
            t.seq,
            t.kind,
            self.sources.id(t.source),
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


def _account(row: asyncpg.Record) -> Account:
    return Account(
        row[1],
        row[2],
        row["cash_after"],
        row["bonus_after"],
        row["held_after"],
        row["seq"],
        row["frozen"],
        row["excluded"],
        row["blocked"],
        row["guard"],
    )


def _limit(stored: Stored, rows: ledger.Rows) -> Stored:
    accounts = dict(stored.accounts)
    for row in rows:
        where = (row["player_id"], row["currency_id"])
        limit = Limit(row["of_losses"], row["days"], row["units"], row["used"])
        accounts[where] = replace(accounts[where], limits=(*accounts[where].limits, limit))
    return replace(stored, accounts=accounts)


def _account_row(read: Mapping[AccountKey, Account], a: Account) -> ledger.AccountRow:
    seq_read = read[a.player_id, a.currency_id].seq
    return (a.player_id, a.currency_id, seq_read, a.guard, a.cash, a.bonus, a.held, a.seq)


def _limits_used(accounts: Iterable[Account]) -> str | None:
    """Write what limits have counted, as the rows of JSON that the write takes; rarely any."""
    used = [
        {
            "player_id": a.player_id,
            "currency_id": a.currency_id,
            "of_losses": limit.of_losses,
            "days": limit.days,
            "used": limit.used,
        }
        for a in accounts
        for limit in a.limits
    ]
    return orjson.dumps(used).decode() if used else None
