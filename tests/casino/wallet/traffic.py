"""Looks into the wallet's traffic with the database; every statement still reaches it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, Currency
from casino.players import Player
from casino.wallet import Answer, Applied, Batch, Kind, Op, Outcome, Refusal, Wallet
from casino.wallet.book import Book, Proposal
from db import ledger

LOCK = "SELECT FROM accounts WHERE player_id = $1 FOR UPDATE"
START = 1_000_000_000  # FUN of every player


class Traffic:
    """The ledger's reads and writes in order, each with how many accounts or transfers it had.

    While closed, writes begin but do not reach the database.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, int]] = []
        self.writing: list[set[int]] = []  # the players of each write under way
        self._moved = asyncio.Condition()
        self._open = asyncio.Event()
        self._open.set()
        real_read, real_write = ledger.read, ledger.write

        async def read(
            connection: asyncpg.Connection, accounts: Any, *rest: Any, **more: Any
        ) -> Any:
            self.seen.append(("read", len(accounts)))
            return await real_read(connection, accounts, *rest, **more)

        async def write(connection: asyncpg.Connection, switches: Any, *rest: Any) -> set[int]:
            accounts, _, transfers = rest
            self.seen.append(("write", len(transfers)))
            players = {row[0] for row in accounts}
            self.writing.append(players)
            async with self._moved:
                self._moved.notify_all()
            try:
                await self._open.wait()
                return await real_write(connection, switches, *rest)
            finally:
                self.writing.remove(players)

        monkeypatch.setattr(ledger, "read", read)
        monkeypatch.setattr(ledger, "write", write)

    @property
    def writes(self) -> list[int]:
        """How many transfers each write had."""
        return [size for what, size in self.seen if what == "write"]

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    async def until_writing(self, how_many: int = 1) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: len(self.writing) >= how_many)


def before_writing(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], Awaitable[object]]
) -> list[str]:
    """Do some work once, between the next decision and its write; returns what was done."""
    done: list[str] = []
    real = Book.write

    async def write(book: Book, connection: asyncpg.Connection, proposal: Proposal) -> set[int]:
        if not done:
            done.append("work")
            await work()
        return await real(book, connection, proposal)

    monkeypatch.setattr(Book, "write", write)
    return done


def bet(
    player: Player, key: str, units: int = 1, source: str = "one", currency: Currency = FUN
) -> Batch:
    return Batch(player.id, currency, source, (Op(Kind.BET, key, units, "r"),))


async def ask(wallet: Wallet, *batches: Batch) -> list[asyncio.Future[Answer]]:
    """Call for each batch; the calls have reached the queue when this returns."""
    calls = [asyncio.ensure_future(wallet.apply(batch)) for batch in batches]
    await asyncio.sleep(0)
    return [*calls]


async def insist(wallet: Wallet, batch: Batch) -> Answer:
    """Call until there is an answer, as a provider does; how slow the machine is matters not."""
    while True:
        with contextlib.suppress(errors.TryLater):
            return await asyncio.ensure_future(wallet.apply(batch))


def outcome(answer: Answer) -> Outcome | Refusal:
    """Return what became of a batch of one operation."""
    return answer.items[0].outcome if isinstance(answer, Applied) else answer.reason


def shown(answer: Answer) -> int | Refusal:
    """Return the playable balance after a batch of one operation, or why it was refused."""
    return answer.items[0].balance_units if isinstance(answer, Applied) else answer.reason


async def stored_as_answered(second: asyncpg.Connection, answers: list[Answer]) -> bool:
    """Say whether each applied answer names a stored transfer and the balance after it."""
    stored = {
        f"{row[0]}-{row[1]}-{row[2]}": row[3]
        for row in await second.fetch(
            "SELECT player_id, currency_id, seq, greatest(cash_after, 0) + bonus_after"
            " FROM transfers"
        )
    }
    items = [item for a in answers if isinstance(a, Applied) for item in a.items]
    return all(stored.get(item.transfer_id) == item.balance_units for item in items)
