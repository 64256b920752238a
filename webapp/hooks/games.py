"""Provider callbacks: raw bytes in, the protocol's own reply out.

Each provider has a gate of its own: who may call, and how many calls are under way at most. A
provider that floods us, or whose calls hang, is turned away at its gate and takes no turn, no
memory and no connection to the database from the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import perf_counter
from urllib.parse import unquote, urlsplit

from aiohttp import web

from casino.play import Call, Provider, Reply
from casino.play.networks import Networks, caller, may_call
from webapp.hooks.tally import tally_of
from webapp.services import SERVICES

BODY_BYTES_MAX = 256 * 1024
PREFIX = "/providers/"
IN_FLIGHT_MAX = 512

_NOT_FOUND = Reply(HTTPStatus.NOT_FOUND, b"404: Not Found", "text/plain")
_FORBIDDEN = Reply(HTTPStatus.FORBIDDEN, b"403: Forbidden", "text/plain")
_BUSY = Reply(
    HTTPStatus.SERVICE_UNAVAILABLE, b"503: Busy", "text/plain", headers={"Retry-After": "1"}
)


class Gate:
    """One provider's callbacks. A counter is all that a call costs here: no task, no lock."""

    def __init__(self, provider_id: str, networks: Sequence[str], most: int) -> None:
        """Let in at most so many at once, from these networks (CIDR; empty: from anywhere)."""
        self.in_flight = 0
        self._most = most
        self._networks = Networks(networks)
        self._tally = tally_of(provider_id)
        self._tally.in_flight = lambda: self.in_flight

    async def answer(self, provider: Provider, call: Call) -> Reply:
        """Have the provider answer, unless too many are under way: then at once, by HTTP 503.

        What the protocol calls "busy" only its adapter knows; a vendor repeats after either.
        """
        if not may_call(call.peer, self._networks):
            self._tally.turned_away("stranger", _FORBIDDEN.status)
            return _FORBIDDEN
        if self.in_flight >= self._most:
            self._tally.turned_away("busy", _BUSY.status)
            return _BUSY
        self.in_flight += 1
        began = perf_counter()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            reply = await provider.answer(call)
            status = reply.status
        finally:
            self.in_flight -= 1
            self._tally.answered(status, perf_counter() - began)
        return reply


class Callbacks:
    """All callbacks of this process, on whichever port they come: one gate a provider."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        *,
        networks: Mapping[str, Sequence[str]] | None = None,
        proxies: Sequence[str] = (),
        in_flight_max: int = IN_FLIGHT_MAX,
    ) -> None:
        """``networks`` are those a provider calls from; ``proxies`` those of our own proxies."""
        self._providers = providers
        self._networks = networks or {}
        self._proxies = Networks(proxies)
        self._most = in_flight_max
        self._gates: dict[str, Gate] = {}

    async def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, peer: str
    ) -> Reply:
        """Hand one callback to its provider exactly as it arrived; 404 where there is none such.

        ``target`` is what the request line names, raw; the names of ``headers`` are lower-cased;
        ``peer`` is the address at the other end of the connection. Both listeners answer by this
        method alone.
        """
        if not target.startswith("/"):
            target = _origin_form(target)
        path, _, query = target.partition("?")
        if not path.startswith(PREFIX):
            return _NOT_FOUND
        name, _, tail = path[len(PREFIX) :].partition("/")
        provider = self._providers.get(name)
        if provider is None:
            return _NOT_FOUND
        if self._proxies:
            peer = caller(peer, headers.get("x-forwarded-for"), self._proxies)
        tail = unquote(tail) if "%" in tail else tail
        call = Call(method, tail, query, headers, body, peer)
        return await (self._gates.get(name) or self._gate(name)).answer(provider, call)

    def _gate(self, name: str) -> Gate:
        gate = self._gates[name] = Gate(name, self._networks.get(name, ()), self._most)
        return gate


CALLBACK_GATES = web.AppKey("callbacks", Callbacks)


def networks_of(providers: Mapping[str, Provider]) -> dict[str, tuple[str, ...]]:
    """Return from where each provider says that it calls."""
    return {name: provider.manifest.networks for name, provider in providers.items()}


def _origin_form(target: str) -> str:
    """Cut scheme and host off a target that has them, as one sent to a proxy does."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return f"{parts.path}?{parts.query}"


async def provider_callback(request: web.Request) -> web.Response:
    """Answer a callback that came to the ordinary port."""
    # An application of its own, without a callback port beside it, may have been given no gates.
    callbacks = request.app.get(CALLBACK_GATES) or Callbacks(
        request.app[SERVICES].catalogue.providers
    )
    reply = await callbacks.answer(
        request.method,
        request.raw_path,
        {name.lower(): value for name, value in request.headers.items()},
        await request.read(),
        request.remote or "",
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
