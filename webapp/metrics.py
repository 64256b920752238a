"""What is counted, and who may read it."""

from __future__ import annotations

import ipaddress

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "croupier_http_requests_total",
    "HTTP requests answered",
    ["method", "route", "status"],
    registry=REGISTRY,
)
DURATION = Histogram(
    "croupier_http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
    registry=REGISTRY,
)
LIVE_CONNECTIONS = Gauge(
    "croupier_live_connections", "Open WebSocket connections", registry=REGISTRY
)
CALLBACK_CONNECTIONS = Gauge(
    "croupier_callback_connections", "Open connections of providers", registry=REGISTRY
)
PROVIDER_STATE = Gauge(
    "croupier_provider_state",
    "How a provider does: 0 ok, 1 degraded, 2 down",
    ["provider"],
    registry=REGISTRY,
)


async def metrics(request: web.Request) -> web.Response:
    """Answer scrapers on this machine only; a proxy's visitors are not on this machine."""
    peer = request.remote or ""
    try:
        local = ipaddress.ip_address(peer).is_loopback
    except ValueError:
        local = False
    if not local or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        raise web.HTTPNotFound
    return web.Response(body=generate_latest(REGISTRY), content_type="text/plain", charset="utf-8")
