"""The aggregator's own servers: lists of games, launches, free spins, rounds and jackpots.

Written from the protocol's description. Answers only what is signed; a test may spoil an answer.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web
from beexar import SIGNATURE_HEADER, verify

Spoil: TypeAlias = Callable[[str, Any], Awaitable[web.Response | None]]

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")

GAMES: list[dict[str, Any]] = [
    {"id": "acceptance:test", "title": "Test Game", "category": "slots"},
    {"id": "acceptance:crash", "title": "Crash Test", "category": "crash"},
    {"id": "acceptance:live", "title": "Live Test", "category": "roulette", "live": True},
]

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAF0lEQVR42mPUyAtgYGBgYGBgYoAB"
    "bCwAIsQA7sjfQ58AAAAASUVORK5CYII="
)
PAGE = """<!doctype html><title>Game</title>
<body style="background: #14324f; color: #fff; font: 24px sans-serif">
<p>A game of the aggregator."""


def v1_yaml(games: list[dict[str, Any]], provider: str) -> str:
    """Write one provider's list the way people write YAML."""
    lines: list[str] = []
    for game in games:
        if not game["id"].startswith(f"{provider}:"):
            continue
        lines += [
            f"- identifier: {game['id']}",
            f"  title: {game['title']}",
            f"  provider: {provider}",
            "  producer: Acceptance Labs",
            f"  category: {game['category']}",
            "  devices: [desktop, mobile]",
            "  has_freespins: true",
            f"  has_live: {'true' if game.get('live') else 'false'}",
            "  payout: 96.5",
            "  released_at: 2020-01-31",
            f"  recalled: {'yes' if game.get('recalled') else 'no'}",
            "  restrictions:",
            "    default:",
            "      blacklist: [US, NO]",
        ]
    return "\n".join(lines) + "\n" if lines else "[]\n"


