"""One player in one opened game, as the vendor plays for them. Amounts are hundredths."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from tests.peers.everymatrix.vendor import Said, Vendor

START = 100_000  # what the player has, in hundredths of FUN


def fresh() -> str:
    """A transaction's identifier."""
    return secrets.token_hex(8)


def failed(said: Said, code: int, message: str, request: str, session: str) -> bool:
    """Whether this is, byte for byte, the protocol's answer of this failure."""
    expected = {
        "ApiVersion": "1.0",
        "Request": request,
        "ReturnCode": code,
        "Message": message,
        "SessionId": session,
    }
    return said.status == 200 and said.body == json.dumps(expected, separators=(",", ":")).encode()


@dataclass
class Seat:
    """Fills in who plays what; every word can be said otherwise."""

    vendor: Vendor
    player: str
    session: str
    game: str

    async def stake(
        self, units: int, key: str | None = None, round_: str | None = "r-1", **more: Any
    ) -> Said:
        fields = self._who() | {"key": key or fresh(), "round_": round_} | more
        return await self.vendor.stake(units=units, **fields)

    async def win(
        self, units: int, key: str | None = None, round_: str | None = "r-1", **more: Any
    ) -> Said:
        fields = self._who() | {"key": key or fresh(), "round_": round_} | more
        return await self.vendor.win(units=units, **fields)

    async def roll_back(
        self, units: int, original: str | None, key: str | None = None, **more: Any
    ) -> Said:
        fields = self._who() | {"key": key or fresh(), "round_": "r-1"} | more
        return await self.vendor.roll_back(original=original, units=units, **fields)

    async def status(self, key: str, **more: Any) -> Said:
        return await self.vendor.status(
            **({"player": self.player, "session": self.session} | more), key=key
        )

    async def balance(self) -> int:
        said = await self.vendor.balance(self.player, session=self.session)
        assert said.balance is not None
        return said.balance

    def _who(self) -> dict[str, Any]:
        return {"player": self.player, "session": self.session, "game": self.game}
