"""The aggregator's own reading of the signature, against the vectors and against PHP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.sandbox.forms import (
    Fields,
    NotSigned,
    encode,
    read_signed,
    signature,
    signed_headers,
)
from tests.peers.slotegrator.php import Php, require_php

NONCE = "0123456789abcdef0123456789abcdef"
THREE = {"X-Merchant-Id": "merchant-1", "X-Timestamp": "1700000000", "X-Nonce": NONCE}
KEY = "test-merchant-key-1"


class Still:
    def __init__(self, skew_s: int = 0) -> None:
        self.moment = datetime.fromtimestamp(1_700_000_000, UTC) + timedelta(seconds=skew_s)

    def now(self) -> datetime:
        return self.moment


def test_the_published_vectors() -> None:
    ids = ("merchant-1", "1700000000", NONCE, KEY)
    launch = {
        "game_uuid": "abcd12345",
        "player_id": "tg:42",
        "player_name": "José ~Test*",
        "currency": "EUR",
        "session_id": "s-1",
        "return_url": "https://example.org/back?x=1&y=a b",
    }
    assert signature({}, *ids) == "2ae78b735487b6c9cd2c2455987ea56ac5697023"
    assert signature(launch, *ids) == "2a9ad897aaea5821c46a1925577e89edc110f018"
    rollback: Fields = {
        "action": "rollback",
        "currency": "EUR",
        "game_uuid": "abcd12345",
        "player_id": "tg:42",
        "provider_round_id": "pr-1",
        "rollback_transactions": [
            {"action": "bet", "amount": "1.50", "transaction_id": "tx-1", "type": "bet"},
            {"action": "win", "amount": "4.25", "transaction_id": "tx-2", "type": "win"},
        ],
        "round_id": "r-1",
        "session_id": "s-1",
        "transaction_id": "tx-9",
        "type": "rollback",
    }
    assert signature(rollback, *ids) == "bee963bf94e517c41bf36ab2e9bc180387ac8396"


def test_a_signed_call_is_read_and_an_altered_one_is_not() -> None:
    fields = {"game_uuid": "g ~*", "player_name": "José"}
    headers = signed_headers(fields, "merchant-1", KEY, Still())
    raw = encode(fields)
    assert read_signed(raw, headers, "merchant-1", KEY, Still(30)) == fields
    for changed, given_headers, clock, key in (
        (raw + "+", headers, Still(), KEY),
        (raw, headers | {"X-Nonce": "0"}, Still(), KEY),
        (raw, headers, Still(31), KEY),
        (raw, headers, Still(), "another"),
        (raw, {}, Still(), KEY),
        (raw, headers | {"X-Timestamp": "soon"}, Still(), KEY),
        (raw, headers | {"X-Sign": "é"}, Still(), KEY),
        ("&".join(["a=1"] * 100), headers, Still(), KEY),
    ):
        with pytest.raises(NotSigned):
            read_signed(changed, given_headers, "merchant-1", key, clock)
    with pytest.raises(NotSigned):
        read_signed(raw, headers, "merchant-2", KEY, Still())


@pytest.fixture(scope="module")
def php() -> Iterator[Php]:
    require_php()
    with Php() as process:
        yield process


TEXT = st.text(st.characters(codec="utf-8"), max_size=16)
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)


@given(
    fields=st.dictionaries(
        NAME,
        TEXT | st.lists(st.dictionaries(NAME, TEXT, min_size=1, max_size=3), max_size=3),
        max_size=5,
    ),
)
@settings(max_examples=300, deadline=None)
def test_what_we_sign_php_signs_alike(php: Php, fields: Fields) -> None:
    _, expected = php.sign(encode(fields).encode(), THREE, KEY)
    ours = signature(fields, "merchant-1", "1700000000", NONCE, KEY)
    assert ours == expected
