"""The one WebSocket of a client: its token in the first frame, then pushes until either leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Literal

from aiohttp import WSMsgType, web
from pydantic import BaseModel, StringConstraints, ValidationError

from casino.errors import Unauthorised
from webapp.api.schemas import LivePing, LiveReady, LiveWallet
from webapp.api.views import account_view
from webapp.auth import Visitor
from webapp.live.hub import Connection, LiveHub, encode
from webapp.services import SERVICES, Services

AUTH_TIMEOUT_S = 5
PING_EVERY_S = 20
SILENCE_MAX_S = 60  # a client that answers no ping for so long is gone
FRAME_BYTES_MAX = 4_096
CLOSE_UNAUTHORISED = 4401
CLOSE_SLOW = 4408


class _Hello(BaseModel):
    t: Literal["auth"]
    token: Annotated[str, StringConstraints(max_length=1_024)]


async def live(request: web.Request) -> web.WebSocketResponse:
    """Serve one connection."""
    services = request.app[SERVICES]
    socket = web.WebSocketResponse(max_msg_size=FRAME_BYTES_MAX, autoping=True)
    await socket.prepare(request)
    visitor = await _visitor(services, socket)
    if visitor is None:
        await socket.close(code=CLOSE_UNAUTHORISED, message=b"token")
        return socket
    hub = services.live
    connection = hub.join(visitor.player_id)
    try:
        # Joined before the snapshot is read: a change in between is sent twice, never lost.
        await _greet(services, socket, visitor)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(socket, connection))
            await _read(socket)
            writer.cancel()
    except* ConnectionError:
        pass  # the client went away in the middle of a frame
    finally:
        hub.leave(visitor.player_id, connection)
    return socket


async def _visitor(services: Services, socket: web.WebSocketResponse) -> Visitor | None:
    try:
        frame = await socket.receive(timeout=AUTH_TIMEOUT_S)
        if frame.type is not WSMsgType.TEXT:
            return None
        return services.tokens.check(_Hello.model_validate_json(frame.data).token)
    except (TimeoutError, ValidationError, Unauthorised):
        return None


async def _greet(services: Services, socket: web.WebSocketResponse, visitor: Visitor) -> None:
    offered = services.house.currencies(visitor.surface)
    balances = await services.wallet.balances(visitor.player_id)
    accounts = [account_view(b) for b in balances if b.currency in offered or b.version]
    unavailable = list(services.play.health.unavailable())
    await socket.send_str(encode(LiveReady(unavailable=unavailable)).decode())
    await socket.send_str(encode(LiveWallet(accounts=accounts)).decode())


async def _read(socket: web.WebSocketResponse) -> None:
    """Wait until the client leaves; what it says after its first frame is only "I am here"."""
    with suppress(TimeoutError):
        while not socket.closed:
            frame = await socket.receive(timeout=SILENCE_MAX_S)
            if frame.type is not WSMsgType.TEXT:
                break
    await socket.close()


async def _write(socket: web.WebSocketResponse, connection: Connection) -> None:
    ping = encode(LivePing())
    while True:
        try:
            async with asyncio.timeout(PING_EVERY_S):
                message = await connection.queue.get()
        except TimeoutError:
            message = ping
        if message is None:
            await socket.close(code=CLOSE_SLOW, message=b"reconnect")
            return
        await socket.send_str(message.decode())


__all__ = ["LiveHub", "live"]
