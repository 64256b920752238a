"""The signature against worked and published vectors, and against three other signers."""

from __future__ import annotations

import shutil
import subprocess

import beexar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.softswiss.signature import is_signed, sign
from tests.peers.softswiss.hmac_bytes import hex_hmac

KEY = b"test-auth-token-1"
OTHER = b"test-auth-token-0"

VECTORS = {
    "V1": (
        (
            b'{"user_id":"player-1","currency":"EUR","game":"acceptance:test","game_id":"r-1001",'
            b'"finished":false,"actions":[{"action":"bet","amount":150,"action_id":"a-1"},'
            b'{"action":"win","amount":425,"action_id":"a-2"}]}'
        ),
        "3bc26447dd5a0a7d3189385f02e19562bea2cfdfb5eb6b18191735d296a034b8",
    ),
    "V2": (
        (
            b'{"user_id":"player-1","currency":"EUR","game":"acceptance:test","game_id":"r-1001",'
            b'"actions":[{"action":"rollback","action_id":"a-3","original_action_id":"a-1"}]}'
        ),
        "0349ba8c7b275feb7172eebf835ad25cc31a69f12817e94474fca50b5548e324",
    ),
    "V3": (
        (
            b'{"player_id":"player-1","currency":"BTC","round_id":"r-2001","game_id":"book",'
            b'"provider":"softswiss","finished":true,'
            b'"transactions":[{"id":"t-1","type":"bet","amount":"0.00015000"}]}'
        ),
        "ebf5dc612fc4f1ef22c42bfe773037920f42401ea6662dd938185bf7cbacf437",
    ),
    "V4": (
        '{"casino_id":"tg-casino","player":{"firstname":"José"}}'.encode(),
        "fb436da9489effe0ac46262951df18d6aeb459307cea569e5ff6a3b3957c39b3",
    ),
    "V5": (b"", "d98be545e2300adcff9adfc543d22af09c974587019312caebfadbf5f3cdac83"),
    "V6": (
        b"/direct/12/promo/freespins/iss-1?casino_id=tg-casino",
        "e32655c20f66c511781b0d05f125614e1c6d50a8f75280f6b0b73a413c774ca7",
    ),
}
LENGTHS = {"V1": 208, "V2": 162, "V3": 182, "V4": 56}

# Published by others, with the key: conformance case 0011.
PUBLISHED_KEY = b"conformance-secret-do-not-use-in-production"
PUBLISHED_BODY = (
    b'{"account_id":"player_1","currency":"EUR","game_id":"dice","round_id":"r-1",'
    b'"finished":true,"transactions":[{"id_provider":"tx-1","type":"bet","amount":"10.00"},'
    b'{"id_provider":"tx-2","type":"win","amount":"25.00"}]}'
)
PUBLISHED_SIGN = "db85a097e35da411f2c556edf016aa4378f8e2d3b70ca46c357714a85607a791"


@pytest.mark.parametrize("name", VECTORS)
def test_worked_vectors(name: str) -> None:
    body, signature = VECTORS[name]
    assert len(body) == LENGTHS.get(name, len(body))
    assert sign(body, KEY) == signature
    assert is_signed(body, signature, (KEY,))


def test_the_published_vector() -> None:
    assert sign(PUBLISHED_BODY, PUBLISHED_KEY) == PUBLISHED_SIGN
    assert is_signed(PUBLISHED_BODY, PUBLISHED_SIGN, (PUBLISHED_KEY,))


@given(body=st.binary(max_size=300), key=st.text(min_size=1, max_size=90))
@settings(max_examples=200, deadline=None)
def test_every_body_is_signed_as_others_sign_it(body: bytes, key: str) -> None:
    try:
        raw = key.encode()
    except UnicodeEncodeError:
        return
    signature = sign(body, raw)
    assert signature == beexar.sign(body, key) == hex_hmac(body, key)
    assert is_signed(body, signature, (raw,))
    assert beexar.verify(body, signature, key)


@pytest.mark.parametrize("name", VECTORS)
def test_openssl_agrees(name: str) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    body, signature = VECTORS[name]
    command = [openssl, "dgst", "-sha256", "-hmac", KEY.decode()]
    said = subprocess.run(command, input=body, capture_output=True, check=True)  # noqa: S603
    assert said.stdout.decode().split()[-1] == signature


@pytest.mark.parametrize("name", ["V1", "V3"])
def test_one_more_blank_is_another_body(name: str) -> None:
    body, signature = VECTORS[name]
    assert not is_signed(body + b" ", signature, (KEY,))
    assert not is_signed(body.replace(b":", b": ", 1), signature, (KEY,))


def test_either_key_signs_while_they_are_rotated() -> None:
    body, signature = VECTORS["V1"]
    assert is_signed(body, signature, (OTHER, KEY))
    assert is_signed(body, signature, (KEY, OTHER))
    assert not is_signed(body, signature, (OTHER,))


def test_the_case_of_the_hex_does_not_matter() -> None:
    body, signature = VECTORS["V1"]
    assert is_signed(body, signature.upper(), (KEY,))


@pytest.mark.parametrize("given_", ["", "0" * 64, "é", "\udcff" * 64, "x" * 10_000, " "])
def test_what_is_no_signature(given_: str) -> None:
    assert not is_signed(VECTORS["V1"][0], given_, (KEY, OTHER))
    assert not is_signed(b"", given_, (KEY,))
