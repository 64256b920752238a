"""A callback port, its provider and its peers over raw sockets, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from casino.play import Call, Provider, Reply
from tests.conftest import MovingClock
from webapp.hooks.connection import Limits
from webapp.hooks.listener import CallbackListener

WAIT_S = 10.0


class Echo:
    """A provider that answers what it was called with."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.reply: Callable[[Call], Reply] = self.echo

    async def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        self.entered.set()
        await self.gate.wait()
        return self.reply(call)

    @staticmethod
    def echo(call: Call) -> Reply:
        said = [call.method, call.path, call.query, call.body.decode("latin-1")]
        return Reply(200, json.dumps(said).encode())


class Peer:
    """A client that sends exactly what it is told to, and reads answers one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, *, with_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        async with asyncio.timeout(WAIT_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.strip().split("\r\n")
            headers = dict(each.lower().split(": ", 1) for each in lines)
            length = int(headers.get("content-length", 0)) if with_body else 0
            return int(line.split()[1]), headers, await self.reader.readexactly(length)

    async def said(self) -> list[str]:
        status, _, body = await self.answer()
        assert status == 200
        return cast("list[str]", json.loads(body))

    async def ended(self) -> bytes:
        """Wait until the other side ends; returns what it had still sent."""
        async with asyncio.timeout(WAIT_S):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


class Port:
    def __init__(self, listener: CallbackListener, provider: Echo) -> None:
        self.listener = listener
        self.provider = provider
        self._peers: list[Peer] = []

    async def peer(self, limit: int = 2**16) -> Peer:
        streams = await asyncio.open_connection("127.0.0.1", self.listener.port, limit=limit)
        self._peers.append(Peer(*streams))
        return self._peers[-1]

    async def close(self) -> None:
        for peer in self._peers:
            peer.writer.close()
        await self.listener.close()


@asynccontextmanager
async def opened(limits: Limits | None = None) -> AsyncIterator[Port]:
    echo = Echo()
    providers = {"echo": cast("Provider", echo)}
    listener = CallbackListener(providers, MovingClock(), limits)
    await listener.start("127.0.0.1", 0)
    port = Port(listener, echo)
    try:
        yield port
    finally:
        echo.gate.set()
        await port.close()


def post(body: bytes, *headers: str, path: str = "echo", version: str = "1.1") -> bytes:
    lines = (
        f"POST /providers/{path} HTTP/{version}",
        "Host: h",
        *headers,
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
