"""The whole vendor: its servers, and a caller that signs and sends callbacks over real HTTP."""

# ruff: noqa: ARG002 - the vendors of all protocols take the same arguments

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import aiohttp

from tests.peers.st8.keys import KeyPair
from tests.peers.st8.servers import Servers

SITE = "tgcasino"
CURRENCY = "EUR"
DEVELOPER = "std"


class Said(NamedTuple):
    """What the casino answered."""

    status: int
    body: bytes
    outcome: str
    balance: int | None  # minor units of EUR
    transaction: str | None  # this protocol does not tell us ours


OUTCOMES = {
    "ok": "ok",
    "not_enough_money": "insufficient_funds",
    "player_not_found": "player_unknown",
    "player_locked": "player_blocked",
    "session_expired": "session_dead",
    "spending_limit": "limit",
    "game_disabled": "game_off",
    "auth_failed": "bad_signature",
    "transaction_not_found": "not_found",
    "unknown": "failure",
}

ODD: dict[str, dict[str, Any]] = {
    "amount-scale-overflow": {"amount": "1.001"},
    "amount-exponent-bomb": {"amount": "1e2000000000"},
    "currency-lowercase": {"currency": "eur"},
    "wrong-currency": {"currency": "SEK"},
    "unknown-fields-tolerated": {"unheard_of": {"deep": [1, None, {}]}, "provider": None},
    "body-too-large": {"padding": "x" * 100_000},
    "no-session": {"token": ...},
    "no-game": {"game_code": ...},
}


