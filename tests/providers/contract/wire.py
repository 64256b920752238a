"""The wire between a vendor and the house: it keeps what passed, and spoils it when told to."""

from __future__ import annotations

import enum
from typing import NamedTuple

import aiohttp
from aiohttp import web
from yarl import URL

# Written anew for the next hop; everything else passes as it came.
HOP = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent"}
)
SWOLLEN_BYTES = 200 * 1024
KEPT_MAX = 10_000


class Spoil(enum.Enum):
    """What may happen to one call on its way."""

    TWICE = "delivered twice"
    UNANSWERED = "delivered, the answer is lost"
    LOST = "never delivered"
    CUT = "body cut in half"
    ALTERED = "one blank added to the body"
    BARE = "headers left out"
    SWOLLEN = "body swollen"


class Passed(NamedTuple):
    """One call as the house saw it, and its answer."""

    method: str
    path: str
    request: bytes
    status: int
    answer: bytes


class Wire:
    """Passes calls on byte for byte; ``spoil`` is for the next call only."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream.rstrip("/")
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None
        self.url = ""
        self.spoil: Spoil | None = None
        self.passed: list[Passed] = []

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(
            auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        app = web.Application(client_max_size=4 * SWOLLEN_BYTES)
        app.router.add_route("*", "/{tail:.*}", self._pass)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        spoil, self.spoil = self.spoil, None
        body = await request.read()
        headers = {n: v for n, v in request.headers.items() if n.lower() not in HOP}
        match spoil:
            case Spoil.LOST:
                return web.Response(status=504)
            case Spoil.CUT:
                body = body[: len(body) // 2]
            case Spoil.ALTERED:
                body += b" "
            case Spoil.SWOLLEN:
                body += b" " * SWOLLEN_BYTES
            case Spoil.BARE:
                headers = {n: v for n, v in headers.items() if n.lower() == "content-type"}
            case Spoil.TWICE:
                await self._deliver(request, headers, body)
            case Spoil.UNANSWERED:
                await self._deliver(request, headers, body)
                return web.Response(status=504)
            case None:
                pass
        return await self._deliver(request, headers, body)

    async def _deliver(
        self, request: web.Request, headers: dict[str, str], body: bytes
    ) -> web.Response:
        assert self._http is not None
        target = URL(self._upstream + request.raw_path, encoded=True)
        async with self._http.request(
            request.method, target, data=body or None, headers=headers, allow_redirects=False
        ) as response:
            answer = await response.read()
            path = request.raw_path.partition("?")[0]
            if len(self.passed) < KEPT_MAX:
                self.passed.append(Passed(request.method, path, body, response.status, answer))
            return web.Response(
                status=response.status,
                body=answer,
                content_type=response.content_type,
            )
