"""Calls from the casino to the aggregator: catalogue, launch, self-validation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiolimiter import AsyncLimiter
from pydantic import AliasChoices, BaseModel, Field, ValidationError, field_validator
from yarl import URL

from casino.clock import Clock
from casino.play.provider import ProviderUnavailable
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.signature import build_query, sign

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 4 * 1024 * 1024
PAGES_MAX = 1000
URL_LENGTH_MAX = 4096
CONNECT_TIMEOUT_S = 5
SELF_VALIDATION_TIMEOUT_S = 120
LOG_LENGTH_MAX = 200
RTP_PER_CENT_MAX = 200

M = TypeVar("M", bound=BaseModel)


class GameParameters(BaseModel):
    """What a studio publishes about a game's mathematics."""

    rtp: Decimal | None = None  # per cent

    @field_validator("rtp", mode="before")
    @classmethod
    def _unreadable_is_unpublished(cls, rtp: object) -> Decimal | None:
        try:
            read = Decimal(str(rtp))
        except InvalidOperation:
            return None
        return read if read.is_finite() and 0 < read <= RTP_PER_CENT_MAX else None


class GameRow(BaseModel):
    """One game of the aggregator's list."""

    uuid: str = Field(min_length=1, max_length=94)
    name: str = Field(min_length=1, max_length=200)
    type: str | None = None
    provider: str | None = None
    image: str | None = None
    has_lobby: bool = False
    parameters: GameParameters | None = None


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
        async with self._games_rate:
            answer = await self._call(
                "GET",
                "games",
                {
                    "page": str(page),
                    "per-page": str(self._account.games_per_page),
                    "expand": "tags,parameters,images",
                },
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
        parameters: Mapping[str, str],
        timeout_s: float | None = None,
    ) -> _Answer:
        account = self._account
        form = {name.encode(): value.encode() for name, value in parameters.items()}
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
                    raise self._odd(path, f"HTTP {response.status}: {answer[:LOG_LENGTH_MAX]!r}")
                return _Answer(answer, response.headers)
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


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nothing unprintable."""
    if len(url) > URL_LENGTH_MAX or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
