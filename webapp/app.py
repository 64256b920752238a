"""The web application: API, live socket, hooks, health, and the Mini App's files."""

from __future__ import annotations

from pathlib import Path

import orjson
from aiohttp import web

from webapp.api import whole_api
from webapp.api.registry import BASE
from webapp.hooks.games import BODY_BYTES_MAX, provider_callback, telegram_webhook
from webapp.images import IMAGES, ImageCache, game_picture
from webapp.live.socket import live
from webapp.metrics import LIVE_CONNECTIONS, metrics
from webapp.middlewares import observe
from webapp.openapi import document
from webapp.services import SERVICES, Services
from webapp.static_files import add_app_routes

STATIC_DIR = Path(__file__).parent / "static"
SHUTDOWN_S = 5


def create_app(
    services: Services, images: ImageCache, static_dir: Path = STATIC_DIR
) -> web.Application:
    """Build the application over open services."""
    app = web.Application(middlewares=[observe], client_max_size=BODY_BYTES_MAX)
    app[SERVICES] = services
    app[IMAGES] = images
    LIVE_CONNECTIONS.set_function(lambda: services.live.connected)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    api = whole_api()
    api.add_to(app)
    openapi = orjson.dumps(document(api))

    async def get_openapi(_request: web.Request) -> web.Response:
        return web.Response(body=openapi, content_type="application/json")

    app.router.add_get("/api/openapi.json", get_openapi)
    app.router.add_get(f"{BASE}/live", live)
    for path in ("/providers/{provider}", "/providers/{provider}/{tail:.*}"):
        app.router.add_route("*", path, provider_callback)
    app.router.add_post("/telegram/webhook", telegram_webhook)
    app.router.add_get("/images/games/{game_id}", game_picture)
    app.router.add_get("/", to_app)
    add_app_routes(
        app,
        static_dir=static_dir,
        frame_origins=lambda: frame_origins(services),
        frame_features=lambda: frame_features(services),
    )

    async def close_sockets(_app: web.Application) -> None:
        services.live.close()
        await images.close()

    app.on_shutdown.append(close_sockets)
    return app


def create_watch_app(services: Services) -> web.Application:
    """Build what one process answers about itself, on a port that it shares with nobody."""
    app = web.Application()
    app[SERVICES] = services
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


def frame_origins(services: Services) -> list[str]:
    """Return the origins that enabled providers' games are framed from."""
    providers = services.catalogue.providers.values()
    return sorted({origin for p in providers for origin in p.manifest.frame_origins})


def frame_features(services: Services) -> dict[str, set[str]]:
    """Return the features that providers' frames ask for, and from which origins."""
    features: dict[str, set[str]] = {}
    for provider in services.catalogue.providers.values():
        for feature in provider.manifest.frame_allow:
            features.setdefault(feature, set()).update(provider.manifest.frame_origins)
    return features


async def to_app(_request: web.Request) -> web.Response:
    """Send visitors of the bare address to the Mini App."""
    raise web.HTTPFound("/app/")


async def healthz(_request: web.Request) -> web.Response:
    """Say that the process runs; says nothing about what it needs."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Say whether everything needed is there, and if not, what is missing and why."""
    reasons = await request.app[SERVICES].readiness()
    status = 503 if reasons else 200
    body = {"status": "not ready" if reasons else "ready", "reasons": dict(reasons)}
    return web.json_response(body, status=status)
