"""Game pictures, fetched once from their providers and served by us.

Browsers never see a provider's picture address: providers forbid it, and our pages load nothing
from foreign hosts.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from casino.ids import read_id
from webapp.services import SERVICES

log = structlog.get_logger(__name__)

BYTES_MAX = 1_000_000
TIMEOUT = ClientTimeout(total=8)
FETCHES_MAX = 4  # at once: a lobby full of new games must not flood a provider
FORGET_FAILURE_S = 60

# By the first bytes, not by what the other side says.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"<svg", "image/svg+xml"),
    (b"<?xml", "image/svg+xml"),
)
_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
    # A vector picture opened by itself must not be able to do anything.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class ImageCache:
    """Pictures on disk, named by the hash of their address."""

    def __init__(self, folder: Path) -> None:
        """Keep them in ``folder``."""
        self._folder = folder
        self._slots = asyncio.Semaphore(FETCHES_MAX)
        self._session: ClientSession | None = None
        self._failed: dict[str, float] = {}

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()

    async def picture(self, url: str) -> bytes | None:
        """Return the picture behind an address, or None when there is none to be had."""
        path = self._folder / hashlib.sha256(url.encode()).hexdigest()
        if path.exists():
            return path.read_bytes()
        now = asyncio.get_running_loop().time()
        if self._failed.get(url, 0) > now:
            return None
        async with self._slots:
            body = await self._fetch(url)
        if body is None or kind_of(body) is None:
            self._failed[url] = now + FORGET_FAILURE_S
            log.warning("picture not to be had", url=url)
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = path.with_suffix(".part")
        whole.write_bytes(body)
        whole.replace(path)
        return body

    async def _fetch(self, url: str) -> bytes | None:
        if self._session is None:
            self._session = ClientSession(timeout=TIMEOUT, raise_for_status=True)
        try:
            async with self._session.get(url, max_redirects=3) as response:
                body = b""
                async for chunk in response.content.iter_chunked(65_536):
                    body += chunk
                    if len(body) > BYTES_MAX:
                        return None
                return body
        except (ClientError, TimeoutError, OSError, ValueError):
            return None


IMAGES = web.AppKey("images", ImageCache)


def kind_of(body: bytes) -> str | None:
    """Name the picture's type by its first bytes, or None."""
    start = body[:64].lstrip()
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _KINDS if start.startswith(magic)), None)


async def game_picture(request: web.Request) -> web.Response:
    """Serve the picture of one game; the page draws its own where there is none."""
    game_id = read_id(request.match_info["game_id"])
    if game_id is None:
        raise web.HTTPNotFound
    game = await request.app[SERVICES].catalogue.game(game_id)
    body = await request.app[IMAGES].picture(game.image_url) if game.image_url else None
    if body is None:
        raise web.HTTPNotFound
    return web.Response(body=body, content_type=kind_of(body), headers=_HEADERS)
