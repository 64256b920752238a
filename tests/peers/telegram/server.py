"""The double as a running server: the Bot API, webhook deliveries, and the control side."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.peers.telegram.api import BotApi
from tests.peers.telegram.control import control_routes
from tests.peers.telegram.rules import ApiError
from tests.peers.telegram.world import Call, Json, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
RETRIES_S = (0.05, 0.1, 0.2, 0.5, 1.0)  # Telegram waits longer; the last one repeats
DELIVERY_TIMEOUT_S = 10


class TelegramDouble:
    """Runs in this process (``async with``) or in its own (``python -m tests.peers.telegram``)."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str | None = None,
        bot_id: int = 7_000_001,
        username: str = "croupier_bot",
    ) -> None:
        """Accept one token, or any when none is given."""
        self._port = port
        self._token = token
        self.world = World(int(token.partition(":")[0]) if token else bot_id, username)
        self._api = BotApi(self.world)
        self._runner: web.AppRunner | None = None
        self._delivery: asyncio.Task[None] | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.add_routes(control_routes(self.world))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self._delivery = asyncio.get_running_loop().create_task(self._deliver())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, token = request.match_info["method"], request.match_info["token"]
        if self._token is not None and token != self._token:
            return _failure(ApiError(401, "Unauthorized"))
        raw = await request.text()
        params = await _params(request, raw)
        moment = asyncio.get_running_loop().time()
        self.world.calls.append(Call(method, params, moment, raw))
        fault = self.world.take_fault(method, params.get("chat_id"))
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.error_code is not None:
                return _failure(ApiError(fault.error_code, fault.description, fault.retry_after))
        try:
            result = await self._api.call(method, params)
        except ApiError as error:
            return _failure(error)
        if fault is not None and fault.drop and request.transport is not None:
            request.transport.close()
        return web.json_response({"ok": True, "result": result})

    async def _deliver(self) -> None:
        """Post pending updates to the webhook, in order, again until each is taken."""
        world = self.world
        async with aiohttp.ClientSession() as session:
            failures = 0
            while True:
                async with world.changed:
                    await world.changed.wait_for(lambda: world.webhook and world.pending)
                    webhook, update = world.webhook, world.pending[0]
                if webhook is None:
                    continue
                status = await self._post(session, webhook, update)
                world.webhook_attempts.append(
                    {"update_id": update.get("update_id"), "status": status}
                )
                if 200 <= status < 300:
                    failures = 0
                    async with world.changed:
                        world.pending = [u for u in world.pending if u is not update]
                        world.changed.notify_all()
                else:
                    await asyncio.sleep(RETRIES_S[min(failures, len(RETRIES_S) - 1)])
                    failures += 1

    async def _post(self, session: aiohttp.ClientSession, webhook: Json, update: Json) -> int:
        headers = {"Content-Type": "application/json"}
        if webhook["secret"]:
            headers[SECRET_HEADER] = webhook["secret"]
        timeout = aiohttp.ClientTimeout(total=DELIVERY_TIMEOUT_S)
        try:
            async with session.post(
                webhook["url"], data=json.dumps(update), headers=headers, timeout=timeout
            ) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


async def _params(request: web.Request, raw: str) -> Json:
    params: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        params.update(json.loads(raw or "{}"))
    elif raw:
        params.update(await request.post())
    return params


def _failure(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        body["description"] = f"Too Many Requests: retry after {error.retry_after}"
        body["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(body, status=error.code)
