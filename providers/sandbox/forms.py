"""The protocol's forms and signature, from the aggregator's side.

Written from the protocol's description and not from the casino's adapter: two readings of one
text that agree are worth more than one reading used twice.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl

from casino.clock import Clock

Fields = Mapping[str, "str | Sequence[Mapping[str, str]]"]

SKEW_S = 30
PARAMETERS_MAX = 64
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


class NotSigned(Exception):
    """The caller did not prove to be the merchant."""


def encode(fields: Fields) -> str:
    """Write fields as an urlencoded form, lists of maps in PHP's bracket notation."""
    return "&".join(f"{escape(name)}={escape(value)}" for name, value in _pairs(fields))


def _pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, str):
            yield name, value
            continue
        for index, entry in enumerate(value):
            for key, text in entry.items():
                yield f"{name}[{index}][{key}]", text


def escape(text: str) -> str:
    """Percent-encode as PHP's ``urlencode``: a blank is a plus, and a tilde is not spared."""
    return "".join(
        chr(byte) if byte in _PLAIN else "+" if byte == ord(" ") else f"%{byte:02X}"
        for byte in text.encode()
    )


def signature(fields: Fields, merchant_id: str, timestamp: str, nonce: str, key: str) -> str:
    """Return the hex signature of fields under their headers."""
    everything = dict(fields) | {
        "X-Merchant-Id": merchant_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
    }
    ordered = {name: everything[name] for name in sorted(everything, key=str.encode)}
    return hmac.new(key.encode(), encode(ordered).encode(), hashlib.sha1).hexdigest()


def signed_headers(fields: Fields, merchant_id: str, key: str, clock: Clock) -> dict[str, str]:
    """Return the four headers of a request sent now."""
    timestamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    return {
        "X-Merchant-Id": merchant_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Sign": signature(fields, merchant_id, timestamp, nonce, key),
    }


def read_signed(
    raw: str, headers: Mapping[str, str], merchant_id: str, key: str, clock: Clock
) -> dict[str, str]:
    """Return the parameters of a merchant's call. Raises NotSigned."""
    try:
        parameters = dict(
            parse_qsl(raw, keep_blank_values=True, max_num_fields=PARAMETERS_MAX, errors="strict")
        )
        age_s = abs(clock.now().timestamp() - int(headers["X-Timestamp"]))
        expected = signature(
            parameters, headers["X-Merchant-Id"], headers["X-Timestamp"], headers["X-Nonce"], key
        )
        authentic = hmac.compare_digest(expected.encode(), headers["X-Sign"].encode())
    except (KeyError, ValueError) as error:
        raise NotSigned from error
    if not authentic or age_s > SKEW_S or headers["X-Merchant-Id"] != merchant_id:
        raise NotSigned
    return parameters
