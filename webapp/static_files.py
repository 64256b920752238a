"""The built Mini App over HTTP: its page, its hashed assets, and what browsers may do with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from aiohttp import web

FOREVER = "public, max-age=31536000, immutable"
# Telegram's web views keep HTML for ever unless told to ask again.
REVALIDATE = "no-cache"
NEVER = "no-store"

# Asked of the operating system, several of these come out as octet-stream.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
HTML = "text/html; charset=utf-8"

# The web clients frame the app; native clients open it at top level.
TELEGRAM_WEB = (
    "https://web.telegram.org",
    "https://webk.telegram.org",
    "https://webz.telegram.org",
)

_CLOSED = ("camera", "microphone", "geolocation", "payment")

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::\d{1,5})?")
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]{1,253}(?::\d{1,5})?")

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Croupier</title>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em">
<h1>The front end is not built yet</h1>
<p>The server runs, but there is no Mini App to show. Build it once with</p>
<pre><code>python -m webapp.build</code></pre>
<p>and reload this page. <code>make run</code> does it by itself.</p>
"""


def add_app_routes(
    app: web.Application,
    *,
    static_dir: Path,
    frame_origins: Callable[[], Iterable[str]],
    frame_features: Callable[[], Mapping[str, Iterable[str]]] = dict,
) -> None:
    """Serve the Mini App under ``/app/`` from ``static_dir``.

    ``frame_origins`` is asked per page, so that switching a provider on needs no build; so is
    ``frame_features``: which of them may use a feature that pages of ours do without.
    """

    def page(request: web.Request, name: str) -> web.StreamResponse:
        path = static_dir / name
        headers = _document_headers(request, frame_origins(), exit_page=name == "exit.html")
        headers["Permissions-Policy"] = permissions_policy(frame_features())
        if not path.is_file():
            headers["Cache-Control"] = NEVER
            headers["Retry-After"] = "5"
            return web.Response(
                status=503, text=_NOT_BUILT, content_type="text/html", headers=headers
            )
        return _file(path, HTML, REVALIDATE, headers)

    async def enter(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/app/", headers={"Cache-Control": REVALIDATE})

    async def asset(request: web.Request) -> web.StreamResponse:
        # Never HTML for a missing chunk: the browser would run it as a script.
        found = _known(static_dir / "assets", request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound(headers={"Cache-Control": NEVER})
        return _file(*found, FOREVER, {})

    async def exit_page(request: web.Request) -> web.StreamResponse:
        return page(request, "exit.html")

    async def anything(request: web.Request) -> web.StreamResponse:
        # A path of the app itself is answered with its page; the app finds its way from there.
        found = _known(static_dir, request.match_info["tail"])
        if found is not None:
            return _file(*found, REVALIDATE, {})
        return page(request, "index.html")

    app.router.add_get("/app", enter)
    app.router.add_get("/app/assets/{name:.*}", asset)
    app.router.add_get("/app/exit.html", exit_page)
    app.router.add_get("/app/{tail:.*}", anything)


def _known(folder: Path, name: str) -> tuple[Path, str] | None:
    """Return a servable file and its type; names with separators or odd types are none of ours."""
    kind = CONTENT_TYPES.get(Path(name).suffix)
    path = folder / name
    if kind is None or _FILE_NAME.fullmatch(name) is None or not path.is_file():
        return None
    return path, kind


def _file(path: Path, kind: str, caching: str, headers: dict[str, str]) -> web.FileResponse:
    """Answer with the file or its precompressed sibling, and with 304 where the browser has it."""
    return web.FileResponse(
        path,
        headers={
            "Content-Type": kind,
            "Cache-Control": caching,
            # aiohttp says it for compressed answers only, and a cache would mix the two up.
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **headers,
        },
    )


def _document_headers(
    request: web.Request, frames: Iterable[str], *, exit_page: bool
) -> dict[str, str]:
    origins = sorted({origin for origin in frames if _ORIGIN.fullmatch(origin)})
    return {
        "Content-Security-Policy": content_security_policy(
            request.host, origins, exit_page=exit_page
        ),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


def permissions_policy(frames: Mapping[str, Iterable[str]]) -> str:
    """Close what no page of ours uses, but for the frames that a feature names.

    What is left out may be delegated to a game by its frame's ``allow``.
    """
    policy = []
    for feature in _CLOSED:
        origins = sorted({o for o in frames.get(feature, ()) if _ORIGIN.fullmatch(o)})
        # A page can only pass on what it may use itself.
        allowed = " ".join(["self", *(f'"{origin}"' for origin in origins)]) if origins else ""
        policy.append(f"{feature}=({allowed})")
    return ", ".join(policy)


def content_security_policy(host: str, frames: list[str], *, exit_page: bool = False) -> str:
    """Say what the page may load; ``frames`` are the origins of the enabled providers' games.

    The exit page is shown inside a game's frame, so it may be framed by games too.
    """
    # 'self' does not cover a WebSocket of the same host in every browser.
    socket = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    sources = ["'self'", *frames]
    ancestors = ["'self'", *TELEGRAM_WEB, *(frames if exit_page else [])]
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        f"connect-src 'self'{socket}",
        f"frame-src {' '.join(sources)}",
        "media-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
        f"frame-ancestors {' '.join(ancestors)}",
    )
    return "; ".join(directives)
