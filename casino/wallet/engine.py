"""The wallet's engine: what queued while one batch committed is the next one.

One queue a process, no timer: a lone caller waits for nobody, and many share a commit. Where many
wait, a second batch is decided while the first one commits, of other players. No lock while
deciding, so processes on one database meet only where they want the same account at the same
moment; then the write of one of them finds that it had moved on, and all its calls of such players
are settled again, together, under locks.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence

import asyncpg
import structlog

from casino import errors
from casino.nursery import Nursery
from casino.wallet.book import Book
from casino.wallet.operations import Answer, Batch
from casino.wallet.rows import Decision
from db.database import OUTAGES, Database, in_transaction
from db.lane import Lane

log = structlog.get_logger(__name__)

DEADLINE_S = 2.0  # from the call to its answer
BEGIN_S = 1.5  # from the call to its first attempt
ATTEMPT_S = 0.25  # what an attempt gets at least, else the oldest call would spoil it for others
TOGETHER_MAX = 512  # calls in one write
LANES = 2  # writes under way at once
OVERLAP_MIN = 32  # calls that are worth a write of their own beside one under way
WAITING_MAX = 4_096  # about a quarter of a second's work
LOCKING_LANES = 4  # transactions under locks at once: some may have to wait for theirs
PAUSE_S = 0.05  # before the next attempt to connect


class _Call:
    """One batch on its way, and what is known about it."""

    __slots__ = ("answer", "batch", "begun", "collided", "deadline", "in_doubt")

    def __init__(self, batch: Batch, answer: asyncio.Future[Answer], deadline: float) -> None:
        self.batch = batch
        self.answer = answer
        self.deadline = deadline
        self.begun = False
        self.collided = False  # with a key that somebody else stored at the same moment
        self.in_doubt = False  # it was sent, and nothing said whether it was stored

    def succeed(self, answer: Answer) -> None:
        if not self.answer.done():  # a caller that gave up is gone; what was stored stands
            self.answer.set_result(answer)

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def give_up(self, cause: BaseException | None) -> None:
        error = errors.OutcomeUnknown() if self.in_doubt else errors.TryLater()
        error.__cause__ = cause
        self.fail(error)


class Engine:
    """Settles batches of many callers together, each exactly once.

    ``settled`` hears of every decision that is durable, and for which players it is not.
    """

    def __init__(
        self, database: Database, book: Book, settled: Callable[[Decision, set[int]], None]
    ) -> None:
        """Work on an open database."""
        self._book = book
        self._settled = settled
        self._free = [database.lane() for _ in range(LANES)]
        self._locking: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
        for _ in range(LOCKING_LANES):
            self._locking.put_nowait(database.lane())
        self._nursery = Nursery()
        # Not the first caller's context: that must not stick to everybody's work.
        self._context = contextvars.Context()
        self._waiting: deque[_Call] = deque()
        self._passed_over = 0  # of those waiting: calls of players who are being settled
        self._held: dict[int, int] = {}  # players being settled: further calls stay in line
        self._calls_apart = 0
        self._called = False  # to look at the queue at the end of this turn of the loop

    async def submit(self, batch: Batch) -> Answer:
        """Settle one batch; returns after the commit.

        Raises Busy before anything was done when too much waits already, TryLater when the
        database was away and nothing was done, OutcomeUnknown when it may have been done. Whoever
        stops waiting before it was begun undoes it; later nothing does.
        """
        if in_transaction():
            raise errors.Bug("it would wait for the caller's own locks; use Wallet.transfer")
        if len(self._waiting) + self._calls_apart >= WAITING_MAX:
            raise errors.Busy
        loop = asyncio.get_running_loop()
        call = _Call(batch, loop.create_future(), loop.time() + DEADLINE_S)
        self._waiting.append(call)
        self._look_soon()
        try:
            return await call.answer
        except asyncio.CancelledError:
            if call.begun:  # the caller's own deadline leaves as much doubt as ours
                raise errors.OutcomeUnknown from None
            raise

    def _look_soon(self) -> None:
        if not self._called and self._due():
            self._called = True
            # After everybody who is about to call in this turn of the loop has called.
            asyncio.get_running_loop().call_soon(self._look, context=self._context)

    def _due(self) -> bool:
        """Whether to begin now: at once if nothing is under way, otherwise where it pays."""
        new = len(self._waiting) - self._passed_over
        return bool(self._free) and new >= (1 if len(self._free) == LANES else OVERLAP_MIN)

    def _look(self) -> None:
        self._called = False
        # A share for each free lane: one batch is decided while another one commits.
        share = max(OVERLAP_MIN, -(-len(self._waiting) // max(1, len(self._free))))
        while self._due() and (calls := self._take(min(share, TOGETHER_MAX))):
            self._hold(calls)
            self._nursery.start(self._run(self._free.pop(), calls), name="wallet")

    def _take(self, size: int) -> list[_Call]:
        """Take up to ``size`` calls, in order; those of players being settled stay in line."""
        now = asyncio.get_running_loop().time()
        taken: list[_Call] = []
        passed: list[_Call] = []
        while self._waiting and len(taken) < size:
            call = self._waiting.popleft()
            if call.answer.done():
                pass  # its caller is gone, and it was not begun
            elif call.deadline <= now + (0 if call.begun else DEADLINE_S - BEGIN_S):
                call.give_up(None)
            elif call.batch.player_id in self._held:
                passed.append(call)
            else:
                call.begun = True
                taken.append(call)
        self._waiting.extendleft(reversed(passed))
        self._passed_over = len(passed)
        return taken

    async def _run(self, lane: Lane, calls: list[_Call]) -> None:
        try:
            await self._attempt(self._settle, lane, calls)
        finally:
            self._free.append(lane)
            self._release(calls)

    def _settle_apart(self, calls: Sequence[_Call]) -> None:
        """Settle calls under locks, together, while others go on."""
        self._calls_apart += len(calls)
        self._hold(calls)
        self._nursery.start(self._run_apart(calls), name="wallet apart")

    async def _run_apart(self, calls: Sequence[_Call]) -> None:
        lane = await self._locking.get()
        try:
            await self._attempt(self._settle_locked, lane, calls)
        finally:
            self._locking.put_nowait(lane)
            self._calls_apart -= len(calls)
            self._release(calls)

    def _hold(self, calls: Sequence[_Call]) -> None:
        for call in calls:
            player_id = call.batch.player_id
            self._held[player_id] = self._held.get(player_id, 0) + 1

    def _release(self, calls: Sequence[_Call]) -> None:
        for call in calls:
            player_id = call.batch.player_id
            if others := self._held[player_id] - 1:
                self._held[player_id] = others
            else:
                del self._held[player_id]
        self._passed_over = 0
        self._look_soon()

    async def _attempt(self, settle: _Settle, lane: Lane, calls: Sequence[_Call]) -> None:
        """Settle some calls; what has to be done again goes back to the head of the queue."""
        try:
            await settle(lane, calls)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            self._part(calls)  # somebody holds a player's rows; who knows whose
        except OUTAGES as outage:
            log.warning("wallet: connection lost", error=repr(outage), calls=len(calls))
            lane.drop()
            self._waiting.extendleft(reversed(calls))
            await asyncio.sleep(PAUSE_S)
        except Exception as poison:  # handed to the one caller whose batch it is
            if len(calls) > 1:
                half = len(calls) // 2
                await self._attempt(settle, lane, calls[:half])
                await self._attempt(settle, lane, calls[half:])
            elif isinstance(poison, asyncpg.UniqueViolationError) and not calls[0].collided:
                calls[0].collided = True  # the second look sees it
                self._settle_apart(calls)
            else:
                log.exception("wallet: a batch cannot be stored")
                calls[0].fail(_bug(poison))
        except BaseException:
            for call in calls:
                call.give_up(None)
            raise

    def _part(self, calls: Sequence[_Call]) -> None:
        """Settle each player's calls under locks of their own; here somebody held one's rows."""
        now = asyncio.get_running_loop().time()
        by_player: dict[int, list[_Call]] = {}
        for call in calls:
            if call.deadline <= now:
                call.give_up(None)
            else:
                by_player.setdefault(call.batch.player_id, []).append(call)
        for group in by_player.values():
            self._settle_apart(group)

    async def _settle(self, lane: Lane, calls: Sequence[_Call]) -> None:
        """Settle calls without a lock; those of accounts that moved on meanwhile go apart."""
        stale: set[int] = set()
        async with _in_time(calls):
            connection = await lane.connection()
            proposal = await self._book.decide(connection, [call.batch for call in calls])
            if proposal.decision.transfers:
                with _doubt(calls):
                    stale = await self._book.write(connection, proposal)
        self._answer(calls, proposal.decision, stale)
        if stale:
            self._settle_apart([call for call in calls if call.batch.player_id in stale])

    async def _settle_locked(self, lane: Lane, calls: Sequence[_Call]) -> None:
        """Settle calls in a transaction that locks their accounts first."""
        batches = [call.batch for call in calls]
        async with _in_time(calls):
            connection = await lane.connection()
            under_locks = connection.transaction()
            await under_locks.start()
            try:
                decision = await self._book.settle_locked(connection, batches)
            except Exception:
                await under_locks.rollback()
                raise
            with _doubt(calls):
                await under_locks.commit()
        self._answer(calls, decision, set())

    def _answer(self, calls: Sequence[_Call], decision: Decision, stale: set[int]) -> None:
        self._settled(decision, stale)
        for call, answer in zip(calls, decision.answers, strict=True):
            if call.batch.player_id not in stale:
                call.succeed(answer)


_Settle = Callable[[Lane, Sequence[_Call]], Coroutine[None, None, None]]


def _in_time(calls: Sequence[_Call]) -> asyncio.Timeout:
    """Limit an attempt to the earliest deadline of its calls."""
    least = asyncio.get_running_loop().time() + ATTEMPT_S
    return asyncio.timeout_at(max(least, min(call.deadline for call in calls)))


@contextlib.contextmanager
def _doubt(calls: Sequence[_Call]) -> Iterator[None]:
    """Leave the calls in doubt unless the server itself says what became of them."""
    before = [call.in_doubt for call in calls]
    for call in calls:
        call.in_doubt = True
    try:
        yield
    except asyncpg.PostgresError as said:
        if isinstance(said, asyncpg.OperatorInterventionError | asyncpg.PostgresConnectionError):
            raise
        _restore(calls, before)  # this attempt was rolled back
        raise
    # Stored, or passed over because something had moved on: an earlier attempt is all that is
    # in doubt, if there was one.
    _restore(calls, before)


def _restore(calls: Sequence[_Call], before: Sequence[bool]) -> None:
    for call, was in zip(calls, before, strict=True):
        call.in_doubt = was


def _bug(cause: BaseException) -> errors.Bug:
    bug = errors.Bug("the wallet cannot store this batch")
    bug.__cause__ = cause
    return bug
