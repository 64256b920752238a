"""The protocol's signature: RSA (PKCS #1 v1.5) with SHA-256 over the raw body, in base64.

Each side has a key pair of its own: we sign with ours and verify with the aggregator's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

HEADER = "X-Hub88-Signature"
ARRIVING = HEADER.lower()
HEADER_LENGTH_MAX = 1_024  # base64 of a signature by 4,096 bits takes 684
KEY_BITS_MIN = 2_048


class BadSignature(ValueError):
    """The header does not prove that the peer sent this body; ``args`` says why."""


class Signer:
    """Signs what we send."""

    def __init__(self, pem: str) -> None:
        """Load a private key. Raises ValueError for what is none, or too short."""
        try:
            key = load_pem_private_key(_lines(pem), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # What the library says may quote the key.
            raise ValueError("no private key in PEM") from None
        if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
            raise ValueError(f"not an RSA key of at least {KEY_BITS_MIN} bits")
        self._key = key

    def sign(self, body: bytes) -> str:
        """Return the header that goes with these very bytes."""
        return base64.b64encode(self._key.sign(body, PKCS1v15(), SHA256())).decode("ascii")


class Verifier:
    """Knows every key that a callback may be signed with."""

    def __init__(self, pems: Sequence[str]) -> None:
        """Load public keys. Raises ValueError for what is none, or too short."""
        self._keys = [_public(pem) for pem in pems]

    def verify(self, body: bytes, header: str) -> None:
        """Raise BadSignature unless one of the keys signed these bytes."""
        if not 0 < len(header) <= HEADER_LENGTH_MAX:
            raise BadSignature("header missing or too long")
        try:
            signature = base64.b64decode(header, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadSignature("header is not base64") from error
        if not any(_signed(key, signature, body) for key in self._keys):
            raise BadSignature("signature differs")


def _public(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(_lines(pem))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("no public key in PEM") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError(f"not an RSA key of at least {KEY_BITS_MIN} bits")
    return key


def _signed(key: RSAPublicKey, signature: bytes, body: bytes) -> bool:
    try:
        key.verify(signature, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _lines(pem: str) -> bytes:
    # A variable of the environment is one line in many tools: "\n" stands for the line's end.
    return pem.replace("\\n", "\n").encode()
