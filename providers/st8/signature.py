"""The protocol's signature: ECDSA with SHA-256 over raw bytes, as base64 of its DER form.

A POST signs its body, a GET its query string without the question mark. The curve is whatever the
exchanged keys are of.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

HEADER = "x-st8-sign"
# The largest curve there is (521 bits) makes 139 bytes, which are 188 characters.
SIGNATURE_LENGTH_MAX = 200

_ALGORITHM = ec.ECDSA(SHA256())

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey


class BadKey(ValueError):
    """The text is no PEM of an elliptic-curve key."""


def private_key(pem: str) -> PrivateKey:
    """Read our key, unencrypted. Raises BadKey."""
    try:
        key = load_pem_private_key(_pem(pem), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("no PEM of a private key without a password") from error
    if not isinstance(key, PrivateKey):
        raise BadKey("not a key of an elliptic curve")
    return key


def public_key(pem: str) -> PublicKey:
    """Read a key of the vendor's. Raises BadKey."""
    try:
        key = load_pem_public_key(_pem(pem))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("no PEM of a public key") from error
    if not isinstance(key, PublicKey):
        raise BadKey("not a key of an elliptic curve")
    return key


def sign(message: bytes, key: PrivateKey) -> str:
    """Return what the header says of a message; another text each time."""
    return base64.b64encode(key.sign(message, _ALGORITHM)).decode()


def is_signed(message: bytes, signature: str, keys: tuple[PublicKey, ...]) -> bool:
    """Say whether one of the keys signed exactly these bytes."""
    if not 0 < len(signature) <= SIGNATURE_LENGTH_MAX:
        return False
    try:
        der = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    # Public keys are no secret: that the current one is tried first tells nobody anything.
    return any(_verifies(key, der, message) for key in keys)


def _verifies(key: PublicKey, der: bytes, message: bytes) -> bool:
    try:
        key.verify(der, message, _ALGORITHM)
    except InvalidSignature:
        return False
    return True


def _pem(text: str) -> bytes:
    # A variable of the environment is one line: the breaks may be written as "\n".
    return text.replace("\\n", "\n").strip().encode()
