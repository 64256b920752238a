"""The aggregator's games, launcher and transactions, which a test may spoil at any point."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from tests.peers.hub88.openssl import key_pair, verifies

BASE = "/operator/generic/v2"
OPERATOR_ID = 7
DEMO = "XXX"
PAGE = """<!doctype html><title>{name}</title>
<body style="background: #4f1432; color: #fff; font: 24px sans-serif"><h1>{name}</h1>"""

Spoil: TypeAlias = Callable[[str, Any], Awaitable[web.Response | None]]

_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LAUNCH_FIELDS = ("platform", "lang", "currency", "country", "game_code", "lobby_url")


def game(number: int, **more: Any) -> dict[str, Any]:
    """One row of the list, as the protocol describes it."""
    return {
        "url_thumb": f"https://images.example/{number}.png",
        "url_background": f"https://images.example/{number}-wide.png",
        "product": "Studio",
        "platforms": ["GPL_DESKTOP", "GPL_MOBILE"],
        "name": f"Game {number}",
        "game_code": f"std_game{number}",
        "freebet_support": True,
        "demo_game_support": True,
        "phoenix_jackpot_support": False,
        "enabled": True,
        "category": "Video Slots",
        "blocked_countries": ["US"],
        "restricted_countries": ["EE"],
        "release_date": "2024-05-17",
        "volatility": 5,
        "rtp": "96.12",
        "paylines": 20,
        "hit_ratio": "24.47",
        "certifications": ["CURACAO"],
        "languages": ["en"],
        "theme": ["Egypt"],
        "technology": ["HTML5"],
        "features": ["Free Spins"],
        **more,
    }


class Aggregator:
    """Answers only what the operator signed; remembers what it was asked."""

    def __init__(self, operator: str) -> None:
        self.operator = operator  # the name of their key pair
        self.games = [game(1), game(2)]
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.launched: dict[str, str] = {}  # token -> user
        self.transactions: list[dict[str, Any]] = []
        self.spoil: Spoil | None = None  # gets the path and the right answer
        self.origin = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post(f"{BASE}/game/list", self._list)
        app.router.add_post(f"{BASE}/game/url", self._url)
        app.router.add_post(f"{BASE}/transactions/list", self._transactions)
        app.router.add_get("/play/{game}", self._page)
        return app

    @property
    def _operator_key(self) -> Path:
        return key_pair(self.operator).public_file

    async def _signed(self, request: web.Request) -> dict[str, Any]:
        body = await request.read()
        signature = request.headers.get("X-Hub88-Signature", "")
        if not signature or not verifies(self._operator_key, body, signature):
            raise _error(401, "Request signature is invalid.")
        asked = json.loads(body)
        if asked.get("operator_id") != OPERATOR_ID:
            raise _error(404, "The operator_id doesn't correspond to any existing Operator.")
        self.asked.append((request.path.removeprefix(f"{BASE}/"), asked))
        assert isinstance(asked, dict)
        return asked

    async def _list(self, request: web.Request) -> web.Response:
        await self._signed(request)
        return await self._answer("game/list", self.games)

    async def _url(self, request: web.Request) -> web.Response:
        asked = await self._signed(request)
        demo = asked.get("currency") == DEMO
        needed = _LAUNCH_FIELDS if demo else (*_LAUNCH_FIELDS, "user", "token")
        missing = [name for name in needed if not isinstance(asked.get(name), str)]
        if missing or asked["platform"] not in {"GPL_DESKTOP", "GPL_MOBILE"}:
            raise _error(400, f"Invalid or missing: {missing}")
        if asked["game_code"] not in {row["game_code"] for row in self.games}:
            raise _error(404, "Game not found.")
        if not demo:
            if len(asked["user"]) < 4 or not 10 <= len(asked["token"]) <= 255:
                raise _error(400, "user or token")
            self.launched[asked["token"]] = asked["user"]
        url = f"{self.origin}/play/{asked['game_code']}?t={asked.get('token', 'demo')}"
        return await self._answer("game/url", {"url": url})

    async def _transactions(self, request: web.Request) -> web.Response:
        asked = await self._signed(request)
        since, until = asked.get("start_time") or "", asked.get("end_time") or ""
        if not _SECOND.fullmatch(since) or not _SECOND.fullmatch(until):
            raise _error(400, "start_time and end_time, or round")
        rows = [row for row in self.transactions if since <= row["inserted_at"] <= until]
        return await self._answer("transactions/list", rows)

    async def _page(self, request: web.Request) -> web.Response:
        page = PAGE.format(name=request.match_info["game"])
        return web.Response(text=page, content_type="text/html")

    async def _answer(self, path: str, right: Any) -> web.Response:
        spoilt = await self.spoil(path, right) if self.spoil else None
        return spoilt or web.json_response(right)


def wire_time(moment: datetime) -> str:
    """Write a moment as the aggregator does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _error(status: int, why: str) -> web.HTTPException:
    kinds = {400: web.HTTPBadRequest, 401: web.HTTPUnauthorized, 404: web.HTTPNotFound}
    return kinds[status](text=json.dumps({"error": why}), content_type="application/json")
