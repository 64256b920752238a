"""The protocol's signature: HMAC-SHA1 over a form as PHP would fold, sort and write it.

The vendor's text is written in terms of PHP's own functions, so PHP is the reference: the tests
ask it. Everything here works on bytes, because PHP's strings are bytes and a signature covers
what was sent, not what it means.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import TypeAlias
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

Value: TypeAlias = "bytes | dict[bytes, Value]"
Form: TypeAlias = dict[bytes, Value]

MERCHANT_HEADER = "X-Merchant-Id"
TIMESTAMP_HEADER = "X-Timestamp"
NONCE_HEADER = "X-Nonce"
SIGN_HEADER = "X-Sign"
_ARRIVING = tuple(
    name.lower() for name in (MERCHANT_HEADER, TIMESTAMP_HEADER, NONCE_HEADER, SIGN_HEADER)
)

CLOCK_SKEW_S = 30
HEADER_LENGTH_MAX = 200
BODY_BYTES_MAX = 64 * 1024
FIELDS_MAX = 512
DEPTH_MAX = 4

# Names that PHP would rewrite, cut or drop on arrival (dots and blanks at the top level, brackets
# that do not match, NUL) and names that its ksort compares as numbers: no field of the protocol is
# one, and guessing at them would only let two readers disagree about one body.
_NAME = re.compile(rb"([A-Za-z_][^\[\]. \0]*)((?:\[(?:[^\[\]\s\0][^\[\]\0]*)?\])*)")
_FLAT_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")  # what nearly every field is called
_KEY = re.compile(rb"\[([^\]]*)\]")
_INDEX = re.compile(rb"0|-?[1-9][0-9]{0,17}")  # what PHP takes for a number, not for a name
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"


class BadForm(ValueError):
    """The body is no form that the protocol produces, or larger than any that it sends."""


class BadSignature(ValueError):
    """The headers do not prove that the peer sent this body now; ``args`` says why."""


class Proof(msgspec.Struct, frozen=True):
    """The four headers that sign one request."""

    merchant_id: str
    timestamp: str
    nonce: str
    sign: str

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Proof:
        """Read them from lower-cased header names. Raises BadSignature when one is missing."""
        found = [headers.get(name, "") for name in _ARRIVING]
        for value in found:
            if not 0 < len(value) <= HEADER_LENGTH_MAX:
                raise BadSignature("header missing or too long")
        return cls(*found)

    def headers(self) -> dict[str, str]:
        """Write them for an outgoing request."""
        return {
            MERCHANT_HEADER: self.merchant_id,
            TIMESTAMP_HEADER: self.timestamp,
            NONCE_HEADER: self.nonce,
            SIGN_HEADER: self.sign,
        }


def parse_form(body: bytes) -> Form:
    """Fold a raw urlencoded body into nested ordered maps, as PHP's ``parse_str`` does.

    The last of several equal flat names wins, at the place of the first; ``[]`` takes the next
    index. Raises BadForm.
    """
    if len(body) > BODY_BYTES_MAX:
        raise BadForm("body too large")
    pairs = [pair for pair in body.split(b"&") if pair]
    if len(pairs) > FIELDS_MAX:
        raise BadForm("too many fields")
    quoted = b"%" in body or b"+" in body
    form: Form = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        if quoted:
            name, value = _unquote(name), _unquote(value)
        if _FLAT_NAME.fullmatch(name):
            form[name] = value
        else:
            _put(form, name, value)
    return form


def _unquote(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _put(form: Form, name: bytes, value: bytes) -> None:
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadForm("a field's name is malformed")
    keys = [match[1], *_KEY.findall(match[2])]
    if len(keys) > DEPTH_MAX:
        raise BadForm("a field is nested too deeply")
    where = form
    for key in keys[:-1]:
        key = key or _next_index(where)  # noqa: PLW2901 - "[]" means the index that comes next
        inner = where.get(key)
        if not isinstance(inner, dict):
            inner = where[key] = {}
        where = inner
    where[keys[-1] or _next_index(where)] = value


def _next_index(where: Form) -> bytes:
    used = [int(key) for key in where if _INDEX.fullmatch(key)]
    return b"%d" % (max(used) + 1 if used else 0)


def build_query(form: Mapping[bytes, Value]) -> bytes:
    """Write a form as PHP's ``http_build_query`` does; empty maps are left out."""
    pairs = _flatten(form, prefix=None)
    # Nearly always there is nothing to quote, and one look at everything says so.
    if b"".join(chain.from_iterable(pairs)).translate(None, _UNRESERVED):
        pairs = [(_quote(name), _quote(value)) for name, value in pairs]
    return b"&".join([b"%b=%b" % pair for pair in pairs])


def _flatten(form: Mapping[bytes, Value], prefix: bytes | None) -> list[tuple[bytes, bytes]]:
    pairs: list[tuple[bytes, bytes]] = []
    for key, value in form.items():
        name = key if prefix is None else prefix + b"[" + key + b"]"
        if isinstance(value, dict):
            pairs += _flatten(value, name)
        else:
            pairs.append((name, value))
    return pairs


def _quote(text: bytes) -> bytes:
    # Python leaves "~" alone, PHP's urlencode does not; "%20" is "+" there.
    quoted = quote_from_bytes(text, safe=b" ").replace("~", "%7E").replace(" ", "+")
    return quoted.encode("ascii")


def compute(form: Mapping[bytes, Value], proof: Proof, key: str) -> str:
    """Return the signature of a form under three of the proof's headers, in lower-case hex."""
    merged: Form = {
        **form,
        MERCHANT_HEADER.encode(): _raw(proof.merchant_id),
        TIMESTAMP_HEADER.encode(): _raw(proof.timestamp),
        NONCE_HEADER.encode(): _raw(proof.nonce),
    }
    text = build_query(dict(sorted(merged.items())))  # top level only: PHP's ksort does not nest
    return hmac.digest(key.encode(), text, "sha1").hex()


def sign(
    form: Mapping[bytes, Value], merchant_id: str, key: str, *, now: datetime, nonce: str
) -> dict[str, str]:
    """Return the headers that sign an outgoing form."""
    unsigned = Proof(merchant_id, str(int(now.timestamp())), nonce, "")
    return {**unsigned.headers(), SIGN_HEADER: compute(form, unsigned, key)}


def verify(
    form: Mapping[bytes, Value],
    headers: Mapping[str, str],
    merchant_id: str,
    keys: tuple[str, ...],
    *,
    now: datetime,
) -> None:
    """Raise BadSignature unless one of the keys signed this form for this merchant just now.

    Nonces are not remembered: a retry carries a new one, and what replays within the half minute
    repeats a transaction id, which moves nothing.
    """
    proof = Proof.from_headers(headers)
    same_merchant = hmac.compare_digest(_raw(proof.merchant_id), merchant_id.encode())
    given = _raw(proof.sign.lower())
    # No shortcut: every key is tried, so that time does not tell which one is in use.
    signed = [hmac.compare_digest(compute(form, proof, key).encode(), given) for key in keys]
    if not same_merchant:
        raise BadSignature("another merchant")
    if not any(signed):
        raise BadSignature("signature differs")
    if not _TIMESTAMP.fullmatch(proof.timestamp):
        raise BadSignature("timestamp malformed")
    if abs(now.timestamp() - int(proof.timestamp)) > CLOCK_SKEW_S:
        raise BadSignature("timestamp too far from now")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")  # how aiohttp decoded the header
