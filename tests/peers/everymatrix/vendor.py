"""The vendor as a casino meets it: its servers, and calls to the wallet with its credentials.

Written from the protocol's description; shares nothing with our adapter.
"""

from __future__ import annotations

import json
import secrets
from decimal import Decimal
from typing import Any, NamedTuple

import aiohttp

from tests.peers.everymatrix.servers import (
    BONUS_LOGIN,
    BONUS_PASSWORD,
    OPERATOR_ID,
    Servers,
)

LOGIN, PASSWORD, OLD_PASSWORD = "em-login", "em-password-1", "em-password-0"

OUTCOMES = {
    0: "ok",
    101: "failure",
    102: "player_blocked",
    103: "player_unknown",
    104: "insufficient_funds",
    105: "bad_signature",
    106: "wrong_currency",
    107: "no_answer",
    108: "not_found",
    109: "limit",
    110: "limit",
    111: "limit",
    112: "limit",
    113: "player_blocked",
    114: "player_blocked",
}


class Said(NamedTuple):
    """What the wallet answered."""

    status: int
    body: bytes
    outcome: str
    balance: int | None
    transaction: str | None

    @property
    def fields(self) -> dict[str, Any]:
        """The reply, its numbers exact."""
        read = json.loads(self.body, parse_float=Decimal)
        assert isinstance(read, dict)
        return read

    @property
    def code(self) -> int:
        """The protocol's return code."""
        code = self.fields["ReturnCode"]
        assert isinstance(code, int)
        return code


