"""Runs a plan against a house, burst by burst, and judges each."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from casino import errors
from casino.money import CURRENCY_BY_ID
from db.database import OUTAGES, CommitInDoubt, Database
from tests.casino.support import give_bonus
from tests.simulation.asks import (
    AccountName,
    Ask,
    Broken,
    Burst,
    Fate,
    Fault,
    Request,
    Send,
    Via,
    named,
)
from tests.simulation.oracle import Oracle
from tests.simulation.plan import BURST_MAX, Plan
from tests.simulation.premises import Premises, Server
from tests.simulation.snapshot import look
from tests.simulation.tally import Tally, check_cashier
from tests.simulation.worlds import Worlds

ATTEMPTS_MAX = 400
PAUSE_S = 0.05
LATECOMERS = 8  # bursts in which what a caller gave up on may still turn up
HISTORY_SHOWN = 25


@dataclass(frozen=True)
class Settings:
    """What a run is drawn from, all of it."""

    seed: int
    players: int = 2_000
    steps: int = 300
    faults: bool = True
    crash_every: int = 75

    @property
    def command(self) -> str:
        """The command that does the same again."""
        if self == Settings(self.seed):
            return f"make sim SEED={self.seed}"
        words = f"--seed {self.seed} --players {self.players} --steps {self.steps}"
        words += f" --crash-every {self.crash_every}" + ("" if self.faults else " --no-faults")
        return f"python -m tests.simulation {words}"


class Failed(Exception):
    """A run that found something; its text is what a person needs to find it again."""


@dataclass
class Summary:
    """What a run did. ``log`` is the digest of all requests, in order."""

    log: str = ""
    steps: int = 0
    stored: int = 0
    sends: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    origins: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        lines = [f"{self.steps} bursts, {self.stored} transfers, requests {self.log[:16]}"]
        for name, counted in (("sent", self.sends), ("answered", self.outcomes)):
            lines.append(f"  {name}: " + ", ".join(f"{k} {n}" for k, n in sorted(counted.items())))
        lines.append("  owed: " + ", ".join(f"{k} {n}" for k, n in sorted(self.origins.items())))
        return "\n".join(lines)


class Simulation:
    """One house, one seed."""

    def __init__(self, settings: Settings, server: Server, url: str, database: Database) -> None:
        self._plan = Plan(
            settings.seed,
            settings.players,
            faults=settings.faults,
            crash_every=settings.crash_every if settings.faults else 0,
        )
        self._settings = settings
        self._server = server
        self._url = url
        self._premises = Premises(database, self._plan.launches)
        self._oracle = Oracle(
            Worlds(self._plan.launches), self._premises.ids, self._premises.game_ids
        )
        self._ticks = itertools.count()
        self._step = 0
        self._asks: dict[Ask, None] = {}
        self._gifts: list[tuple[AccountName, int]] = []
        self._touched: deque[set[AccountName]] = deque(maxlen=LATECOMERS)
        self._burst_sends: list[Send] = []
        self._reported = 0
        self._second: asyncpg.Connection | None = None
        self.summary = Summary()

    async def run(self) -> Summary:
        """Go through the whole plan. Raises Failed with everything needed to find it again."""
        try:
            await self._premises.open()
            for burst in itertools.chain(
                self._plan.arrivals(), self._plan.bursts(self._settings.steps)
            ):
                await self._play(burst)
            for burst in self._doubts():
                await self._play(burst)
            await self._finish()
        except Exception as error:
            raise Failed(self._report(error)) from error
        finally:
            if self._second is not None:
                await self._second.close(timeout=2)
        return self.summary

    async def _play(self, burst: Burst) -> None:
        self._premises.dial.minutes = burst.clock
        self._burst_sends = []
        second = await self._look_on()
        for account, units in burst.gifts:
            self._gifts.append((account, units))
            self._oracle.given(account, units)
            player_id, currency = self._premises.ids[account[0]], CURRENCY_BY_ID[account[1]]
            await give_bonus(second, player_id, currency, units)
        for request in burst.requests:
            if request.ask not in self._asks:
                self._asks[request.ask] = None
                self._oracle.asked(request.ask)
        callers = [asyncio.ensure_future(self._carry(r)) for r in burst.requests]
        if burst.fault is not None:
            self._oracle.struck(self._step)
            callers.append(asyncio.ensure_future(self._strike(burst.fault)))
        try:
            await asyncio.gather(*callers)
        finally:
            for caller in callers:
                caller.cancel()
        touched = {a for a, _ in burst.gifts} | set(_accounts(r.ask for r in burst.requests))
        self._touched.append(touched)
        await self._judge(set().union(*self._touched))
        self._step += 1

    def _doubts(self) -> Iterator[Burst]:
        """Ask once more what somebody gave up on: nobody may have been told that it was done."""
        asks = [a for a in self._asks if a.batches and any(s.in_doubt for s in a.sends)]
        for begin in range(0, len(asks), BURST_MAX):
            requests = tuple(Request(ask) for ask in asks[begin : begin + BURST_MAX])
            yield Burst(requests, self._premises.dial.minutes)

    async def _judge(self, accounts: Iterable[AccountName]) -> None:
        second = await self._look_on()
        snapshot = await look(second, self._premises.ids, self._oracle.since(accounts))
        self._oracle.judge(self._burst_sends, snapshot, next(self._ticks))
        self.summary.stored = snapshot.total

    async def _carry(self, request: Request) -> None:
        """Be the caller: ask until there is an answer, unless it is the fate not to wait."""
        if request.fate is not Fate.ANSWERED:
            await self._give_up(request)
            return
        for _ in range(ATTEMPTS_MAX):
            send = self._begin(request)
            try:
                send.reply = await self._premises.perform(request.ask, request.branch)
            except errors.LATER as outage:
                send.failure = outage
                send.in_doubt = isinstance(outage, errors.OutcomeUnknown | CommitInDoubt)
                self.summary.outcomes[type(outage).__name__] += 1
                await asyncio.sleep(PAUSE_S)
                continue
            except Exception as error:
                send.failure = error
                raise
            send.answered = next(self._ticks)
            self._count(send)
            return
        raise Broken(f"no answer after {ATTEMPTS_MAX} attempts: {request.line}")

    async def _give_up(self, request: Request) -> None:
        send = self._begin(request)
        send.in_doubt = True
        call = asyncio.ensure_future(self._premises.perform(request.ask, request.branch))
        if request.fate is Fate.CANCELLED:
            for _ in range(request.turns):
                await asyncio.sleep(0)
            call.cancel()
        (came,) = await asyncio.gather(call, return_exceptions=True)
        known: tuple[type[BaseException], ...] = (asyncio.CancelledError, *errors.LATER)
        if isinstance(came, BaseException) and not isinstance(came, known):
            send.failure = came
            raise came
        self.summary.outcomes[request.fate.value] += 1

    def _begin(self, request: Request) -> Send:
        ask = request.ask
        send = Send(ask, self._step, next(self._ticks), self._premises.dial.minutes)
        ask.sends.append(send)
        self._burst_sends.append(send)
        self.summary.sends[ask.via.value] += 1
        return send

    def _count(self, send: Send) -> None:
        reply = send.reply
        assert reply is not None
        if reply.refusal is not None:
            self.summary.outcomes[reply.refusal] += 1
        for items in reply.items or ():
            self.summary.outcomes.update(item.outcome.value for item in items)
        if send.ask.via is Via.RAIL:
            self._reported = max(self._reported, send.ask.reports[-1].position)

    async def _strike(self, fault: Fault) -> None:
        for _ in range(fault.turns):
            await asyncio.sleep(0)
        self.summary.outcomes["crash" if fault.crash else "cut"] += 1
        if fault.crash:
            await self._server.crash()
        else:
            await self._server.cut(self._url, fault.which)

    async def _look_on(self) -> asyncpg.Connection:
        """Return the simulation's own connection, opened again after a crash."""
        if self._second is not None:
            try:
                await self._second.execute("SELECT 1")
            except OUTAGES:
                self._second = None
        if self._second is None:
            self._second = await asyncpg.connect(self._url)
        return self._second

    async def _finish(self) -> None:
        """Check all that can be checked of the whole house."""
        self._burst_sends = []
        await self._judge(self._oracle.reference.pockets.keys())
        unanswered = [a.line for a in self._asks if all(s.reply is None for s in a.sends)]
        if unanswered:
            raise Broken(f"never answered: {unanswered[:5]}")
        second, ids = await self._look_on(), self._premises.ids
        tally = Tally(self._asks)
        for account, units in self._gifts:
            tally.add(account, "grants", units)
        for who, currency, units in self._oracle.rounds.results():
            tally.add((who, currency), "games", units)
        await tally.check(second, ids)
        await check_cashier(second, self._plan.chain, self._reported, ids)
        report = await self._premises.branches[0].wallet.audit()
        if not report.ok:
            raise Broken(f"the audit found: {report.findings[:5]}")
        self.summary.log, self.summary.steps = self._plan.log, self._step
        self.summary.origins = {
            f"{name} {CURRENCY_BY_ID[c]}": units for (c, name), units in tally.origins.items()
        }

    def _report(self, error: Exception) -> str:
        account = error.account if isinstance(error, Broken) else None
        what = str(error) if isinstance(error, Broken) else repr(error)
        lines = [f"seed {self._settings.seed}, step {self._step}: {what}"]
        if account is not None:
            sends = [s for a in self._asks if account in _accounts([a]) for s in a.sends]
            sends.sort(key=lambda s: s.sent)
            lines.append(f"history of {named(account)}, the last {HISTORY_SHOWN}:")
            lines += [f"  {s.line}" for s in sends[-HISTORY_SHOWN:]]
        lines.append(f"once more: {self._settings.command}")
        return "\n".join(lines)


def _accounts(asks: Iterable[Ask]) -> set[AccountName]:
    return {(b.player_id, b.currency.id) for a in asks for b in a.batches}


async def simulate(settings: Settings, server: Server) -> Summary:
    """Run in an empty database of its own. Raises Failed."""
    url = await server.fresh()
    database = Database(url)
    await database.open()
    try:
        return await Simulation(settings, server, url, database).run()
    finally:
        await database.close()


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Start a server in a folder of its own, and take both away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="croupier-simulation-"))
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
