"""A wallet that is slow, away or broken: the exact answer, and never a wrong one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.errors import OutcomeUnknown, TryLater
from casino.money import FUN
from casino.play import Call, Wiring
from casino.wallet import Kind
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.settings import EverymatrixAccount
from tests.peers.everymatrix.vendor import LOGIN, PASSWORD
from tests.providers.everymatrix.house import SETTINGS, House

Ask = Callable[..., Awaitable[bytes]]

ACTIONS = ["Wager", "Result", "Rollback"]


@pytest.fixture
def house() -> House:
    return House.with_player()


def asking(house: House, **changed: Any) -> Ask:
    account = EverymatrixAccount.model_validate(SETTINGS | changed)
    provider = EverymatrixProvider(Wiring("everymatrix", house, SystemClock()), account)

    async def ask(request: str, key: str = "t-1", **fields: Any) -> bytes:
        body = {
            "Request": request,
            "LoginName": LOGIN,
            "Password": PASSWORD,
            "SessionId": "s-1",
            "AccountId": "1001",
            "Amount": 10,
            "TransactionId": key,
            "RoundId": "r-1",
            **fields,
        }
        reply = await provider.answer(Call("POST", "", "", {}, json.dumps(body).encode(), ""))
        assert reply.status == 200
        return reply.body

    return ask


@pytest.fixture
def ask(house: House) -> Ask:
    return asking(house)


def failure(code: int, message: str, request: str) -> bytes:
    return (
        f'{{"ApiVersion":"1.0","Request":"{request}","ReturnCode":{code},'
        f'"Message":"{message}","SessionId":"s-1"}}'
    ).encode()


async def away() -> None:
    raise TryLater


async def slow() -> None:
    raise TimeoutError


async def in_doubt() -> None:
    raise OutcomeUnknown


async def broken() -> None:
    raise RuntimeError("a bug")


@pytest.mark.parametrize("trouble", [away, slow])
async def test_what_was_not_done_is_our_failure(
    ask: Ask, house: House, trouble: Callable[[], Awaitable[None]]
) -> None:
    house.before = trouble
    for request in ("GetAccount", "GetBalance", "GetTransactionStatus", *ACTIONS):
        fields = {"RollbackTransactionId": "t-0"} if request == "Rollback" else {}
        assert await ask(request, **fields) == failure(101, "UnknownError", request)
    assert house.transfers == []
    house.before = None
    assert b'"ReturnCode":0' in await ask("Wager")


async def test_a_wager_of_unknown_outcome_is_being_processed_and_can_be_rolled_back(
    ask: Ask, house: House
) -> None:
    house.after = in_doubt
    said = await ask("Wager")
    assert said == failure(107, "TransactionIsBeingProcessed", "Wager")
    house.after = None
    assert b'"Processed"' in await ask("GetTransactionStatus")
    back = await ask("Rollback", "t-2", RollbackTransactionId="t-1")
    assert b'"Balance":100.000000' in back
    assert [t.kind for t in house.transfers] == [Kind.BET, Kind.REVERSAL]


async def test_what_is_repeated_after_an_unknown_outcome_happens_once(
    ask: Ask, house: House
) -> None:
    await ask("Wager", "t-0")
    for request, key, cash in (("Result", "t-1", 100), ("Rollback", "t-2", 110)):
        house.after = in_doubt
        fields = {"RollbackTransactionId": "t-0"} if request == "Rollback" else {}
        assert b'"ReturnCode":107' in await ask(request, key, **fields)
        house.after = None
        assert f'"Balance":{cash}.000000'.encode() in await ask(request, key, **fields)
    assert house.cash(1001, FUN).units == 110_000_000
    assert len(house.transfers) == 3


async def test_an_unknown_outcome_may_be_called_an_unknown_error(house: House) -> None:
    house.after = in_doubt
    said = await asking(house, outcome_unknown_code=101)("Wager")
    assert said == failure(101, "UnknownError", "Wager")


async def test_a_crash_is_logged_with_its_traceback(ask: Ask, house: House) -> None:
    house.before = broken
    with capture_logs() as logs:
        assert await ask("Wager") == failure(101, "UnknownError", "Wager")
    assert any(line.get("exc_info") and line["log_level"] == "error" for line in logs)


async def test_a_paid_result_stands_when_its_wager_cannot_be_looked_for(house: House) -> None:
    class Forgetful(House):
        async def stakes_of_round(self, *_: Any) -> Any:
            raise TryLater

    forgetful = Forgetful.with_player()
    said = await asking(forgetful)("Result")
    assert b'"ReturnCode":0' in said
    assert b'"Balance":110.000000' in said


async def test_a_wager_that_arrives_while_its_rollback_looks_for_it_is_taken_back(
    house: House,
) -> None:
    """The first look finds nothing, the wallet then finds the wager: its answer counts."""
    ask = asking(house)
    looked = 0

    async def wager_comes_after_the_first_look() -> None:
        nonlocal looked
        looked += 1
        if looked == 3:  # session, the original, and now the wallet
            house.before = None
            await ask("Wager", "t-0")

    house.before = wager_comes_after_the_first_look
    said = await ask("Rollback", "t-2", RollbackTransactionId="t-0")
    assert b'"ReturnCode":0' in said
    assert b'"RealMoneyAffected":10.000000' in said
    assert house.cash(1001, FUN).units == 100_000_000


async def test_amounts_as_text_and_shorter(house: House) -> None:
    ask = asking(house, amounts_as_text=True, balance_places_max=2)
    said = await ask("Wager", Amount="0.000001")
    assert b'"Balance":"99.99","RealMoneyAffected":"0.000001"' in said


async def test_one_currency_needs_no_saying(house: House) -> None:
    said = await asking(house)("GetBalance", SessionId=None)
    assert b'"Balance":100.000000' in said


async def test_a_stake_may_always_be_for_the_game_that_was_opened(house: House) -> None:
    foreign = {"AdditionalData": {"GameSlug": "elsewhere"}}
    assert b'"ReturnCode":0' in await asking(house, stake_game="session")("Wager", **foreign)
    assert house.calls[-1].game_ref == "g-1"


async def test_a_question_that_names_no_player_is_answered_in_the_accounts_word(
    house: House,
) -> None:
    said = await asking(house, account_field="AccountId")("GetAccount", AccountId=None)
    assert b'"AccountId":"1001"' in said
