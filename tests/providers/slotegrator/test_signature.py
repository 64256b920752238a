"""The signature against published vectors and against PHP, which defines it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from providers.slotegrator.signature import (
    BODY_BYTES_MAX,
    DEPTH_MAX,
    FIELDS_MAX,
    BadForm,
    BadSignature,
    Form,
    Proof,
    build_query,
    compute,
    parse_form,
    sign,
    verify,
)
from tests.peers.slotegrator.php import Php, require_php

MERCHANT = "merchant-1"
KEY = "test-merchant-key-1"
NONCE = "0123456789abcdef0123456789abcdef"
NOW = datetime.fromtimestamp(1_700_000_000, UTC)
PROOF = Proof(MERCHANT, "1700000000", NONCE, "")

S2: Form = {
    b"session_id": b"s-1",
    b"player_name": "José ~Test*".encode(),
    b"return_url": b"https://example.org/back?x=1&y=a b",
    b"currency": b"EUR",
    b"game_uuid": b"abcd12345",
    b"player_id": b"tg:42",
}
S3_BODY = (
    b"type=bet&action=bet&amount=1.50&currency=EUR&game_uuid=abcd12345&player_id=tg%3A42"
    b"&transaction_id=tx-1&session_id=s-1&round_id=r-1"
)
S4_ITEMS = [
    b"rollback_transactions[0][action]=bet",
    b"rollback_transactions[0][amount]=1.50",
    b"rollback_transactions[0][transaction_id]=tx-1",
    b"rollback_transactions[0][type]=bet",
    b"rollback_transactions[1][action]=win",
    b"rollback_transactions[1][amount]=4.25",
    b"rollback_transactions[1][transaction_id]=tx-2",
    b"rollback_transactions[1][type]=win",
]
S4_REST = (
    b"action=rollback&currency=EUR&game_uuid=abcd12345&player_id=tg%3A42&transaction_id=tx-9"
    b"&session_id=s-1&type=rollback&provider_round_id=pr-1&round_id=r-1"
)


def headers(**changed: str) -> dict[str, str]:
    signed = sign(parse_form(S3_BODY), MERCHANT, KEY, now=NOW, nonce=NONCE)
    return {name.lower(): value for name, value in signed.items()} | changed


def test_a_request_without_parameters() -> None:
    assert compute({}, PROOF, KEY) == "2ae78b735487b6c9cd2c2455987ea56ac5697023"


def test_a_launch_with_characters_that_libraries_disagree_about() -> None:
    assert compute(S2, PROOF, KEY) == "2a9ad897aaea5821c46a1925577e89edc110f018"


@pytest.mark.parametrize(
    "wrong",
    [
        "ad823012de6750109bd010658f7fd4559e839106",  # "~" left alone
        "9cc0d337b7e17bce6f2fce3796762543b468095c",  # "*" left alone
        "d99186df885379d003e314959acc02a8513b0829",  # a blank as "%20"
    ],
)
def test_what_other_encodings_would_sign_is_refused(wrong: str) -> None:
    proof = PROOF.headers() | {"X-Sign": wrong}
    with pytest.raises(BadSignature):
        verify(S2, {k.lower(): v for k, v in proof.items()}, MERCHANT, (KEY,), now=NOW)


def test_a_bet() -> None:
    signature = compute(parse_form(S3_BODY), PROOF, KEY)
    assert signature == "c80884eb618cc9749a2ead7b902a3f81f964c37a"


@pytest.mark.parametrize(
    "items",
    [
        S4_ITEMS,
        [S4_ITEMS[i] for i in (0, 4, 1, 5, 2, 6, 3, 7)],  # interleaved: folding restores it
    ],
)
def test_a_rollback_with_nested_items(items: list[bytes]) -> None:
    body = S4_REST + b"&" + b"&".join(items)
    assert compute(parse_form(body), PROOF, KEY) == "bee963bf94e517c41bf36ab2e9bc180387ac8396"


def test_the_order_of_nested_fields_is_not_restored() -> None:
    body = S4_REST + b"&" + b"&".join(reversed(S4_ITEMS))
    assert compute(parse_form(body), PROOF, KEY) != "bee963bf94e517c41bf36ab2e9bc180387ac8396"


def test_the_last_of_equal_names_wins_at_the_place_of_the_first() -> None:
    assert build_query(parse_form(b"a=1&b=2&a=3")) == b"a=3&b=2"


def test_a_genuine_request_passes() -> None:
    verify(parse_form(S3_BODY), headers(), MERCHANT, (KEY,), now=NOW)


@pytest.mark.parametrize("name", ["x-merchant-id", "x-timestamp", "x-nonce", "x-sign"])
@pytest.mark.parametrize("value", ["", "\udcff", "0", "x" * 300])
def test_any_header_missing_or_changed_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSignature):
        verify(parse_form(S3_BODY), headers(**{name: value}), MERCHANT, (KEY,), now=NOW)


@pytest.mark.parametrize("skew_s", [-31, 31, -3600, 10**6])
def test_a_request_from_another_time_is_refused(skew_s: int) -> None:
    with pytest.raises(BadSignature):
        verify(
            parse_form(S3_BODY),
            headers(),
            MERCHANT,
            (KEY,),
            now=NOW + timedelta(seconds=skew_s),
        )


@pytest.mark.parametrize("skew_s", [-30, 0, 30])
def test_half_a_minute_of_skew_is_allowed(skew_s: int) -> None:
    now = NOW + timedelta(seconds=skew_s)
    verify(parse_form(S3_BODY), headers(), MERCHANT, (KEY,), now=now)


@given(place=st.integers(0, len(S3_BODY)), change=st.sampled_from([b" ", b"0", b"&", b"="]))
def test_a_changed_byte_is_refused(place: int, change: bytes) -> None:
    body = S3_BODY[:place] + change + S3_BODY[place:]
    try:
        form = parse_form(body)
    except BadForm:
        return
    if form != parse_form(S3_BODY):  # an "&" beside another adds nothing
        with pytest.raises(BadSignature):
            verify(form, headers(), MERCHANT, (KEY,), now=NOW)


def test_another_merchants_signature_is_refused() -> None:
    form = parse_form(S3_BODY)
    signed = sign(form, "merchant-2", KEY, now=NOW, nonce=NONCE)
    with pytest.raises(BadSignature, match="another merchant"):
        verify(form, {k.lower(): v for k, v in signed.items()}, MERCHANT, (KEY,), now=NOW)


def test_the_previous_key_is_accepted_while_it_is_configured() -> None:
    form = parse_form(S3_BODY)
    verify(form, headers(), MERCHANT, ("new-key", KEY), now=NOW)
    with pytest.raises(BadSignature):
        verify(form, headers(), MERCHANT, ("new-key",), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"a=" + b"x" * BODY_BYTES_MAX,
        b"&".join(b"a%d=1" % i for i in range(FIELDS_MAX + 1)),
        b"a" + b"[b]" * DEPTH_MAX + b"=1",
        b"=1",
        b"1=1",
        b"a.b=1",
        b"+a=1",
        b"a%00b=1",
        b"a[b=1",
        b"a[b]c=1",
        b"a]=1",
        b"[a]=1",
        b"a[+]=1",
        b"a[b[c]=1",
    ],
)
def test_forms_that_the_protocol_cannot_produce_are_refused(body: bytes) -> None:
    with pytest.raises(BadForm):
        parse_form(body)


@pytest.fixture(scope="module")
def php() -> Iterator[Php]:
    require_php()
    with Php() as process:
        yield process


TEXT = st.text(
    st.characters(codec="utf-8") | st.sampled_from("~*'()! +%&=[].éß\x00€😀"), max_size=12
)
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_~*\-é+&=%]{0,6}", fullmatch=True)
KEY_OR_INDEX = st.sampled_from(["", "0", "1", "07", "-3", "2", "10", "x"]) | NAME
PATH = st.tuples(NAME, st.lists(KEY_OR_INDEX, max_size=DEPTH_MAX - 1))
PAIR = st.tuples(PATH, TEXT)


def encoded(pair: tuple[tuple[str, list[str]], str]) -> bytes:
    (name, keys), value = pair
    full = name + "".join(f"[{key}]" for key in keys)
    return f"{quote_plus(full)}={quote_plus(value)}".encode()


@given(pairs=st.lists(PAIR, max_size=12))
@settings(max_examples=400, deadline=None)
@example(pairs=[(("A", ["-3"]), ""), (("A", [""]), "")])
@example(pairs=[(("a", ["5"]), "x"), (("a", [""]), "y"), (("a", []), ""), (("a", [""]), "z")])
@example(pairs=[(("a", []), "1"), (("a", ["b"]), "2"), (("a", ["b", "c"]), "3")])
def test_nested_forms_are_signed_as_php_signs_them(
    php: Php, pairs: list[tuple[tuple[str, list[str]], str]]
) -> None:
    body = b"&".join(map(encoded, pairs))
    check_against(php, body)


@given(
    body=st.lists(
        st.sampled_from([b"a", b"b", b"_", b"[", b"]", b"[]", b"[0]", b"[x]", b"=", b"&"])
        | st.sampled_from(
            [b".", b"+", b"%", b"%20", b"%00", b"%5B", b"%5D", b"%zz", b"\xff", b"~"]
        )
        | st.sampled_from([b"1", b"0", b"-1", b"X-Nonce", b"\xc3\xa9"]),
        max_size=24,
    ).map(b"".join)
)
@settings(max_examples=800, deadline=None)
@example(body=b"a[b]=1&a[]=2&a[7]=3&a[]=4&a[-2]=5&a[]=6")
@example(body=b"X-Nonce=mine&X-Merchant-Id[]=other")
def test_any_bytes_are_signed_as_php_signs_them_or_refused(php: Php, body: bytes) -> None:
    check_against(php, body)


def check_against(php: Php, body: bytes) -> None:
    try:
        form = parse_form(body)
    except BadForm:
        return
    three = {k: v for k, v in PROOF.headers().items() if k != "X-Sign"}
    text, signature = php.sign(body, three, KEY)
    assert compute(form, PROOF, KEY) == signature, text
