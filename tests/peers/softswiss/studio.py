"""A studio that calls a casino in the provider dialect of v2, as Beexar's contract writes it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from beexar import SIGNATURE_HEADER

from tests.peers.softswiss.hmac_bytes import hex_hmac


class Studio:
    """Plays one account's rounds: the same semantics as the aggregator's, other names."""

    def __init__(self, url: str, key: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.key = key
        self._http = http

    async def balance(self, account: str, currency: str, game: str) -> tuple[int, Any]:
        return await self.send(
            "balance", {"account_id": account, "currency": currency, "game_id": game}
        )

    async def moves(
        self, account: str, currency: str, round_: str, *items: tuple[str, str, str]
    ) -> tuple[int, Any]:
        """Send bets and wins, (type, amount, id) each."""
        return await self.send(
            "betwin",
            {
                "account_id": account,
                "currency": currency,
                "game_id": "dice",
                "round_id": round_,
                "finished": False,
                "transactions": [
                    {"id_provider": key, "type": kind, "amount": amount}
                    for kind, amount, key in items
                ],
            },
        )

    async def undo(
        self, account: str, currency: str, round_: str, *items: tuple[str, str]
    ) -> tuple[int, Any]:
        """Roll back, (id, original id) each."""
        return await self.send(
            "rollback",
            {
                "account_id": account,
                "currency": currency,
                "game_id": "dice",
                "round_id_provider": round_,
                "transactions": [
                    {"type": "rollback", "id_provider": key, "original_id_provider": original}
                    for key, original in items
                ],
            },
        )

    async def finish(self, account: str, currency: str, round_: str) -> tuple[int, Any]:
        return await self.send(
            "finish", {"account_id": account, "currency": currency, "round_id": round_}
        )

    async def send(self, route: str, message: dict[str, Any]) -> tuple[int, Any]:
        """Sign and send one call; returns the status and the answer."""
        body = json.dumps(message, separators=(",", ":")).encode()
        headers = {SIGNATURE_HEADER: hex_hmac(body, self.key), "Content-Type": "application/json"}
        async with self._http.post(f"{self.url}/{route}", data=body, headers=headers) as response:
            return response.status, await response.json()
