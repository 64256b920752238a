"""A wallet that is away, in doubt or broken: the exact answer, and never a wrong one."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import beexar
import pytest
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.errors import Busy, OutcomeUnknown, TryLater
from casino.money import FUN, Currency, Money
from casino.play import Call, EndedSpins, GameCall, Reply, Wiring
from casino.wallet.operations import Answer, Balance
from providers.softswiss.provider import SoftswissProvider, provider_of
from providers.softswiss.settings import SoftswissAccount
from tests.peers.softswiss.vendor import KEY, Vendor
from tests.providers.softswiss.test_bad_input import PATHS, AnyGame


class TroubledTill(AnyGame):
    """A till that has trouble before or after it settles."""

    before: Exception | None = None
    after: Exception | None = None

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        if self.before is not None:
            raise self.before
        answer = await super().settle(provider_id, call)
        if self.after is not None:
            raise self.after
        return answer

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        if self.before is not None:
            raise self.before
        return await super().balance(player_ref, currency)

    async def end_free_spins(self, *asked: Any) -> None:
        assert asked[2] is EndedSpins.PLAYED
        if self.before is not None:
            raise self.before


@pytest.fixture
def till() -> TroubledTill:
    till = TroubledTill()
    till.open(1001, Money.parse("100", FUN))
    return till


def made(till: TroubledTill, path: str) -> SoftswissProvider:
    given: dict[str, object] = {"url": "http://127.0.0.1:1"}
    generation = "v2" if path.startswith("v2/") else "v1"
    if generation == "v1":
        given["catalogue_url"] = "http://127.0.0.1:1/{provider}"
    account = SoftswissAccount.model_validate(Vendor(generation).settings() | given)
    return provider_of(Wiring("softswiss", till, SystemClock()), account)


async def ask(till: TroubledTill, path: str) -> Reply:
    body = json.dumps(PATHS[path]).encode()
    headers = {"x-request-sign": beexar.sign(body, KEY)}
    return await made(till, path).answer(Call("POST", path, "", headers, body))


def failed(path: str, code: int) -> dict[str, Any]:
    message = "outcome is not known yet" if code == 503 else "unknown error"
    if path.startswith("v2/"):
        meta = {"api_code": "500", "api_message": "unknown error"}
        return {"code": "internal", "msg": "unknown error", "meta": meta}
    return {"code": code, "message": message}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (TryLater(), 500),
        (Busy(), 500),
        (TimeoutError(), 500),
        (RuntimeError("a bug"), 500),
        (ValueError("a bug that must not look like the vendor's"), 500),
        (OutcomeUnknown(), 503),
    ],
)
async def test_trouble_is_ours(
    till: TroubledTill, path: str, trouble: Exception, code: int
) -> None:
    till.before = trouble
    with capture_logs() as logs:
        reply = await ask(till, path)
    assert (reply.status, json.loads(reply.body)) == (500, failed(path, code))
    assert any(line["log_level"] == "error" for line in logs)
    assert till.transfers == []


@pytest.mark.parametrize("path", ["play", "v2/a8r_casino.Round/BetWin"])
async def test_a_stake_of_unknown_fate_is_found_by_its_repeat(
    till: TroubledTill, path: str
) -> None:
    till.after = OutcomeUnknown()
    assert (await ask(till, path)).status == 500
    till.after = None
    assert (await ask(till, path)).status == 200
    assert len(till.transfers) == 1


@pytest.mark.parametrize("generation", ["v1", "v2"])
async def test_or_by_its_rollback(till: TroubledTill, generation: str) -> None:
    bet, undo = (
        ("play", "rollback")
        if generation == "v1"
        else ("v2/a8r_casino.Round/BetWin", "v2/a8r_casino.Round/Rollback")
    )
    till.after = OutcomeUnknown()
    await ask(till, bet)
    till.after = None
    reply = await ask(till, undo)
    assert reply.status == 200
    assert till.cash(1001, FUN) == Money.parse("100", FUN)


async def test_a_balance_that_cannot_be_read_is_not_waited_for(
    till: TroubledTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.softswiss.provider.DEADLINE_S", 0.01)

    async def hang(_player: str, _currency: Currency) -> Balance:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(till, "balance", hang)
    path = "v2/a8r_casino.Player/Balance"
    reply = await ask(till, path)
    assert (reply.status, json.loads(reply.body)) == (500, failed(path, 500))


async def test_what_succeeds_is_not_logged(till: TroubledTill) -> None:
    with capture_logs() as logs:
        assert (await ask(till, "play")).status == 200
    assert [line for line in logs if line["log_level"] != "debug"] == []


async def test_no_key_is_ever_logged(till: TroubledTill) -> None:
    till.before = RuntimeError("a bug")
    with capture_logs() as logs:
        await ask(till, "play")
        await made(till, "play").answer(Call("POST", "play", "", {}, b"{}"))
    assert KEY not in repr(logs)
