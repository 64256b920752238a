"""Addresses in their forms. Only the raw form, ``workchain:hex``, is ever compared."""

from __future__ import annotations

import base64
import binascii
import re

from pytoniq_core.boc.address import Address, AddressError, ExternalAddress

_RAW = re.compile(r"(?P<workchain>-1|0):(?P<hash>[0-9a-fA-F]{64})", re.ASCII)
_BOUNCEABLE = 0x11
_NON_BOUNCEABLE = 0x51
_TEST_ONLY = 0x80
_FRIENDLY = re.compile(r"[0-9A-Za-z+/_-]{48}", re.ASCII)


class InvalidAddress(ValueError):
    """The text is no TON address, or its checksum is wrong."""


def raw(text: str) -> str:
    """Return the raw form of an address in any form, base64 with either alphabet included."""
    if match := _RAW.fullmatch(text):
        return f"{match['workchain']}:{match['hash'].lower()}"
    if _FRIENDLY.fullmatch(text) is None:
        raise InvalidAddress(f"{text[:60]!r} is no TON address")
    try:
        # urlsafe_b64decode would drop the other alphabet's characters silently.
        address = Address(text.replace("+", "-").replace("/", "_"))
    except AddressError as error:
        raise InvalidAddress(f"{text!r} has a wrong checksum") from error
    return raw_of(address)


def raw_of(address: Address) -> str:
    """Return the raw form of a parsed address."""
    return f"{address.wc}:{address.hash_part.hex()}"


def raw_or_none(address: Address | ExternalAddress | None) -> str | None:
    """Return the raw form of a message's party; None for nobody and for external addresses."""
    return raw_of(address) if isinstance(address, Address) else None


def shown(address: str, *, testnet: bool) -> str:
    """Return the form for players: non-bounceable, so that money sent early is not returned.

    ``UQ...`` on the main network; with the test-only flag ``0Q...`` elsewhere.
    """
    return _friendly(address, _NON_BOUNCEABLE, testnet=testnet)


def shown_contract(address: str, *, testnet: bool) -> str:
    """Return the form that names a contract: bounceable."""
    return _friendly(address, _BOUNCEABLE, testnet=testnet)


def _friendly(address: str, tag: int, *, testnet: bool) -> str:
    workchain, _, hash_hex = address.partition(":")
    flags = tag | _TEST_ONLY if testnet else tag
    body = bytes([flags, int(workchain) & 0xFF]) + bytes.fromhex(hash_hex)
    return base64.urlsafe_b64encode(body + binascii.crc_hqx(body, 0).to_bytes(2)).decode()
