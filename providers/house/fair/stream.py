"""Uniform draws from a seed pair, repeatable by anyone and without bias.

The stream is HMAC-SHA256 with the server seed's hex text as key over ``client_seed:nonce:block``,
block after block; a draw takes eight bytes at a time as a big-endian number and refuses those that
would favour small outcomes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

WORD_BYTES = 8
WORDS = 2**64


def words(server_seed: str, client_seed: str, nonce: int) -> Iterator[int]:
    """Yield the endless stream of 64-bit numbers of one bet."""
    key = server_seed.encode()
    block = 0
    while True:
        digest = hmac.digest(key, f"{client_seed}:{nonce}:{block}".encode(), hashlib.sha256)
        for at in range(0, len(digest), WORD_BYTES):
            yield int.from_bytes(digest[at : at + WORD_BYTES], "big")
        block += 1


def draw(stream: Iterator[int], outcomes: int) -> int:
    """Draw one of ``outcomes`` (0-based), each exactly equally likely."""
    accepted = outcomes * (WORDS // outcomes)
    for word in stream:
        if word < accepted:
            return word % outcomes
    raise AssertionError("the stream is endless")
