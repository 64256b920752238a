"""Who may call: the addresses, and the login and password that every body carries."""

from __future__ import annotations

import hmac
import secrets
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import structlog

from casino.clock import Clock
from casino.play.remembered import Remembered
from providers.everymatrix.settings import EverymatrixAccount

log = structlog.get_logger(__name__)

WINDOW_S = 60
ADDRESSES_MAX = 1024  # of each kind that are remembered
UNKNOWN = "unknown"
IPV6_PREFIX = 64  # what one customer of a network commonly has


class NotAuthentic(ValueError):
    """The call does not carry the credentials; ``args`` says why."""


class NotAllowedFrom(NotAuthentic):
    """The call comes from an address that is not the vendor's."""


class ShutOut(NotAuthentic):
    """The address guessed too often; what it says now is not even compared."""


class Credentials:
    """Compares in constant time, and stops listening to an address that keeps guessing.

    An address that once had the right credentials is the vendor's (or a proxy before it) and is
    never shut out, nor is a caller whose address is not known: else anybody could stop the
    wallet. Somebody is woken all the same.
    """

    def __init__(self, account: EverymatrixAccount, clock: Clock) -> None:
        """Know no address yet."""
        self._networks = tuple(ip_network(network) for network in account.networks)
        # Digests have one length, so that comparing them tells nothing about the text's.
        self._salt = secrets.token_bytes(32)
        self._login = self._digest(account.login_name)
        self._passwords = tuple(self._digest(password) for password in account.passwords)
        self._failures_max = account.failures_per_minute
        self._clock = clock
        self._proven: Remembered[str, bool] = Remembered(ADDRESSES_MAX)
        self._failures: dict[str, tuple[float, int]] = {}  # address -> since when, how many

    def require_address(self, peer: str) -> None:
        """Raise NotAllowedFrom unless the vendor calls from there."""
        if not self._networks:
            return
        address = _address(peer)
        if address is None or not any(address in network for network in self._networks):
            raise NotAllowedFrom("address not on the list")

    def require(self, peer: str, login: str, password: str) -> None:
        """Raise NotAuthentic unless the login and one of the passwords are right."""
        proven = self._proven.get(peer) is not None
        if self._failures and not proven and self._is_shut_out(_origin(peer)):
            raise ShutOut("too many failures")
        given_login, given = self._digest(login), self._digest(password)
        # No shortcut: every password is tried, so that time does not tell which one is in use.
        matches = [hmac.compare_digest(given, known) for known in self._passwords]
        same_login = hmac.compare_digest(given_login, self._login)
        if not same_login or not any(matches):
            self._failed(_origin(peer), proven=proven)
            raise NotAuthentic("wrong credentials")
        if not proven:
            self._proven.keep(peer, True)  # noqa: FBT003 - a fact, not a switch

    def _is_shut_out(self, origin: str) -> bool:
        if origin == UNKNOWN:
            return False
        since, count = self._failures.get(origin, (0.0, 0))
        return count >= self._failures_max and self._now() - since < WINDOW_S

    def _failed(self, origin: str, *, proven: bool) -> None:
        now = self._now()
        since, count = self._failures.pop(origin, (now, 0))
        if now - since >= WINDOW_S:
            since, count = now, 0
        if len(self._failures) >= ADDRESSES_MAX:
            del self._failures[next(iter(self._failures))]
        self._failures[origin] = since, count + 1
        if count + 1 == self._failures_max:
            log.error("credentials are being guessed", alert=True, origin=origin, proven=proven)

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._salt, text.encode("utf-8", "surrogatepass"), "sha256")

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _address(peer: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _origin(peer: str) -> str:
    """Name what failures are counted for: an address, of IPv6 the network it is in."""
    address = _address(peer)
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), IPV6_PREFIX), strict=False))
    return str(address)
