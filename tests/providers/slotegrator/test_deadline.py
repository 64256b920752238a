"""A wallet that is slow, away or broken: an answer in time, and never a wrong one.

What is known not to have happened is answered with the protocol's error. What may have happened is
left unanswered (not HTTP 200): the aggregator then refunds the stake or repeats the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import aiohttp
import pytest
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.errors import OutcomeUnknown, TryLater
from casino.money import FUN, Currency, Money
from casino.play import GameCall, Wiring
from casino.wallet.operations import Answer, Balance, Kind
from providers.sandbox.forms import encode, signed_headers
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY, Caller, fresh
from tests.providers.book import Book, casino_app, serving

Trouble = Callable[[], Awaitable[None]]


class TroubledTill(Book):
    """A till that has trouble before or after it settles."""

    before: Trouble | None = None
    after: Trouble | None = None

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        trouble_before, trouble_after = self.before, self.after
        if trouble_before is not None:
            await trouble_before()
        answer = await super().settle(provider_id, call)
        if trouble_after is not None:
            await trouble_after()
        return answer

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        if self.before is not None:
            await self.before()
        return await super().balance(player_ref, currency)


@pytest.fixture
def till() -> TroubledTill:
    till = TroubledTill(sessions={"s-1": 1001}, games={"g-1": 1})
    till.open(1001, Money.parse("100", FUN))
    return till


@pytest.fixture
async def call(till: TroubledTill) -> AsyncIterator[Caller]:
    clock = SystemClock()
    account = SlotegratorAccount(
        url="http://127.0.0.1:1",
        merchant_id=MERCHANT_ID,
        merchant_key=MERCHANT_KEY,
        currencies={"FUN": "FUN"},
    )
    provider = SlotegratorProvider(Wiring("slotegrator", till, clock), account)
    known = {"player_id": "1001", "session_id": "s-1", "game_uuid": "g-1", "currency": "FUN"}
    async with serving(casino_app(lambda: provider)) as server, aiohttp.ClientSession() as http:
        yield Caller(str(server.make_url("/providers/slotegrator")), clock, http, known)


async def hang() -> None:
    await asyncio.sleep(60)


async def late() -> None:
    """The till's own deadline: the wallet, which alone knows that nothing was sent, says so."""
    await asyncio.sleep(2)
    raise TryLater


async def away() -> None:
    raise TryLater


async def broken() -> None:
    raise RuntimeError("a bug")


def failed(answer: dict[str, object]) -> bool:
    return answer == {"error_code": "INTERNAL_ERROR", "error_description": "Temporary failure"}


async def bet(call: Caller, key: str) -> dict[str, object]:
    return await call("bet", type="bet", amount="10", transaction_id=key, round_id="r")


async def in_doubt() -> None:
    raise OutcomeUnknown


async def status(call: Caller, action: str, **fields: str) -> int:
    """Send a signed callback and return the bare HTTP status."""
    everything = {"action": action, **call.player, **fields}
    headers = signed_headers(everything, MERCHANT_ID, call.key, call.clock)
    body = encode(everything).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    async with call.http.post(call.url, data=body, headers=form) as response:
        return response.status


@pytest.mark.parametrize("trouble", [late, away])
async def test_no_action_waits_for_a_wallet_that_is_late_or_away(
    call: Caller, till: TroubledTill, trouble: Trouble
) -> None:
    till.before = trouble
    answers = await asyncio.gather(
        call("balance"),
        bet(call, fresh()),
        call("win", type="win", amount="1", transaction_id=fresh()),
        call("refund", amount="1", transaction_id=fresh(), bet_transaction_id=fresh()),
    )
    assert all(map(failed, answers))
    assert till.transfers == []


@pytest.mark.parametrize("trouble", [in_doubt, broken])
async def test_a_stake_of_unknown_fate_is_left_unanswered_and_its_refund_gives_it_back(
    call: Caller, till: TroubledTill, trouble: Trouble
) -> None:
    key = fresh()
    stake = {"type": "bet", "amount": "10", "transaction_id": key, "round_id": "r"}
    till.after = trouble
    assert await status(call, "bet", **stake) == 500
    till.after = None
    refund = await call("refund", amount="10", transaction_id=fresh(), bet_transaction_id=key)
    assert refund["balance"] == 100
    assert [t.kind for t in till.transfers] == [Kind.BET, Kind.REVERSAL]


async def test_a_balance_that_cannot_be_read_is_not_waited_for(
    call: Caller, till: TroubledTill
) -> None:
    till.before = hang
    assert failed(await call("balance"))


@pytest.mark.parametrize("action", ["bet", "win"])
async def test_what_a_till_leaves_open_is_never_called_undone(
    call: Caller, till: TroubledTill, action: str
) -> None:
    """Only the till can say that nothing happened; a clock of ours that ran out cannot."""
    till.before = hang
    fields = {"amount": "10", "transaction_id": fresh(), "type": action}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await status(call, action, **fields)


async def test_a_stake_that_was_not_taken_may_come_again(call: Caller, till: TroubledTill) -> None:
    till.before = away
    key = fresh()
    assert failed(await bet(call, key))
    till.before = None
    again = await bet(call, key)
    assert again["balance"] == 90


@pytest.mark.parametrize("action", ["win", "refund"])
async def test_what_is_repeated_by_the_aggregator_happens_once(
    call: Caller, till: TroubledTill, action: str
) -> None:
    stake, key = fresh(), fresh()
    await bet(call, stake)
    fields = {"amount": "5", "transaction_id": key, "type": action, "bet_transaction_id": stake}
    till.after = in_doubt
    assert await status(call, action, **fields) == 500
    till.after = None
    again = await call(action, **fields, casino_request_retry_count="1")
    assert again["balance"] == Decimal(95)
    assert len(till.transfers) == 2


async def test_a_crash_is_logged_with_its_traceback(call: Caller, till: TroubledTill) -> None:
    till.before = broken
    with capture_logs() as logs:
        assert await status(call, "balance") == 500
    assert any(line.get("exc_info") and line["log_level"] == "error" for line in logs)
