"""The callback listener: providers' calls on a port of their own, without a web framework.

At the wallet's rate a framework is what a callback costs most, so this port speaks just as much
HTTP/1.1 as servers that call each other need. A reverse proxy stands in front of it, as it does
in front of the ordinary port.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime

import structlog

from casino.clock import Clock
from casino.nursery import Nursery
from casino.play import Provider
from webapp.hooks.connection import Connection, Limits
from webapp.hooks.games import Callbacks
from webapp.metrics import CALLBACK_CONNECTIONS
from webapp.server import SHUTDOWN_S, AddressTaken

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5
BACKLOG = 512


class CallbackListener:
    """Accepts connections, keeps them within their limits, and closes them gracefully."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        clock: Clock,
        limits: Limits | None = None,
        callbacks: Callbacks | None = None,
    ) -> None:
        """Listen nowhere yet; ``callbacks`` are the gates, shared with other ports."""
        self._callbacks = callbacks or Callbacks(providers)
        self._clock = clock
        self._limits = limits or Limits()
        self._connections: set[Connection] = set()
        self._nursery = Nursery()
        self._server: asyncio.Server | None = None
        self.port = 0  # where it listens, for one that took any free port
        self._date = self._date_line()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    async def start(self, host: str, port: int, *, shared: bool = False) -> None:
        """Listen; ``shared`` lets other processes listen there too. Raises AddressTaken."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                self._new_connection, host, port, backlog=BACKLOG, reuse_port=shared or None
            )
        except OSError as error:
            raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        self.port = int(self._server.sockets[0].getsockname()[1])
        CALLBACK_CONNECTIONS.set_function(lambda: self.open)
        self._nursery.start(self._look_after(), name="callback connections")

    async def close(self) -> None:
        """Accept nothing new, let what was begun be answered, cut what takes too long."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.stop_soon()
        if open_still := [connection.gone for connection in self._connections]:
            await asyncio.wait(open_still, timeout=SHUTDOWN_S)
        for connection in list(self._connections):
            connection.abort()
        await self._nursery.close()

    def _new_connection(self) -> Connection:
        return Connection(
            self._callbacks.answer,
            self._limits,
            opened=self._opened,
            date=self._now,
        )

    def _opened(self, connection: Connection) -> None:
        if len(self._connections) >= self._limits.connections:
            log.warning("callback connection turned away", open=self.open)
            connection.turn_away()
            return
        self._connections.add(connection)
        self._nursery.start(self._serve(connection), name="callback connection")

    async def _serve(self, connection: Connection) -> None:
        try:
            await connection.serve()
            await asyncio.shield(connection.gone)
        finally:
            self._connections.discard(connection)

    async def _look_after(self) -> None:
        """End what waits too long: one look at everybody instead of a timer for every request."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._date = self._date_line()
            now = loop.time()
            for connection in list(self._connections):
                connection.look(now)

    def _now(self) -> bytes:
        return self._date

    def _date_line(self) -> bytes:
        return f"Date: {format_datetime(self._clock.now(), usegmt=True)}\r\n".encode()


@contextlib.asynccontextmanager
async def listening_for_callbacks(
    callbacks: Callbacks, clock: Clock, host: str, port: int, *, shared: bool = False
) -> AsyncIterator[None]:
    """Answer callbacks on a port of their own; leaving lets requests under way finish."""
    listener = CallbackListener({}, clock, callbacks=callbacks)
    await listener.start(host, port, shared=shared)
    try:
        yield
    finally:
        await listener.close()
