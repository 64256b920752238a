"""An aggregator that signs callbacks and sends them over real HTTP."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import aiohttp

from casino.clock import Clock
from providers.sandbox.forms import Fields, encode, signed_headers

MERCHANT_ID = "merchant-1"
MERCHANT_KEY = "test-merchant-key-1"


@dataclass
class Caller:
    """Calls one player's wallet the way the aggregator does."""

    url: str
    clock: Clock
    http: aiohttp.ClientSession
    player: dict[str, str] = field(default_factory=dict)  # player_id, session_id, game_uuid, ...
    key: str = MERCHANT_KEY

    async def __call__(self, action: str, **fields: Any) -> dict[str, Any]:
        """Send one signed callback; a field set to None is left out."""
        everything = {"action": action, **self.player, **fields}
        return await self.send({k: v for k, v in everything.items() if v is not None})

    async def send(self, fields: Fields, **headers: str) -> dict[str, Any]:
        signed = signed_headers(fields, MERCHANT_ID, self.key, self.clock)
        return await self.post(encode(fields).encode(), signed | headers)

    async def post(self, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """Send bytes; whatever happens, the casino answers HTTP 200 and a JSON object."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        async with self.http.post(self.url, data=body, headers=form | headers) as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            answer = json.loads(await response.text(), parse_float=Decimal, parse_int=Decimal)
            assert isinstance(answer, dict)
            return answer

    async def balance(self) -> Decimal:
        answer = await self("balance")
        balance = answer["balance"]
        assert isinstance(balance, Decimal)
        return balance


def fresh() -> str:
    """A transaction id as the aggregator makes them."""
    return secrets.token_hex(16)
