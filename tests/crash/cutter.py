"""A proxy between the wallet and PostgreSQL that cuts connections at chosen points."""

from __future__ import annotations

import asyncio
import enum
from collections import Counter
from collections.abc import Callable
from pathlib import Path

START_SIZE = 4  # of the length that begins a message; all but the first have a letter before it


class Point(enum.Enum):
    """Where a connection is cut."""

    BEFORE = "before the request reaches the server"
    AFTER = "after the server has answered, before the answer comes back"


Choice = Callable[[bool], Point | None]  # takes whether it is a write of the ledger


class Cutter:
    """Listens in ``folder`` as a PostgreSQL server would; ``choose`` says what to cut and where.

    What is cut is one exchange: a request, up to the server's "ready for the next".
    """

    def __init__(self, server_socket: Path, folder: Path, choose: Choice) -> None:
        self._server_socket = server_socket
        self._folder = folder
        self._choose = choose
        self.cuts: Counter[tuple[Point, bool]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None

    async def start(self) -> None:
        path = self._folder / self._server_socket.name
        self._listening = await asyncio.start_unix_server(self._accept, path)

    async def stop(self) -> None:
        assert self._listening is not None
        self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        back, server = await asyncio.open_unix_connection(self._server_socket)
        try:
            await _Line(self, reader, writer, back, server).run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # hung up before it had begun
        finally:
            writer.close()
            server.close()

    def choose(self, *, write: bool) -> Point | None:
        point = self._choose(write)
        if point is not None:
            self.cuts[point, write] += 1
        return point


class _Line:
    """One connection: strictly a request, then its answer, as asyncpg does it."""

    def __init__(
        self,
        cutter: Cutter,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamReader,
        server: asyncio.StreamWriter,
    ) -> None:
        self._cutter = cutter
        self._reader, self._writer = reader, writer
        self._back, self._server = back, server
        self._writes: set[bytes] = set()  # prepared statements that write the ledger
        self._swallow = False
        self._swallowed = asyncio.Event()

    async def run(self) -> None:
        start = await self._reader.readexactly(START_SIZE)
        start += await self._reader.readexactly(int.from_bytes(start, "big") - START_SIZE)
        self._server.write(start)
        both = {asyncio.ensure_future(self._requests()), asyncio.ensure_future(self._answers())}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _requests(self) -> None:
        """Pass on what is asked, up to each message that makes the server answer."""
        request, write = b"", False
        while True:
            letter, body = await _message(self._reader)
            request += _wire(letter, body)
            if letter == b"P":
                name, query, *_ = body.split(b"\0")
                if b"ledger_write" in query:
                    self._writes.add(name)
            elif letter == b"B":
                _portal, name, *_ = body.split(b"\0", 2)
                write |= name in self._writes
            if letter in b"SQ":  # sync or query: all of an exchange is there
                point = self._cutter.choose(write=write)
                if point is Point.BEFORE:
                    return
                self._swallow = point is Point.AFTER
            if letter in b"SQHX":  # or flush, or goodbye
                self._server.write(request)
                request, write = b"", False
            if self._swallow:
                await self._swallowed.wait()
                return

    async def _answers(self) -> None:
        while True:
            letter, body = await _message(self._back)
            if not self._swallow:
                self._writer.write(_wire(letter, body))
            elif letter == b"Z":  # it has done what it was asked, and says so
                self._swallowed.set()


def _wire(letter: bytes, body: bytes) -> bytes:
    return letter + (len(body) + START_SIZE).to_bytes(START_SIZE, "big") + body


async def _message(stream: asyncio.StreamReader) -> tuple[bytes, bytes]:
    letter = await stream.readexactly(1)
    size = int.from_bytes(await stream.readexactly(START_SIZE), "big")
    return letter, await stream.readexactly(size - START_SIZE)
