"""The aggregator's HTTP side: the merchant's calls, game pages, the switch for mischief."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from casino.clock import Clock
from casino.nursery import Nursery
from providers.sandbox.casino_link import CasinoLink
from providers.sandbox.forms import NotSigned, read_signed
from providers.sandbox.games import CURRENCIES, GAMES, ROOMS, Room
from providers.sandbox.rounds import Dealer
from providers.sandbox.settings import SandboxSettings
from providers.sandbox.tables import Mode, Table, Tables
from providers.sandbox.validation import Validation
from providers.sandbox.views import game_row, game_view, pagination, room_row, table_view

BODY_BYTES_MAX = 64 * 1024
PER_PAGE_MAX = 50
TEXT_LENGTH_MAX = 2000
STATIC = Path(__file__).parent / "static"


def create_aggregator(settings: SandboxSettings, clock: Clock) -> web.Application:
    """Build the aggregator; it starts and stops what it needs with the application."""
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_guard])
    aggregator = _Aggregator(settings, clock)
    app.cleanup_ctx.append(aggregator.run)
    app.add_routes(
        [
            web.get("/games", aggregator.games),
            web.get("/games/index", aggregator.games),
            web.get("/games/lobby", aggregator.lobby),
            web.post("/games/init", aggregator.init),
            web.post("/games/init-demo", aggregator.init_demo),
            web.post("/self-validate", aggregator.self_validate),
            web.get("/play/{token}/", aggregator.page),
            web.get("/play/{token}/game", aggregator.game),
            web.get("/play/{token}/state", aggregator.state),
            web.post("/play/{token}/spin", aggregator.spin),
            web.post("/sandbox/chaos", aggregator.chaos),
            web.static("/static", STATIC),
        ]
    )
    return app


class _Refusal(Exception):
    """Answered as the aggregator's own error."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except NotSigned:
        response = _error(HTTPStatus.FORBIDDEN, "Wrong signature")
    except _Refusal as refusal:
        response = _error(refusal.status, refusal.message)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-cache")
    # Pages bring their own policy; pictures and answers may do nothing when opened by themselves.
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    return response


def _error(status: HTTPStatus, message: str) -> web.Response:
    body = {"name": status.phrase, "message": message, "code": 0, "status": status.value}
    return web.json_response(body, status=status)