class Vendor:
    """One operator's account at EveryMatrix, in the newer vocabulary unless ``older`` is set."""

    family = "everymatrix"
    # Canonical outcomes that share a code with others -> what the wire can tell of them.
    same = {  # noqa: RUF012 - read only
        "session_dead": "player_unknown",
        "game_off": "failure",
        "bad_signature": "failure",
        "malformed": "failure",
        "conflict": "failure",
        "late_refused": "failure",
    }
    cannot = {  # noqa: RUF012 - read only
        "signature-absent": "nothing is signed: credentials are in the body, not in headers",
        "altered-bytes": "nothing is signed: a body with a blank more is as good",
        "batch-second-fails-atomic": "a call holds one transaction",
        "no-game": "the session says it: a stake without a slug is for the game that was opened",
    }

    def __init__(self) -> None:
        self.servers = Servers()
        self.callback_url = ""
        self.older = False
        self.password = PASSWORD
        self._http: aiohttp.ClientSession | None = None
        self._wins: set[str] = set()  # the results that were sent

    async def start(self) -> None:
        await self.servers.start()
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self.servers.stop()

    def settings(self) -> dict[str, object]:
        return {
            "launch_url": self.servers.url("/casino"),
            "feed_url": self.servers.url("/feed"),
            "operator_id": OPERATOR_ID,
            "login_name": LOGIN,
            "password": PASSWORD,
            "password_previous": OLD_PASSWORD,
            "bonus_url": self.servers.url("/api"),
            "bonus_login": BONUS_LOGIN,
            "bonus_password": BONUS_PASSWORD,
            "country": "MLT",
            "currencies": {"EUR": "EUR"},
            "frame_origins": (self.servers.url("").rstrip("/"),),
        }

    async def stake(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str | None,
        session: str | None,
        game: str | None,
        **more: Any,
    ) -> Said:
        fields = self._transaction(player, units, key, round_, session, game) | more
        return await self.send("Wager", "WalletDebit", **fields)

    async def win(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str | None,
        session: str | None,
        game: str | None,
        stake_key: str | None = None,  # noqa: ARG002 - the wire does not say it
        ends: bool = False,
        **more: Any,
    ) -> Said:
        fields = self._transaction(player, units, key, round_, session, game)
        fields |= {"ValidateSession": False, "RoundStatus": "Close" if ends else "Open"}
        return await self.send("Result", "WalletCredit", **(fields | more))

    async def roll_back(
        self,
        player: str,
        original: str | None,
        *,
        key: str,
        round_: str | None,
        session: str | None,
        game: str | None,
        units: int,
        of_win: bool | None = None,
        **more: Any,
    ) -> Said:
        """Take back a stake, or a win; which of them is looked up unless it is said."""
        if of_win is None:
            of_win = original is not None and original in self._wins
        fields = self._transaction(player, units, key, round_, session, game)
        fields |= {"ValidateSession": False, "RoundStatus": "Close"}
        fields["RollbackTransactionId"] = original
        method = "WalletDebit" if of_win else "WalletCredit"
        return await self.send("Rollback", method, **(fields | more))

    async def balance(
        self, player: str, *, session: str | None, game: str | None = None, **more: Any
    ) -> Said:
        del game  # the wire does not say it
        return await self.send("GetBalance", **(self._who(player, session) | more))

    async def account(self, session: str | None, **more: Any) -> Said:
        return await self.send("GetAccount", **({"SessionId": session} | more))

    async def status(self, player: str, key: str, *, session: str | None, **more: Any) -> Said:
        fields = self._who(player, session) | {"TransactionId": key} | more
        return await self.send("GetTransactionStatus", **fields)

    async def forged(self) -> Said:
        fields = self._transaction("1", 100, secrets.token_hex(8), "r-forged", "s", None)
        return await self.send("Wager", "WalletDebit", **fields, Password="not-the-password")

    async def malformed(self) -> Said:
        fields = self._transaction("1", 100, secrets.token_hex(8), "r-malformed", "s", None)
        return await self.send("Wager", "WalletDebit", **(fields | {"TransactionId": None}))

    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said:
        """Send a stake of 1.00 with the right credentials that is odd in one way."""
        key = secrets.token_hex(8)
        fields = self._transaction(player, 100, key, "r-odd", session, game)
        additional = fields["AdditionalData"]
        if case == "wrong-currency":
            additional["PlayerCurrency"] = "USD"
        elif case == "currency-lowercase":
            additional["PlayerCurrency"] = "eur"
        elif case == "unknown-fields-tolerated":
            fields |= {"Unheard": {"of": [1, None]}, "PayLoad": None}
            additional["TransactionInsertTime"] = "2026-01-05T12:00:00Z"
        elif case == "amount-scale-overflow":
            fields["Amount"] = Decimal("1.001")
        elif case == "no-session":
            fields["SessionId"] = None
        elif case == "body-too-large":
            fields["PayLoad"] = "x" * 100_000
        body = _written(self._body("Wager", "WalletDebit", fields))
        if case == "amount-exponent-bomb":
            body = body.replace(b'"Amount": 1.00', b'"Amount": 1e999999')
        elif case == "unicode-escape":
            escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
            body = body.replace(key.encode(), escaped.encode())
        elif case == "key-order-hostile":
            backwards = dict(reversed(self._body("Wager", "WalletDebit", fields).items()))
            body = _written(backwards)
        return await self.post(body)

    async def send(self, method: str, typed: str | None = None, **fields: Any) -> Said:
        """Send one call; a field that is None is left out."""
        answer = await self.post(_written(self._body(method, typed, fields)))
        if method == "Result":
            self._wins.add(str(fields.get("TransactionId")))
        return answer

    def _body(self, method: str, typed: str | None, fields: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "ApiVersion": "1.0",
            "Request": method if typed is None or self.older else typed,
            "LoginName": LOGIN,
            "Password": self.password,
            "OperatorId": OPERATOR_ID,
        }
        if typed is not None and not self.older:
            body["TransactionType"] = method
        body |= fields
        return {name: value for name, value in body.items() if value is not None}

    async def post(self, body: bytes, method: str = "POST") -> Said:
        """Send bytes as they are."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        async with self._http.request(
            method, self.callback_url, data=body, headers=headers
        ) as response:
            return _said(response.status, await response.read())

    def _who(self, player: str, session: str | None) -> dict[str, Any]:
        return {"SessionId": session, ("AccountId" if self.older else "ExternalUserId"): player}

    def _transaction(
        self,
        player: str,
        units: int,
        key: str,
        round_: str | None,
        session: str | None,
        game: str | None,
    ) -> dict[str, Any]:
        return {
            **self._who(player, session),
            "ValidateSession": True,
            "Amount": Decimal(units).scaleb(-2),
            "TransactionId": key,
            "TransactionTimestamp": "2026-01-05T12:00:00Z",
            "RoundId": round_,
            "RoundStatus": "Open",
            "EMGameId": "1234",
            "Device": "mobile",
            "AdditionalData": {"GameSlug": game, "Vendor": "RGS_Matrix"},
        }


def _written(body: dict[str, Any]) -> bytes:
    """Write JSON with exact decimals, which the standard library cannot."""
    amounts: dict[str, str] = {}

    def marked(value: object) -> str:
        assert isinstance(value, Decimal)
        mark = f"~{len(amounts)}~"
        amounts[f'"{mark}"'] = f"{value:f}"
        return mark

    text = json.dumps(body, default=marked)
    for mark, amount in amounts.items():
        text = text.replace(mark, amount)
    return text.encode()


def _said(status: int, body: bytes) -> Said:
    try:
        read = json.loads(body, parse_float=Decimal)
        outcome = OUTCOMES[read["ReturnCode"]]
    except (ValueError, KeyError, TypeError):
        return Said(status, body, "no_answer", None, None)
    balance = read.get("Balance")
    return Said(
        status,
        body,
        outcome,
        None if balance is None else int(Decimal(balance).scaleb(2)),
        read.get("AccountTransactionId"),
    )
