"""The vendor's own servers: games, launch, bonuses, transactions. A test may spoil any answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from aiohttp import web

from tests.peers.st8.keys import KeyPair

BASE = "/api/operator/v1"
PAGE = """<!doctype html><title>{code}</title>
<body style="background: #32144f; color: #fff; font: 24px sans-serif"><p>A small game: {code}"""
Spoil: TypeAlias = Callable[[str, Any], Awaitable[web.Response | None]]


def game(number: int, **more: Any) -> dict[str, Any]:
    """One row of the list."""
    return {
        "code": f"std_game_{number}",
        "name": f"Game {number}",
        "enabled": True,
        "developer": "Studio",
        "bonus_types": ["free_bets"],
        "category": "Video Slots",
        "themes": ["Fruit"],
        "features": ["Bonus Buy"],
        "rtp": 96.12,
        "volatility": 3,
        "max_payout_coeff": "5000",
        "hit_ratio": "25.1",
        "fun_mode": True,
        "release_date": "2024-05-01",
        "deprecation_date": None,
        "restricted_territories": ["US"],
        "prohibited_territories": [],
        **more,
    }


class Servers:
    """Answers only signed calls; remembers what it was asked."""

    def __init__(self, operator: KeyPair, site: str) -> None:
        self.games = [game(1), game(2)]
        self.developers: list[dict[str, Any]] = [
            {
                "name": "Studio",
                "code": "std",
                "restricted_territories": ["FR"],
                "prohibited_territories": ["KP"],
            }
        ]
        self.categories = [{"name": "Video Slots", "type": "Slots"}]
        self.transactions: list[dict[str, Any]] = []
        self.bonuses: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.spoil: Spoil | None = None  # gets the path and the right answer
        self.url = ""
        self._operator = operator
        self._site = site
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get(BASE + "/games", self._games)
        app.router.add_get(BASE + "/transactions", self._transactions)
        app.router.add_post(BASE + "/launch", self._launch)
        app.router.add_post(BASE + "/bonus/create", self._create_bonus)
        app.router.add_post(BASE + "/bonus/cancel", self._cancel_bonus)
        app.router.add_get("/play/{code}", self._play)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _posted(self, request: web.Request) -> dict[str, Any]:
        body = await request.read()
        self._require_signed(request, body)
        asked = json.loads(body)
        assert isinstance(asked, dict)
        self.asked.append((request.path.removeprefix(BASE + "/"), asked))
        return asked

    def _queried(self, request: web.Request) -> dict[str, str]:
        query = request.rel_url.raw_query_string
        self._require_signed(request, query.encode())
        asked = {name: values[0] for name, values in parse_qs(query, strict_parsing=True).items()}
        self.asked.append((request.path.removeprefix(BASE + "/"), asked))
        return asked

    def _require_signed(self, request: web.Request, message: bytes) -> None:
        if not self._operator.verifies(message, request.headers.get("x-st8-sign", "")):
            raise web.HTTPForbidden(text='{"status":"auth_failed"}')

    async def _games(self, request: web.Request) -> web.Response:
        if self._queried(request)["site"] != self._site:
            raise web.HTTPNotFound
        right = {
            "status": "ok",
            "games": self.games,
            "developers": self.developers,
            "categories": self.categories,
        }
        return await self._answer("games", right)

    async def _launch(self, request: web.Request) -> web.Response:
        asked = await self._posted(request)
        if not any(row["code"] == asked["game_code"] for row in self.games):
            return await self._answer("launch", {"status": "game_disabled"})
        url = f"{self.url}/play/{asked['game_code']}?fun={int(asked['fun_mode'])}"
        return await self._answer("launch", {"status": "ok", "game_url": url})

    async def _play(self, request: web.Request) -> web.Response:
        page = PAGE.format(code=request.match_info["code"])
        return web.Response(text=page, content_type="text/html")

    async def _transactions(self, request: web.Request) -> web.Response:
        asked = self._queried(request)
        since, until = (_moment(asked[name]) for name in ("start_time", "end_time"))
        rows = [
            row
            for row in self.transactions
            if row["currency"] == asked["currency"]
            and since <= _moment(row["processed_at"]) < until
        ]
        return await self._answer("transactions", {"status": "ok", "transactions": rows})

    async def _create_bonus(self, request: web.Request) -> web.Response:
        asked = await self._posted(request)
        # The bonus id is the idempotency key: a repeat finds what there is.
        bonus = self.bonuses.setdefault(asked["bonus_id"], {**asked, "status": "processing"})
        return await self._answer("bonus/create", _bonus(bonus))

    async def _cancel_bonus(self, request: web.Request) -> web.Response:
        asked = await self._posted(request)
        bonus = self.bonuses.get(asked["bonus_id"])
        if bonus is None:
            return web.json_response({"status": "bonus_not_found"}, status=404)
        bonus["status"] = "canceled"
        return await self._answer("bonus/cancel", _bonus(bonus))

    async def _answer(self, path: str, right: Any) -> web.Response:
        spoilt = await self.spoil(path, right) if self.spoil else None
        return spoilt or web.json_response(right)


def _bonus(bonus: dict[str, Any]) -> dict[str, Any]:
    return {"status": "ok", "bonus": {k: bonus[k] for k in ("bonus_id", "status")}}


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
