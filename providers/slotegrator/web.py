"""Which addresses of the aggregator's a browser may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

URL_LENGTH_MAX = 4096


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nothing unprintable."""
    if len(url) > URL_LENGTH_MAX or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
