"""Provider callbacks: raw bytes in, the protocol's own reply out."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from aiohttp import web

from casino.play import Call, Provider, Reply
from webapp.services import SERVICES

BODY_BYTES_MAX = 256 * 1024
PREFIX = "/providers/"
ROUTE = "/providers/{provider}"  # what metrics call every callback

_NOT_FOUND = Reply(HTTPStatus.NOT_FOUND, b"404: Not Found", "text/plain")


async def answer_callback(
    providers: Mapping[str, Provider],
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Reply:
    """Hand one callback to its provider, exactly as it arrived; 404 where there is no such one.

    ``target`` is what the request line names, raw; the names of ``headers`` are lower-cased. Both
    listeners answer by this function alone.
    """
    if not target.startswith("/"):
        target = _origin_form(target)
    path, _, query = target.partition("?")
    if not path.startswith(PREFIX):
        return _NOT_FOUND
    name, _, tail = path[len(PREFIX) :].partition("/")
    provider = providers.get(name)
    if provider is None:
        return _NOT_FOUND
    return await provider.answer(
        Call(method, unquote(tail) if "%" in tail else tail, query, headers, body)
    )


def _origin_form(target: str) -> str:
    """Cut scheme and host off a target that has them, as one sent to a proxy does."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return f"{parts.path}?{parts.query}"


async def provider_callback(request: web.Request) -> web.Response:
    """Answer a callback that came to the ordinary port."""
    reply = await answer_callback(
        request.app[SERVICES].catalogue.providers,
        request.method,
        request.raw_path,
        {name.lower(): value for name, value in request.headers.items()},
        await request.read(),
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
