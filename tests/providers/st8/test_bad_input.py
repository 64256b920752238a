"""What the vendor, or somebody posing as it, gets wrong: a status, a log line, no change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.money import EUR, Money
from casino.play import Call, Wiring
from providers.st8.provider import St8Provider
from providers.st8.settings import St8Account
from tests.peers.st8.keys import KeyPair
from tests.peers.st8.vendor import Said
from tests.providers.book import Book
from tests.providers.st8.conftest import Build, Ledger, Seat

FAILED = b'{"status":"auth_failed"}'
UNKNOWN = b'{"status":"unknown"}'


@pytest.fixture
async def unchanged(ledger: Ledger, seat: Seat) -> AsyncIterator[None]:
    """Whatever the test sends, the ledger is afterwards as it was before."""
    before = await ledger.everything()
    yield
    assert await ledger.everything() == before


BAD_AMOUNTS: tuple[Any, ...] = (
    ...,
    None,
    "",
    "-1",
    "+1",
    "1e3",
    "1,5",
    " 1",
    "0x10",
    "NaN",
    "Infinity",
    "1.",
    ".5",
    "٣",  # a digit, but none of money's
    "0.001",  # finer than one unit of EUR
    "92233720368547758.08",
    "1" * 60,
    1,
    1.5,
    True,
    ["1"],
    {"amount": "1"},
)
BAD_TEXTS: tuple[Any, ...] = (..., None, "", 1, [], "x" * 191)


@pytest.mark.usefixtures("unchanged")
async def test_malformed_debits_and_credits(seat: Seat) -> None:
    changes = [{"amount": bad} for bad in BAD_AMOUNTS]
    changes += [
        {name: bad}
        for name in ("transaction_id", "player", "currency", "provider_kind")
        for bad in BAD_TEXTS
    ]
    changes += [{"transaction_id": "a\x00"}, {"round": "r" * 191}, {"round": 7}]
    changes += [{"round_closed": "yes"}, {"provider_kind": "jackpot_debit"}]
    for changed in changes:
        with capture_logs() as logs:
            assert (await seat.debit(100, "t-1", **changed)).body == UNKNOWN, changed
            assert (await seat.credit(100, "t-1", **changed)).body == UNKNOWN, changed
        assert [line["log_level"] for line in logs] == ["warning"] * 2, changed


@pytest.mark.usefixtures("unchanged")
async def test_malformed_stakes(seat: Seat) -> None:
    for changed in (
        *({"token": bad} for bad in (..., None, "", 5)),
        *({"game_code": bad} for bad in BAD_TEXTS),
        *({"site": bad} for bad in BAD_TEXTS if bad != "x" * 191),
        {"provider_kind": "credit"},
        {"provider_kind": "DEBIT"},
    ):
        assert (await seat.debit(100, "t-1", **changed)).body == UNKNOWN, changed
    assert (await seat.credit(100, "t-1", "debit")).body == UNKNOWN


@pytest.mark.usefixtures("unchanged")
async def test_malformed_cancels_buyins_and_payouts(seat: Seat) -> None:
    right: dict[str, Any] = {
        "player": seat.player,
        "site": "tgcasino",
        "cancel_id": "c-1",
        "transaction_id": "t-1",
        "developer_code": "std",
        "amount": "1.00",
        "currency": "EUR",
    }
    for changed in (
        *({"amount": bad} for bad in BAD_AMOUNTS),
        *({name: bad} for name in ("cancel_id", "transaction_id") for bad in BAD_TEXTS),
        {"currency": "USD"},
    ):
        assert (await seat.vendor.call("cancel", **right | changed)).body == UNKNOWN, changed
    for action in ("buyin", "payout"):
        for bad in BAD_AMOUNTS:
            said = await seat.alone(action, 100, "t-1", token=seat.session, amount=bad)
            assert said.body == UNKNOWN, bad


@pytest.mark.usefixtures("unchanged")
async def test_malformed_questions(seat: Seat) -> None:
    for changed in ({"player": ...}, {"player": 7}, {"currency": ...}, {"currency": "USD"}):
        fields: dict[str, Any] = {
            "player": seat.player,
            "currency": "EUR",
            "site": "tgcasino",
            "token": seat.session,
        }
        assert (await seat.vendor.call("balance", **fields | changed)).body == UNKNOWN, changed
    assert (await seat.vendor.call("player_profile", player=7, site="tgcasino")).body == UNKNOWN


@pytest.mark.usefixtures("unchanged")
async def test_bodies_of_another_kind(seat: Seat) -> None:
    vendor = seat.vendor
    good = json.dumps(seat.fields(100, "t-1", "debit")).encode()
    for body in (
        b"",
        b"null",
        b"[]",
        b"{",
        good[:-1],
        good + b"x",
        b"\xff\xfe",
        good.replace(b"tgcasino", b"tg\xffcasino"),
        good.replace(b'"t-1"', b'"\\ud800"'),
        b"[" * 50_000,
        b"action=debit",
    ):
        said = await vendor.post("debit", body, vendor.keys.sign(body))
        assert said.body == UNKNOWN, body[:60]
    for action in ("", "debits", "DEBIT", "debit/x", "%00", "bonus"):
        assert (await vendor.post(action, good, vendor.keys.sign(good))).body == UNKNOWN, action


@pytest.mark.usefixtures("unchanged")
async def test_a_body_too_large(seat: Seat) -> None:
    vendor = seat.vendor
    fields = json.dumps(seat.fields(100, "t-1", "debit", padding="x" * 65_536)).encode()
    said = await vendor.post("debit", fields, vendor.keys.sign(fields))
    assert (said.status, said.body) == (200, UNKNOWN)
    assert (await vendor.post("debit", fields, None)).body == FAILED


async def test_a_body_as_large_as_allowed(seat: Seat) -> None:
    room = 65_536 - len(json.dumps(seat.fields(100, "t-1", "debit", padding="")))
    said = await seat.debit(100, "t-1", padding="x" * room)
    assert said.outcome == "ok"


@pytest.mark.usefixtures("unchanged")
async def test_unsigned_and_wrongly_signed_calls(seat: Seat) -> None:
    vendor = seat.vendor
    body = json.dumps(seat.fields(100, "t-1", "debit")).encode()
    good = vendor.keys.sign(body)
    for action in ("debit", "credit", "cancel", "balance", "player_profile", "buyin", "nothing"):
        for sent, signature in (
            (body, None),
            (body, ""),
            (body, "0" * 96),
            (body, vendor.stranger.sign(body)),
            (body, vendor.operator.sign(body)),
            (body + b" ", good),
            (body.replace(b"1.00", b"9.00"), good),
            (b"", good),
        ):
            with capture_logs() as logs:
                said: Said = await vendor.post(action, sent, signature)
            assert (said.status, said.body) == (200, FAILED)
            assert [line["event"] for line in logs] == ["callback not authentic"]


@pytest.mark.usefixtures("unchanged")
async def test_a_get_is_judged_by_its_query(seat: Seat) -> None:
    vendor = seat.vendor
    query = f"player={seat.player}&currency=EUR"
    assert (await vendor.get("balance", query, vendor.keys.sign(query.encode()))).body == UNKNOWN
    assert (await vendor.get("balance", query, vendor.keys.sign(b""))).body == FAILED


async def test_both_of_two_keys_are_accepted_while_one_replaces_the_other(
    seat: Seat, build: Build
) -> None:
    vendor = seat.vendor
    build(
        vendor_public_key=vendor.stranger.public_pem,
        vendor_public_key_previous=vendor.keys.public_pem,
    )
    assert (await seat.stake(100, "t-1")).outcome == "ok"
    body = json.dumps(seat.fields(100, "t-2", "debit")).encode()
    assert (await vendor.post("debit", body, vendor.stranger.sign(body))).outcome == "ok"
    assert (await vendor.post("debit", body, vendor.operator.sign(body))).body == FAILED
    build(vendor_public_key=vendor.stranger.public_pem)
    assert (await seat.stake(100, "t-3")).body == FAILED


async def test_a_captured_call_replayed_changes_nothing_more(seat: Seat, ledger: Ledger) -> None:
    vendor = seat.vendor
    body = json.dumps(seat.fields(100, "t-1", "debit")).encode()
    signature = vendor.keys.sign(body)
    first = await vendor.post("debit", body, signature)
    assert (await vendor.post("debit", body, signature)).body == first.body
    assert await ledger.cash() == 99_900


async def test_no_secret_and_no_foreign_text_reaches_answer_or_log(seat: Seat) -> None:
    vendor = seat.vendor
    with capture_logs() as logs:
        answers = [
            await seat.debit(100, "t-1", "no such kind"),
            await seat.debit(100, "t-1", amount="no such amount"),
            await vendor.post("debit", b"{}", "f" * 40),
        ]
    seen = json.dumps([[said.body.decode() for said in answers], logs], default=str)
    for text in ("no such kind", "no such amount", "f" * 40, seat.session):
        assert text not in seen


# Without a database: the wallet's own rules over a book in memory.


@pytest.fixture(scope="module")
def pair() -> Iterator[KeyPair]:
    pair = KeyPair()
    yield pair
    pair.close()


@pytest.fixture(scope="module")
def account(pair: KeyPair) -> St8Account:
    return St8Account(
        url="http://127.0.0.1:1",
        site="tgcasino",
        private_key=pair.private_pem,
        vendor_public_key=pair.public_pem,
        jurisdiction="CW",
        currencies={"EUR": "EUR", "USD": "USD"},
    )


def house(account: St8Account) -> tuple[Book, St8Provider]:
    book = Book(sessions={"s-1": 1001}, games={"g-1": 1})
    book.open(1001, Money.parse("100", EUR))
    return book, St8Provider(Wiring("st8", book, SystemClock()), account)


def answer(provider: St8Provider, action: str, body: bytes, sign: str) -> dict[str, Any]:
    reply = asyncio.run(
        provider.answer(Call("POST", action, "", {"x-st8-sign": sign} if sign else {}, body))
    )
    assert reply.status == 200
    read = json.loads(reply.body)
    assert isinstance(read, dict)
    return read


NASTY = (
    st.sampled_from(
        ["", "0", "1", "-1", "1e400", "NaN", "9" * 80, "\x00", "é", "1001", "g-1", "s-1", "USD"]
    )
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=3), max_size=2)
)
NAMES = st.sampled_from(
    [
        *("player", "site", "token", "transaction_id", "cancel_id", "round", "round_closed"),
        *("game_code", "developer_code", "amount", "currency", "provider_kind", "provider"),
    ]
)
KINDS = st.sampled_from(
    [
        *("debit", "free_debit", "bonus_buy_debit", "correction_debit", "jackpot_debit"),
        *("credit", "free_credit", "jackpot_credit", "correction_credit", "x"),
    ]
)
ACTIONS = st.sampled_from(
    ["player_profile", "balance", "debit", "credit", "cancel", "buyin", "payout"]
)


@given(action=ACTIONS, kind=KINDS, changed=st.dictionaries(NAMES, NASTY, max_size=3))
@settings(max_examples=150, deadline=None)
@example(action="debit", kind="correction_debit", changed={"amount": "100.01"})
@example(action="cancel", kind="debit", changed={"cancel_id": "t-1"})
def test_signed_nonsense_never_breaks_the_adapter_or_the_book(
    pair: KeyPair, account: St8Account, action: str, kind: str, changed: dict[str, Any]
) -> None:
    book, provider = house(account)
    fields: dict[str, Any] = {
        "player": "1001",
        "site": "tgcasino",
        "token": "s-1",
        "transaction_id": "t-1",
        "cancel_id": "c-1",
        "round": "r-1",
        "round_closed": False,
        "game_code": "g-1",
        "developer_code": "std",
        "amount": "1.00",
        "currency": "EUR",
        "provider_kind": kind,
        **changed,
    }
    body = json.dumps(fields).encode()
    before = book.snapshot()
    with capture_logs() as logs:
        read = answer(provider, action, body, pair.sign(body))
    assert not [line for line in logs if line["event"] == "callback crashed"], logs
    assert read["status"] in {
        *("ok", "unknown", "session_expired", "player_not_found", "not_enough_money"),
        *("game_disabled", "site_disabled"),
    }
    if read["status"] != "ok":
        assert set(read) == {"status"}
        assert book.snapshot() == before
    cash = book.cash(1001, EUR).units
    assert cash == 10_000 + sum(t.cash_delta for t in book.transfers)
    assert cash >= 0 or kind == "correction_debit"


@given(
    action=ACTIONS | st.text(max_size=10),
    body=st.binary(max_size=400),
    sign=st.text(max_size=120),
)
@settings(max_examples=150, deadline=None)
def test_unsigned_noise_never_reaches_the_book(
    account: St8Account, action: str, body: bytes, sign: str
) -> None:
    book, provider = house(account)
    assert answer(provider, action, body, sign) == {"status": "auth_failed"}
    assert not book.calls
