"""Listening: an application on an address, closed gracefully."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator

from aiohttp import web

SHUTDOWN_S = 5


class AddressTaken(RuntimeError):
    """Another program listens there, or the address is not this machine's."""


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, *, shared: bool = False
) -> AsyncIterator[None]:
    """Serve an application; leaving stops accepting and lets requests under way finish.

    ``shared`` lets other processes listen there too. Raises AddressTaken.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, reuse_port=shared or None).start()
        except OSError as error:
            raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        yield
    finally:
        await runner.cleanup()


def require_free(host: str, port: int) -> None:
    """Raise AddressTaken where somebody listens already, even one who would share the port.

    Asked once before the first of several processes listens: two houses on one port would each
    get some of the other's players.
    """
    try:
        for family, kind, number, _, address in socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, number) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as error:
        raise AddressTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
