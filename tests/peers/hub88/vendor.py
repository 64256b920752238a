"""The whole aggregator: its servers, and the caller of our wallet."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar, NamedTuple

import aiohttp
from aiohttp.test_utils import TestServer

from casino.clock import Clock, SystemClock
from tests.peers.hub88.aggregator import BASE, OPERATOR_ID, Aggregator, wire_time
from tests.peers.hub88.openssl import KeyPair, key_pair, sign

WIRE_PER_CENT = 1_000  # the wire counts 1/100,000 of a euro
OUTCOMES = {
    "RS_OK": "ok",
    "RS_ERROR_NOT_ENOUGH_MONEY": "insufficient_funds",
    "RS_ERROR_INVALID_TOKEN": "player_unknown",
    "RS_ERROR_USER_DISABLED": "player_blocked",
    "RS_ERROR_TOKEN_EXPIRED": "session_dead",
    "RS_ERROR_LIMIT_REACHED": "limit",
    "RS_ERROR_WRONG_CURRENCY": "wrong_currency",
    "RS_ERROR_INVALID_GAME": "game_off",
    "RS_ERROR_INVALID_SIGNATURE": "bad_signature",
    "RS_ERROR_WRONG_SYNTAX": "malformed",
    "RS_ERROR_WRONG_TYPES": "malformed",
    "RS_ERROR_DUPLICATE_TRANSACTION": "conflict",
    "RS_ERROR_TRANSACTION_DOES_NOT_EXIST": "not_found",
    "RS_ERROR_UNKNOWN": "failure",
}

ODD: dict[str, dict[str, Any]] = {
    "unknown-fields-tolerated": {
        "meta": {"campaign_uuid": "c", "list": [1.5, None, {"deep": True}]}
    },
    "amount-scale-overflow": {"amount": 100 * WIRE_PER_CENT + 1},
    "currency-lowercase": {"currency": "eur"},
    "wrong-currency": {"currency": "JPY"},
    "body-too-large": {"bet": "x" * 200_000},
    "no-session": {"token": ...},
    "no-game": {"game_code": ...},
}


class Said(NamedTuple):
    """One answer of the casino, as sent and as understood."""

    status: int
    body: bytes
    outcome: str
    balance: int | None  # in cents
    transaction: str | None

    @property
    def json(self) -> dict[str, Any]:
        read = json.loads(self.body)
        assert isinstance(read, dict)
        return read


class Vendor:
    """Calls one wallet the way the aggregator does."""

    family = "hub88"
    same: ClassVar = {"late_refused": "failure", "no_answer": "failure"}
    cannot: ClassVar = {
        "any-order": "a win whose bet is unknown or was rolled back is refused for good",
        "batch-second-fails-atomic": "a call holds one operation",
    }

    def __init__(self, clock: Clock | None = None) -> None:
        self.callback_url = ""
        self.aggregator = Aggregator("operator")
        self._clock = clock or SystemClock()
        self._server = TestServer(self.aggregator.app())
        self._http: aiohttp.ClientSession | None = None

    # Made when they are first needed: a suite that only lists its vendors needs no openssl.

    @property
    def operator(self) -> KeyPair:
        return key_pair(self.aggregator.operator)

    @property
    def keys(self) -> KeyPair:
        return key_pair("aggregator")

    @property
    def keys_previous(self) -> KeyPair:
        return key_pair("aggregator-previous")

    async def start(self) -> None:
        await self._server.start_server()
        self.aggregator.origin = str(self._server.make_url("")).rstrip("/")
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self._server.close()

    def settings(self) -> dict[str, object]:
        return {
            "url": f"{self.aggregator.origin}{BASE}",
            "operator_id": OPERATOR_ID,
            "operator_private_key": self.operator.private,
            "hub88_public_key": self.keys.public,
            "hub88_public_key_previous": self.keys_previous.public,
            "currencies": {"EUR": "EUR", "FUN": "FUN"},
            "frame_origins": (self.aggregator.origin,),
            "games_every_s": 0,
        }

    async def stake(
        self, player: str, units: int, *, key: str, round_: str, session: str, game: str
    ) -> Said:
        fields = self._transaction(player, key, round_, session, game)
        return await self.call("transaction/bet", amount=units * WIRE_PER_CENT, **fields)

    async def win(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        stake_key: str | None = None,
        ends: bool = False,
    ) -> Said:
        fields = self._transaction(player, key, round_, session, game) | {"round_closed": ends}
        if stake_key is None:  # only rewards and promotions are won without a bet
            fields |= {"is_free": True, "reward_uuid": str(uuid.uuid4())}
        else:
            fields["reference_transaction_uuid"] = stake_key
        return await self.call("transaction/win", amount=units * WIRE_PER_CENT, **fields)

    async def roll_back(
        self,
        player: str,
        original: str,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        units: int,  # noqa: ARG002 - the wire of this family names no amount
    ) -> Said:
        fields = self._transaction(player, key, round_, session, game)
        del fields["currency"]
        return await self.call(
            "transaction/rollback", reference_transaction_uuid=original, **fields
        )

    async def balance(self, player: str, *, session: str, game: str) -> Said:
        user = self._user(player, session)
        return await self.call("user/balance", user=user, token=session, game_code=game)

    async def forged(self) -> Said:
        fields = self._transaction("1", str(uuid.uuid4()), "r", "s" * 26, "std_game1")
        return await self.call(
            "transaction/bet", keys=key_pair("stranger"), amount=100_000, **fields
        )

    async def malformed(self) -> Said:
        fields = self._transaction("1", "", "r", "s" * 26, "std_game1")
        del fields["transaction_uuid"]
        return await self.call("transaction/bet", amount=100_000, **fields)

    def player_of(self, session: str) -> str:
        """Return the user that a launch named."""
        return self.aggregator.launched[session]

    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said:
        """Send a well signed bet of 1.00 that is odd in one way."""
        fields = self._transaction(player, str(uuid.uuid4()), str(uuid.uuid4()), session, game)
        fields |= {"request_uuid": str(uuid.uuid4()), "amount": 100 * WIRE_PER_CENT}
        fields |= ODD.get(case, {})
        fields = {name: value for name, value in fields.items() if value is not ...}
        if case == "key-order-hostile":
            fields = dict(sorted(fields.items(), reverse=True))
        body = json.dumps(fields)
        if case == "amount-exponent-bomb":
            body = body.replace('"amount": 100000', '"amount": 1e5')
        elif case == "unicode-escape":
            escaped = "".join(f"\\u{ord(letter):04x}" for letter in fields["user"])
            body = body.replace(fields["user"], escaped)
        raw = body.encode()
        return await self.post("transaction/bet", raw, sign(self.keys, raw))

    async def call(self, path: str, *, keys: KeyPair | None = None, **fields: Any) -> Said:
        """Send one signed callback; a field set to None is left out."""
        everything = {"request_uuid": str(uuid.uuid4()), **fields}
        body = json.dumps({k: v for k, v in everything.items() if v is not None}).encode()
        said = await self.post(path, body, sign(keys or self.keys, body))
        if said.outcome == "ok" and path.startswith("transaction/"):
            self._note(path.removeprefix("transaction/"), everything)
        return said

    async def post(self, path: str, body: bytes, signature: str | None) -> Said:
        """Send these bytes with this header."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers["X-Hub88-Signature"] = signature
        url = f"{self.callback_url.rstrip('/')}/{path}"
        async with self._http.post(url, data=body, headers=headers) as response:
            answer = await response.read()
            return _said(response.status, answer)

    def _transaction(
        self, player: str, key: str, round_: str, session: str, game: str
    ) -> dict[str, Any]:
        return {
            "user": self._user(player, session),
            "transaction_uuid": key,
            "supplier_transaction_id": f"sup-{key}",
            "supplier_user": None,
            "token": session,
            "round": round_,
            "round_closed": False,
            "reward_uuid": None,
            "is_free": False,
            "is_supplier_promo": False,
            "is_aggregated": False,
            "game_code": game,
            "currency": "EUR",
            "bet": "lines=20",
        }

    def _user(self, player: str, session: str) -> str:
        """Name a player as the launch did; who never launched is named alike."""
        launched = self.aggregator.launched.get(session, "")
        if launched.endswith(player):
            return launched
        return f"player-{player}" if player.isdigit() else player

    def _note(self, kind: str, fields: dict[str, Any]) -> None:
        free = "FREE_" if fields.get("is_free") else ""
        names = {"bet": f"TK_{free}BET", "win": f"TK_{free}WIN", "rollback": "TK_ROLLBACK"}
        row = {
            "transaction_uuid": fields["transaction_uuid"],
            "reference_transaction_uuid": fields.get("reference_transaction_uuid"),
            "transaction_status": "TS_SUCCESS",
            "kind": names[kind],
            "user": fields["user"],
            "currency": fields.get("currency") or "EUR",
            "amount": fields.get("amount", 0),
            "round": fields.get("round"),
            "game_code": fields.get("game_code"),
            "inserted_at": wire_time(self._clock.now()),
        }
        known = {row["transaction_uuid"] for row in self.aggregator.transactions}
        if row["transaction_uuid"] not in known:
            self.aggregator.transactions.append(row)


def _said(status: int, body: bytes) -> Said:
    if status != 200:
        return Said(status, body, "no_answer", None, None)
    read = json.loads(body)
    balance = read.get("balance")
    cents = None
    if balance is not None:
        assert isinstance(balance, int)
        cents = balance // WIRE_PER_CENT
    return Said(status, body, OUTCOMES[read["status"]], cents, None)
