"""One way to declare an endpoint; routes and the OpenAPI document are made from the same list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from casino import errors
from casino.players import Player
from webapp.auth import Visitor
from webapp.services import SERVICES, Services

BASE = "/api/v1"
KEY_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an endpoint."""

    services: Services
    request: web.Request
    _visitor: Visitor | None

    @property
    def visitor(self) -> Visitor:
        """Who is asking; open endpoints have nobody."""
        if self._visitor is None:
            raise errors.Unauthorised
        return self._visitor

    async def player(self) -> Player:
        """Load the player who is asking."""
        return await self.services.players.get(self.visitor.player_id)

    @property
    def key(self) -> str:
        """The idempotency key that the client made. Raises Malformed."""
        key = self.request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
            raise errors.Malformed
        return key


Handler = Callable[..., Awaitable[BaseModel | None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A declared endpoint."""

    method: str
    path: str
    handler: Handler
    reply: type[BaseModel] | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    open_to_all: bool
    keyed: bool


class Api:
    """The list of endpoints."""

    def __init__(self) -> None:
        """Start empty."""
        self.endpoints: list[Endpoint] = []

    def endpoint(
        self,
        method: str,
        path: str,
        reply: type[BaseModel] | None,
        *,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        **marks: bool,
    ) -> Callable[[Handler], Handler]:
        """Declare a handler ``(ask)`` or ``(ask, body or query)``.

        Marks: ``open_to_all`` needs no token; ``keyed`` needs an Idempotency-Key header.
        """

        def declare(handler: Handler) -> Handler:
            self.endpoints.append(
                Endpoint(
                    method,
                    path,
                    handler,
                    reply,
                    body,
                    query,
                    marks.get("open_to_all", False),
                    marks.get("keyed", False),
                )
            )
            return handler

        return declare

    def add_to(self, app: web.Application) -> None:
        """Make every endpoint a route."""
        for endpoint in self.endpoints:
            app.router.add_route(endpoint.method, BASE + endpoint.path, _serve(endpoint))


def _serve(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        services = request.app[SERVICES]
        visitor = None if endpoint.open_to_all else bearer(services, request)
        ask = Ask(services, request, visitor)
        try:
            given: tuple[BaseModel, ...] = ()
            if endpoint.body is not None:
                given = (endpoint.body.model_validate_json(await request.read()),)
            elif endpoint.query is not None:
                given = (endpoint.query.model_validate(dict(request.query)),)
        except ValidationError as error:
            raise errors.Malformed(fields=_fields(error)) from error
        reply = await endpoint.handler(ask, *given)
        if reply is None:
            return web.Response(status=204, headers=NO_STORE)
        return web.Response(
            body=reply.model_dump_json().encode(),
            content_type="application/json",
            headers=NO_STORE,
        )

    return serve


NO_STORE = {"Cache-Control": "no-store"}


def bearer(services: Services, request: web.Request) -> Visitor:
    """Return whom the Authorization header speaks for. Raises Unauthorised."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise errors.Unauthorised
    return services.tokens.check(token)


def error_response(error: errors.CroupierError) -> web.Response:
    """Render an error the one way clients know: code, message, values."""
    code = error.code if isinstance(error, errors.PlayerError | errors.TryLater) else "bug"
    status = 500
    values: dict[str, str] = {}
    if isinstance(error, errors.PlayerError):
        status, values = error.status, error.values_shown
    elif isinstance(error, errors.TryLater):
        status = 503
    message = (type(error).__doc__ or code).split("\n", 1)[0]
    body: dict[str, Any] = {"code": code, "message": message, "values": values}
    headers = dict(NO_STORE)
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        headers["Retry-After"] = "2"
    return web.Response(
        status=status, body=orjson.dumps(body), content_type="application/json", headers=headers
    )


def _fields(error: ValidationError) -> str:
    """Name the fields that are wrong, and nothing of what they held."""
    return ", ".join(".".join(map(str, e["loc"])) or "body" for e in error.errors()[:5])
