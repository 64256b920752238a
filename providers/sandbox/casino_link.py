"""Callbacks to the casino: one signed request each, and the protocol's rules for repeating."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, TypeAlias

import aiohttp

from casino.clock import Clock
from providers.sandbox.forms import Fields, encode, signed_headers
from providers.sandbox.settings import SandboxSettings

ATTEMPTS_MAX = 33
ANSWER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Accepted:
    """The casino did it. ``transaction_id`` is the casino's own; absent for a balance."""

    balance: Decimal
    transaction_id: str | None
    rolled_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The casino answered one of the protocol's errors."""

    code: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing, too late, not HTTP 200, or not the protocol: nobody knows what was done."""

    why: str


Answer: TypeAlias = Accepted | Rejected | NoAnswer
Noted: TypeAlias = Callable[[Fields, Answer], None]


class CasinoLink:
    """Sends callbacks. ``noted`` arguments are told of each answer as it comes."""

    def __init__(self, settings: SandboxSettings, clock: Clock) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def send(self, fields: Fields, noted: Noted, *, forged: bool = False) -> Answer:
        """Send one callback once; ``forged`` signs it with a wrong key."""
        answer = await self._send(fields, forged=forged)
        noted(fields, answer)
        return answer

    async def insist(self, fields: Fields, noted: Noted, *, sent: int = 0) -> Answer:
        """Repeat a win, refund or rollback until the casino accepts it; 33 attempts in all.

        ``sent`` says how many attempts were made before.
        """
        answer: Answer = NoAnswer("never sent")
        for attempt in range(sent, ATTEMPTS_MAX):
            if attempt:
                await asyncio.sleep(self._delay_s(attempt))
                fields = {**fields, "casino_request_retry_count": str(attempt)}
            answer = await self.send(fields, noted)
            if isinstance(answer, Accepted):
                return answer
        return answer

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _delay_s(self, attempt: int) -> float:
        doubled = self._settings.retry_base_s * 2.0 ** min(attempt - 1, 16)
        return min(self._settings.retry_cap_s, doubled)

    async def _send(self, fields: Fields, *, forged: bool) -> Answer:
        settings = self._settings
        key = "not the key" if forged else settings.merchant_key.get_secret_value()
        headers = signed_headers(fields, settings.merchant_id, key, self._clock)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.post(
                settings.callback_url,
                data=encode(fields).encode(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=settings.answer_timeout_s),
                allow_redirects=False,
            ) as response:
                if response.status != HTTPStatus.OK:
                    return NoAnswer(f"HTTP {response.status}")
                body = b""
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        return NoAnswer("answer too long")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return NoAnswer(type(error).__name__)
        return _read(body)


def _read(body: bytes) -> Answer:
    try:
        document: Any = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        if "error_code" in document:
            return Rejected(str(document["error_code"]))
        balance = document["balance"]
        return Accepted(
            balance if isinstance(balance, Decimal) else Decimal(str(balance)),
            document.get("transaction_id"),
            tuple(map(str, document.get("rollback_transactions") or ())),
        )
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError):
        return NoAnswer("not the protocol")
