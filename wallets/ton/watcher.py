"""Reads one account's history to the cursor and settles it oldest first, never skipping."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from casino.cashier.rail import ChainTransaction, Cursor, DepositBook, UnknownAsset
from casino.clock import Clock
from casino.errors import Bug, TryLater
from wallets.ton import chain
from wallets.ton.chain import Link
from wallets.ton.client import Pool
from wallets.ton.messages import Finding, Unreadable

# Held while walking back to the cursor. When more are unread, the newest ones are let go: they
# are met again once the oldest ones are settled.
BACKLOG_MAX = 2_000

log = structlog.get_logger(__name__)


class Behind(TryLater):
    """The newest block that servers show is old: crediting waits."""


class ChainMismatch(Bug):
    """The account's history does not contain the last settled transaction.

    Another network, a restored database or a corrupt node: nothing may be credited until a
    person has looked.
    """


@dataclass(slots=True)
class _Walk:
    """An unfinished way back from the newest transaction to the cursor; newest first."""

    cursor: Cursor | None
    want: Cursor
    links: deque[Link] = field(default_factory=lambda: deque(maxlen=BACKLOG_MAX))


class Watcher:
    """Watches one account."""

    def __init__(
        self,
        rail: str,
        account: str,
        classify: Callable[[Link], Finding],
        *,
        clock: Clock,
        behind: timedelta,
    ) -> None:
        """Watch ``account``; ``classify`` says what its transactions mean.

        A newest block older than ``behind`` means that nothing is credited.
        """
        self._rail = rail
        self._account = account
        self._classify = classify
        self._clock = clock
        self._behind = behind
        self._walk: _Walk | None = None

    async def poll(self, pool: Pool, head: int, book: DepositBook) -> int:
        """Settle what is new as of block ``head``; return how many transactions that was.

        Raises Unavailable and Behind (again later), and ChainMismatch (stop). A way back that an
        outage interrupts is taken up at the next poll where it was left.
        """
        cursor = await book.cursor(self._rail, self._account)
        if self._walk is None or self._walk.cursor != cursor:
            newest = await self._newest(pool, head, cursor)
            if newest.lt == (cursor.lt if cursor else 0):
                return 0
            self._walk = _Walk(cursor, newest)
        walk = self._walk
        await self._walk_back(pool, walk)
        self._walk = None  # what follows moves the cursor
        for link in reversed(walk.links):
            await book.record(self._rail, self._settled(link))
        return len(walk.links)

    async def _newest(self, pool: Pool, head: int, cursor: Cursor | None) -> Cursor:
        state = await pool.ask(partial(chain.account_state, account=self._account, seqno=head))
        if self._clock.now() - state.block_at > self._behind:
            seconds = int(self._behind.total_seconds())
            raise Behind(f"the chain is behind: its newest block is older than {seconds} s")
        if cursor is not None and state.newest.lt < cursor.lt:
            raise Behind("the lite servers do not know yet what was already settled")
        if cursor is not None and state.newest.lt == cursor.lt and state.newest != cursor:
            raise self._mismatch(cursor)
        return state.newest

    async def _walk_back(self, pool: Pool, walk: _Walk) -> None:
        floor = walk.cursor.lt if walk.cursor else 0
        while walk.want.lt > floor:
            question = partial(chain.page, account=self._account, start=walk.want)
            for link in await pool.ask(question):
                if link.id.lt <= floor:
                    break
                walk.links.append(link)
                walk.want = link.previous
        if walk.cursor is not None and walk.want != walk.cursor:
            self._walk = None
            raise self._mismatch(walk.cursor)

    def _settled(self, link: Link) -> ChainTransaction:
        finding: Finding
        try:
            finding = self._classify(link)
        except Unreadable as error:
            # Its hash is proven, so no other server would send it differently: waiting would
            # stop every later deposit, so a person gets it.
            log.error("unreadable transaction", id=link.external_id, error=str(error))  # noqa: TRY400 - the decoder's traceback says nothing
            finding = UnknownAsset(link.external_id, None, f"unreadable transaction: {error}")
        return ChainTransaction(self._account, link.id.lt, link.id.hash, link.at, finding)

    def _mismatch(self, cursor: Cursor) -> ChainMismatch:
        return ChainMismatch(
            f"{self._account}: transaction {cursor.lt} {cursor.hash} was settled here, "
            "but is not in the history that the lite servers prove"
        )
