"""One connection of the callback listener: requests read ahead, answered in their order.

Nothing here knows a provider. What arrives becomes a short queue of requests; the connection's
one task takes from the queue, asks for the answer and writes it. Everything is bounded: head,
body, queue, and every wait (the listener looks at the clock of every connection twice a second,
which costs a request nothing).
"""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple, cast

import structlog

from casino.play import Reply
from webapp.hooks.games import BODY_BYTES_MAX
from webapp.hooks.reader import Bounds, Request, RequestReader

log = structlog.get_logger(__name__)

# Takes method, target, headers and body of a request, and the address of who sent it.
Answer = Callable[[str, str, Mapping[str, str], bytes, str], Awaitable[Reply]]

_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_TURNED_AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
    b"Retry-After: 1\r\nConnection: close\r\n\r\n"
)
_BODILESS = {HTTPStatus.NO_CONTENT.value, HTTPStatus.NOT_MODIFIED.value}


class Limits(NamedTuple):
    """What connections may take; times in seconds."""

    request: Bounds = Bounds(body_bytes=BODY_BYTES_MAX, sent_bytes=2 * BODY_BYTES_MAX)
    connections: int = 1_024
    pipelined: int = 16  # read ahead; then the peer waits
    first_byte_s: float = 10
    request_s: float = 10  # from a request's first byte to its last
    answer_s: float = 6  # twice what the wallet and every look-up take at most
    write_s: float = 10  # a peer that does not read
    idle_s: float = 75
    linger_s: float = 2