class _Aggregator:
    def __init__(self, settings: SandboxSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._tables = Tables(clock)
        self._nursery = Nursery()
        self._link = CasinoLink(settings, clock)
        self._dealer = Dealer(self._link, self._nursery, clock, delay_s=settings.delay_s)
        ancestors = " ".join(settings.frame_ancestors) or "'none'"
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            " connect-src 'self'; base-uri 'none'; form-action 'none';"
            f" frame-ancestors {ancestors}"
        )

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        yield
        await self._nursery.close()
        await self._link.close()

    # The merchant's calls

    async def games(self, request: web.Request) -> web.Response:
        query = self._signed(request, request.rel_url.raw_query_string)
        page, per_page = _number(query, "page", 1), _number(query, "per-page", 20)
        if page < 1 or not 1 <= per_page <= PER_PAGE_MAX:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "page or per-page out of range")
        expand = set(query.get("expand", "").split(","))
        base = self._base(request)
        rows = [game_row(slot, base, expand) for slot in GAMES.values()]
        meta, headers = pagination(len(rows), page, per_page)
        first = (meta["currentPage"] - 1) * per_page
        body = {"items": rows[first : first + per_page], "_links": {}, "_meta": meta}
        return web.Response(
            text=json.dumps(body), content_type="application/json", headers=headers
        )

    async def lobby(self, request: web.Request) -> web.Response:
        query = self._signed(request, request.rel_url.raw_query_string)
        rooms = ROOMS.get(query.get("game_uuid", ""))
        if rooms is None:
            raise _Refusal(HTTPStatus.NOT_FOUND, "no such lobby")
        currency = query.get("currency", "")
        if currency not in CURRENCIES:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "currency not offered")
        return web.json_response({"lobby": [room_row(room, currency) for room in rooms.values()]})

    async def init(self, request: web.Request) -> web.Response:
        form = self._signed(request, await _body(request))
        for name in ("game_uuid", "player_id", "player_name", "currency", "session_id"):
            if not 0 < len(form.get(name, "")) <= TEXT_LENGTH_MAX:
                raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name} is required")
        if form["currency"] not in CURRENCIES:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "currency not offered")
        room = None
        if form["game_uuid"] in ROOMS:
            room = ROOMS[form["game_uuid"]].get(form.get("lobby_data", ""))
            if room is None or not room.open:
                raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "lobby_data names no open table")
        return self._opened(
            request,
            form,
            room,
            currency=form["currency"],
            player_id=form["player_id"],
            session_id=form["session_id"],
        )

    async def init_demo(self, request: web.Request) -> web.Response:
        return self._opened(request, self._signed(request, await _body(request)))

    def _opened(
        self,
        request: web.Request,
        form: dict[str, str],
        room: Room | None = None,
        **played_by: str,
    ) -> web.Response:
        slot = GAMES.get(form.get("game_uuid", ""))
        if slot is None:
            raise _Refusal(HTTPStatus.NOT_FOUND, "no such game")
        return_url = form.get("return_url") or None
        if return_url and not _is_web_address(return_url):
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "return_url is no web address")
        table = self._tables.open(
            slot,
            language=form.get("language", "en"),
            return_url=return_url,
            room=room,
            **played_by,
        )
        return web.json_response({"url": f"{self._base(request)}/play/{table.token}/"})

    async def self_validate(self, request: web.Request) -> web.Response:
        self._signed(request, await _body(request))
        table = self._tables.newest_for_validation()
        if table is None:
            message = "open a game for money first, within the last 15 minutes"
            return web.json_response({"success": False, "log": [message]})
        validation = Validation(self._link, table)
        return web.json_response({"success": await validation.run(), "log": validation.log})

    def _signed(self, request: web.Request, raw: str) -> dict[str, str]:
        settings = self._settings
        key = settings.merchant_key.get_secret_value()
        return read_signed(raw, request.headers, settings.merchant_id, key, self._clock)

    def _base(self, request: web.Request) -> str:
        return self._settings.public_url.rstrip("/") or str(request.url.origin())

    # The game's page

    async def page(self, request: web.Request) -> web.Response:
        status = HTTPStatus.OK if self._found(request) else HTTPStatus.NOT_FOUND
        name = "slot.html" if status is HTTPStatus.OK else "gone.html"
        return web.Response(
            text=(STATIC / name).read_text(encoding="utf-8"),
            content_type="text/html",
            status=status,
            headers={"Content-Security-Policy": self._policy, "Cache-Control": "no-store"},
        )

    async def game(self, request: web.Request) -> web.Response:
        table = self._table(request)
        await self._dealer.balance(table)
        return web.json_response(game_view(table) | table_view(table))

    async def state(self, request: web.Request) -> web.Response:
        table = self._table(request)
        if not table.unsettled and not table.spinning.locked():
            await self._dealer.balance(table)  # the player may have won or paid elsewhere
        return web.json_response(table_view(table))

    async def spin(self, request: web.Request) -> web.Response:
        table = self._table(request)
        stake = _amount((await _json(request)).get("stake"))
        if stake not in table.stakes:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "stake not on offer")
        if table.spinning.locked():
            raise _Refusal(HTTPStatus.CONFLICT, "one spin at a time")
        async with table.spinning:
            result = await self._dealer.play(table, stake)
        return web.json_response({"result": result} | table_view(table))

    async def chaos(self, request: web.Request) -> web.Response:
        wanted = await _json(request)
        session = str(wanted.get("session", ""))
        table = self._tables.by_token(session) or self._tables.by_session(session)
        if table is None:
            raise _Refusal(HTTPStatus.NOT_FOUND, "no such session")
        try:
            table.mode = Mode(str(wanted.get("mode", "")))
        except ValueError as error:
            modes = ", ".join(Mode)
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"mode is one of {modes}") from error
        return web.json_response(table_view(table))

    def _found(self, request: web.Request) -> Table | None:
        return self._tables.by_token(request.match_info["token"])

    def _table(self, request: web.Request) -> Table:
        table = self._found(request)
        if table is None:
            raise _Refusal(HTTPStatus.NOT_FOUND, "this game was closed; open it again")
        return table


async def _body(request: web.Request) -> str:
    try:
        return (await request.read()).decode()
    except UnicodeDecodeError as error:
        raise _Refusal(HTTPStatus.BAD_REQUEST, "not UTF-8") from error


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        read = json.loads(await _body(request))
    except (ValueError, RecursionError) as error:
        raise _Refusal(HTTPStatus.BAD_REQUEST, "not JSON") from error
    if not isinstance(read, dict):
        raise _Refusal(HTTPStatus.BAD_REQUEST, "not a JSON object")
    return read


def _amount(given: object) -> Decimal | None:
    try:
        amount = Decimal(given) if isinstance(given, str) else Decimal("NaN")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _number(query: dict[str, str], name: str, otherwise: int) -> int:
    given = query.get(name, str(otherwise))
    return int(given) if re.fullmatch("[0-9]{1,9}", given) else -1


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