class Aggregator:
    """One casino's account; remembers what it was asked."""

    def __init__(self, generation: str, key: str, casino_id: str) -> None:
        self.generation = generation
        self.key = key
        self.casino_id = casino_id
        self.games = [dict(game) for game in GAMES]
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.issues: dict[str, dict[str, Any]] = {}
        self.spoil: Spoil | None = None  # gets the path and the right answer
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/l/{provider}.yaml", self._yaml)
        app.router.add_get("/i/s3/{provider}/{game}.png", self._picture)
        app.router.add_get("/play/{token}", self._page)
        app.router.add_post("/api/{path:.+}", self._post)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _picture(self, _request: web.Request) -> web.Response:
        return web.Response(body=PICTURE, content_type="image/png")

    async def _yaml(self, request: web.Request) -> web.Response:
        provider = request.match_info["provider"]
        path = f"l/{provider}.yaml"
        self.asked.append((path, {}))
        text = v1_yaml(self.games, provider)
        spoilt = await self.spoil(path, text) if self.spoil else None
        return spoilt or web.Response(text=text, content_type="application/x-yaml")

    async def _post(self, request: web.Request) -> web.Response:
        path, body = request.match_info["path"], await request.read()
        if not verify(body, request.headers.get(SIGNATURE_HEADER), self.key):
            return self._no(403, "Forbidden", status=403)
        asked = json.loads(body)
        self.asked.append((path, asked))
        answers = self._v1() if self.generation == "v1" else self._v2()
        if path not in answers:
            return self._no(404, "Not found", status=404)
        try:
            if asked["casino_id"] != self.casino_id:
                return self._no(410, "Casino is disabled")
            right = answers[path](asked)
        except (KeyError, TypeError, AssertionError) as error:
            return self._no(400, f"Bad request: {error!r}")
        spoilt = await self.spoil(path, right) if self.spoil else None
        if spoilt is not None:
            return spoilt
        return right if isinstance(right, web.Response) else web.json_response(right)

    def _v1(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "sessions": self._v1_session,
            "demo": self._v1_demo,
            "freespins/issue": self._v1_issue,
            "freespins/cancel": self._cancel,
            "round/details": lambda asked: {
                "provider_identifier": asked["provider"],
                "casino_identifier": self.casino_id,
                "user_id": "1",
                "finished": True,
                "asked": asked["round_id"],
            },
        }

    def _v2(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "v2/casino_a8r.Game/List": self._v2_list,
            "v2/casino_a8r.Launcher/Real": self._v2_real,
            "v2/casino_a8r.Launcher/Demo": self._v2_demo,
            "v2/casino_a8r.Freespins/Issue": self._v2_issue,
            "v2/casino_a8r.Freespins/Cancel": self._v2_cancel,
            "v2/casino_a8r.Jackpot/Feed": lambda _asked: {
                "games": [
                    {
                        "game_id": "acceptance:test",
                        "levels": [
                            {
                                "level": 1,
                                "name": "Mega",
                                "data": [
                                    {"amount": "1234.5678", "currency": "EUR"},
                                    {"amount": "9", "currency": "GBP"},
                                ],
                            }
                        ],
                    }
                ]
            },
        }

    def _common(self, asked: dict[str, Any]) -> None:
        assert asked["game"] in {game["id"] for game in self.games}, "game"
        assert asked["client_type"] in {"desktop", "mobile"}, "client_type"
        assert re.fullmatch(r"[A-Z]{2}(-[A-Z]{2})?", asked["jurisdiction"]), "jurisdiction"
        assert re.fullmatch(r"[a-z]{2}([-_][a-z]{2})?", asked["locale"]), "locale"
        assert asked["urls"]["return_url"], "return_url"

    def _v1_session(self, asked: dict[str, Any]) -> Any:
        self._common(asked)
        assert type(asked["balance"]) is int, "balance"
        assert asked["balance"] >= 0, "balance"
        assert asked["currency"], "currency"
        assert isinstance(asked["user"]["id"], str), "user.id"
        assert DAY.fullmatch(asked["user"]["registered_at"]), "user.registered_at"
        return {"launch_options": {"game_url": f"{self.url}/play/real", "strategy": "iframe"}}

    def _v1_demo(self, asked: dict[str, Any]) -> Any:
        self._common(asked)
        assert not {"user", "currency", "balance"} & set(asked), "a demo has no player"
        return {"launch_options": {"game_url": f"{self.url}/play/demo", "strategy": "iframe"}}

    def _v2_list(self, _asked: dict[str, Any]) -> Any:
        rows = [
            {
                "id2": game["id"].replace(":", "_"),
                "provider": game["id"].partition(":")[0],
                "producer": "Acceptance Labs",
                "live": False,
                "images": {"horizontal": None, "square": f"{game['id']}.png"},
                "released_at": "2020-01-31T00:00:00Z",
                "recalled_at": None,
                **game,
            }
            for game in self.games
        ]
        images = {"base_url": "https://images.example/a/"}
        return {"providers": [{"name": "acceptance", "image_assets": images, "games": rows}]}

    def _v2_real(self, asked: dict[str, Any]) -> Any:
        self._common(asked)
        player = asked["player"]
        assert isinstance(player["id"], str), "player.id"
        assert player["currency"], "player.currency"
        assert MOMENT.fullmatch(player["registered_at"]), "player.registered_at"
        return {"launch_url": f"{self.url}/play/real"}

    def _v2_demo(self, asked: dict[str, Any]) -> Any:
        self._common(asked)
        assert "player" not in asked, "a demo has no player"
        return {"launch_url": f"{self.url}/play/demo"}

    def _issue(self, asked: dict[str, Any], player: dict[str, Any]) -> Any:
        assert len({game.partition(":")[0] for game in asked["games"]}) == 1, "one provider"
        assert asked["freespins_quantity"] > 0, "freespins_quantity"
        assert MOMENT.fullmatch(asked["valid_until"]), "valid_until"
        assert player["id"], "player"
        if any(game not in {g["id"] for g in self.games} for game in asked["games"]):
            return self._no(601, "Freespins are not possible in this game")
        self.issues.setdefault(asked["issue_id"], asked)
        return web.Response(status=200) if self.generation == "v1" else {}

    def _v1_issue(self, asked: dict[str, Any]) -> Any:
        assert type(asked["bet_level"]) is int, "bet_level"
        assert asked["currency"], "currency"
        return self._issue(asked, asked["user"])

    def _v2_issue(self, asked: dict[str, Any]) -> Any:
        if "bet_level" not in asked:
            assert re.fullmatch(r"\d{1,18}(\.\d{1,12})?", asked["bet_amount"]), "bet_amount"
        assert asked["player"]["currency"], "player.currency"
        return self._issue(asked, asked["player"])

    def _v2_cancel(self, asked: dict[str, Any]) -> Any:
        assert asked["provider"] == "acceptance", "provider"
        return self._cancel(asked)

    def _cancel(self, asked: dict[str, Any]) -> Any:
        if self.issues.pop(asked["issue_id"], None) is None:
            return self._no(620, "Freespins cannot be cancelled")
        return web.Response(status=200) if self.generation == "v1" else {}

    def _no(self, code: int, message: str, status: int = 400) -> web.Response:
        if self.generation == "v1":
            return web.json_response({"code": code, "message": message}, status=status)
        meta = {"api_code": str(code), "api_message": message}
        body = {"code": "invalid_argument", "msg": message, "meta": meta}
        return web.json_response(body, status=status)
