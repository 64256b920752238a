"""Where a visitor is: the address, and the country where a proxy of ours tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiohttp import web

from casino.play.networks import Networks, caller

_COUNTRY = re.compile("[A-Z]{2}")
_NOBODY_KNOWS = "XX"


class Whereabouts:
    """Reads requests; headers about the visitor are believed from proxies of ours only."""

    def __init__(self, proxies: Sequence[str] = (), country_header: str = "") -> None:
        """``proxies`` are networks (CIDR); without the header's name no country is known."""
        self._proxies = Networks(proxies)
        self._country_header = country_header

    def ip(self, request: web.Request) -> str:
        """Return the address that a request comes from."""
        hops = request.headers.getall("X-Forwarded-For", [])
        return caller(request.remote or "", ",".join(hops) if hops else None, self._proxies)

    def country(self, request: web.Request) -> str | None:
        """Return the country (ISO 3166 alpha-2) that a request comes from, or None."""
        if not self._country_header or (request.remote or "") not in self._proxies:
            return None
        told = request.headers.getall(self._country_header, [])
        if len(told) != 1 or told[0] == _NOBODY_KNOWS or not _COUNTRY.fullmatch(told[0]):
            return None
        return told[0]
