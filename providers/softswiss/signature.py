"""The protocol's signature: hex HMAC-SHA256 over the exact bytes of a body, in both directions."""

from __future__ import annotations

import hmac

HEADER = "X-REQUEST-SIGN"
ARRIVING = HEADER.lower()


def sign(body: bytes, key: bytes) -> str:
    """Return the signature of a body in lower-case hex."""
    return hmac.digest(key, body, "sha256").hex()


def is_signed(body: bytes, given: str, keys: tuple[bytes, ...]) -> bool:
    """Say whether one of the keys signed this body; the case of the hex does not matter."""
    theirs = given.lower().encode("utf-8", "surrogateescape")  # how the header was decoded
    found = False
    # No shortcut: every key is tried, so that time does not tell which one is in use.
    for key in keys:
        found |= hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), theirs)
    return found
