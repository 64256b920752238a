"""A pool of lite servers: one TonlibClient each, and another server when one fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from casino.errors import TryLater
from wallets.ton.tonlib import (
    Answer,
    BlockDeleted,
    BlockNotFound,
    Client,
    TonlibClient,
    TonlibError,
    TonlibException,
)

# pytonlib parks one thread of the loop's default executor per live client, for good: on a small
# machine a client for each of the fifteen servers of a network would leave none to send with.
LIVE_MAX = 3
RESTS_S = (1, 2, 4, 8, 16, 32, 60)  # after the first failure in a row, the second, ...
RESTART_AFTER = 3  # failures in a row, then the client itself is suspected
CLOSE_S = 8.0

# How servers say that they do not keep blocks that old. Nothing is wrong with them otherwise.
_NOT_ARCHIVAL = ("cannot locate transaction", "cannot find block", "cannot compute block")

T = TypeVar("T")
Question = Callable[[Client], Awaitable[T]]
log = structlog.get_logger(__name__)


class Unavailable(TryLater):
    """No lite server answered; ask again later."""

    def __init__(self, reasons: list[str]) -> None:
        """Keep what each server did."""
        super().__init__("no lite server answers")
        self.reasons = reasons


class BadAnswer(ValueError):
    """A lite server answered what cannot be."""


class ServerFailed(Exception):
    """One lite server did not answer; another may."""


class _Wrapper(Protocol):
    """What pytonlib talks to: the C library, or in tests a double."""

    def execute(self, query: Answer, timeout: float = 10) -> Awaitable[Answer]:
        """Send one query."""

    async def close(self) -> None:
        """Stop."""


class _Shielded:
    """Keeps pytonlib's futures from being cancelled.

    Its expiry loop dies of a future that its caller cancelled, and then no later query ever times
    out; so callers wait for a copy.
    """

    def __init__(self, wrapper: _Wrapper) -> None:
        self._wrapper = wrapper

    async def execute(self, query: Answer, timeout: float = 10) -> Answer:  # noqa: ASYNC109 - pytonlib's own signature
        return await asyncio.shield(self._wrapper.execute(query, timeout))

    async def close(self) -> None:
        await self._wrapper.close()


# What a question may end with: pytonlib's own errors, its dead C library (RuntimeError), our time
# limit, and answers of a wrong shape (KeyError, ValueError).
_FAILURES = (TonlibException, TimeoutError, OSError, RuntimeError, LookupError, ValueError)


class Server:
    """One lite server of the config."""

    def __init__(
        self, index: int, config: Mapping[str, Any], folder: Path, query_s: float
    ) -> None:
        """Name the server by its place in the config; it is called on at the first question."""
        self.index = index
        self.seqno = 0
        self.failures = 0
        self.rests_until = 0.0
        self._config = config
        self._folder = folder / f"server-{index}"
        self._query_s = query_s
        self._client: Client | None = None
        self._library: Any = None
        self._opening = asyncio.Lock()

    async def seen(self, newest_block: Question[int]) -> int | str:
        """Return the newest block this server knows, or why it did not say."""
        try:
            self.seqno = await self._ask(newest_block)
        except ServerFailed as error:
            return str(error)
        return self.seqno

    async def ask(self, question: Question[T]) -> T:
        """Put one question, within a time limit. Raises ServerFailed.

        Only an answer to a real question clears earlier failures: naming the newest block is
        cheap, and a server that can do no more must not be asked first again and again.
        """
        answer = await self._ask(question)
        self.failures = 0
        return answer

    async def _ask(self, question: Question[T]) -> T:
        try:
            # pytonlib expires each query itself; this limit is for a library that hangs, and
            # leaves room for the three queries that one question may need.
            async with asyncio.timeout(4 * self._query_s):
                return await question(self._client or await self._open())
        except (BlockNotFound, BlockDeleted) as error:
            raise ServerFailed(f"server {self.index}: {error}") from error
        except _FAILURES as error:
            reason = f"server {self.index}: {type(error).__name__}: {error}"[:300]
            if not _not_archival(error):
                await self._failed(error, reason)
            raise ServerFailed(reason) from error

    async def close(self) -> None:
        """Throw the client away; the next question opens another."""
        library, self._client, self._library = self._library, None, None
        if library is None:
            return
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(CLOSE_S):
                await library.close()

    async def _open(self) -> Client:
        async with self._opening:
            if self._client is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._library = TonlibClient(
                    self.index, self._config, str(self._folder), tonlib_timeout=self._query_s
                )
                await self._library.init()
                self._library.tonlib_wrapper = _Shielded(self._library.tonlib_wrapper)
                self._client = self._library
            return self._client

    async def _failed(self, error: Exception, reason: str) -> None:
        self.failures += 1
        rest_s = RESTS_S[min(self.failures, len(RESTS_S)) - 1]
        self.rests_until = asyncio.get_running_loop().time() + rest_s
        log.info("lite server failed", reason=reason, failures=self.failures, rest_s=rest_s)
        unopened = self._client is None
        dead = isinstance(error, RuntimeError)  # pytonlib: "stuck", "crashed" or "finished"
        if unopened or dead or self.failures % RESTART_AFTER == 0:
            await self.close()


class Pool:
    """The lite servers of one network config, asked by health."""

    def __init__(self, config: Mapping[str, Any], folder: Path, *, query_s: float = 5.0) -> None:
        """Take a global config, a writable folder and the time limit of one query."""
        count = len(config["liteservers"])
        self._servers = [Server(index, config, folder, query_s) for index in range(count)]
        self._head = 0

    async def head(self, newest_block: Question[int]) -> int:
        """Return the newest masterchain block a working server reports. Raises Unavailable."""
        asked = self._by_health()[:LIVE_MAX]
        if len(self._servers) > LIVE_MAX:
            await asyncio.gather(*(s.close() for s in self._servers if s not in asked))
        answers = await asyncio.gather(*(server.seen(newest_block) for server in asked))
        seqnos = [answer for answer in answers if isinstance(answer, int)]
        if not seqnos:
            raise Unavailable([answer for answer in answers if isinstance(answer, str)])
        self._head = max(seqnos)
        return self._head

    async def ask(self, question: Question[T]) -> T:
        """Put a question to one server after another until one answers. Raises Unavailable."""
        reasons: list[str] = []
        for server in self._by_health():
            try:
                return await server.ask(question)
            except ServerFailed as error:
                reasons.append(str(error))
        raise Unavailable(reasons)

    async def close(self) -> None:
        """Stop every client."""
        await asyncio.gather(*(server.close() for server in self._servers))

    def _by_health(self) -> list[Server]:
        """Servers worth asking, best first: rested, level with the head, without failures."""
        now = asyncio.get_running_loop().time()
        rested = [s for s in self._servers if s.rests_until <= now] or self._servers
        return sorted(rested, key=lambda s: (s.seqno < self._head, s.failures, s.index))


def _not_archival(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, TonlibError) and any(words in text for words in _NOT_ARCHIVAL)
