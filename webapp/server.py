"""Listening: an application on an address, closed gracefully."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

SHUTDOWN_S = 5


@contextlib.asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve an application; leaving stops accepting and lets requests under way finish."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