class Connection(asyncio.Protocol):
    """One peer. ``gone`` is done when the transport is."""

    def __init__(
        self,
        answer: Answer,
        limits: Limits,
        *,
        opened: Callable[[Connection], None],
        date: Callable[[], bytes],
    ) -> None:
        """Tell ``opened``, which has it served; ``date`` gives a header line."""
        self._answer = answer
        self._limits = limits
        self._opened = opened
        self._date = date
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._task: asyncio.Task[object] | None = None
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._peer = ""
        self._queue: deque[Request | HTTPStatus] = deque()
        self._reader = RequestReader(limits.request, self._queue)
        self._wake: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._input_over = False  # nothing more is parsed: refused, half-closed or stopping
        self._peer_done = False
        self._stopping = False
        self._lost = False
        self._reading_paused = False
        self._served = False
        # Since when it waits, and for what; ``None`` means that it does not.
        self._idle_since: float | None = self._loop.time()
        self._request_since: float | None = None
        self._answer_since: float | None = None
        self._write_since: float | None = None
        self._linger_since: float | None = None

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        address = transport.get_extra_info("peername")
        if isinstance(address, tuple):  # of a socket file it is a text, and says nothing
            self._peer = str(address[0])
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; what follows the end of input is read and dropped."""
        if self._input_over:
            return
        asked = len(self._queue)
        over = not self._reader.feed(data)
        if len(self._queue) > asked:
            self._request_since = None
            self._rouse()
        if over:
            self._end_input()
        elif not self._reader.half_way:
            if self._stopping:
                self._end_input()
        else:
            if self._request_since is None:
                self._request_since = self._loop.time()
            if self._reader.continue_owed:
                self._pay_continue()
        if len(self._queue) >= self._limits.pipelined and not self._reading_paused:
            # What one segment holds is the most that is read beyond that.
            self._reading_paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer what was asked before the peer ended its side; then close."""
        self._peer_done = True
        self._end_input()
        return self._linger_since is None

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let what is under way finish, although nobody will read its answer."""
        self._lost = True
        self._queue.clear()
        self._end_input()
        self.resume_writing()
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        """Stop answering until the peer reads."""
        self._writable = self._loop.create_future()
        self._write_since = self._loop.time()

    def resume_writing(self) -> None:
        """Go on."""
        self._write_since = None
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # --- what the listener calls

    async def serve(self) -> None:
        """Answer request after request until there is nothing more to come."""
        self._task = asyncio.current_task()
        try:
            while await self._more():
                await self._serve_one(self._queue.popleft())
                if self._writable is not None:
                    await self._writable
                if self._reading_paused and len(self._queue) < self._limits.pipelined:
                    self._resume_reading()
        finally:
            self._finish()

    def turn_away(self) -> None:
        """Close a connection that is one too many."""
        self._input_over = True
        self._transport.write(_TURNED_AWAY)
        self._transport.close()

    def stop_soon(self) -> None:
        """Close as soon as what was begun is answered."""
        self._stopping = True
        if not self._reader.half_way:
            self._end_input()

    def abort(self) -> None:
        """Cut the connection and give up what it waits for."""
        self._lost = True
        self._transport.abort()
        if self._task is not None:
            self._task.cancel()

    def look(self, now: float) -> None:
        """End what waits too long."""
        limits = self._limits
        if _over(self._answer_since, limits.answer_s, now):
            # No answer is the truth: nobody can say what became of it.
            log.error("callback not answered in time: connection cut")
            self.abort()
        elif _over(self._write_since, limits.write_s, now) or _over(
            self._linger_since, limits.linger_s, now
        ):
            self.abort()
        elif _over(self._request_since, limits.request_s, now):
            if not self._reading_paused and not self._input_over:
                self._queue.append(HTTPStatus.REQUEST_TIMEOUT)
                self._end_input()
        elif self._request_since is None and _over(
            self._idle_since, limits.idle_s if self._served else limits.first_byte_s, now
        ):
            self._end_input()

    # --- inside

    def _end_input(self) -> None:
        self._input_over = True
        self._request_since = None
        self._rouse()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _more(self) -> bool:
        while not self._queue:
            if self._input_over:
                return False
            if self._reader.continue_owed:
                self._pay_continue()
            self._wake = self._loop.create_future()
            await self._wake
            self._wake = None
        return True

    def _pay_continue(self) -> None:
        # Not before the answers to earlier requests: the peer would take it for one of theirs.
        if not self._queue and self._answer_since is None and not self._input_over:
            self._reader.continue_owed = False
            self._transport.write(_CONTINUE)

    async def _serve_one(self, request: Request | HTTPStatus) -> None:
        if isinstance(request, HTTPStatus):
            log.info("callback connection refused", status=request.value)
            self._write(Reply(request, b"", "text/plain"), last=True, with_body=True)
            return
        self._idle_since = None
        self._answer_since = self._loop.time()
        try:
            reply = await self._answer(
                request.method, request.target, request.headers, request.body, self._peer
            )
        except Exception:  # providers do not raise; should one, its peer is not left hanging
            log.exception("callback crashed")
            reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b"", "text/plain")
        self._answer_since = None
        self._idle_since = self._loop.time()
        self._served = True
        if not request.keep_alive:
            self._queue.clear()
            self._end_input()
        last = self._input_over and not self._queue
        self._write(reply, last=last, with_body=request.method != "HEAD")

    def _write(self, reply: Reply, *, last: bool, with_body: bool) -> None:
        if self._lost:
            return
        body = reply.body
        head = _head(reply.status, reply.content_type)
        if reply.status in _BODILESS:
            with_body = False
        else:
            head += b"Content-Length: %d\r\n" % len(body)
        for name, value in reply.headers.items():
            head += f"{name}: {value}\r\n".encode("latin-1")
        if last:
            head += b"Connection: close\r\n"
        self._transport.write(b"%b%b\r\n%b" % (head, self._date(), body if with_body else b""))

    def _finish(self) -> None:
        """Close so that the peer can read the last answer: closing over unread input resets."""
        if self._lost:
            return
        if self._peer_done or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._linger_since = self._loop.time()
        self._transport.write_eof()
        if self._reading_paused:
            self._resume_reading()

    def _resume_reading(self) -> None:
        self._reading_paused = False
        if not self._lost:
            self._transport.resume_reading()


@functools.lru_cache(maxsize=256)
def _head(status: int, content_type: str) -> bytes:
    """Write what answers of a kind begin with; there are few kinds."""
    if status in _BODILESS:
        return _STATUS_LINES[status]
    kind = content_type.encode("latin-1")
    return b"%bContent-Type: %b\r\nCache-Control: no-store\r\n" % (_STATUS_LINES[status], kind)


def _over(since: float | None, limit_s: float, now: float) -> bool:
    return since is not None and now - since > limit_s
