"""Listening: an application on an address, closed gracefully."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

SHUTDOWN_S = 5


class AddressTaken(RuntimeError):
    """Another program listens there, or the address is not this machine's."""


@contextlib.asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve an application; leaving stops accepting and lets requests under way finish."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        yield
    finally:
        await runner.cleanup()
