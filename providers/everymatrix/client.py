"""Calls from the casino to the vendor: the catalogue feed, and free spins."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
import structlog
from yarl import URL

from casino.money import Money
from casino.play import ProviderUnavailable
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused
from providers.everymatrix.feed import OddFeed, Row, Rows
from providers.everymatrix.settings import EverymatrixAccount

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 64 * 1024
CONNECT_TIMEOUT_S = 5
BONUS_SOURCE = 2
WHY_LENGTH_MAX = 200
# What says that this request, and no repeat of it, will be accepted.
REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
_VENDOR = re.compile(r"[A-Za-z0-9_.'& -]{1,64}")


class EverymatrixClient:
    """Calls to one account's servers; everything odd about an answer is ProviderUnavailable."""

    def __init__(self, account: EverymatrixAccount) -> None:
        """Connect to nothing yet."""
        self._account = account
        self._session: aiohttp.ClientSession | None = None

    async def rows(self, kind: str) -> list[Row]:
        """Read one feed, of ``game`` or ``table``, to its end. Never a part of it."""
        account = self._account
        rows = Rows(kind)
        try:
            async with self._connections().get(
                f"{account.feed_url}?types={kind}",
                timeout=aiohttp.ClientTimeout(
                    total=account.feed_timeout_s,
                    connect=CONNECT_TIMEOUT_S,
                    sock_read=account.timeout_s,
                ),
                allow_redirects=False,
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise self._odd(kind, f"HTTP {response.status}")
                async for chunk in response.content.iter_any():
                    rows.feed(chunk)
                    if rows.done:  # the feed may stay open for news
                        break
            return rows.end()
        except OddFeed as error:
            raise self._odd(kind, str(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._odd(kind, repr(error)) from error

    async def award(self, vendor: str, game_ids: list[str], grant: FreeSpinGrant) -> None:
        """Give free spins. Raises ProviderUnavailable, FreeSpinsRefused."""
        account = self._account
        wire = account.wire_of(grant.currency.code)
        if wire is None:
            raise FreeSpinsRefused(why="currency")
        # A number in main units, from the exact amount and never through a float.
        stake = orjson.Fragment(
            Money(grant.stake_units, grant.currency).text(grant.currency.decimals)
        )
        parameters: dict[str, object] = {"BetValue": stake}
        if grant.option is not None:
            parameters["BetLevel"] = grant.option
        body = self._bonus(grant, game_ids) | {
            "NumberOfFreeRounds": grant.quantity,
            "FreeRoundsEndDate": grant.valid_until.strftime("%m/%d/%Y %H:%M:%S"),
            "UserDetails": {
                "OperatorUserId": grant.player_ref,
                "Firstname": grant.player_name,
                "Lastname": "",
                "Alias": grant.player_name,
                "CountryAlpha3Code": account.country,
                "Currency": wire,
            },
            "AdditionalParameters": parameters,
        }
        await self._post_bonus(vendor, "AwardBonus", body)

    async def forfeit(self, vendor: str, game_ids: list[str], grant: FreeSpinGrant) -> None:
        """Take free spins back. Raises ProviderUnavailable, FreeSpinsRefused."""
        await self._post_bonus(vendor, "ForfeitBonus", self._bonus(grant, game_ids))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _bonus(self, grant: FreeSpinGrant, game_ids: list[str]) -> dict[str, object]:
        return {
            "BonusSource": BONUS_SOURCE,
            "OperatorUserId": grant.player_ref,
            "GameIds": game_ids,
            "BonusId": grant.ref,
            "DomainId": self._account.domain_id or self._account.operator_id,
        }

    async def _post_bonus(self, vendor: str, method: str, body: dict[str, object]) -> None:
        account = self._account
        if account.bonus_url is None or account.bonus_login is None:
            raise FreeSpinsRefused(why="no bonus API")
        if account.bonus_password is None or not _VENDOR.fullmatch(vendor):
            raise FreeSpinsRefused(why="vendor")
        authorization = aiohttp.encode_basic_auth(
            account.bonus_login, account.bonus_password.get_secret_value(), "utf-8"
        )
        url = f"{account.bonus_url}/vendorBonus/{quote(vendor, safe='')}/{method}"
        try:
            async with self._connections().post(
                URL(url, encoded=True),
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json", "Authorization": authorization},
                timeout=aiohttp.ClientTimeout(total=account.timeout_s, connect=CONNECT_TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                answer = await self._read_bounded(method, response)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._odd(method, repr(error)) from error
        self._judge(method, status, answer)

    def _judge(self, method: str, status: int, answer: bytes) -> None:
        if status in REFUSED:
            raise FreeSpinsRefused(why=_why(answer) or f"HTTP {status}")
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise self._odd(method, f"HTTP {status}")
        if not answer.strip():
            return
        try:
            said = orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise self._odd(method, "answer is no JSON") from error
        if not isinstance(said, dict):
            raise self._odd(method, "answer is no object")
        if said.get("Success", said.get("success")) is False or _error_of(said):
            raise FreeSpinsRefused(why=_why(answer) or "refused")

    async def _read_bounded(self, what: str, response: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for chunk in response.content.iter_any():
            read += chunk
            if len(read) > ANSWER_BYTES_MAX:
                raise self._odd(what, "answer too long")
        return bytes(read)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json"},
            )
        return self._session

    def _odd(self, what: str, why: str) -> ProviderUnavailable:
        log.warning("vendor call failed", provider=self._account.title, what=what, why=why)
        return ProviderUnavailable(what, why)


def _error_of(said: dict[str, Any]) -> object:
    names = ("error", "Error", "ErrorCode", "errorCode")
    return next((said[name] for name in names if said.get(name)), None)


def _why(answer: bytes) -> str:
    """Return the vendor's own word for a refusal, short and printable."""
    try:
        said = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(said, dict):
        return ""
    word = said.get("Message") or said.get("message") or _error_of(said)
    text = word if isinstance(word, str | int) else ""
    return "".join(c for c in str(text) if c.isprintable())[:WHY_LENGTH_MAX]
