"""A wallet that is slow, away or broken: the protocol's own status, never an exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from casino.clock import SystemClock
from casino.errors import Busy, OutcomeUnknown, TryLater
from casino.money import EUR, Currency, Money
from casino.play import Call, GameCall, Wiring
from casino.wallet import Answer, Balance, Known
from providers.st8.provider import St8Provider
from providers.st8.settings import St8Account
from tests.peers.st8.keys import KeyPair
from tests.providers.book import Book

UNKNOWN = b'{"status":"unknown"}'


class TroubledTill(Book):
    """A till that has trouble before or after it settles."""

    before: BaseException | None = None
    after: BaseException | None = None

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

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        raise TryLater(provider_id, player_ref, key)


@pytest.fixture(scope="module")
def pair() -> Iterator[KeyPair]:
    pair = KeyPair()
    yield pair
    pair.close()


@pytest.fixture
def till() -> TroubledTill:
    till = TroubledTill(sessions={"s-1": 1001}, games={"g-1": 1})
    till.open(1001, Money.parse("100", EUR))
    return till


def made(till: TroubledTill, pair: KeyPair, **changed: Any) -> St8Provider:
    account = St8Account.model_validate(
        {
            "url": "http://127.0.0.1:1",
            "site": "tgcasino",
            "private_key": pair.private_pem,
            "vendor_public_key": pair.public_pem,
            "jurisdiction": "CW",
            "currencies": {"EUR": "EUR"},
            **changed,
        }
    )
    return St8Provider(Wiring("st8", till, SystemClock()), account)


FIELDS: dict[str, Any] = {
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
}
KINDS = {"debit": "debit", "credit": "credit", "buyin": "debit", "payout": "credit"}
MOVING = ("debit", "credit", "buyin", "payout", "cancel")


async def asked(provider: St8Provider, pair: KeyPair, action: str, **changed: Any) -> bytes:
    fields = FIELDS | {"provider_kind": KINDS.get(action, "")} | changed
    body = json.dumps(fields).encode()
    reply = await provider.answer(Call("POST", action, "", {"x-st8-sign": pair.sign(body)}, body))
    assert (reply.status, reply.content_type) == (200, "application/json")
    return reply.body


@pytest.mark.parametrize("action", [*MOVING, "balance", "player_profile"])
@pytest.mark.parametrize(
    ("trouble", "event"),
    [
        (TryLater(), "callback failed on our side, nothing done"),
        (Busy(), "callback failed on our side, nothing done"),
        (TimeoutError(), "callback failed on our side, nothing done"),
        (RuntimeError("a bug of ours"), "callback crashed"),
    ],
)
async def test_trouble_before_anything_was_done(
    till: TroubledTill, pair: KeyPair, action: str, trouble: BaseException, event: str
) -> None:
    till.before = trouble
    provider = made(till, pair)
    before = till.snapshot()
    with capture_logs() as logs:
        assert await asked(provider, pair, action) == UNKNOWN
    assert [(line["event"], line["log_level"]) for line in logs] == [(event, "error")]
    assert till.snapshot() == before
    till.before = None
    assert json.loads(await asked(provider, pair, action))["status"] == "ok"


@pytest.mark.parametrize(
    ("action", "balance"),
    [("debit", "99.00"), ("credit", "101.00"), ("buyin", "99.00"), ("payout", "101.00")],
)
async def test_what_may_have_been_done_is_found_by_the_repeat_and_undone_by_the_cancel(
    till: TroubledTill, pair: KeyPair, action: str, balance: str
) -> None:
    till.after = OutcomeUnknown()
    provider = made(till, pair)
    with capture_logs() as logs:
        assert await asked(provider, pair, action) == UNKNOWN
    assert [line["event"] for line in logs] == ["callback of unknown outcome"]
    till.after = None
    assert json.loads(await asked(provider, pair, action))["balance"] == balance
    assert json.loads(await asked(provider, pair, "cancel"))["balance"] == "100.00"
    assert len(till.transfers) == 2


async def test_a_stake_that_was_not_taken_is_blocked_by_its_cancel(
    till: TroubledTill, pair: KeyPair
) -> None:
    till.before = OutcomeUnknown()
    provider = made(till, pair, late_original="ok")
    assert await asked(provider, pair, "debit") == UNKNOWN
    till.before = None
    assert json.loads(await asked(provider, pair, "cancel"))["balance"] == "100.00"
    assert json.loads(await asked(provider, pair, "debit"))["balance"] == "100.00"
    assert till.cash(1001, EUR) == Money.parse("100", EUR)


async def test_a_repeated_cancel_whose_original_cannot_be_looked_up_is_our_failure(
    till: TroubledTill, pair: KeyPair
) -> None:
    provider = made(till, pair, cancel_of_unknown="transaction_not_found")
    assert await asked(provider, pair, "cancel") == b'{"status":"transaction_not_found"}'
    assert await asked(provider, pair, "cancel") == UNKNOWN


async def test_a_body_larger_than_any_is_not_read(till: TroubledTill, pair: KeyPair) -> None:
    provider = made(till, pair)
    room = 65_536 - len(json.dumps(FIELDS | {"provider_kind": "debit", "padding": ""}))
    assert await asked(provider, pair, "debit", padding="x" * (room + 1)) == UNKNOWN
    assert not till.calls
    assert json.loads(await asked(provider, pair, "debit", padding="x" * room))["status"] == "ok"
