"""Where a call comes from, and whether it may come from there."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from casino.play.remembered import Remembered

ADDRESSES_REMEMBERED = 10_000


class Networks:
    """A list of networks that can be asked for an address; none at all holds no address.

    Answers are remembered: callers are few, and come again.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        """Read networks (CIDR) or single addresses. Raises ValueError."""
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(network.strip()) for network in networks
        )
        self._known: Remembered[str, bool] = Remembered(ADDRESSES_REMEMBERED)

    def __contains__(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            read = _read(address)
            known = read is not None and any(read in network for network in self._networks)
            self._known.keep(address, known)
        return known

    def __bool__(self) -> bool:
        return bool(self._networks)


def caller(peer: str, forwarded_for: str | None, proxies: Networks) -> str:
    """Return the address that a call comes from: the last hop that is no proxy of ours.

    Only a proxy of ours is believed when it names others, and only what it says itself: what
    stands further left in the header was written by whoever called it.
    """
    if forwarded_for is None or peer not in proxies:
        return peer
    nearest = peer
    for hop in reversed(forwarded_for.split(",")):
        address = _read(hop.strip())
        if address is None:
            return nearest
        nearest = str(address)
        if nearest not in proxies:
            return nearest
    return nearest


def may_call(address: str, networks: Networks) -> bool:
    """Say whether a provider's callbacks may come from this address.

    Providers declare ``Manifest.networks``, and the edge answers strangers by HTTP 403. A protocol
    with an answer of its own for them declares none and asks this itself, with ``Call.peer``.
    """
    return not networks or address in networks


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Read an address; an IPv4 one in IPv6's clothes is an IPv4 one."""
    try:
        read = ip_address(address)
    except ValueError:
        return None
    return (isinstance(read, IPv6Address) and read.ipv4_mapped) or read
