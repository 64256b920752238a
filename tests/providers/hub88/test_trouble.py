"""A till that is slow, away or broken, and bodies that nobody meant: always the wire's own words.

A wrong answer here costs money: whatever may have happened is never called done or undone.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.errors import Busy, OutcomeUnknown, TryLater
from casino.money import EUR, Currency
from casino.play import Call, GameCall, PlayerSession, UnknownPlayer, Wiring
from casino.wallet import Answer, Balance, Known
from casino.wallet.operations import Applied, Item, Kind, Outcome, Refusal, Refused
from providers.hub88.callback import Status
from providers.hub88.provider import REFUSALS, Hub88Provider
from providers.hub88.settings import Hub88Account
from providers.hub88.signature import Signer
from tests.peers.hub88.aggregator import OPERATOR_ID
from tests.peers.hub88.openssl import key_pair
from tests.peers.hub88.vendor import Vendor
from tests.providers.hub88.conftest import Seat, fresh, serving
from tests.providers.till import EmptyTill

TOKEN = "S" * 26
BALANCE = Balance(EUR, 12_345, 0, 0, 1)


@dataclass
class Till(EmptyTill):
    """Takes everything for one player, unless it has trouble; remembers what it was asked."""

    trouble: Exception | None = None
    reading: Exception | None = None
    refusal: Refusal | None = None
    calls: list[GameCall] = field(default_factory=list)

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        assert provider_id == "hub88"
        if self.trouble is not None:
            raise self.trouble
        if self.refusal is not None:
            return Refused(self.refusal, BALANCE)
        self.calls.append(call)
        return Applied((Item(Outcome.APPLIED, "1-5-2", BALANCE.cash),), BALANCE)

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        assert currency is EUR
        if self.reading is not None:
            raise self.reading
        if player_ref != "1001":
            raise UnknownPlayer
        return BALANCE

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        assert provider_id == "hub88"
        if self.reading is not None:
            raise self.reading
        if session_ref != TOKEN:
            return None
        return PlayerSession("1001", "Ada", "en", EUR, "std_game1", alive=True)

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        assert (provider_id, player_ref) == ("hub88", "1001")
        if self.reading is not None:
            raise self.reading
        if key != "bet-1":
            return None
        item = Item(Outcome.REPLAYED, "1-5-1", 0)
        return Known(key, Kind.BET, 100, EUR, "r", None, moved=True, reversed=False, item=item)


@functools.cache
def _account() -> Hub88Account:
    return Hub88Account(
        url="http://127.0.0.1:1/v2",
        operator_id=OPERATOR_ID,
        operator_private_key=SecretStr(key_pair("operator").private),
        hub88_public_key=key_pair("aggregator").public,
        currencies={"EUR": "EUR"},
    )


def made(till: Till) -> Hub88Provider:
    return Hub88Provider(Wiring("hub88", till, SystemClock()), _account())


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
async def alone(till: Till, vendor: Vendor) -> AsyncIterator[Seat]:
    """The aggregator before an adapter whose wallet is a stand-in."""
    provider = made(till)
    async with serving(provider) as url:
        vendor.callback_url = url
        yield Seat(vendor, 1001, TOKEN, "std_game1")
    await provider.close()


FAILED = {"status": "RS_ERROR_UNKNOWN", "user": "player-1001", "request_uuid": "q"}


@pytest.mark.parametrize(
    "trouble",
    [TryLater(), Busy(), OutcomeUnknown(), TimeoutError(), RuntimeError("a bug")],
    ids=repr,
)
async def test_trouble_of_the_till_is_an_unknown_error(
    alone: Seat, till: Till, trouble: Exception
) -> None:
    till.trouble = trouble
    with capture_logs() as logs:
        said = [
            await alone.bet(1, fresh(), request_uuid="q"),
            await alone.win(1, fresh(), "bet-1", request_uuid="q"),
            await alone.rollback(fresh(), "bet-1", request_uuid="q"),
        ]
    assert [(one.status, one.json) for one in said] == [(200, FAILED)] * 3
    assert [line["log_level"] for line in logs] == ["error"] * 3


@pytest.mark.parametrize("trouble", [TryLater(), TimeoutError(), RuntimeError("a bug")], ids=repr)
async def test_trouble_with_reading_settles_nothing(
    alone: Seat, till: Till, trouble: Exception
) -> None:
    till.reading = trouble
    asked: dict[str, Any] = {"user": alone.user, "token": TOKEN, "request_uuid": "q"}
    said = [
        await alone.vendor.call("user/balance", **asked),
        await alone.vendor.call("user/info", **asked),
        await alone.win(1, fresh(), "bet-1", request_uuid="q"),
        await alone.rollback(fresh(), "bet-1", request_uuid="q"),
        await alone.bet(0, fresh(), request_uuid="q", is_supplier_promo=True),
    ]
    assert [(one.status, one.json) for one in said] == [(200, FAILED)] * 5
    assert till.calls == []


async def test_a_balance_that_hangs_is_given_up(
    alone: Seat, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.hub88.provider.DEADLINE_S", 0.05)

    async def hang(_ref: str, _currency: Currency) -> Balance:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(till, "balance", hang)
    for path in ("user/balance", "user/info"):
        said = await alone.vendor.call(path, user=alone.user, token=TOKEN, request_uuid="q")
        assert said.json == FAILED


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_every_refusal_has_its_status(alone: Seat, till: Till, refusal: Refusal) -> None:
    till.refusal = refusal
    said = await alone.bet(1, fresh(), request_uuid="q")
    status = REFUSALS.get(refusal, Status.UNKNOWN)
    expected: dict[str, Any] = FAILED | {"status": status.value}
    if refusal is Refusal.NOT_ENOUGH_MONEY:
        expected |= {"currency": "EUR", "balance": 12_345_000}
    assert (said.status, said.json) == (200, expected)


@functools.cache
def _signer() -> Signer:
    """Sign many bodies quickly; that openssl signs alike is proven with the signature."""
    return Signer(key_pair("aggregator").private)


def answer(provider: Hub88Provider, path: str, body: bytes, signature: str) -> dict[str, Any]:
    headers = {"x-hub88-signature": signature}
    reply = asyncio.run(provider.answer(Call("POST", path, "", headers, body)))
    assert reply.status == 200
    assert reply.content_type == "application/json"
    read = json.loads(reply.body)
    assert isinstance(read, dict)
    return read


NASTY: st.SearchStrategy[Any] = (
    st.sampled_from(
        ["", "0", 0, 1, -1, 1e5, 1.5, 10**30, True, None, [], {}, "\x00", "é", "EUR", "bet-1"]
    )
    | st.integers()
    | st.text(max_size=20)
)
NAMES = st.sampled_from(
    [
        *("user", "request_uuid", "token", "game_code", "transaction_uuid", "currency", "amount"),
        *("reference_transaction_uuid", "round", "round_closed", "reward_uuid", "is_free"),
        *("is_supplier_promo", "is_aggregated", "meta"),
    ]
)
PATHS = ["user/info", "user/balance", "transaction/bet", "transaction/win", "transaction/rollback"]


@given(path=st.sampled_from(PATHS), changed=st.dictionaries(NAMES, NASTY, max_size=3))
@settings(max_examples=250, deadline=None)
@example(path="transaction/bet", changed={"amount": 1})
@example(path="transaction/win", changed={"amount": 10**30})
@example(path="transaction/rollback", changed={"currency": "JPY"})
def test_signed_nonsense_gets_a_status_and_settles_only_what_it_says(
    path: str, changed: dict[str, Any]
) -> None:
    till = Till()
    provider = made(till)
    fields: dict[str, Any] = {
        "user": "player-1001",
        "request_uuid": "q",
        "token": TOKEN,
        "game_code": "std_game1",
        "transaction_uuid": "t-1",
        "reference_transaction_uuid": "bet-1",
        "currency": "EUR",
        "amount": 5_000,
        "round": "r",
        **changed,
    }
    body = json.dumps(fields).encode("utf-8", "surrogatepass")
    with capture_logs() as logs:
        read = answer(provider, path, body, _signer().sign(body))
    assert not [line for line in logs if line["event"] == "callback crashed"], logs
    assert read["status"] in set(Status)
    if read["status"] != "RS_OK" or not path.startswith("transaction/"):
        assert till.calls == []
        return
    (call,) = till.calls
    (op,) = call.ops
    assert (call.player_ref, op.key) == ("1001", fields["transaction_uuid"])
    if path == "transaction/rollback":
        assert (op.kind, op.amount) == (Kind.REVERSAL, None)
        assert op.reference == fields["reference_transaction_uuid"]
    else:
        free = bool(fields.get("is_free") or fields.get("is_supplier_promo"))
        debited = 0 if free and path == "transaction/bet" else fields["amount"] // 1_000
        assert type(fields["amount"]) is int
        assert fields["amount"] % 1_000 == 0
        assert op.amount == debited


@given(
    path=st.sampled_from([*PATHS, "", "../x"]),
    body=st.binary(max_size=300),
    signature=st.text(max_size=400),
)
@settings(max_examples=300, deadline=None)
def test_unsigned_noise_never_reaches_the_till(path: str, body: bytes, signature: str) -> None:
    till = Till()
    read = answer(made(till), path, body, signature)
    assert read == {"status": "RS_ERROR_INVALID_SIGNATURE"}
    assert till.calls == []


@given(body=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_signed_noise_is_malformed(body: bytes) -> None:
    till = Till()
    read = answer(made(till), "transaction/bet", body, _signer().sign(body))
    assert read["status"] in {"RS_ERROR_WRONG_SYNTAX", "RS_ERROR_WRONG_TYPES"}
    assert till.calls == []
