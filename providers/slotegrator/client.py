"""Calls from the casino to the aggregator: signed, bounded, timed out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar

import aiohttp
import msgspec
import structlog
from aiolimiter import AsyncLimiter
from pydantic import AliasChoices, BaseModel, Field, ValidationError
from yarl import URL

from casino.clock import Clock
from casino.play.provider import ProviderUnavailable
from providers.slotegrator.entries import GameRow
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.signature import Value, build_query, sign
from providers.slotegrator.web import URL_LENGTH_MAX, is_web_address

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 4 * 1024 * 1024
PAGES_MAX = 1000
CONNECT_TIMEOUT_S = 5
SELF_VALIDATION_TIMEOUT_S = 120
LOG_LENGTH_MAX = 200
# How often and how long a page of the list waits when the aggregator asks for patience.
PATIENCE_PAGES, PATIENCE_S = 3, 30
# Answers by which it says no for good; 401, 403 and 429 are about us or about now.
REFUSALS = frozenset({400, 404, 409, 422})

M = TypeVar("M", bound=BaseModel)
S = TypeVar("S")
Parameters: TypeAlias = Mapping[str, str | Sequence[str]]


class AggregatorRefused(ProviderUnavailable):
    """The aggregator understood the call and will not do it; ``why`` is what it said."""

    def __init__(self, path: str, why: str) -> None:
        """Keep its words."""
        super().__init__(path, why)
        self.why = why


class _Throttled(ProviderUnavailable):
    """Too many calls; ``wait_s`` where the aggregator says for how long."""

    def __init__(self, path: str, wait_s: int | None) -> None:
        super().__init__(path, "too many calls")
        self.wait_s = wait_s


class _PageCount(BaseModel):
    total: int = Field(ge=0, validation_alias=AliasChoices("totalCount", "total"))
    pages: int = Field(ge=0, le=PAGES_MAX, validation_alias=AliasChoices("pageCount", "pages"))
    current: int = Field(ge=0, validation_alias=AliasChoices("currentPage", "current"))


class _GamesPage(BaseModel):
    items: list[GameRow]
    meta: _PageCount | None = Field(default=None, validation_alias="_meta")


class _Opened(BaseModel):
    url: str = Field(min_length=1, max_length=URL_LENGTH_MAX)


class ValidationRow(BaseModel):
    """What the aggregator found when it exercised our callbacks."""

    success: bool
    log: list[Any] = []


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    headers: Mapping[str, str]


class SlotegratorClient:
    """Signed calls to one aggregator; everything odd about an answer is ProviderUnavailable."""

    def __init__(self, account: SlotegratorAccount, clock: Clock) -> None:
        """Connect to nothing yet."""
        self._account = account
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        # One call a period, never a burst: that is how the aggregator counts.
        self._games_rate = AsyncLimiter(1, 1 / account.games_calls_per_second)

    async def games(self) -> list[GameRow]:
        """Return the whole list, page by page. A list that does not add up is an error."""
        games: dict[str, GameRow] = {}
        total, pages, page = None, 1, 1
        while page <= pages:
            rows, count = await self._games_page(page)
            if count.current != page or total not in (None, count.total):
                raise self._odd("games", "the list changed between its pages")
            total, pages = count.total, count.pages
            before = len(games)
            games |= {row.uuid: row for row in rows}
            if len(games) != before + len(rows):
                raise self._odd("games", "a game is listed twice")
            page += 1
        if len(games) != total:
            raise self._odd("games", f"{len(games)} games came, {total} were announced")
        return list(games.values())

    async def _games_page(self, page: int) -> tuple[list[GameRow], _PageCount]:
        answer = await self._patiently(
            {
                "page": str(page),
                "per-page": str(self._account.games_per_page),
                "expand": "tags,parameters,images",
            }
        )
        read = self._read("games", _GamesPage, answer)
        if read.meta is not None:
            return read.items, read.meta
        names = {"total": "Total-Count", "pages": "Page-Count", "current": "Current-Page"}
        counts = {key: answer.headers.get(f"X-Pagination-{name}") for key, name in names.items()}
        try:
            return read.items, _PageCount.model_validate(counts)
        except ValidationError as error:
            raise self._odd("games", "the page does not say where it belongs") from error

    async def _patiently(self, parameters: Mapping[str, str]) -> _Answer:
        """Ask for one page within the rate; wait when told to, a few times, then give up."""
        for _ in range(PATIENCE_PAGES):
            try:
                async with self._games_rate:
                    return await self._call("GET", "games", parameters)
            except _Throttled as throttled:
                if throttled.wait_s is None or throttled.wait_s > PATIENCE_S:
                    raise
                await asyncio.sleep(throttled.wait_s)
        raise self._odd("games", "too many calls, again and again")

    async def get(self, path: str, parameters: Mapping[str, str], kind: type[S]) -> S:
        """Ask for something. Raises AggregatorRefused, ProviderUnavailable."""
        answer = await self._call("GET", path, parameters)
        try:
            return msgspec.json.decode(answer.body, type=kind, strict=False)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise self._odd(path, f"answer malformed: {error}") from error

    async def post(self, path: str, parameters: Parameters) -> None:
        """Have something done; that it is answered is all that is to know.

        Raises AggregatorRefused, ProviderUnavailable.
        """
        await self._call("POST", path, parameters)

    async def init(self, parameters: Mapping[str, str]) -> str:
        """Open a game for real money and return its address."""
        return await self._open("games/init", parameters)

    async def init_demo(self, parameters: Mapping[str, str]) -> str:
        """Open a game for fun and return its address."""
        return await self._open("games/init-demo", parameters)

    async def self_validate(self) -> ValidationRow:
        """Have the aggregator exercise our callbacks; needs a session younger than 15 minutes."""
        answer = await self._call("POST", "self-validate", {}, timeout_s=SELF_VALIDATION_TIMEOUT_S)
        return self._read("self-validate", ValidationRow, answer)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _open(self, path: str, parameters: Mapping[str, str]) -> str:
        url = self._read(path, _Opened, await self._call("POST", path, parameters)).url
        if not is_web_address(url):
            raise self._odd(path, "the game's address is none of the web")
        return url

    async def _call(
        self,
        method: str,
        path: str,
        parameters: Parameters,
        timeout_s: float | None = None,
    ) -> _Answer:
        account = self._account
        form = {name.encode(): _value(given) for name, given in parameters.items()}
        headers = sign(
            form,
            account.merchant_id,
            account.merchant_key.get_secret_value(),
            now=self._clock.now(),
            nonce=secrets.token_hex(16),
        )
        # What was signed is what is sent: the text is built once, never again by the library.
        text = build_query(form)
        url = f"{account.url}/{path}"
        if method == "GET":
            url, body = f"{url}?{text.decode()}", None
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = text
        timeout = aiohttp.ClientTimeout(
            total=timeout_s or account.timeout_s, connect=CONNECT_TIMEOUT_S
        )
        try:
            async with self._connections().request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answer = await self._read_bounded(path, response)
                if response.status != HTTPStatus.OK:
                    raise self._refused(path, response, answer)
                return _Answer(answer, response.headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._odd(path, repr(error)) from error

    def _refused(
        self, path: str, response: aiohttp.ClientResponse, answer: bytes
    ) -> ProviderUnavailable:
        odd = self._odd(path, f"HTTP {response.status}: {answer[:LOG_LENGTH_MAX]!r}")
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = response.headers.get("Retry-After", "")
            return _Throttled(path, int(wait) if wait.isascii() and wait.isdigit() else None)
        if response.status in REFUSALS:
            return AggregatorRefused(path, _words(answer) or f"HTTP {response.status}")
        return odd

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

    def _read(self, path: str, model: type[M], answer: _Answer) -> M:
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise self._odd(path, f"answer malformed at {where!r}: {first['msg']}") from error

    def _odd(self, path: str, why: str) -> ProviderUnavailable:
        log.warning("aggregator call failed", url=self._account.url, path=path, why=why)
        return ProviderUnavailable(path, why)


def _value(given: str | Sequence[str]) -> Value:
    if isinstance(given, str):
        return given.encode()
    return {b"%d" % index: each.encode() for index, each in enumerate(given)}


def _words(answer: bytes) -> str:
    """Return what an error of the aggregator's says, as far as it can be read."""
    try:
        said = msgspec.json.decode(answer, type=dict[str, Any]).get("message")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return said[:LOG_LENGTH_MAX] if isinstance(said, str) and said.isprintable() else ""
