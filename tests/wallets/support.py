"""What the rails' tests share: the genuine transactions, a book that settles once, a clock."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pytoniq_core.boc.cell import Cell
from pytoniq_core.tlb.transaction import Transaction

from casino.cashier.rail import (
    ChainTransaction,
    Cursor,
    DepositBook,
    Incoming,
    PaymentRail,
    UnknownAsset,
)
from tests.peers.ton.build import opened
from wallets.ton.chain import Link, read_link

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ton"
NOW = 1_760_001_000  # a little after the newest fixture
MEMO = "MEM0RY12"


class Crash(Exception):
    """The process dies here."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """One transaction that a real TVM executed."""

    case: str
    account: str
    lt: int
    hash: str
    boc: str

    @property
    def link(self) -> Link:
        return read_link(self.account, Cursor(self.lt, self.hash), self.boc)

    @property
    def decoded(self) -> Transaction:
        cell = Cell.one_from_boc(base64.b64decode(self.boc))
        transaction: Transaction = Transaction.deserialize(opened(cell))
        return transaction


@functools.cache
def _fixture(name: str) -> dict[str, Any]:
    fixture: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return fixture


def world(name: str) -> str:
    """Return an address or vector that belongs to the genuine transactions."""
    return str(_fixture("world")[name])


def stream(name: str) -> list[Genuine]:
    """Return an account's genuine transactions, oldest first."""
    fixture = _fixture(name)
    return [
        Genuine(t["case"], fixture["account"], int(t["lt"]), t["hash"], t["boc"])
        for t in fixture["transactions"]
    ]


def case(name: str, of: str = "owner") -> Genuine:
    """Return the one genuine transaction of a case."""
    (found,) = (transaction for transaction in stream(of) if transaction.case == name)
    return found


class FixedClock:
    """A clock that tests turn."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **delta: float) -> None:
        self._now += timedelta(**delta)


class Book(DepositBook):
    """Settles each transaction once and moves the cursor with it, as the real one must.

    ``crash`` is called before and after the change and may raise: the process dies there.
    """

    def __init__(self) -> None:
        self.settled: dict[tuple[str, int], ChainTransaction] = {}
        self.cursors: dict[str, Cursor] = {}
        self.repeats = 0
        self.crash: Callable[[str, ChainTransaction], None] = lambda _when, _transaction: None

    async def cursor(self, rail: str, account: str) -> Cursor | None:
        assert rail == "ton"
        return self.cursors.get(account)

    async def record(self, rail: str, transaction: ChainTransaction) -> bool:
        assert rail == "ton"
        self.crash("before", transaction)
        key = (transaction.account, transaction.lt)
        if key in self.settled:
            self.repeats += 1
            return False
        cursor = self.cursors.get(transaction.account)
        assert cursor is None or cursor.lt < transaction.lt, "not oldest first"
        self.settled[key] = transaction
        self.cursors[transaction.account] = Cursor(transaction.lt, transaction.hash)
        await asyncio.sleep(0)
        self.crash("after", transaction)
        return True

    def deposits(self) -> list[Incoming]:
        """What a cashier would credit, by memo, oldest first."""
        return [d for d in self.incoming() if d.flaw is None]

    def incoming(self) -> list[Incoming]:
        found = (t.finding for t in self.settled.values())
        return [finding for finding in found if isinstance(finding, Incoming)]

    def unknown(self) -> list[UnknownAsset]:
        found = (t.finding for t in self.settled.values())
        return [finding for finding in found if isinstance(finding, UnknownAsset)]


@asynccontextmanager
async def watching(rail: PaymentRail, book: DepositBook) -> AsyncIterator[asyncio.Task[None]]:
    """Run a rail's watcher while the block lasts."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(rail.watch(book))
        try:
            yield task
        finally:
            task.cancel()
    await rail.close()


async def until(met: Callable[[], bool]) -> None:
    """Wait until a condition is met; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not met():  # noqa: ASYNC110 - conditions of several objects
            await asyncio.sleep(0.005)
