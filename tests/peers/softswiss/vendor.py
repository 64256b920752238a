"""An aggregator of either generation that calls a casino's wallet and serves its own side."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import aiohttp
from beexar import SIGNATURE_HEADER, sign

from tests.peers.softswiss.aggregator import Aggregator

KEY = "test-auth-token-1"
KEY_BEFORE = "test-auth-token-0"
CASINO_ID = "tg-casino"
GAME = "acceptance:test"

OUTCOMES = {
    100: "insufficient_funds",
    101: "player_unknown",
    105: "limit",
    106: "limit",
    107: "game_off",
    405: "game_off",
    110: "player_blocked",
    153: "player_blocked",
    154: "wrong_currency",
    400: "malformed",
    403: "bad_signature",
    404: "not_found",
    409: "conflict",
}

BOMB_NUMBER = "1e2000000000"  # a number in v1
ODD_ITEMS: dict[str, dict[str, dict[str, Any]]] = {
    "amount-scale-overflow": {"v1": {"amount": 100.5}, "v2": {"amount": "1.0000000000001"}},
    "amount-exponent-bomb": {"v1": {"amount": BOMB_NUMBER}, "v2": {"amount": "1E2000000000"}},
    "unknown-fields-tolerated": {
        "v1": {"jackpot_contribution": 0.25, "jackpot_win": 0},
        "v2": {"jackpot_contribution": "0.25", "bet_type": "bonusBuy"},
    },
}
ODD_MESSAGES: dict[str, dict[str, Any]] = {
    "wrong-currency": {"currency": "SEK"},
    "currency-lowercase": {"currency": "eur"},
    "unknown-fields-tolerated": {"unheard_of": {"deep": [1, None, {}]}, "casino_id": CASINO_ID},
    "body-too-large": {"padding": "x" * 70_000},
}


class Said(NamedTuple):
    """What the casino answered."""

    status: int
    body: bytes
    outcome: str
    balance: int | None  # minor units
    transaction: str | None  # the casino's id of the last transaction

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Vendor:
    """Speaks one generation over real HTTP."""

    family = "softswiss"

    def __init__(self, generation: str = "v2", *, dialect: str = "a8r") -> None:
        self.generation = generation
        self.dialect = dialect
        self.protocol = generation if dialect == "a8r" else f"{generation}-{dialect}"
        self.callback_url = ""
        self.currency = "EUR"
        self.decimals = 2
        self.key = KEY
        self.echoes_session = False
        self.aggregator = Aggregator(generation, KEY, CASINO_ID)
        # What the wire cannot tell apart.
        self.same = {"session_dead": "player_unknown", "no_answer": "failure", "not_found": "ok"}
        if generation == "v1":
            self.same["conflict"] = "malformed"
        self.cannot = {"no-session": "calls name no session: the player's open one is asked"}
        if dialect == "beexar":
            self.same["late_refused"] = "conflict"
            self.cannot["amount-zero"] = "amounts are above zero"
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        await self.aggregator.start()
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self.aggregator.stop()

    def settings(self) -> dict[str, object]:
        url = self.aggregator.url
        given: dict[str, object] = {
            "generation": self.generation,
            "url": f"{url}/api",
            "casino_id": CASINO_ID,
            "auth_token": KEY,
            "auth_token_previous": KEY_BEFORE,
            "currencies": {"EUR": "EUR", "BTC": "BTC", "FUN": "FUN", "TON": "TON"},
            "frame_origins": (url,),
            "timeout_s": 5,
        }
        if self.generation == "v1":
            given |= {
                "exponents": {"FUN": 6},
                "catalogue_url": f"{url}/l/{{provider}}.yaml",
                "catalogue_providers": ("acceptance",),
            }
        else:
            given |= {"dialect": self.dialect, "echoes_session": self.echoes_session}
        return given

    def amount(self, units: int) -> Any:
        """Write minor units as the generation does."""
        if self.generation == "v1":
            return units
        return f"{Decimal(units).scaleb(-self.decimals):f}"

    async def moves(
        self,
        player: str,
        *items: tuple[str, int, str],
        round_: str,
        session: str | None = None,
        game: str = GAME,
        finished: bool | None = None,
        currency: str | None = None,
        bet_id: str | None = None,
    ) -> Said:
        """Send bets and wins, (type, units, id) each, in one request."""
        message = self._envelope(player, round_, session, game, finished, currency)
        if self.generation == "v1":
            message["actions"] = [
                {"action": kind, "amount": units, "action_id": key} for kind, units, key in items
            ]
            return await self.send("play", message)
        message["transactions"] = [
            {"id": key, "type": kind, "amount": self.amount(units)}
            | ({"bet_id": bet_id} if bet_id else {})
            for kind, units, key in items
        ]
        return await self.send("Round/BetWin", message)

    async def stake(
        self, player: str, units: int, *, key: str, round_: str, session: str | None, game: str
    ) -> Said:
        return await self.moves(
            player, ("bet", units, key), round_=round_, session=session, game=game
        )

    async def win(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str,
        session: str | None,
        game: str,
        stake_key: str | None = None,
        ends: bool = False,
    ) -> Said:
        return await self.moves(
            player,
            ("win", units, key),
            round_=round_,
            session=session,
            game=game,
            finished=ends or None,
            bet_id=stake_key,
        )

    async def roll_back(
        self,
        player: str,
        original: str,
        *,
        key: str,
        round_: str,
        session: str | None,
        game: str,
        units: int = 0,  # noqa: ARG002 - the wire has no amount: all of it is taken back
    ) -> Said:
        return await self.undo(player, (key, original), round_=round_, session=session, game=game)

    async def undo(
        self,
        player: str,
        *items: tuple[str, str],
        round_: str,
        session: str | None = None,
        game: str = GAME,
        finished: bool | None = None,
    ) -> Said:
        """Roll back, (id, original id) each, in one request."""
        message = self._envelope(player, round_, session, game, finished, None)
        if self.generation == "v1":
            message["actions"] = [
                {"action": "rollback", "action_id": key, "original_action_id": original}
                for key, original in items
            ]
            return await self.send("rollback", message)
        message["transactions"] = [{"id": key, "original_id": original} for key, original in items]
        return await self.send("Round/Rollback", message)

    async def finish(self, player: str, round_: str) -> Said:
        """End a round in which nothing else happens."""
        if self.generation == "v1":
            message = self._envelope(player, round_, None, GAME, True, None)
            return await self.send("play", message)
        message = {"player_id": player, "round_id": round_, "currency": self.currency}
        return await self.send("Round/Finish", message)

    async def balance(
        self,
        player: str,
        *,
        session: str | None = None,  # noqa: ARG002 - nor a session
        game: str = GAME,
    ) -> Said:
        if self.generation == "v1":
            message = {"user_id": player, "currency": self.currency, "game": game}
            return await self.send("play", message)
        return await self.send("Player/Balance", {"player_id": player, "currency": self.currency})

    async def end_spins(self, issue_id: str, units: int, status: str = "played") -> Said:
        """Report what free spins won."""
        if self.generation == "v1":
            message = {"issue_id": issue_id, "status": status, "total_amount": units}
            return await self.send("freespins", message)
        message = {"issue_id": issue_id, "amount": self.amount(units)}
        return await self.send("Freespins/Finish", message)

    async def promo(self, method: str, player: str, units: int, **more: Any) -> Said:
        """Pay or take a promotion's money (v2)."""
        message = {
            "player_id": player,
            "currency": self.currency,
            "amount": self.amount(units),
            "event_type": "Promo",
            **more,
        }
        return await self.send(f"Promo/{method}", message)

    async def batch(
        self,
        player: str,
        stakes: list[tuple[str, int]],
        *,
        round_: str,
        session: str,
        game: str,
    ) -> Said:
        items = [("bet", units, key) for key, units in stakes]
        return await self.moves(player, *items, round_=round_, session=session, game=game)

    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said:
        """Send a well signed stake of 1.00 that is odd in one way."""
        message = self._envelope(player, "r-odd", session, game, None, None)
        item: dict[str, Any] = {"action": "bet", "amount": 100, "action_id": "a-odd"}
        if self.generation == "v2":
            item = {"id": "a-odd", "type": "bet", "amount": "1.00"}
        item |= ODD_ITEMS.get(case, {}).get(self.generation, {})
        message |= {"actions" if self.generation == "v1" else "transactions": [item]}
        message |= ODD_MESSAGES.get(case, {})
        message = {name: value for name, value in message.items() if value is not None}
        if case == "no-game":
            del message["game" if self.generation == "v1" else "game_id"]
        elif case == "key-order-hostile":
            message = dict(reversed(message.items()))
        text = json.dumps(message, ensure_ascii=False)
        if case == "unicode-escape":
            text = text.replace("a-odd", "\\u0061-odd")
        body = text.replace(f'"{BOMB_NUMBER}"', BOMB_NUMBER).encode()
        return await self.post(self._stake_path(), body, sign(body, self.key))

    async def forged(self) -> Said:
        body = json.dumps(self._a_stake()).encode()
        return await self.post(self._stake_path(), body, sign(body, "somebody-elses-key"))

    async def malformed(self) -> Said:
        message = self._a_stake()
        message.pop("user_id" if self.generation == "v1" else "player_id")
        return await self.send(self._stake_path(), message)

    async def send(self, path: str, message: dict[str, Any]) -> Said:
        """Sign and send one callback."""
        message = {name: value for name, value in message.items() if value is not None}
        body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
        return await self.post(path, body, sign(body, self.key))

    async def post(self, path: str, body: bytes, signature: str | None) -> Said:
        """Send these bytes with this signature."""
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers[SIGNATURE_HEADER] = signature
        if self.generation == "v2":
            path = f"v2/a8r_casino.{path}"
        assert self._http is not None
        url = f"{self.callback_url.rstrip('/')}/{path}"
        async with self._http.post(url, data=body, headers=headers) as response:
            return self._said(response.status, await response.read())

    def _envelope(
        self,
        player: str,
        round_: str,
        session: str | None,
        game: str,
        finished: bool | None,
        currency: str | None,
    ) -> dict[str, Any]:
        currency = currency or self.currency
        if self.generation == "v1":
            return {
                "user_id": player,
                "currency": currency,
                "game": game,
                "game_id": round_,
                "finished": finished,
            }
        provider, _, name = game.partition(":")
        return {
            "player_id": player,
            "currency": currency,
            "round_id": round_,
            "game_id": name or provider,
            "provider": provider,
            "finished": finished,
            "session_id": session if self.echoes_session else None,
        }

    def _stake_path(self) -> str:
        return "play" if self.generation == "v1" else "Round/BetWin"

    def _a_stake(self) -> dict[str, Any]:
        message = self._envelope("1", "r-x", None, GAME, None, None)
        if self.generation == "v1":
            message["actions"] = [{"action": "bet", "amount": 100, "action_id": "a-x"}]
        else:
            message["transactions"] = [{"id": "a-x", "type": "bet", "amount": "1.00"}]
        return message

    def _said(self, status: int, body: bytes) -> Said:
        try:
            answer = json.loads(body)
        except ValueError:
            return Said(status, body, "no_answer", None, None)
        meta = answer.get("meta", {})
        code = answer.get("code") if self.generation == "v1" else meta.get("api_code")
        outcome = "ok"
        if code is not None:
            outcome = OUTCOMES.get(int(code), "failure")
        balance = answer.get("balance", meta.get("balance"))
        if self.generation == "v2" and balance is not None:
            balance = int(Decimal(balance).scaleb(self.decimals))
        ids = [t.get("tx_id", t.get("id_casino")) for t in answer.get("transactions", [])]
        transaction = ids[-1] if ids else answer.get("id_casino")
        return Said(status, body, outcome, balance, transaction)


def _of(generation: str, dialect: str = "a8r") -> Callable[[], Vendor]:
    return lambda: Vendor(generation, dialect=dialect)


VENDORS = [_of("v2"), _of("v2", "beexar"), _of("v1")]
