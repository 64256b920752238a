"""The aggregator's lobby, free spins, vouchers, limits and jackpots, as its text has them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from casino.clock import Clock
from providers.sandbox.forms import NotSigned, read_signed
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY

TABLE: dict[str, Any] = {
    "lobbyData": "table-7",
    "name": "Roulette 7",
    "isOpen": True,
    "openTime": "00:00",
    "closeTime": "23:59",
    "dealerName": "Ada",
    "dealerAvatar": None,
    "technology": "html5",
    "limits": [{"currency": "EUR", "min": 0.5, "max": 1000}],
    "tableId": "t7",
}
BETS: dict[str, Any] = {
    "denominations": ["0.01", "0.10"],
    "bets": [{"bet_id": "b1", "bet_per_line": 2, "lines": 10}],
    "total_bets": [{"bet_id": 5, "amount": 1.5}, {"bet_id": 6, "amount": "2.50"}],
}


class Offers:
    """Answers only signed calls; keeps what it was asked for, and refuses a second of the same."""

    def __init__(self, clock: Clock) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.lobby: Any = [TABLE]
        self.bets: Any = BETS
        self.jackpots: Any = [
            {"name": "Grand", "amount": "12345.678", "currency": "EUR", "provider": "S"},
            {"name": "Abroad", "amount": 5, "currency": "XXX", "provider": "S"},
        ]
        self.given: dict[str, dict[str, Any]] = {}
        self.refusal: tuple[int, str] | None = None
        self._clock = clock

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/{tail:.*}", self._get)
        app.router.add_post("/v1/{tail:.*}", self._post)
        return app

    def _signed(self, request: web.Request, raw: str) -> tuple[str, dict[str, str]]:
        path = request.match_info["tail"]
        try:
            asked = read_signed(raw, request.headers, MERCHANT_ID, MERCHANT_KEY, self._clock)
        except NotSigned as error:
            raise web.HTTPForbidden(text='{"message":"Forbidden","status":403}') from error
        assert asked == dict(parse_qsl(raw, keep_blank_values=True))
        self.asked.append((path, asked))
        return path, asked

    async def _get(self, request: web.Request) -> web.Response:
        path, asked = self._signed(request, request.rel_url.raw_query_string)
        if path in {"freespins/get", "freevouchers/get"}:
            name = "freespin_id" if path.startswith("freespins") else "voucher_id"
            found = self.given.get(asked[name])
            return web.json_response(found) if found else _error(404, "Not found")
        answers: dict[str, Any] = {
            "games/lobby": {"lobby": self.lobby},
            "freespins/bets": self.bets,
            "jackpots": self.jackpots,
            "limits": [{"amount": "1000.00", "currency": "EUR", "providers": ["S"]}],
            "limits/freespin": [{"quantity": 50, "currency": "EUR", "providers": ["S"]}],
            "game-tags": {
                "items": [{"code": "new", "label": "New", "category": {"code": "c", "label": "C"}}]
            },
        }
        return web.json_response(answers[path])

    async def _post(self, request: web.Request) -> web.Response:
        path, asked = self._signed(request, await request.text())
        if self.refusal is not None:
            return _error(*self.refusal)
        kind, _, act = path.partition("/")
        name = "freespin_id" if kind == "freespins" else "voucher_id"
        ref = asked[name]
        if act == "set":
            if ref in self.given:
                return _error(422, f"{name} is already used")
            self.given[ref] = {
                **asked,
                "quantity": int(asked.get("quantity", 0)),
                "quantity_left": int(asked.get("quantity", 0)),
                "is_canceled": 0,
                "status": "active",
                "total_win": "0.00",
                "state": "Active",
                "playable": asked.get("initial_balance", "0"),
                "winnings": 0,
            }
            return web.Response()
        if ref not in self.given or self.given[ref]["is_canceled"]:
            return _error(422, "Cannot be cancelled")
        self.given[ref]["is_canceled"] = 1
        return web.Response()


def _error(status: int, message: str) -> web.Response:
    body = {"name": "Error", "message": message, "code": 0, "status": status}
    return web.json_response(body, status=status)
