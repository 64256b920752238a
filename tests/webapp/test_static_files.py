from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from webapp.static_files import add_app_routes, content_security_policy

Client = TestClient[web.Request, web.Application]

SCRIPT = b"export const answer = 42;\n" * 100
PAGE = b"<!doctype html><title>Croupier</title><div id=root></div>"


@pytest.fixture
def static_dir(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_bytes(PAGE)
    (static / "exit.html").write_bytes(b"<!doctype html><title>exit</title>")
    (static / "icon.svg").write_bytes(b"<svg/>")
    (static / "build.json").write_bytes(b'{"inputs": "secret"}')
    (static / "assets" / "index-abc.js").write_bytes(SCRIPT)
    (static / "assets" / "index-abc.js.br").write_bytes(b"pretend brotli")
    (static / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (static / "assets" / "plain-abc.js").write_bytes(b"1")
    (static / "assets" / "style-abc.css").write_bytes(b"a{}")
    (static / "assets" / "font-abc.woff2").write_bytes(b"wOF2")
    (tmp_path / "outside.js").write_bytes(b"not yours")
    return static


@pytest.fixture
def origins() -> list[str]:
    return ["https://games.example"]


@pytest.fixture
async def client(static_dir: Path, origins: list[str]) -> AsyncIterator[Client]:
    app = web.Application()
    add_app_routes(app, static_dir=static_dir, frame_origins=lambda: origins)
    async with TestClient(TestServer(app), auto_decompress=False) as opened:
        yield opened


def policy(headers: dict[str, str] | object) -> dict[str, list[str]]:
    text = headers["Content-Security-Policy"]  # type: ignore[index]  # any mapping of headers
    parts = [directive.split() for directive in text.split("; ")]
    return {name: sources for name, *sources in parts}


async def test_the_page_is_asked_for_again_each_time(client: Client) -> None:
    first = await client.get("/app/")
    assert (first.status, await first.read()) == (200, PAGE)
    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.get("/app/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/app/dice", "/app/play/17", "/app/history?x=1", "/app/a/b/c.d"])
async def test_paths_of_the_app_are_answered_with_its_page(client: Client, path: str) -> None:
    response = await client.get(path)
    assert (response.status, await response.read()) == (200, PAGE)


async def test_the_bare_path_leads_to_the_app(client: Client) -> None:
    response = await client.get("/app", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (302, "/app/")


async def test_assets_are_kept_for_ever_and_sent_compressed(client: Client) -> None:
    brotli = await client.get("/app/assets/index-abc.js", headers={"Accept-Encoding": "gzip, br"})
    assert brotli.headers["Content-Encoding"] == "br"
    assert await brotli.read() == b"pretend brotli"
    zipped = await client.get("/app/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(await zipped.read()) == SCRIPT
    plain = await client.get("/app/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert await plain.read() == SCRIPT
    for response in (brotli, zipped, plain):
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain-abc.js", "text/javascript; charset=utf-8"),
        ("style-abc.css", "text/css; charset=utf-8"),
        ("font-abc.woff2", "font/woff2"),
    ],
)
async def test_types_do_not_depend_on_the_system(client: Client, name: str, kind: str) -> None:
    response = await client.get(f"/app/assets/{name}")
    assert (response.status, response.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize(
    "name",
    [
        "gone-abc.js",
        "index-abc.js.br",
        "",
        "..%2fbuild.json",
        "..%2f..%2foutside.js",
        "..%5coutside.js",
        "a/b.js",
        ".hidden.js",
        "%00.js",
        "x" * 400 + ".js",
    ],
)
async def test_what_is_no_asset_is_404_and_never_html(client: Client, name: str) -> None:
    response = await client.get(f"/app/assets/{name}")
    assert response.status == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert b"html" not in (await response.read()).lower()


async def test_small_files_beside_the_page_are_served_and_internals_are_not(
    client: Client,
) -> None:
    icon = await client.get("/app/icon.svg")
    assert (icon.headers["Content-Type"], await icon.read()) == ("image/svg+xml", b"<svg/>")
    internals = await client.get("/app/build.json")
    assert b"secret" not in await internals.read()


async def test_a_linked_file_of_another_folder_is_not_reached(
    client: Client, static_dir: Path
) -> None:
    response = await client.get("/app/..%2foutside.js")
    assert b"not yours" not in await response.read()


async def test_the_policy_names_what_is_needed_and_nothing_else(client: Client) -> None:
    response = await client.get("/app/")
    rules = policy(response.headers)
    host = f"{client.host}:{client.port}"
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'"]
    assert rules["frame-src"] == ["'self'", "https://games.example"]
    assert rules["connect-src"] == ["'self'", f"ws://{host}", f"wss://{host}"]
    assert rules["frame-ancestors"] == [
        "'self'",
        "https://web.telegram.org",
        "https://webk.telegram.org",
        "https://webz.telegram.org",
    ]
    assert "X-Frame-Options" not in response.headers
    assert "autoplay" not in response.headers["Permissions-Policy"]


async def test_enabling_a_provider_changes_the_policy_at_once(
    client: Client, origins: list[str]
) -> None:
    origins.append("https://more.example:8443")
    rules = policy((await client.get("/app/dice")).headers)
    assert rules["frame-src"] == ["'self'", "https://games.example", "https://more.example:8443"]


async def test_an_origin_cannot_smuggle_a_directive_in(client: Client, origins: list[str]) -> None:
    origins[:] = [
        "https://x; script-src *",
        "javascript:",
        "https://ok.example\r\nSet-Cookie: a=b",
    ]
    response = await client.get("/app/")
    assert policy(response.headers)["frame-src"] == ["'self'"]
    assert "Set-Cookie" not in response.headers


def test_a_strange_host_header_stays_out_of_the_policy() -> None:
    rules = content_security_policy("evil; script-src *", [])
    assert "connect-src 'self';" in rules
    assert "evil" not in rules


async def test_the_exit_page_may_be_shown_inside_a_game(client: Client) -> None:
    response = await client.get("/app/exit.html?session=1&to=wallet")
    assert b"exit" in await response.read()
    assert "https://games.example" in policy(response.headers)["frame-ancestors"]


async def test_without_a_build_the_page_says_what_to_run(tmp_path: Path) -> None:
    app = web.Application()
    add_app_routes(app, static_dir=tmp_path / "none", frame_origins=list)
    async with TestServer(app) as server, ClientSession() as session:
        for path in ("/app/", "/app/dice", "/app/exit.html"):
            async with session.get(server.make_url(path)) as response:
                assert response.status == 503
                assert response.headers["Cache-Control"] == "no-store"
                assert "python -m webapp.build" in await response.text()
        async with session.get(server.make_url("/app/assets/x.js")) as response:
            assert response.status == 404
