"""A load on the wallet as a process of its own: ``python -m tests.crash.load --help``.

Every request is in the journal before it is sent, every answer before the next request.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import uvloop

from casino import errors
from casino.money import FUN
from casino.wallet import Batch, Wallet
from db.database import CommitInDoubt, Database, transaction
from tests.crash.journal import Journal, read
from tests.crash.plan import Plan, grant
from tests.crash.staff import Desk

TOGETHER = 64  # calls at once, where a list of them is sent
TWICE, IMPATIENT = 0.05, 0.03  # of a caller's calls: the same two at once; given up soon


class Load:
    """Callers that send and write down."""

    def __init__(self, wallet: Wallet, journal: Journal) -> None:
        self._wallet = wallet
        self._journal = journal

    async def send(self, batch: Batch, patience_s: float | None = None) -> None:
        """Ask the engine, as a callback does; without patience, not to the end."""
        call = self._journal.sent(batch)
        try:
            async with asyncio.timeout(patience_s):
                answer = await self._wallet.apply(batch)
        except (errors.TryLater, TimeoutError) as error:  # given up before it began is not begun
            self._journal.failed(call, error, doubt=isinstance(error, errors.OutcomeUnknown))
        else:
            self._journal.answered(call, answer)

    async def send_inside(self, *batches: Batch) -> None:
        """Ask inside one transaction of the caller's own, as the cashier does."""
        calls = [self._journal.sent(batch) for batch in batches]
        try:
            async with transaction() as tx:
                answers = [await self._wallet.transfer(tx, batch) for batch in batches]
        except (errors.PlayerError, errors.Bug) as error:
            for call in calls:
                self._journal.refused(call, str(getattr(error, "code", error)))
        except errors.LATER as error:
            for call in calls:
                self._journal.failed(call, error, doubt=isinstance(error, CommitInDoubt))
        else:
            for call, answer in zip(calls, answers, strict=True):
                self._journal.answered(call, answer)

    async def caller(self, plan: Plan, inside: float, ends: float) -> None:
        while asyncio.get_running_loop().time() < ends:
            if plan.draw.random() < inside:
                await self.send_inside(*plan.next_inside())
                continue
            batch, drawn = plan.next(), plan.draw.random()
            if drawn < TWICE:
                await asyncio.gather(self.send(batch), self.send(batch))
            elif drawn < TWICE + IMPATIENT:
                await self.send(batch, plan.draw.uniform(0, 0.02))
            else:
                await self.send(batch)

    async def send_all(self, batches: list[Batch]) -> None:
        waiting = iter(batches)

        async def sender() -> None:
            for batch in waiting:
                await self.send(batch)

        await asyncio.gather(*(sender() for _ in range(TOGETHER)))


async def run(arguments: argparse.Namespace) -> None:
    database = Database(arguments.url)
    await database.open()
    wallet = Wallet(database, (FUN,))
    journal = Journal(arguments.journal)
    load = Load(wallet, journal)
    try:
        if arguments.again:
            calls, _ = read(arguments.again)
            await load.send_all([call.sent.batch for call in calls])
            return
        first, count = arguments.players
        players = range(first, first + count)
        await load.send_all([grant(player) for player in players])
        desk = Desk(database, wallet, journal)
        games, sessions = await desk.games(), await desk.sessions(players)
        seed = f"{arguments.seed}/{arguments.name}"
        ends = asyncio.get_running_loop().time() + arguments.seconds
        async with asyncio.TaskGroup() as group:
            for n in range(arguments.callers):
                plan = Plan(f"{seed}.{n}", players, games, sessions)
                group.create_task(load.caller(plan, arguments.inside, ends))
            if arguments.staff:
                group.create_task(desk.work(f"{seed}.staff", players, ends))
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="postgresql://...")
    parser.add_argument("--journal", required=True, type=Path, help="file to write")
    parser.add_argument("--again", type=Path, nargs="+", help="send what these journals say")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--name", default="a", help="of this process; part of its keys")
    parser.add_argument("--players", type=int, nargs=2, default=(1, 1), help="first, count")
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--inside", type=float, default=0.0, help="share in own transactions")
    parser.add_argument("--staff", action="store_true", help="freeze, end sessions, switch games")
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
