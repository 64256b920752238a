"""The aggregator's catalogue and launcher, which a test may spoil at any point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web

from casino.clock import Clock
from providers.sandbox.forms import NotSigned, read_signed
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY

Spoil: TypeAlias = Callable[[str, Any], Awaitable[web.Response | None]]

PAGE = """<!doctype html><title>Game</title>
<body style="background: #144f32; color: #fff; font: 24px sans-serif"><p>A game of many studios"""


def game(number: int, **more: Any) -> dict[str, Any]:
    """One row of the list, as the protocol describes it."""
    return {
        "uuid": f"{number:032x}",
        "name": f"Game {number}",
        "image": f"https://images.example/{number}.png",
        "type": "slots",
        "provider": "Studio",
        "provider_id": 7,
        "technology": "html5",
        "has_lobby": 0,
        "is_mobile": 1,
        "has_freespins": 1,
        "has_tables": 0,
        "freespin_valid_until_full_day": 0,
        "label": "",
        "tags": [{"code": "new", "label": "New"}],
        "parameters": {"rtp": 96.12, "volatility": "high", "reels_count": "5", "lines_count": 10},
        "images": [],
        **more,
    }


class Aggregator:
    """Answers only signed calls; remembers what it was asked."""

    def __init__(self, clock: Clock, *games: dict[str, Any]) -> None:
        self.games = list(games)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.spoil: Spoil | None = None  # gets the path and the right answer
        self.meta_in_body = True
        self.origin = "https://games.example"  # where its games' pages are
        self._clock = clock

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/games", self._list)
        for path in ("games/init", "games/init-demo", "self-validate"):
            app.router.add_post(f"/v1/{path}", self._post)
        app.router.add_get("/launch", self._page)
        return app

    def _signed(self, request: web.Request, raw: str) -> dict[str, str]:
        path = request.path.removeprefix("/v1/")
        try:
            asked = read_signed(raw, request.headers, MERCHANT_ID, MERCHANT_KEY, self._clock)
        except NotSigned as error:
            raise web.HTTPForbidden(text='{"name":"Forbidden","status":403}') from error
        self.asked.append((path, asked))
        return asked

    async def _list(self, request: web.Request) -> web.Response:
        asked = self._signed(request, request.rel_url.raw_query_string)
        page, size = int(asked["page"]), int(asked["per-page"])
        total = len(self.games)
        meta = {
            "totalCount": total,
            "pageCount": -(-total // size),
            "currentPage": page,
            "perPage": size,
        }
        body: dict[str, Any] = {"items": self.games[(page - 1) * size : page * size]}
        headers = {}
        if self.meta_in_body:
            body["_meta"] = meta
        else:
            headers = {
                "X-Pagination-Total-Count": str(total),
                "X-Pagination-Page-Count": str(meta["pageCount"]),
                "X-Pagination-Current-Page": str(page),
            }
        return await self._answer("games", body, headers)

    async def _post(self, request: web.Request) -> web.Response:
        self._signed(request, await request.text())
        path = request.path.removeprefix("/v1/")
        right: dict[str, Any] = {"url": f"{self.origin}/launch?t=1"}
        if path == "self-validate":
            right = {"success": True, "log": ["all well"]}
        return await self._answer(path, right, {})

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _answer(self, path: str, right: Any, headers: dict[str, str]) -> web.Response:
        spoilt = await self.spoil(path, right) if self.spoil else None
        return spoilt or web.json_response(right, headers=headers)
