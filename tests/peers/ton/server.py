"""The chain peer over HTTP: lite servers' answers, and doors for tests to add transactions.

Start it with ``python -m tests.peers.ton.server [PORT]``; it prints its address. Or serve ``app``
in the test's own process. A casino process reaches it through ``tests.peers.ton.remote``.

- ``POST /tonlib {server, query}``: a tonlib answer
- ``POST /deposits {account, memo, nanotons}``: a built transfer of TON
- ``POST /jetton-deposits {account, master, memo, units}``: a built jetton transfer
- ``POST /transactions {boc}``: a genuine transaction, base64
- ``POST /jettons {master, wallets}``: a jetton master
- ``POST /faults {server, lag, silent, ...}``: see ``Faults``
- ``GET /config?servers=2``: a network config for ``TON_CONFIG``
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web

from tests.peers.ton.chain import Chain, Stored, global_config

CHAIN = web.AppKey("chain", Chain)


async def tonlib(request: web.Request) -> web.Response:
    asked = await request.json()
    return web.json_response(request.app[CHAIN].answer(asked["query"], asked["server"]))


async def deposits(request: web.Request) -> web.Response:
    asked: dict[str, Any] = await request.json()
    return _stored(request.app[CHAIN].deposit(asked.pop("account"), **asked))


async def jetton_deposits(request: web.Request) -> web.Response:
    asked: dict[str, Any] = await request.json()
    return _stored(request.app[CHAIN].jetton_deposit(asked.pop("account"), **asked))


async def transactions(request: web.Request) -> web.Response:
    asked = await request.json()
    return _stored(request.app[CHAIN].append(str(asked["boc"])))


async def jettons(request: web.Request) -> web.Response:
    asked = await request.json()
    request.app[CHAIN].jetton(asked["master"], asked.get("wallets"))
    return web.json_response({})


async def faults(request: web.Request) -> web.Response:
    asked: dict[str, Any] = await request.json()
    server = request.app[CHAIN].server(int(asked.pop("server")))
    for name, value in asked.items():
        if not hasattr(server, name):
            raise web.HTTPBadRequest(text=f"no such fault: {name}")
        setattr(server, name, value)
    return web.json_response({})


async def config(request: web.Request) -> web.Response:
    return web.json_response(global_config(int(request.query.get("servers", "2"))))


def app(chain: Chain) -> web.Application:
    """Serve a chain."""
    application = web.Application()
    application[CHAIN] = chain
    application.add_routes(
        [
            web.post("/tonlib", tonlib),
            web.post("/deposits", deposits),
            web.post("/jetton-deposits", jetton_deposits),
            web.post("/transactions", transactions),
            web.post("/jettons", jettons),
            web.post("/faults", faults),
            web.get("/config", config),
        ]
    )
    return application


async def serve(port: int) -> None:
    """Serve a new chain on loopback until cancelled; print the address first."""
    runner = web.AppRunner(app(Chain()), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, bound = runner.addresses[0][:2]
    sys.stdout.write(f"http://{host}:{bound}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _stored(stored: Stored) -> web.Response:
    return web.json_response({"account": stored.account, "lt": stored.lt, "hash": stored.hash})


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
