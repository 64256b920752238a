"""Calls from the casino to the vendor: catalogue, launch, bonuses, report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import aiohttp
import orjson
import structlog
from pydantic import ValidationError
from yarl import URL

from casino.play.capabilities import FreeSpinsRefused
from casino.play.provider import ProviderUnavailable
from providers.st8.rows import (
    OK,
    URL_LENGTH_MAX,
    Answer,
    BonusAnswer,
    Games,
    Opened,
    TransactionRow,
    Transactions,
)
from providers.st8.settings import St8Account
from providers.st8.signature import HEADER, sign

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 16 * 1024 * 1024  # one list holds every game
CONNECT_TIMEOUT_S = 5
LOG_LENGTH_MAX = 200
PATH = "/api/operator/v1/"

# Statuses of a request that a repeat cannot mend, and that are about the request itself.
REFUSING = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
BONUS_STANDS = frozenset({"processing", "finished"})
BONUS_GONE = frozenset({"processing", "canceled", "expired"})

M = TypeVar("M", bound=Answer)


class _Refused(Exception):
    """The vendor understood a call and will not do it; ``args`` holds its word."""


class St8Client:
    """Signed calls to the vendor; everything odd about an answer is ProviderUnavailable."""

    def __init__(self, account: St8Account) -> None:
        """Connect to nothing yet."""
        self._account = account
        self._signer = account.signer
        self._session: aiohttp.ClientSession | None = None

    async def games(self) -> Games:
        """Return the whole list of our site."""
        return await self._get("games", Games, {"site": self._account.site})

    async def launch(self, wanted: Mapping[str, Any]) -> str:
        """Open a game and return its address."""
        opened = await self._expect("launch", Opened, wanted)
        if not is_web_address(opened.game_url):
            raise self._odd("launch", "the game's address is none of the web")
        return opened.game_url

    async def create_bonus(self, wanted: Mapping[str, Any]) -> None:
        """Ask for a bonus; its id makes a repeat harmless. Raises FreeSpinsRefused."""
        await self._bonus("bonus/create", wanted, BONUS_STANDS)

    async def cancel_bonus(self, wanted: Mapping[str, Any]) -> None:
        """Take a bonus back. Raises FreeSpinsRefused."""
        await self._bonus("bonus/cancel", wanted, BONUS_GONE)

    async def transactions(
        self, since: datetime, until: datetime, currency: str
    ) -> list[TransactionRow]:
        """Return what the vendor settled in one span and one currency of the wire."""
        asked = {
            "start_time": _seconds(since),
            "end_time": _seconds(until),
            "currency": currency,
            "site": self._account.site,
        }
        return (await self._get("transactions", Transactions, asked)).transactions

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _bonus(self, path: str, wanted: Mapping[str, Any], wished: frozenset[str]) -> None:
        try:
            answer = await self._post(path, BonusAnswer, wanted)
        except _Refused as refused:
            raise FreeSpinsRefused(why=str(refused)) from refused
        if answer.bonus is not None and answer.bonus.status not in wished:
            raise FreeSpinsRefused(why=answer.bonus.status[:LOG_LENGTH_MAX])

    async def _get(self, path: str, model: type[M], asked: Mapping[str, str]) -> M:
        # What was signed is what is sent: the text is built once, never again by the library.
        query = urlencode(asked)
        try:
            answer = await self._call("GET", path, query.encode(), f"?{query}")
            return self._checked(path, model, answer)
        except _Refused as refused:
            raise self._odd(path, f"refused: {refused}") from refused

    async def _expect(self, path: str, model: type[M], wanted: Mapping[str, Any]) -> M:
        try:
            return await self._post(path, model, wanted)
        except _Refused as refused:
            raise self._odd(path, f"refused: {refused}") from refused

    async def _post(self, path: str, model: type[M], wanted: Mapping[str, Any]) -> M:
        return self._checked(path, model, await self._call("POST", path, orjson.dumps(wanted), ""))

    async def _call(self, method: str, path: str, message: bytes, query: str) -> bytes:
        headers = {HEADER: sign(message, self._signer), "Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=self._account.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with self._connections().request(
                method,
                URL(f"{self._account.url}{PATH}{path}{query}", encoded=True),
                data=message if method == "POST" else None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answer = await self._read_bounded(path, response)
                if response.status in REFUSING:
                    raise _Refused(_word(answer) or f"http-{response.status}")
                if response.status != HTTPStatus.OK:
                    raise self._odd(path, f"HTTP {response.status}: {answer[:LOG_LENGTH_MAX]!r}")
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._odd(path, repr(error)) from error

    async def _read_bounded(self, path: str, response: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for chunk in response.content.iter_any():
            read += chunk
            if len(read) > ANSWER_BYTES_MAX:
                raise self._odd(path, "answer too long")
        return bytes(read)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json"},
            )
        return self._session

    def _checked(self, path: str, model: type[M], answer: bytes) -> M:
        try:
            read = model.model_validate_json(answer)
        except ValidationError as error:
            # An answer that names an error lacks everything else.
            if (word := _word(answer)) not in {None, OK}:
                raise _Refused(word) from error
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise self._odd(path, f"answer malformed at {where!r}: {first['msg']}") from error
        if read.status != OK:
            raise _Refused(read.status[:LOG_LENGTH_MAX])
        return read

    def _odd(self, path: str, why: str) -> ProviderUnavailable:
        log.warning("vendor call failed", url=self._account.url, path=path, why=why)
        return ProviderUnavailable(path, why)


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nothing unprintable."""
    if len(url) > URL_LENGTH_MAX or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _word(answer: bytes) -> str | None:
    """Return the status that an answer names, if it is one that can be shown."""
    try:
        read = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None
    status = read.get("status") if isinstance(read, dict) else None
    if not isinstance(status, str) or not status.isprintable():
        return None
    return status[:LOG_LENGTH_MAX]


def _seconds(at: datetime) -> str:
    """Write a moment as the vendor does: in UTC, whole seconds, no zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
