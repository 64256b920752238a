"""What happens around every request: an id, a log line, a count, and errors translated once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from casino import errors
from casino.ids import new_token
from webapp.api.registry import error_response
from webapp.metrics import DURATION, REQUESTS

log = structlog.get_logger("webapp.access")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ID_LENGTH = 16
# Asked again and again, or dozens at a time; failures are logged all the same.
QUIET = ("/healthz", "/readyz", "/metrics", "/app/assets/", "/images/")
CLIENT_ERROR, SERVER_ERROR = 400, 500


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, log how it went, count it. Queries and bodies are never logged."""
    request_id = new_token(ID_LENGTH)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    began = time.perf_counter()
    response = await _answer(request, handler)
    took = time.perf_counter() - began
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "(none)"
    REQUESTS.labels(request.method, route, response.status).inc()
    DURATION.labels(route).observe(took)
    if not response.prepared:
        response.headers["X-Request-Id"] = request_id
    if response.status >= CLIENT_ERROR or not request.path.startswith(QUIET):
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status,
            took_ms=round(took * 1000, 1),
        )
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except errors.PlayerError as refused:
        return error_response(refused)
    except errors.TryLater as outage:
        log.warning("outage", error=repr(outage), cause=repr(outage.__cause__))
        return error_response(outage)
    except errors.OUTAGES as outage:
        log.warning("outage", error=repr(outage))
        return error_response(errors.TryLater())
    except web.HTTPException as known:
        if request.path.startswith("/api/"):
            return _plain(known)
        return web.Response(
            status=known.status,
            reason=known.reason,
            text=known.text,
            headers={k: v for k, v in known.headers.items() if k in ("Location", "Allow")},
        )
    except Exception:  # the last guard: a bug answers 500 and leaves its traceback in the log
        log.exception("bug", method=request.method, path=request.path)
        if request.path.startswith("/api/"):
            return error_response(errors.Bug(errors.Bug.code))
        return web.Response(status=SERVER_ERROR, text="Internal error")


def _plain(known: web.HTTPException) -> web.Response:
    """Answer API clients in JSON for the router's own refusals too."""
    error: errors.PlayerError = errors.NotFound()
    if known.status != error.status:
        error = errors.Malformed()
    response = error_response(error)
    response.set_status(known.status)
    if "Allow" in known.headers:
        response.headers["Allow"] = known.headers["Allow"]
    return response
