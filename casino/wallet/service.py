"""The shared wallet: the only writer of balances."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from asyncpg import UniqueViolationError

from casino import errors
from casino.ids import read_id
from casino.money import CURRENCIES, CURRENCY_BY_ID, Currency, Money
from casino.wallet.audit import AuditReport, audit
from casino.wallet.book import Book
from casino.wallet.engine import Engine
from casino.wallet.known import Known, known, stakes_of_round
from casino.wallet.operations import (
    Answer,
    Applied,
    Balance,
    Batch,
    Item,
    Kind,
    Op,
    Refusal,
    Refused,
)
from casino.wallet.rows import Decision
from db import ledger
from db.database import OUTAGES, Database, Transaction

log = structlog.get_logger(__name__)

STATEMENT_MAX = 100

_COLUMNS = """
SELECT t.seq, t.created_at, t.kind_id, s.name AS source, t.currency_id,
    t.cash_delta + t.bonus_delta AS delta, t.held_delta,
    greatest(t.cash_after, 0)::numeric + t.bonus_after AS balance_after,
    t.round_id, t.game_id, g.title AS game_title
"""

# One short walk down the primary key per currency, then a merge: no index on time is needed.
_STATEMENT = f"""
{_COLUMNS}
FROM unnest($2::smallint[]) AS k (currency_id)
CROSS JOIN LATERAL (
    SELECT * FROM transfers t
    WHERE t.player_id = $1 AND t.currency_id = k.currency_id
        AND ($3::timestamptz IS NULL OR (t.created_at, t.currency_id, t.seq) < ($3, $4, $5))
    ORDER BY t.seq DESC
    LIMIT $6
) t
JOIN sources s ON s.id = t.source_id
LEFT JOIN games g ON g.id = t.game_id
ORDER BY t.created_at DESC, t.currency_id DESC, t.seq DESC
LIMIT $6
"""  # noqa: S608 - constant columns

_ENTRY = f"""
{_COLUMNS}
FROM transfers t
JOIN sources s ON s.id = t.source_id
LEFT JOIN games g ON g.id = t.game_id
WHERE t.player_id = $1 AND t.currency_id = $2 AND t.seq = $3
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a player's statement. ``delta`` is cash and bonus together, signed."""

    id: str
    at: datetime
    kind: Kind
    source: str
    currency: Currency
    delta: Money
    held_delta: Money
    balance_after: Money
    round_id: str | None
    game_id: int | None
    game_title: str | None


_REFUSALS: dict[Refusal, type[errors.PlayerError]] = {
    Refusal.NOT_ENOUGH_MONEY: errors.NotEnoughMoney,
    Refusal.FROZEN: errors.AccountFrozen,
    Refusal.EXCLUDED: errors.Excluded,
    Refusal.BLOCKED: errors.BlockedHere,
    Refusal.LIMIT_REACHED: errors.LimitReached,
    Refusal.SESSION_ENDED: errors.SessionEnded,
    Refusal.GAME_OFF: errors.GameUnavailable,
    Refusal.UNKNOWN_PLAYER: errors.NotFound,
    Refusal.KEY_CONFLICT: errors.KeyReused,
}


def refusal_error(refused: Refused) -> errors.CroupierError:
    """Turn a refusal into the error that an edge shows to a player; ours to mend is a Bug."""
    shown = _REFUSALS.get(refused.reason)
    return shown() if shown is not None else errors.Bug(refused.reason.value)


