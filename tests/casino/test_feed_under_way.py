"""A transfer whose transaction is the newest of all is waited for like any other."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Sequence

from casino.feed import Feed, Logged
from casino.money import FUN
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database, Transaction, transaction


async def test_a_transfer_under_way_is_waited_for_when_nothing_came_after_it(
    wallet: Wallet, player: Player, database: Database
) -> None:
    """The bound of a snapshot lies just below the newest transaction, not above it."""
    heard: list[int] = []

    async def handle(_: Transaction, transfers: Sequence[Logged]) -> None:
        heard.extend(t.seq for t in transfers)

    feed = Feed(database, "test", handle)

    async def catch_up() -> list[int]:
        for _ in range(3):
            while await feed.step():
                pass
        return heard

    await wallet.apply(Batch(player.id, FUN, "one", (Op(Kind.BET, "b", 1),)))
    assert await catch_up() == [1, 2]
    async with transaction() as tx:
        await wallet.transfer(tx, Batch(player.id, FUN, "one", (Op(Kind.BET, "late", 1),)))
        outside = contextvars.Context().run(asyncio.ensure_future, catch_up())
        assert await outside == [1, 2]
    assert await catch_up() == [1, 2, 3]
