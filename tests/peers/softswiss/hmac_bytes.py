"""HMAC-SHA256 from its definition (RFC 2104), so that no two sides share the code."""

from __future__ import annotations

from hashlib import sha256

BLOCK = 64


def hex_hmac(body: bytes, key: str) -> str:
    """Return the hex of the keyed hash."""
    raw = key.encode()
    if len(raw) > BLOCK:
        raw = sha256(raw).digest()
    padded = raw.ljust(BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded) + body).digest()
    return sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()