class Vendor:
    """Calls the casino as the vendor does; ``same`` says what this wire cannot tell apart."""

    family = "st8"
    same = {  # noqa: RUF012 - never changed
        "wrong_currency": "failure",
        "malformed": "failure",
        "conflict": "failure",
        "late_refused": "failure",
        "no_answer": "failure",
    }
    cannot = {  # noqa: RUF012 - never changed
        "batch-second-fails-atomic": "a debit is one transaction",
    }

    def __init__(self, pairs: tuple[KeyPair, KeyPair, KeyPair] | None = None) -> None:
        """Speak with these keys (the vendor's, the operator's, a stranger's) or with new ones."""
        self.callback_url = ""
        made = pairs or (KeyPair(), KeyPair(), KeyPair())
        self.keys, self.operator, self.stranger = made
        self._own = () if pairs else made
        self.servers = Servers(self.operator, SITE)
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        await self.servers.start()
        self._http = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        await self.servers.stop()
        for keys in self._own:
            keys.close()

    def settings(self) -> dict[str, object]:
        return {
            "url": self.servers.url,
            "site": SITE,
            "private_key": self.operator.private_pem,
            "vendor_public_key": self.keys.public_pem,
            "currencies": {CURRENCY: "EUR"},
            "jurisdiction": "CW",
            "frame_origins": (self.servers.url,),
            "timeout_s": 2,
        }

    async def stake(
        self, player: str, units: int, *, key: str, round_: str, session: str, game: str
    ) -> Said:
        fields = self.moving(player, units, key, game, "debit")
        return await self.call("debit", **fields, token=session, round=round_, round_closed=False)

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
        fields = self.moving(player, units, key, game, "credit")
        return await self.call("credit", **fields, token=session, round=round_, round_closed=ends)

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
        return await self.call(
            "cancel",
            player=player,
            site=SITE,
            cancel_id=key,
            transaction_id=original,
            developer_code=DEVELOPER,
            amount=written(units),
            currency=CURRENCY,
        )

    async def balance(self, player: str, *, session: str, game: str) -> Said:
        return await self.call(
            "balance", player=player, currency=CURRENCY, site=SITE, token=session
        )

    async def forged(self) -> Said:
        body = json.dumps(self._stake_of_nobody()).encode()
        return await self.post("debit", body, self.stranger.sign(body))

    async def malformed(self) -> Said:
        fields = self._stake_of_nobody()
        del fields["transaction_id"]
        return await self.call("debit", **fields)

    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said:
        """Send a well signed stake of 1.00 that is odd in one way."""
        fields = self.moving(player, 100, str(uuid.uuid4()), game, "debit")
        fields |= {"token": session, "round": str(uuid.uuid4()), "round_closed": False}
        fields |= ODD.get(case, {})
        sent = {name: value for name, value in fields.items() if value is not ...}
        if case == "key-order-hostile":
            sent = dict(reversed(sent.items()))
        text = json.dumps(sent)
        if case == "unicode-escape":
            escaped = "".join(f"\\u{ord(letter):04x}" for letter in game)
            text = text.replace(f'"{game}"', f'"{escaped}"')
        body = text.encode()
        return await self.post("debit", body, self.keys.sign(body))

    def moving(self, player: str, units: int, key: str, game: str, kind: str) -> dict[str, Any]:
        """What debits, credits, buy-ins and payouts have in common."""
        amount = written(units)
        return {
            "player": player,
            "site": SITE,
            "transaction_id": key,
            "game_code": game,
            "developer_code": DEVELOPER,
            "amount": amount,
            "currency": CURRENCY,
            "provider_kind": kind,
            "provider": {
                "transaction_id": f"p-{key}",
                "amount": amount,
                "currency": CURRENCY,
                "player": player,
            },
            "bonus": None,
        }

    async def call(self, action: str, **fields: Any) -> Said:
        """Sign and send one callback; a field given as ``...`` is left out."""
        sent = {name: value for name, value in fields.items() if value is not ...}
        body = json.dumps(sent).encode()
        said = await self.post(action, body, self.keys.sign(body))
        if said.outcome == "ok" and "amount" in sent:
            self._remember(action, sent)
        return said

    async def post(self, action: str, body: bytes, signature: str | None) -> Said:
        """Send bytes with a signature of the caller's choice, or with none."""
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers["x-st8-sign"] = signature
        url = f"{self.callback_url.rstrip('/')}/{action}"
        async with self._http.post(url, data=body, headers=headers) as response:
            return said(response.status, await response.read())

    async def get(self, action: str, query: str, signature: str) -> Said:
        assert self._http is not None
        url = f"{self.callback_url.rstrip('/')}/{action}?{query}"
        async with self._http.get(url, headers={"x-st8-sign": signature}) as response:
            return said(response.status, await response.read())

    def _remember(self, action: str, fields: dict[str, Any]) -> None:
        kept = (
            "player",
            "transaction_id",
            "cancel_id",
            "amount",
            "currency",
            "round",
            "game_code",
        )
        row = {name: fields[name] for name in kept if name in fields}
        key = row.get("cancel_id", row["transaction_id"])
        if all(r.get("cancel_id", r["transaction_id"]) != key for r in self.servers.transactions):
            at = datetime.now(UTC).replace(tzinfo=None).isoformat()  # noqa: TID251 - the vendor's
            self.servers.transactions.append(
                {
                    **row,
                    "kind": action,
                    "provider_kind": fields.get("provider_kind"),
                    "processed_at": at,
                }
            )

    def _stake_of_nobody(self) -> dict[str, Any]:
        fields = self.moving("1", 100, "nobody-1", "std_game_1", "debit")
        return fields | {"token": "t", "round": "r", "round_closed": False}


def written(units: int) -> str:
    """Write minor units of EUR as the wire does."""
    return f"{units // 100}.{units % 100:02}"


def said(status: int, body: bytes) -> Said:
    """Read an answer; what is none of the protocol's is no answer."""
    try:
        read = json.loads(body)
        outcome = OUTCOMES[read["status"]]
    except (ValueError, KeyError, TypeError):
        return Said(status, body, "no_answer", None, None)
    balance = None
    if "balance" in read and read["currency"] == CURRENCY:
        assert isinstance(read["balance"], str)
        exact = Decimal(read["balance"]) * 100
        balance = int(exact)
        assert balance == exact
    return Said(status, body, outcome if status == 200 else "no_answer", balance, None)
