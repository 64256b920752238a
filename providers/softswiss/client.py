"""Calls from the casino to the aggregator: signed JSON out, bounded answers in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec
import structlog
from pydantic import BaseModel, ValidationError

from casino.play import ProviderUnavailable
from providers.softswiss.settings import SoftswissAccount
from providers.softswiss.signature import HEADER, sign

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 16 * 1024 * 1024  # a catalogue; every other answer is small
URL_LENGTH_MAX = 4096
CONNECT_TIMEOUT_S = 5
LOG_LENGTH_MAX = 200
DONE = frozenset({200, 201})
DECLINING_STATUSES = range(400, 500)

M = TypeVar("M", bound=BaseModel)

_ENCODE = msgspec.json.Encoder().encode


class Declined(ProviderUnavailable):
    """The aggregator understood and said no, with a code of its catalogue."""

    def __init__(self, path: str, api_code: int, message: str) -> None:
        """Keep its words."""
        super().__init__(path, api_code, message)
        self.api_code = api_code
        self.message = message


class _V1Error(BaseModel):
    code: int
    message: str = ""


class _Meta(BaseModel):
    api_code: int
    api_message: str = ""


class _V2Error(BaseModel):
    meta: _Meta


class SoftswissClient:
    """Talks to one aggregator; everything odd about an answer is ProviderUnavailable."""

    def __init__(self, account: SoftswissAccount) -> None:
        """Connect to nothing yet."""
        self._account = account
        self._key = account.keys[0]
        self._session: aiohttp.ClientSession | None = None

    async def call(self, path: str, asked: Mapping[str, object], model: type[M]) -> M:
        """Post a signed request and read its answer. Raises ProviderUnavailable, Declined."""
        body = _ENCODE(asked)
        # These very bytes are signed and sent: written anew they could differ.
        headers = {"Content-Type": "application/json", HEADER: sign(body, self._key)}
        url = f"{self._account.url}/{path}"
        answer = await self._request("POST", url, path, body, headers)
        try:
            return model.model_validate_json(answer or b"{}")
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise self.odd(path, f"answer malformed at {where!r}: {first['msg']}") from error

    async def fetch(self, url: str) -> bytes:
        """Get a public document. Raises ProviderUnavailable."""
        return await self._request("GET", url, url, None, {})

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def odd(self, path: str, why: str) -> ProviderUnavailable:
        """Log what is odd about an answer, and make it an outage."""
        log.warning("aggregator call failed", url=self._account.url, path=path, why=why)
        return ProviderUnavailable(path, why)

    async def _request(
        self, method: str, url: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> bytes:
        timeout = aiohttp.ClientTimeout(total=self._account.timeout_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with self._connections().request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                answer = await self._read_bounded(path, response)
                if response.status not in DONE:
                    raise self._said_no(path, response.status, answer)
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self.odd(path, repr(error)) from error

    async def _read_bounded(self, path: str, response: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for chunk in response.content.iter_any():
            read += chunk
            if len(read) > ANSWER_BYTES_MAX:
                raise self.odd(path, "answer too long")
        return bytes(read)

    def _said_no(self, path: str, status: int, answer: bytes) -> ProviderUnavailable:
        odd = self.odd(path, f"HTTP {status}: {answer[:LOG_LENGTH_MAX]!r}")
        if status not in DECLINING_STATUSES:
            return odd
        try:
            if self._account.generation == "v1":
                v1 = _V1Error.model_validate_json(answer)
                return Declined(path, v1.code, v1.message)
            v2 = _V2Error.model_validate_json(answer).meta
            return Declined(path, v2.api_code, v2.api_message)
        except ValidationError:
            return odd

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nothing unprintable."""
    if len(url) > URL_LENGTH_MAX or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
