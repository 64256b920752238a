"""Provider callbacks: raw bytes in, the protocol's own reply out."""

from __future__ import annotations

from aiohttp import web

from casino.play import Call
from webapp.services import SERVICES

BODY_BYTES_MAX = 256 * 1024


async def provider_callback(request: web.Request) -> web.Response:
    """Hand one callback to its provider, exactly as it arrived."""
    provider = request.app[SERVICES].catalogue.providers.get(request.match_info["provider"])
    if provider is None:
        raise web.HTTPNotFound
    reply = await provider.answer(
        Call(
            method=request.method,
            path=request.match_info.get("tail", ""),
            query=request.query_string,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )
    )
    return web.Response(
        status=reply.status,
        body=reply.body,
        content_type=reply.content_type,
        headers={"Cache-Control": "no-store", **reply.headers},
    )


async def telegram_webhook(request: web.Request) -> web.Response:
    """Hand one update to the bot, which stores it before this answers."""
    receive = request.app[SERVICES].receive_update
    if receive is None:
        raise web.HTTPNotFound
    headers = {name.lower(): value for name, value in request.headers.items()}
    return web.Response(status=await receive(headers, await request.read()))