class Wallet:
    """Applies operations, each exactly once, and reads what they made.

    ``announce`` is called after each commit with the new balance of every account it changed;
    it must not wait and must not fail.
    """

    def __init__(
        self,
        database: Database,
        currencies: Sequence[Currency],
        announce: Callable[[int, Balance], None] | None = None,
    ) -> None:
        """Work on an open database; ``currencies`` are those on offer, in order of preference."""
        self._database = database
        self.currencies = tuple(currencies)
        self._announce = announce or (lambda _player_id, _balance: None)
        self._book = Book()
        self._engine = Engine(database, self._book, self._tell)
        self._learning = asyncio.Lock()

    async def apply(self, batch: Batch) -> Answer:
        """Perform a batch; returns after the commit, which may hold those of other callers too.

        Raises TryLater (Busy is one) when nothing was done, OutcomeUnknown when that is not known;
        a repeat with the same keys is safe either way.
        """
        await self._learn(batch.source)
        return await self._engine.submit(batch)

    async def transfer(self, tx: Transaction, batch: Batch) -> Applied:
        """Perform a batch inside the caller's transaction.

        Raises the PlayerError of a refusal, so that the caller's transaction rolls back with it.
        """
        await self._learn(batch.source)
        try:
            decision = await self._book.settle_locked(tx.raw, [batch])
        except UniqueViolationError as taken:
            # The same key at the same moment in another currency; this transaction is lost.
            raise errors.KeyReused from taken
        answer = decision.answers[0]
        if isinstance(answer, Refused):
            raise refusal_error(answer)
        tx.after_commit.append(lambda: self._tell(decision, set()))
        return answer

    async def hold(
        self, tx: Transaction, source: str, player_id: int, key: str, amount: Money
    ) -> Item:
        """Reserve cash now, so that capturing it cannot fail later.

        Raises NotEnoughMoney, AccountFrozen.
        """
        return await self._single(
            tx, source, player_id, amount.currency, Op(Kind.HOLD, key, amount.units)
        )

    async def capture(
        self, tx: Transaction, source: str, player_id: int, key: str, hold: str, amount: Money
    ) -> Item:
        """End a hold by taking ``amount`` of it; the rest returns to cash. Once per hold."""
        op = Op(Kind.CAPTURE, key, amount.units, reference=hold)
        return await self._single(tx, source, player_id, amount.currency, op)

    async def release(
        self, tx: Transaction, source: str, player_id: int, key: str, hold: str, currency: Currency
    ) -> Item:
        """End a hold by giving all of it back. Once per hold."""
        op = Op(Kind.RELEASE, key, reference=hold)
        return await self._single(tx, source, player_id, currency, op)

    async def balance(self, player_id: int, currency: Currency) -> Balance:
        """Read one committed balance; zero where nothing ever moved."""
        found = await self._read(player_id, (currency,))
        return found.get(currency.id) or Balance(currency, 0, 0, 0, 0)

    async def balances(self, player_id: int) -> list[Balance]:
        """Read every committed balance: the currencies on offer, then others ever used."""
        found = await self._read(player_id, CURRENCIES.values())
        offered = [found.pop(c.id, Balance(c, 0, 0, 0, 0)) for c in self.currencies]
        return offered + list(found.values())

    async def statement(
        self,
        player_id: int,
        *,
        limit: int,
        before: str | None = None,
        currency: Currency | None = None,
    ) -> list[Entry]:
        """Read a player's transfers, newest first, at most 100; ``before`` is an entry's id."""
        async with self._database.connection() as connection:
            at, before_currency, before_seq = None, None, None
            if before is not None:
                before_currency, before_seq = _position(before, player_id)
                at = await connection.fetchval(
                    "SELECT created_at FROM transfers"
                    " WHERE player_id = $1 AND currency_id = $2 AND seq = $3",
                    player_id,
                    before_currency,
                    before_seq,
                )
                if at is None:
                    raise errors.NotFound
            rows = await connection.fetch(
                _STATEMENT,
                player_id,
                [currency.id] if currency else list(CURRENCY_BY_ID),
                at,
                before_currency,
                before_seq,
                min(limit, STATEMENT_MAX),
            )
        return [_entry(player_id, row) for row in rows]

    async def entry(self, player_id: int, entry_id: str) -> Entry:
        """Read one line of a player's statement. Raises NotFound, Malformed."""
        currency_id, seq = _position(entry_id, player_id)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ENTRY, player_id, currency_id, seq)
        if row is None:
            raise errors.NotFound
        return _entry(player_id, row)

    async def known(self, player_id: int, source: str, key: str) -> Known | None:
        """Say what an operation with this key did, or None when it never arrived."""
        await self._learn(source)
        try:
            async with self._database.connection() as connection:
                return await known(connection, player_id, self._book.sources.id(source), key)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def stakes_of_round(
        self, player_id: int, source: str, currency: Currency, round_id: str
    ) -> list[Known]:
        """List a round's stakes among the account's newest transfers, oldest first."""
        await self._learn(source)
        try:
            async with self._database.connection() as connection:
                source_id = self._book.sources.id(source)
                return await stakes_of_round(connection, player_id, currency, source_id, round_id)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def audit(self) -> AuditReport:
        """Prove the whole book; see ``casino.wallet.audit``."""
        async with self._database.connection() as connection:
            return await audit(connection)

    async def _read(self, player_id: int, currencies: Iterable[Currency]) -> dict[int, Balance]:
        try:
            async with self._database.connection() as connection:
                rows = await ledger.read_accounts(
                    connection, [(player_id, c.id) for c in currencies]
                )
        except OUTAGES as outage:
            raise errors.TryLater from outage
        return {
            r["currency_id"]: Balance(
                CURRENCY_BY_ID[r["currency_id"]], r["cash"], r["bonus"], r["held"], r["seq"]
            )
            for r in rows
        }

    async def _learn(self, source: str) -> None:
        if self._book.sources.known(source):
            return
        try:
            # Aside from the caller's transaction: a number must not vanish with its rollback.
            async with self._learning:
                if not self._book.sources.known(source):
                    async with self._database.aside() as connection:
                        await self._book.sources.learn(connection, source)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def _single(
        self, tx: Transaction, source: str, player_id: int, currency: Currency, op: Op
    ) -> Item:
        applied = await self.transfer(tx, Batch(player_id, currency, source, (op,)))
        return applied.items[0]

    def _tell(self, decision: Decision, stale: set[int]) -> None:
        for a in decision.accounts:
            if a.player_id in stale:
                continue
            balance = Balance(CURRENCY_BY_ID[a.currency_id], a.cash, a.bonus, a.held, a.seq)
            try:
                self._announce(a.player_id, balance)
            except Exception:  # the change stands, whatever a listener makes of it
                log.exception("wallet: a listener failed")


def _position(entry_id: str, player_id: int) -> tuple[int, int]:
    """Read an entry's id: player, currency and sequence. Raises Malformed, NotFound."""
    match [read_id(part) for part in entry_id.split("-")]:
        case [int(owner), int(currency_id), int(seq)]:
            if owner != player_id or currency_id not in CURRENCY_BY_ID:
                raise errors.NotFound
            return currency_id, seq
        case _:
            raise errors.Malformed


def _entry(player_id: int, row: Mapping[str, Any]) -> Entry:
    currency = CURRENCY_BY_ID[row["currency_id"]]
    return Entry(
        f"{player_id}-{currency.id}-{row['seq']}",
        row["created_at"],
        Kind(row["kind_id"]),
        row["source"],
        currency,
        Money(row["delta"], currency),
        Money(row["held_delta"], currency),
        Money(int(row["balance_after"]), currency),
        row["round_id"],
        row["game_id"],
        row["game_title"],
    )
