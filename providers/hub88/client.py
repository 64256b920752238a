"""Calls from the casino to the aggregator: its games, launches, transactions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import orjson
import structlog
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
)
from yarl import URL

from casino.clock import Clock
from casino.play.provider import ProviderUnavailable
from providers.hub88.settings import Hub88Account
from providers.hub88.signature import HEADER

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 64 * 1024 * 1024  # the list has thousands of games, and is one document
URL_LENGTH_MAX = 4096
CONNECT_TIMEOUT_S = 5
LOG_LENGTH_MAX = 200
RTP_PER_CENT_MAX = 200
CALLS_PER_REPORT_MAX = 2_000

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", re.ASCII)

T = TypeVar("T")


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


def _none_is_no(value: object) -> object:
    return False if value is None else value


Texts = Annotated[list[str], BeforeValidator(_none_is_empty)]
Flag = Annotated[bool, BeforeValidator(_none_is_no)]


class GameRow(BaseModel):
    """One game of the aggregator's list."""

    game_code: str = Field(min_length=1, max_length=190)
    name: str = Field(min_length=1, max_length=200)
    product: str | None = None  # the studio
    category: str | None = None
    enabled: bool
    url_thumb: str | None = None
    platforms: Texts = []
    freebet_support: Flag = False
    demo_game_support: Flag = False
    blocked_countries: Texts = []
    restricted_countries: Texts = []
    release_date: str | None = None
    volatility: int | None = None  # 1 (low) to 6 (very high)
    rtp: Decimal | None = None  # per cent
    features: Texts = []
    theme: Texts = []

    @field_validator("rtp", mode="before")
    @classmethod
    def _unreadable_is_unpublished(cls, rtp: object) -> Decimal | None:
        try:
            read = Decimal(str(rtp))
        except InvalidOperation:
            return None
        return read if read.is_finite() and 0 < read <= RTP_PER_CENT_MAX else None

    @field_validator("release_date", mode="before")
    @classmethod
    def _day(cls, date: object) -> str | None:
        found = _DATE.fullmatch(date) if isinstance(date, str) else None
        return found[1] if found else None


class TransactionRow(BaseModel):
    """One transaction as the aggregator keeps it."""

    transaction_uuid: str = Field(min_length=1, max_length=190)
    status: str = Field(validation_alias=AliasChoices("transaction_status", "status"))
    kind: str
    user: str
    currency: str
    amount: int = Field(strict=True)
    round: str | None = None
    inserted_at: datetime

    @field_validator("inserted_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


class _Opened(BaseModel):
    url: str = Field(min_length=1, max_length=URL_LENGTH_MAX)


_GAMES = TypeAdapter(list[GameRow])
_TRANSACTIONS = TypeAdapter(list[TransactionRow])
_OPENED = TypeAdapter(_Opened)


class Hub88Client:
    """Signed calls to one aggregator; everything odd about an answer is ProviderUnavailable."""

    def __init__(self, account: Hub88Account, clock: Clock) -> None:
        """Connect to nothing yet."""
        self._account = account
        self._signer = account.signer
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._games: list[GameRow] = []
        self._games_asked_at: datetime | None = None

    async def games(self) -> list[GameRow]:
        """Return the whole list; from memory while it may not be asked for again."""
        now, asked_at = self._clock.now(), self._games_asked_at
        pause = timedelta(seconds=self._account.games_every_s)
        if asked_at is not None and now - asked_at < pause:
            if not self._games:
                raise self._odd("game/list", "it failed a moment ago and answers once a minute")
            return self._games
        self._games_asked_at, self._games = now, []
        games = await self._call("game/list", {}, _GAMES)
        if len({row.game_code for row in games}) != len(games):
            raise self._odd("game/list", "a game is listed twice")
        self._games = games
        return games

    async def open(self, parameters: Mapping[str, Any]) -> str:
        """Open a game and return its address."""
        url = (await self._call("game/url", parameters, _OPENED)).url
        if not is_web_address(url):
            raise self._odd("game/url", "the game's address is none of the web")
        return url

    async def transactions(
        self, since: datetime, until: datetime
    ) -> AsyncIterator[TransactionRow]:
        """Yield what was done in a span of time, each once, in calls of a bounded span each."""
        step = timedelta(seconds=self._account.report_span_s)
        if (until - since) / step > CALLS_PER_REPORT_MAX:
            raise self._odd("transactions/list", "the span is too long for one report")
        # Whether a span's last second belongs to it is not documented: both of two neighbours may
        # list what is on their border.
        before: set[str] = set()
        while since < until:
            end = min(since + step, until)
            asked = {"start_time": _second(since), "end_time": _second(end, up=True)}
            rows = await self._call("transactions/list", asked, _TRANSACTIONS)
            seen: set[str] = set()
            for row in rows:
                if row.transaction_uuid not in before | seen:
                    yield row
                seen.add(row.transaction_uuid)
            before, since = seen, end

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, path: str, parameters: Mapping[str, Any], answer: TypeAdapter[T]) -> T:
        account = self._account
        document: dict[str, Any] = {"operator_id": account.operator_id, **parameters}
        if account.sub_partner_id is not None:
            document["sub_partner_id"] = account.sub_partner_id
        # What was signed is what is sent: the text is built once, never again by the library.
        body = orjson.dumps(document)
        headers = {"Content-Type": "application/json", HEADER: self._signer.sign(body)}
        timeout = aiohttp.ClientTimeout(total=account.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with self._connections().post(
                URL(f"{account.url}/{path}", encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                raw = await self._read_bounded(path, response)
                if response.status != HTTPStatus.OK:
                    raise self._odd(path, f"HTTP {response.status}: {raw[:LOG_LENGTH_MAX]!r}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._odd(path, repr(error)) from error
        try:
            return answer.validate_json(raw)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise self._odd(path, f"answer malformed at {where!r}: {first['msg']}") from error

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


def _second(moment: datetime, *, up: bool = False) -> str:
    """Write a moment as the wire does, in whole seconds of UTC."""
    utc = moment.astimezone(UTC)
    if up and utc.microsecond:
        utc += timedelta(seconds=1)
    return utc.strftime("%Y-%m-%dT%H:%M:%S")
