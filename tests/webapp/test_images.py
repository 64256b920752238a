from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from webapp.images import BYTES_MAX, ImageCache, kind_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


async def test_a_picture_is_fetched_once_and_kept(tmp_path: Path) -> None:
    asked = 0

    async def picture(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(body=PNG)

    app = web.Application()
    app.router.add_get("/p.png", picture)
    async with TestServer(app) as server:
        cache = ImageCache(tmp_path)
        url = str(server.make_url("/p.png"))
        assert [await cache.picture(url) for _ in range(3)] == [PNG] * 3
        assert await ImageCache(tmp_path).picture(url) == PNG
        await cache.close()
    assert asked == 1


@pytest.mark.parametrize(
    "body", [b"<html><script>", b"", b"x" * 10, PNG + b"\0" * BYTES_MAX, b"GIF89a"]
)
async def test_what_is_no_picture_or_too_large_is_not_served(tmp_path: Path, body: bytes) -> None:
    app = web.Application()

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    app.router.add_get("/p", serve)
    async with TestServer(app) as server:
        cache = ImageCache(tmp_path)
        assert await cache.picture(str(server.make_url("/p"))) is None
        await cache.close()
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 - a look into an empty folder


async def test_an_address_that_does_not_answer_is_no_picture(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path)
    assert await cache.picture("http://127.0.0.1:1/p.png") is None
    await cache.close()


def test_kinds_are_told_by_their_bytes() -> None:
    assert kind_of(PNG) == "image/png"
    assert kind_of(b"\n <svg xmlns='...'>") == "image/svg+xml"
    assert kind_of(b"<script>") is None
