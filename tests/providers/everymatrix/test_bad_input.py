"""What the vendor, or somebody posing as it, gets wrong: an error, a log line, no change."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.money import EUR, FUN, Money
from casino.play import Call, Wiring
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.replies import MESSAGES
from providers.everymatrix.settings import EverymatrixAccount
from tests.peers.everymatrix.vendor import LOGIN, OLD_PASSWORD, PASSWORD
from tests.providers.everymatrix.house import SETTINGS, House
from tests.providers.everymatrix.seat import START, Seat, fresh

UNSAID = b'{"ApiVersion":"1.0","ReturnCode":101,"Message":"UnknownError"}'


MALFORMED: list[dict[str, Any]] = [
    {"Request": "Debit"},
    {"Request": "walletdebit"},
    {"Request": "WalletCredit"},  # a wager is no credit
    {"TransactionType": None},
    {"TransactionType": "Result"},
    {"TransactionType": "wager"},
    {"Amount": None},
    {"Amount": ""},
    {"Amount": "-1"},
    {"Amount": -1},
    {"Amount": 1e30},
    {"Amount": "1e3"},
    {"Amount": "1,5"},
    {"Amount": " 1"},
    {"Amount": "NaN"},
    {"Amount": True},
    {"Amount": [1]},
    {"Amount": "0.0000001"},  # finer than one unit of FUN
    {"Amount": "9223372036854.775808"},
    {"TransactionId": None},
    {"TransactionId": ""},
    {"TransactionId": 1.5},
    {"TransactionId": "x" * 191},
    {"TransactionId": "a\nb"},
    {"TransactionId": {"a": 1}},
    {"RoundId": "r" * 191},
    {"RoundId": []},
    {"RoundStatus": 1},
    {"SessionId": None},
    {"SessionId": ""},
    {"SessionId": "a\u0000b"},
    {"ExternalUserId": ["1"]},
    {"ValidateSession": "true"},
    {"AdditionalData": "x"},
    {"AdditionalData": {"GameSlug": "g" * 191}},
    {"AdditionalData": {"BonusId": {}, "GameSlug": "game-1"}},
]


@pytest.mark.usefixtures("unchanged")
async def test_malformed_wagers(seat: Seat) -> None:
    for changed in MALFORMED:
        with capture_logs() as logs:
            said = await seat.stake(100, **changed)
        message = said.fields["Message"]
        assert (said.status, said.code, message) == (200, 101, "UnknownError"), changed
        assert any(line["log_level"] == "warning" for line in logs), changed


@pytest.mark.usefixtures("unchanged")
async def test_an_exponent_is_no_amount_even_if_it_means_one(seat: Seat) -> None:
    template = {
        "Request": "WalletDebit",
        "TransactionType": "Wager",
        "LoginName": LOGIN,
        "Password": PASSWORD,
        "SessionId": seat.session,
        "ExternalUserId": seat.player,
        "TransactionId": "t-1",
    }
    for amount in ("1e3", "1E0", "10e-1", "1e-400000", "1" * 5000, "-0"):
        body = json.dumps(template)[:-1] + f', "Amount": {amount}}}'
        assert (await seat.vendor.post(body.encode())).code == 101


@pytest.mark.usefixtures("unchanged")
async def test_malformed_questions(seat: Seat) -> None:
    assert (await seat.vendor.account(None)).code == 101
    assert (await seat.vendor.balance("", session=None)).code == 101
    assert (await seat.vendor.status(seat.player, "", session=seat.session)).code == 101
    assert (await seat.roll_back(100, None, of_win=True)).code == 101
    assert (await seat.roll_back(100, "x" * 191)).code == 101


@pytest.mark.usefixtures("unchanged")
async def test_bodies_that_are_none(seat: Seat) -> None:
    big = json.dumps({"Request": "GetBalance", "LoginName": LOGIN, "PayLoad": "x" * 65_536})
    for body in (
        b"",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b"\xff\xfe",
        b'{"Request":"GetBalance"}',
        b'{"Request":7}',
        b'{"Request":"GetBalance","LoginName":"\\ud800"}',
        b'{"PayLoad":' + b"[" * 20_000,
        b"LoginName=em&Password=x",
        big.encode(),
    ):
        said = await seat.vendor.post(body)
        assert (said.status, said.body) == (200, UNSAID)
    said = await seat.vendor.post(b"", method="GET")
    assert (said.status, said.body) == (200, UNSAID)


@pytest.mark.usefixtures("unchanged")
async def test_a_large_body_within_the_bound_is_read(seat: Seat) -> None:
    said = await seat.vendor.balance(seat.player, session=seat.session, PayLoad="x" * 64_000)
    assert said.balance == START


@pytest.mark.usefixtures("unchanged")
async def test_wrong_credentials(seat: Seat) -> None:
    for wrong in (
        {"Password": "em-password-2"},
        {"Password": ""},
        {"Password": None},
        {"Password": 7},
        {"LoginName": "em"},
        {"LoginName": None},
        {"LoginName": LOGIN.upper()},
    ):
        said = await seat.stake(100, **wrong)
        assert (said.status, said.body) == (200, UNSAID)
    assert (await seat.vendor.forged()).body == UNSAID
    assert (await seat.vendor.malformed()).code == 101


async def test_the_previous_password_is_still_good(seat: Seat) -> None:
    seat.vendor.password = OLD_PASSWORD
    assert (await seat.stake(100)).code == 0


async def test_no_secret_and_no_body_reaches_answer_or_log(seat: Seat) -> None:
    with capture_logs() as logs:
        said = [
            await seat.stake(100, Password="a-guessed-password"),
            await seat.stake(100, PayLoad="the-payload", Amount="x"),
            await seat.stake(100, PayLoad="the-payload"),
            await seat.win(100, PayLoad="the-payload", round_="unheard-of"),
            await seat.stake(START * 2, PayLoad="the-payload"),
            await seat.roll_back(1, fresh(), PayLoad="the-payload"),
        ]
    assert len(logs) > 4
    seen = json.dumps([[s.body.decode() for s in said], logs], default=str)
    for secret in (PASSWORD, OLD_PASSWORD, "a-guessed-password", "the-payload"):
        assert secret not in seen


NASTY: st.SearchStrategy[Any] = (
    st.sampled_from(
        [None, "", 0, -1, 1.5, True, "1001", "s-1", "g-1", "t-0", "NaN", "9" * 200, "\x00", [], {}]
    )
    | st.text(max_size=20)
    | st.integers()
    | st.floats(allow_nan=False)
)
NAMES = st.sampled_from(
    [
        *("Request", "TransactionType", "SessionId", "ExternalUserId", "AccountId", "Amount"),
        *("TransactionId", "RollbackTransactionId", "ReversalTransactionId", "RoundId"),
        *("RoundStatus", "ValidateSession", "AdditionalData", "ApiVersion", "PayLoad"),
    ]
)
ADDITIONAL = st.dictionaries(
    st.sampled_from(["GameSlug", "BonusId", "PlayerCurrency", "Vendor"]), NASTY, max_size=3
)
ASKED = st.sampled_from(
    [
        *(("GetAccount", ""), ("GetBalance", ""), ("GetTransactionStatus", "")),
        *(("WalletDebit", "Wager"), ("WalletCredit", "Result"), ("WalletCredit", "Rollback")),
        *(("WalletDebit", "Rollback"), ("Wager", ""), ("Result", ""), ("Rollback", "")),
    ]
)


def answered(house: House, body: bytes) -> dict[str, Any]:
    account = EverymatrixAccount.model_validate(SETTINGS)
    provider = EverymatrixProvider(Wiring("everymatrix", house, SystemClock()), account)
    reply = asyncio.run(provider.answer(Call("POST", "", "", {}, body, "192.0.2.1")))
    assert reply.status == 200
    read = json.loads(reply.body)
    assert read["ApiVersion"] == "1.0"
    assert read["Message"] == MESSAGES[read["ReturnCode"]]
    return dict(read)


@given(asked=ASKED, changed=st.dictionaries(NAMES, NASTY | ADDITIONAL, max_size=4))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(asked=("GetAccount", ""), changed={"SessionId": -(2**63) - 1})
@example(asked=("GetTransactionStatus", ""), changed={"TransactionId": 2**64})
@example(asked=("Rollback", ""), changed={"RollbackTransactionId": None})
@example(asked=("WalletCredit", "Rollback"), changed={"RollbackTransactionId": "t-1"})
def test_authentic_nonsense_never_breaks_the_adapter_or_the_book(
    asked: tuple[str, str], changed: dict[str, Any]
) -> None:
    house = House.with_player()
    fields = {
        "LoginName": LOGIN,
        "Password": PASSWORD,
        "Request": asked[0],
        "TransactionType": asked[1],
        "SessionId": "s-1",
        "ExternalUserId": "1001",
        "Amount": "1",
        "TransactionId": "t-1",
        "RollbackTransactionId": "t-0",
        "RoundId": "r-1",
        "AdditionalData": {"GameSlug": "g-1"},
        **changed,
    }
    before = house.snapshot()
    with capture_logs() as logs:
        read = answered(house, json.dumps(fields).encode())
    assert not [line for line in logs if line["event"] == "callback crashed"], logs
    if read["ReturnCode"] not in {0, 108}:
        assert house.snapshot() == before
    cash = house.cash(1001, FUN)
    assert cash.units == 100_000_000 + sum(t.cash_delta for t in house.transfers)
    assert cash.units >= 0
    assert house.cash(1001, EUR) == Money.parse("100", EUR)


@given(body=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_noise_never_reaches_the_book(body: bytes) -> None:
    house = House.with_player()
    assert answered(house, body)["ReturnCode"] == 101
    assert not house.calls
