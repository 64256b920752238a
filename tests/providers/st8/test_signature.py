"""The signature: the published vector, and OpenSSL as the judge of both directions."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.st8.signature import BadKey, is_signed, private_key, public_key, sign
from tests.peers.st8.keys import KeyPair

BODY = (
    b'{"player":"tg42","site":"tgcasino","token":"tok-1","transaction_id":"t-1","round":"r-1",'
    b'"round_closed":false,"game_code":"g-1","developer_code":"d-1","amount":"1.50",'
    b'"currency":"EUR","provider_kind":"debit","provider":{"transaction_id":"p-1",'
    b'"amount":"1.50","currency":"EUR","player":"tg42","round":"r-1"},"bonus":null}'
)
SIGN = (
    "MEQCIESAsk3CZB99+rNsDxCJl5JsRgyMs50VZm9JZgwADzE3AiA9kVjK6tiJBSavKIbFwAXaDwSnXcV/"
    "XG+oO8gXQHFcPA=="
)
KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtGiAG+XrJe5kNhhgiZmNZPpeRPRU
3QFuIpN7L8L/Jzy9iBgyzsa4fwz9/PFZcfkyZTw6NS3+dBc5XtLSXBxIYw==
-----END PUBLIC KEY-----
"""

# Well-formed, but of another kind.
ED25519 = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


@pytest.fixture(scope="module", params=["prime256v1", "secp384r1", "secp521r1", "secp256k1"])
def pair(request: pytest.FixtureRequest) -> Iterator[KeyPair]:
    pair = KeyPair(request.param)
    yield pair
    pair.close()


def test_the_vector() -> None:
    assert is_signed(BODY, SIGN, (public_key(KEY),))


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (BODY + b" ", SIGN),
        (BODY.replace(b"1.50", b"1.51", 1), SIGN),
        (b"", SIGN),
        (BODY, ""),
        (BODY, SIGN[:-4]),
        (BODY, SIGN + "AAAA"),
        (BODY, SIGN + "\n"),
        (BODY, " " + SIGN),
        (BODY, SIGN.replace("+", "-")),
        (BODY, SIGN.lower()),
        (BODY, base64.b64decode(SIGN).hex()),
        (BODY, "A" * 10_000),
        (BODY, "é"),
        (BODY, base64.b64encode(b"\x30\x06\x02\x01\x00\x02\x01\x00").decode()),
    ],
)
def test_what_is_not_exactly_that_is_not_signed(body: bytes, signature: str) -> None:
    assert not is_signed(body, signature, (public_key(KEY),))


def test_either_key_is_good_and_no_other() -> None:
    ours, stranger = KeyPair(), KeyPair()
    keys = (public_key(ours.public_pem), public_key(KEY))
    assert is_signed(BODY, SIGN, keys)
    assert is_signed(BODY, ours.sign(BODY), keys)
    assert not is_signed(BODY, stranger.sign(BODY), keys)
    assert not is_signed(BODY, SIGN, ())
    for pair in (ours, stranger):
        pair.close()


@pytest.mark.parametrize("message", [b"", BODY, bytes(range(256)) * 300, "José".encode()])
def test_openssl_accepts_what_we_sign(pair: KeyPair, message: bytes) -> None:
    signature = sign(message, private_key(pair.private_pem))
    assert pair.verifies(message, signature)
    assert not pair.verifies(message + b" ", signature)


@pytest.mark.parametrize("message", [b"", BODY, bytes(range(256)) * 300])
def test_we_accept_what_openssl_signs(pair: KeyPair, message: bytes) -> None:
    keys = (public_key(pair.public_pem),)
    signature = pair.sign(message)
    assert is_signed(message, signature, keys)
    assert not is_signed(message + b" ", signature, keys)


def test_a_key_may_be_written_on_one_line() -> None:
    pair = KeyPair()
    on_one_line = pair.private_pem.replace("\n", "\\n")
    signature = sign(BODY, private_key(on_one_line))
    assert pair.verifies(BODY, signature)
    assert is_signed(BODY, SIGN, (public_key(KEY.strip().replace("\n", "\\n")),))
    pair.close()


@given(
    signature=st.text(max_size=250)
    | st.binary(max_size=120).map(lambda raw: base64.b64encode(raw).decode())
)
@settings(max_examples=300, deadline=None)
def test_noise_is_never_a_signature(signature: str) -> None:
    assert not is_signed(BODY, signature, (public_key(KEY),))


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "secret",
        KEY.replace("PUBLIC", "PRIVATE"),
        KEY[:-60],
        ED25519,
    ],
)
def test_what_is_no_key_is_refused(pem: str) -> None:
    with pytest.raises(BadKey):
        public_key(pem)
    with pytest.raises(BadKey):
        private_key(pem)


def test_a_private_key_of_another_kind_or_under_a_password_is_refused() -> None:
    with pytest.raises(BadKey):
        private_key(
            "-----BEGIN PRIVATE KEY-----\n"
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
            "-----END PRIVATE KEY-----\n"
        )
    locked = KeyPair()
    with pytest.raises(BadKey):
        private_key(locked.locked("a password"))
    locked.close()
