"""Game pictures, fetched once from their providers, made small, and served by us.

Browsers never see a provider's picture address: providers forbid it, and our pages load nothing
from foreign hosts.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import zlib
from pathlib import Path

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

from casino.ids import read_id
from webapp.services import SERVICES

log = structlog.get_logger(__name__)

BYTES_MAX = 4_000_000
PIXELS_MAX = 16_000_000  # a picture of few bytes may unfold to any size
SVG_BYTES_MAX = 1_000_000
TIMEOUT = ClientTimeout(total=8)
REDIRECTS_MAX = 3
FETCHES_MAX = 4  # at once: a lobby full of new games must not flood a provider
WAITING_MAX = 256  # for one of these; more are answered "none" and asked for again later
FORGET_FAILURE_S = 60
FAILURES_REMEMBERED = 10_000

# In pixels: a tile of the lobby on screens of one, two and three pixels a point, and a banner.
WIDTHS = (160, 320, 480, 960)
WIDTH = 320
QUALITY = 80

# What is opened at all, by the first bytes and not by what the other side says.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG"),
)
_TYPES = {"WEBP": "image/webp", "SVG": "image/svg+xml"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A vector picture opened by itself must not be able to do anything.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
# An address with the picture's version never means another picture; one without may.
_FOR_EVER, _FOR_A_DAY = "public, max-age=31536000, immutable", "public, max-age=86400"


class ImageCache:
    """Pictures on disk, named by the hash of their address: the small ones, as WebP.

    A vector picture is kept as it is: it is small at any size.
    """

    def __init__(self, folder: Path) -> None:
        """Keep them in ``folder``."""
        self._folder = folder
        self._slots = asyncio.Semaphore(FETCHES_MAX)
        self._session: ClientSession | None = None
        self._failed: dict[str, float] = {}
        self._under_way: dict[str, asyncio.Task[bool]] = {}

    async def close(self) -> None:
        """Stop fetching and release connections."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def picture(self, url: str, width: int = WIDTH) -> bytes | None:
        """Return the picture behind an address in one of ``WIDTHS``, or None if there is none."""
        name = hashlib.sha256(url.encode()).hexdigest()
        if (body := await asyncio.to_thread(self._kept, name, width)) is not None:
            return body
        now = asyncio.get_running_loop().time()
        if self._failed.get(url, 0) > now:
            return None
        if (task := self._under_way.get(name)) is None:
            if len(self._under_way) >= WAITING_MAX:
                return None
            # Many visitors ask for it at once, and the first of them may go away.
            task = asyncio.ensure_future(self._mirror(url, name))
            self._under_way[name] = task
            task.add_done_callback(lambda _done: self._under_way.pop(name, None))
        if not await asyncio.shield(task):
            return None
        return await asyncio.to_thread(self._kept, name, width)

    def _kept(self, name: str, width: int) -> bytes | None:
        for path in (self._folder / f"{name}-{width}.webp", self._folder / f"{name}.svg"):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                continue
        return None

    async def _mirror(self, url: str, name: str) -> bool:
        async with self._slots:
            body = await self._fetch(url)
            made = body is not None and await asyncio.to_thread(self._make, name, body)
        if not made:
            while len(self._failed) >= FAILURES_REMEMBERED:
                del self._failed[next(iter(self._failed))]
            self._failed.pop(url, None)
            self._failed[url] = asyncio.get_running_loop().time() + FORGET_FAILURE_S
            log.warning("picture not to be had", host=_host(url))
        return made

    def _make(self, name: str, body: bytes) -> bool:
        kind = kind_of(body)
        if kind == "SVG" and len(body) <= SVG_BYTES_MAX:
            self._keep(f"{name}.svg", body)
            return True
        made = resized(body) if kind is not None and kind != "SVG" else None
        if made is None:
            return False
        for width, small in made.items():
            self._keep(f"{name}-{width}.webp", small)
        return True

    def _keep(self, name: str, body: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{name}.part"
        part.write_bytes(body)
        part.replace(self._folder / name)

    async def _fetch(self, url: str) -> bytes | None:
        if self._session is None:
            self._session = ClientSession(timeout=TIMEOUT, raise_for_status=True)
        try:
            async with self._session.get(url, max_redirects=REDIRECTS_MAX) as response:
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
    """Name the picture's format by its first bytes, or None."""
    start = body[:64].lstrip()
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for magic, kind in _KINDS if start.startswith(magic)), None)


def resized(body: bytes) -> dict[int, bytes] | None:
    """Return the picture in every one of ``WIDTHS``, as WebP; None where it is none.

    Never made larger than it is. Of a moving picture the first frame; nothing but pixels is kept:
    no place where a photograph was taken, no colour profile of a megabyte.
    """
    from PIL import (
        Image,  # takes a while to load, and only a process that serves pictures needs it
    )

    found = {}
    try:
        with Image.open(io.BytesIO(body), formats=["PNG", "JPEG", "GIF", "WEBP"]) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                return None
            mode = "RGBA" if opened.has_transparency_data else "RGB"
            whole = opened.convert(mode)
        for width in WIDTHS:
            height = max(1, round(whole.height * width / whole.width))
            small = whole
            if width < whole.width:
                small = whole.resize((width, height), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            small.save(out, "WEBP", quality=QUALITY)
            found[width] = out.getvalue()
    except Exception:  # noqa: BLE001 - foreign bytes: the decoders raise whatever they like
        return None
    return found


def picture_path(game_id: int, url: str) -> str:
    """Return where browsers find a game's picture; another picture has another path."""
    return f"/images/games/{game_id}?v={zlib.crc32(url.encode()):08x}"


async def game_picture(request: web.Request) -> web.Response:
    """Serve the picture of one game; the page draws its own where there is none.

    ``w`` chooses one of ``WIDTHS``.
    """
    game_id = read_id(request.match_info["game_id"])
    width = read_id(request.query.get("w", str(WIDTH)))
    if game_id is None or width not in WIDTHS:
        raise web.HTTPNotFound
    game = await request.app[SERVICES].catalogue.game(game_id)
    body = None
    if game.image_url:
        body = await request.app[IMAGES].picture(game.image_url, width)
    if body is None or game.image_url is None:
        raise web.HTTPNotFound
    current = picture_path(game_id, game.image_url).rsplit("=", 1)[-1]
    cached = _FOR_EVER if request.query.get("v") == current else _FOR_A_DAY
    return web.Response(
        body=body,
        content_type=_TYPES[kind_of(body) or "WEBP"],
        headers=_HEADERS | {"Cache-Control": cached},
    )


def _host(url: str) -> str:
    """Return what may be logged of an address: queries of some providers hold keys."""
    try:
        return URL(url).host or ""
    except ValueError:
        return ""
