"""The aggregator as one thing: its servers, and the callbacks that it sends."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

import aiohttp
from aiohttp import web

from casino.clock import SystemClock
from providers.sandbox.forms import Fields, encode, signed_headers
from tests.peers.slotegrator.aggregator import Aggregator, game
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY, fresh

WAIT_S = 10
FUNDS = "INSUFFICIENT_FUNDS"


class Said(NamedTuple):
    """What the casino answered, in canonical words."""

    status: int
    body: bytes
    outcome: str
    balance: int | None = None
    transaction: str | None = None


class Vendor:
    """Slotegrator: everything but money is one error on its wire."""

    family = "slotegrator"
    currency = "EUR"  # the wire's code of euros
    same: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "player_unknown",
            "player_blocked",
            "session_dead",
            "limit",
            "wrong_currency",
            "game_off",
            "bad_signature",
            "malformed",
            "conflict",
            "not_found",
            "late_refused",
        ),
        "failure",
    )
    cannot: ClassVar[dict[str, str]] = {
        "batch-second-fails-atomic": "one callback carries one bet",
    }

    def __init__(self) -> None:
        self.callback_url = ""
        self.url = ""
        self.aggregator = Aggregator(SystemClock(), game(1), game(2))
        self._clock = SystemClock()
        self._sent: dict[str, str] = {}  # what was sent under a key: "bet" or "win"
        # Whose balance was asked last: a forged call for nobody would be refused for that.
        self._known = ("1", "s", "g")
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._runner = web.AppRunner(self.aggregator.app())
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.aggregator.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = f"{self.aggregator.origin}/v1"
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WAIT_S))

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def settings(self) -> dict[str, object]:
        return {
            "url": self.url,
            "merchant_id": MERCHANT_ID,
            "merchant_key": MERCHANT_KEY,
            "currencies": {self.currency: "EUR"},
            "frame_origins": (self.aggregator.origin,),
            "games_calls_per_second": 100,
        }

    async def stake(
        self, player: str, units: int, *, key: str, round_: str, session: str, game: str
    ) -> Said:
        return await self._call("bet", player, units, key, round_, session, game, type="bet")

    async def win(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        stake_key: str | None = None,  # noqa: ARG002 - its wins name no bet
        ends: bool = False,
    ) -> Said:
        more = {"finished": "1"} if ends else {}
        return await self._call(
            "win", player, units, key, round_, session, game, type="win", **more
        )

    async def roll_back(
        self,
        player: str,
        original: str,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        units: int,
    ) -> Said:
        """Roll back one item; whether it was a bet or a win is what was sent under its id."""
        kind = self._sent.get(original, "bet")
        item = {
            "action": kind,
            "amount": _text(units),
            "transaction_id": original,
            "type": kind,
        }
        return await self._send(
            {
                "action": "rollback",
                "type": "rollback",
                "currency": self.currency,
                "game_uuid": game,
                "player_id": player,
                "session_id": session,
                "transaction_id": key,
                "round_id": round_,
                "provider_round_id": f"p-{round_}"[:64],
                "rollback_transactions": [item],
            }
        )

    async def balance(
        self,
        player: str,
        *,
        session: str,
        game: str,
    ) -> Said:
        self._known = (player, session, game)
        return await self._send(
            {
                "action": "balance",
                "player_id": player,
                "currency": self.currency,
                "session_id": session,
            }
        )

    async def forged(self) -> Said:
        """Send a stake of a real player's that is signed with another key."""
        return await self._send(self._bet(*self._known), key="another-key")

    async def malformed(self) -> Said:
        """Send a signed stake without its amount."""
        fields = {k: v for k, v in self._bet(*self._known).items() if k != "amount"}
        return await self._send(fields)

    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said:
        """Send a well signed stake of 1.00 that is odd in one way."""
        fields = self._bet(player, session, game)
        if case == "key-order-hostile":
            fields = dict(reversed(fields.items()))
        change: dict[str, dict[str, str]] = {
            "unicode-escape": {"round_id": "r é ~*'()"},
            "amount-scale-overflow": {"amount": "1.001"},
            "amount-exponent-bomb": {"amount": "1e2"},
            "amount-negative": {"amount": "-1.00"},
            "currency-lowercase": {"currency": "eur"},
            "wrong-currency": {"currency": "CHF"},
            "unknown-fields-tolerated": {"invented_later": "yes", "n[a][b]": "1"},
            "body-too-large": {"padding": "x" * 100_000},
        }
        missing = {"no-session": "session_id", "no-game": "game_uuid"}.get(case)
        sent = fields | change.get(case, {})
        return await self._send({k: v for k, v in sent.items() if k != missing})

    def _bet(self, player: str, session: str, game: str) -> dict[str, str]:
        return {
            "action": "bet",
            "type": "bet",
            "amount": "1.00",
            "currency": self.currency,
            "game_uuid": game,
            "player_id": player,
            "session_id": session,
            "transaction_id": fresh(),
            "round_id": fresh(),
        }

    async def _call(
        self,
        action: str,
        player: str,
        units: int,
        key: str,
        round_: str,
        session: str,
        game: str,
        **more: str,
    ) -> Said:
        self._sent[key] = action
        fields = {
            "action": action,
            **more,
            "amount": _text(units),
            "currency": self.currency,
            "game_uuid": game,
            "player_id": player,
            "session_id": session,
            "transaction_id": key,
            "round_id": round_,  # the last one: whatever is added to a body falls to it
        }
        return await self._send(fields)

    async def _send(self, fields: Fields, key: str = MERCHANT_KEY) -> Said:
        assert self._http is not None
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            **signed_headers(fields, MERCHANT_ID, key, self._clock),
        }
        body = encode(fields).encode()
        async with self._http.post(self.callback_url, data=body, headers=headers) as response:
            return _read(response.status, await response.read())


def _text(units: int) -> str:
    return f"{units // 100}.{units % 100:02d}"


def _read(status: int, body: bytes) -> Said:
    """The protocol knows HTTP 200 only; whatever else comes is no answer."""
    if status != web.HTTPOk.status_code:
        return Said(status, body, "no_answer")
    try:
        answer: dict[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return Said(status, body, "no_answer")
    if code := answer.get("error_code"):
        return Said(status, body, "insufficient_funds" if code == FUNDS else "failure")
    balance = answer["balance"] * 100
    assert balance == int(balance), body
    return Said(status, body, "ok", int(balance), answer.get("transaction_id"))
