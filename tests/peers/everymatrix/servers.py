"""The vendor's servers: catalogue feed, game pages, bonus API. A test may spoil any of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

BONUS_LOGIN, BONUS_PASSWORD = "bonus", "bonus-password"
OPERATOR_ID = "2001"
PAGE = """<!doctype html><title>A game</title>
<body style="background: #4f3214; color: #fff; font: 24px sans-serif"><p>A game of the loader"""

Spoil: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


def game(number: int, **changed: Any) -> dict[str, Any]:
    """One game's line of the feed."""
    data = {
        "id": str(9000 + number),
        "slug": f"game-{number}",
        "vendor": "RGS_Matrix",
        "vendorDisplayName": "RGS Matrix",
        "contentProvider": "Studio",
        "gameCode": f"code-{number}",
        "gameID": str(100 + number),
        "enabled": True,
        "categories": ["VIDEOSLOTS"],
        "tags": ["New"],
        "restrictedTerritories": ["US", "FR", "all of it"],
        "theoreticalPayOut": 0.9612,
        "playMode": {"fun": True, "anonymity": True, "realMoney": True},
        "presentation": {
            "gameName": {"*": f"Game {number}", "ru": "?"},
            "thumbnail": {"*": f"//images.example/{number}.png"},
        },
        "property": {"freeSpin": {"support": True}, "terminal": ["PC", "iPhone", "Android"]},
        **changed,
    }
    return {
        "domainID": 20,
        "type": "game",
        "action": "update",
        "id": data["id"],
        "seq": number,
        "data": data,
    }


def table(number: int, slug: str, **changed: Any) -> dict[str, Any]:
    """One table's line of the feed."""
    data = {
        "id": str(7000 + number),
        "slug": slug,
        "vendor": "Live",
        "enabled": True,
        "isOpen": True,
        "presentation": {"tableName": {"*": f"Table {number}"}},
        **changed,
    }
    return {"domainID": 20, "type": "table", "action": "update", "id": data["id"], "data": data}


class Servers:
    """One HTTP server that is all of them; remembers what it was asked."""

    def __init__(self) -> None:
        self.games = [game(1), game(2)]
        self.tables: list[dict[str, Any]] = []
        self.spoil: Spoil | None = None
        self.opened: list[tuple[str, dict[str, str]]] = []
        self.awarded: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/feed", self._feed)
        app.router.add_get("/casino/Loader/Start/{operator}/{slug}", self._open)
        app.router.add_post("/api/vendorBonus/{vendor}/{method}", self._bonus)
        self._server = TestServer(app)

    async def start(self) -> None:
        await self._server.start_server()

    async def stop(self) -> None:
        await self._server.close()

    def url(self, path: str) -> str:
        return str(self._server.make_url(path))

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.query_string)
        if self.spoil and (spoilt := await self.spoil(request)):
            return spoilt
        rows = {"game": self.games, "table": self.tables}[request.query["types"]]
        lines = [json.dumps(row) for row in rows]
        return web.Response(text="".join(f"{line}\r\n" for line in lines))

    async def _open(self, request: web.Request) -> web.StreamResponse:
        self.opened.append((request.match_info["slug"], dict(request.query)))
        known = {row["data"]["slug"] for row in (*self.games, *self.tables)}
        if request.match_info["slug"] not in known:
            raise web.HTTPNotFound
        if (request.query["funMode"] == "True") == ("_sid" in request.query):
            raise web.HTTPBadRequest
        return web.Response(text=PAGE, content_type="text/html")

    async def _bonus(self, request: web.Request) -> web.StreamResponse:
        expected = base64.b64encode(f"{BONUS_LOGIN}:{BONUS_PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            raise web.HTTPUnauthorized
        body = json.loads(await request.read(), parse_float=str)
        path = f"{request.match_info['vendor']}/{request.match_info['method']}"
        self.awarded.append((path, body))
        if self.spoil and (spoilt := await self.spoil(request)):
            return spoilt
        return web.json_response({"Success": True})
