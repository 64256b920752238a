from __future__ import annotations

import asyncio
import io
import struct
import zlib
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from casino.play import Catalogue, Category, GameEntry, Provider
from tests.casino.play.providers import listed
from tests.webapp.conftest import Client
from webapp.images import (
    BYTES_MAX,
    PIXELS_MAX,
    SVG_BYTES_MAX,
    WIDTHS,
    ImageCache,
    kind_of,
    resized,
)

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def drawn(kind: str = "PNG", size: tuple[int, int] = (600, 400), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that says it has a pixel more than may be."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", PIXELS_MAX + 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


class Host:
    """A provider's picture host that counts what it is asked for."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, 0
        self.came, self.ready = asyncio.Event(), asyncio.Event()
        self.ready.set()
        app = web.Application()
        app.router.add_get("/p", self._serve)
        self.server = TestServer(app)

    async def _serve(self, _request: web.Request) -> web.Response:
        self.asked += 1
        self.came.set()
        await self.ready.wait()
        return web.Response(body=self.body)

    async def __aenter__(self) -> Self:
        await self.server.start_server()
        self.url = str(self.server.make_url("/p"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()


def opened(body: bytes | None) -> Image.Image:
    assert body is not None
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_picture_is_fetched_once_and_kept_small(tmp_path: Path, kind: str) -> None:
    async with Host(drawn(kind)) as host:
        cache = ImageCache(tmp_path)
        for width, shown in ((160, 160), (320, 320), (480, 480), (960, 600)):
            picture = opened(await cache.picture(host.url, width))
            assert (picture.format, picture.width) == ("WEBP", shown)
            assert picture.height == round(shown * 400 / 600)
        again = ImageCache(tmp_path)
        assert await again.picture(host.url) == await cache.picture(host.url)
        await cache.close()
    assert host.asked == 1
    assert len([p for p in tmp_path.iterdir() if p.suffix == ".webp"]) == len(WIDTHS)  # noqa: ASYNC240


async def test_many_who_ask_at_once_are_one_fetch_and_who_leaves_costs_nobody_the_picture(
    tmp_path: Path,
) -> None:
    async with Host(drawn()) as host:
        host.ready.clear()
        cache = ImageCache(tmp_path)
        first = asyncio.ensure_future(cache.picture(host.url))
        others = [asyncio.ensure_future(cache.picture(host.url)) for _ in range(20)]
        await host.came.wait()
        first.cancel()
        host.ready.set()
        pictures = await asyncio.gather(*others)
        await cache.close()
    assert host.asked == 1
    assert all(pictures)


def test_what_is_transparent_stays_so_and_what_stands_beside_the_pixels_is_dropped() -> None:
    made = resized(drawn(mode="RGBA"))
    assert made is not None
    assert opened(made[160]).mode == "RGBA"
    out = io.BytesIO()
    place = Image.Exif()
    place[0x010E] = "where it was taken"
    Image.new("RGB", (300, 300)).save(out, "JPEG", exif=place)
    made = resized(out.getvalue())
    assert made is not None
    assert not opened(made[160]).getexif()


async def test_a_vector_picture_is_kept_as_it_is(tmp_path: Path) -> None:
    async with Host(SVG) as host:
        cache = ImageCache(tmp_path)
        assert [await cache.picture(host.url, width) for width in WIDTHS] == [SVG] * len(WIDTHS)
        await cache.close()
    assert host.asked == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>",
        b"",
        b"x" * 10,
        b"GIF89a",
        drawn()[:60],
        drawn("WEBP")[:60],
        b"\x89PNG\r\n\x1a\n" + b"\0" * BYTES_MAX,
        b"<svg>" + b" " * SVG_BYTES_MAX,
        bomb(),
    ],
    ids=["page", "empty", "noise", "gif", "cut", "cut webp", "long", "long svg", "bomb"],
)
async def test_what_is_no_picture_or_too_large_is_not_served_and_not_asked_for_again_at_once(
    tmp_path: Path, body: bytes
) -> None:
    async with Host(body) as host:
        cache = ImageCache(tmp_path)
        assert await cache.picture(host.url) is None
        assert await cache.picture(host.url, 160) is None
        await cache.close()
    assert host.asked == 1
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 - a look into an empty folder


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/p.png", "file:///etc/passwd", "nonsense", "http://[", "ftp://a/b"]
)
async def test_an_address_that_gives_nothing_is_no_picture(tmp_path: Path, url: str) -> None:
    cache = ImageCache(tmp_path)
    assert await cache.picture(url) is None
    await cache.close()


def test_kinds_are_told_by_their_bytes() -> None:
    assert kind_of(drawn()) == "PNG"
    assert kind_of(drawn("WEBP")) == "WEBP"
    assert kind_of(b"\n <svg xmlns='...'>") == "SVG"
    assert kind_of(b"<script>") is None


async def test_browsers_see_our_path_only_and_a_new_picture_has_a_new_one(
    visitor: Client,
    http: TestClient[Any, Any],
    catalogue: Catalogue,
    providers: dict[str, Provider],
) -> None:
    provider = listed()
    providers["agg"] = provider
    await catalogue.register()
    async with Host(drawn()) as host:
        provider.entries = [GameEntry("g1", "Reels", Category.SLOTS, "S", host.url)]
        await catalogue.sync(provider)
        lobby = await visitor.ask("GET", "/games?provider=agg")
        assert host.url not in str(lobby)
        (game,) = lobby["games"]
        assert game["image"].startswith(f"/images/games/{game['id']}?v=")
        for width in WIDTHS:
            async with http.get(f"{game['image']}&w={width}") as response:
                assert response.content_type == "image/webp"
                assert "immutable" in response.headers["Cache-Control"]
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert "sandbox" in response.headers["Content-Security-Policy"]
        async with http.get(f"/images/games/{game['id']}?v=old") as response:
            assert response.headers["Cache-Control"] == "public, max-age=86400"
        for wrong in ("w=161", "w=", "w=99999999999999999999", "w=-160", "w=\u0664"):
            async with http.get(f"{game['image']}&{wrong}") as response:
                assert response.status == 404
        provider.entries = [GameEntry("g1", "Reels", Category.SLOTS, "S", f"{host.url}?new")]
        await catalogue.sync(provider)
        assert (await visitor.ask("GET", f"/games/{game['id']}"))["image"] != game["image"]
    assert host.asked == 1
