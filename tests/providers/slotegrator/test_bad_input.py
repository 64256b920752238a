"""What the aggregator, or somebody posing as it, gets wrong: an error, a log line, no change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from casino.clock import Clock, SystemClock
from casino.money import EUR, FUN, Money
from casino.play import Call, Wiring
from providers.sandbox.forms import encode, signed_headers
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY, Caller, fresh
from tests.providers.book import Book

BET = {"action": "bet", "type": "bet", "amount": "1.00", "round_id": "r-1"}


@pytest.fixture
async def unchanged(second: asyncpg.Connection, call: Caller) -> AsyncIterator[None]:
    """Whatever the test sends, the ledger is afterwards as it was before."""

    async def everything() -> list[Any]:
        accounts = await second.fetch("SELECT * FROM accounts ORDER BY player_id, currency_id")
        return [*accounts, await second.fetchval("SELECT count(*) FROM transfers")]

    before = await everything()
    yield
    assert await everything() == before


def refused(answer: dict[str, Any]) -> bool:
    assert set(answer) == {"error_code", "error_description"}
    assert answer["error_description"] in {
        "Request refused",
        "Malformed request",
        "Temporary failure",
    }
    return bool(answer["error_code"] == "INTERNAL_ERROR")


def a_bet(call: Caller, **changed: Any) -> dict[str, Any]:
    fields = {**call.player, **BET, "transaction_id": fresh(), **changed}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "changed",
    [
        {"action": None},
        {"action": "debit"},
        {"action": "BET"},
        {"amount": None},
        {"amount": ""},
        {"amount": "-1"},
        {"amount": "+1"},
        {"amount": "1e3"},
        {"amount": "1,5"},
        {"amount": " 1"},
        {"amount": "0x10"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "1."},
        {"amount": ".5"},
        {"amount": "٣"},  # a digit, but none of money's
        {"amount": "0.0000001"},  # finer than one unit of FUN
        {"amount": "9223372036854.775808"},
        {"amount": "1" * 60},
        {"currency": None},
        {"currency": "EUR"},
        {"currency": "fun"},
        {"player_id": None},
        {"player_id": ""},
        {"player_id": "999999"},
        {"player_id": "ann"},
        {"player_id": "-1"},
        {"player_id": "1" * 90},
        {"player_id": "1001\x00"},
        {"session_id": None},
        {"session_id": "somebody-elses"},
        {"game_uuid": None},
        {"game_uuid": "foreign"},
        {"transaction_id": None},
        {"transaction_id": ""},
        {"transaction_id": "x" * 95},
        {"transaction_id": "a\nb"},
        {"round_id": "r" * 95},
        {"type": None},
        {"type": "jackpot"},
        {"type": "win"},
    ],
)
async def test_a_malformed_bet(call: Caller, changed: dict[str, str | None]) -> None:
    with capture_logs() as logs:
        assert refused(await call.send(a_bet(call, **changed)))
    assert any(line["log_level"] == "warning" for line in logs)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", ["session_id", "game_uuid"])
async def test_a_stake_names_its_session_and_game(call: Caller, name: str) -> None:
    answer = await call.send(a_bet(call, **{name: None}))
    assert answer["error_description"] == "Malformed request"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "changed",
    [
        {"type": "bet"},
        {"type": "unheard-of"},
        {"type": None},
        {"amount": "-5"},
        {"currency": "TONN"},
        {"player_id": "424242"},
    ],
)
async def test_a_malformed_win(call: Caller, changed: dict[str, str | None]) -> None:
    assert refused(await call.send(a_bet(call, **{"action": "win", "type": "win"} | changed)))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("of", [None, "", "x" * 95])
async def test_a_refund_of_nothing(call: Caller, of: str | None) -> None:
    fields = a_bet(call, action="refund", bet_transaction_id=of)
    assert refused(await call.send(fields))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "listed",
    [
        None,
        "tx-1",
        [],
        [{"action": "bet"}],
        [{"action": "tip", "transaction_id": "t"}],
        [{"transaction_id": "t"}],
        [{"action": "bet", "transaction_id": "t" * 95}],
        [{"action": "bet", "transaction_id": f"t{n}"} for n in range(101)],
    ],
)
async def test_a_rollback_of_nothing_sensible(call: Caller, listed: Any) -> None:
    fields = a_bet(call, action="rollback", type="rollback", rollback_transactions=listed)
    assert refused(await call.send(fields))


async def test_a_rollback_of_a_hundred_is_the_limit(call: Caller) -> None:
    listed = [{"action": "bet", "transaction_id": f"t{n}"} for n in range(100)]
    answer = await call("rollback", transaction_id=fresh(), rollback_transactions=listed)
    assert answer["rollback_transactions"] == [f"t{n}" for n in range(100)]


async def test_the_same_id_with_other_content_is_refused(call: Caller) -> None:
    key = fresh()
    await call.send(a_bet(call, transaction_id=key))
    assert refused(await call.send(a_bet(call, transaction_id=key, amount="1.01")))
    assert refused(await call.send(a_bet(call, transaction_id=key, round_id="r-2")))
    assert refused(await call.send(a_bet(call, transaction_id=key, type="tip")))
    assert refused(await call.send(a_bet(call, transaction_id=key, action="win", type="win")))
    assert await call.balance() == 999


@pytest.mark.usefixtures("unchanged")
async def test_unsigned_and_wrongly_signed_calls(call: Caller, clock: Clock) -> None:
    body = encode(a_bet(call)).encode()
    good = signed_headers(a_bet(call), MERCHANT_ID, MERCHANT_KEY, clock)
    assert refused(await call.post(body, {}))
    assert refused(await call.post(body, {k: v for k, v in good.items() if k != "X-Nonce"}))
    assert refused(await call.post(body, good))  # another transaction id was signed
    assert refused(await call.send(a_bet(call), **{"X-Sign": "0" * 40}))
    assert refused(await call.send(a_bet(call), **{"X-Merchant-Id": "merchant-2"}))
    call.key = "another-key"
    assert refused(await call.send(a_bet(call)))


@pytest.mark.usefixtures("unchanged")
async def test_a_stale_call(call: Caller, clock: Clock) -> None:
    class Yesterday:
        def now(self) -> Any:
            return clock.now() - timedelta(seconds=32)

    fields = a_bet(call)
    headers = signed_headers(fields, MERCHANT_ID, MERCHANT_KEY, Yesterday())
    assert refused(await call.post(encode(fields).encode(), headers))


async def test_a_captured_call_replayed_in_time_changes_nothing_more(
    call: Caller, clock: Clock
) -> None:
    fields = a_bet(call)
    headers = signed_headers(fields, MERCHANT_ID, MERCHANT_KEY, clock)
    body = encode(fields).encode()
    assert await call.post(body, headers) == await call.post(body, headers)
    assert await call.balance() == 999


@pytest.mark.usefixtures("unchanged")
async def test_bodies_too_large_or_of_another_kind(call: Caller) -> None:
    assert refused(await call.send(a_bet(call, padding="x" * 65_536)))
    assert refused(await call.send(a_bet(call) | {f"field{n}": "1" for n in range(513)}))
    assert refused(await call.post(b"", {}))
    assert refused(await call.post(b'{"action":"bet"}', {"Content-Type": "application/json"}))
    assert refused(await call.post(bytes(range(256)) * 8, {}))


@pytest.mark.usefixtures("unchanged")
async def test_only_post_is_answered_and_never_by_another_status(call: Caller) -> None:
    async with call.http.get(call.url) as response:
        assert response.status == 200
        assert json.loads(await response.text())["error_code"] == "INTERNAL_ERROR"


async def test_a_frozen_player_keeps_wins_and_refunds(
    call: Caller, second: asyncpg.Connection
) -> None:
    stake = fresh()
    await call.send(a_bet(call, transaction_id=stake))
    await second.execute("UPDATE accounts SET frozen = true")
    assert refused(await call.send(a_bet(call)))
    win = await call.send(a_bet(call, action="win", type="win", amount="5"))
    assert win["balance"] == 1004
    refund = await call.send(a_bet(call, action="refund", bet_transaction_id=stake))
    assert refund["balance"] == 1005


async def test_a_game_that_is_off_takes_no_stake_but_ends_its_rounds(
    call: Caller, second: asyncpg.Connection
) -> None:
    await call.send(a_bet(call))
    await second.execute("UPDATE providers SET enabled = false")
    assert refused(await call.send(a_bet(call, round_id="r-2")))
    assert (await call.send(a_bet(call)))["balance"] == 998  # the round had begun
    assert (await call.send(a_bet(call, action="win", type="win")))["balance"] == 999


async def test_no_secret_and_no_foreign_text_reaches_answer_or_log(call: Caller) -> None:
    with capture_logs() as logs:
        answers = [
            await call.send(a_bet(call, action="no such action")),
            await call.send(a_bet(call, player_id="no such player")),
            await call.send(a_bet(call), **{"X-Sign": "f" * 40}),
        ]
    seen = json.dumps([answers, logs], default=str)
    assert "no such action" not in json.dumps(answers)
    assert MERCHANT_KEY not in seen
    assert "f" * 40 not in seen


def house() -> tuple[Book, SlotegratorProvider]:
    book = Book(sessions={"s-1": 1001}, games={"g-1": 1})
    book.open(1001, Money.parse("100", FUN), Money.parse("100", EUR))
    account = SlotegratorAccount(
        url="http://127.0.0.1:1",
        merchant_id=MERCHANT_ID,
        merchant_key=MERCHANT_KEY,
        currencies={"FUN": "FUN"},
    )
    provider = SlotegratorProvider(Wiring("slotegrator", book, SystemClock()), account)
    return book, provider


def answer(provider: SlotegratorProvider, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    lowered = {name.lower(): value for name, value in headers.items()}
    reply = asyncio.run(provider.answer(Call("POST", "", "", lowered, body)))
    assert reply.status == 200
    read = json.loads(reply.body)
    assert isinstance(read, dict)
    return read


NASTY = st.sampled_from(
    ["", "0", "1", "-1", "1e400", "NaN", "9" * 80, "\x00", "é", "[]", "1001", "g-1", "s-1", "bet"]
) | st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = st.sampled_from(
    [
        *("action", "amount", "currency", "game_uuid", "player_id", "session_id", "type"),
        *("transaction_id", "bet_transaction_id", "round_id", "finished", "quantity"),
        *("casino_request_retry_count", "rollback_transactions", "X-Nonce"),
    ]
)
ITEMS = st.lists(
    st.dictionaries(st.sampled_from(["action", "transaction_id", "amount", "x"]), NASTY),
    max_size=3,
)


@given(
    action=st.sampled_from(["balance", "bet", "win", "refund", "rollback"]),
    changed=st.dictionaries(NAMES, NASTY | ITEMS, max_size=4),
)
@settings(max_examples=600, deadline=None)
@example(action="rollback", changed={"rollback_transactions": [{"action": "bet"}]})
@example(action="bet", changed={"amount": [{"action": "1"}]})
def test_signed_nonsense_never_breaks_the_adapter_or_the_book(
    action: str, changed: dict[str, Any]
) -> None:
    book, provider = house()
    fields: dict[str, Any] = {
        "action": action,
        "amount": "1",
        "currency": "FUN",
        "game_uuid": "g-1",
        "player_id": "1001",
        "session_id": "s-1",
        "transaction_id": "t-1",
        "bet_transaction_id": "t-0",
        "type": action,
        "rollback_transactions": [{"action": "bet", "transaction_id": "t-0"}],
        **changed,
    }
    before = book.snapshot()
    headers = signed_headers(fields, MERCHANT_ID, MERCHANT_KEY, SystemClock())
    with capture_logs() as logs:
        read = answer(provider, encode(fields).encode(), headers)
    assert not [line for line in logs if line["event"] == "callback crashed"], logs
    if "error_code" in read:
        assert book.snapshot() == before
    cash = book.cash(1001, FUN)
    assert cash.units == 100_000_000 + sum(t.cash_delta for t in book.transfers)
    assert cash.units >= 0
    assert book.cash(1001, EUR) == Money.parse("100", EUR)


@given(body=st.binary(max_size=400), headers=st.dictionaries(st.text(), st.text(), max_size=5))
@settings(max_examples=300, deadline=None)
def test_unsigned_noise_never_reaches_the_book(body: bytes, headers: dict[str, str]) -> None:
    book, provider = house()
    assert answer(provider, body, headers)["error_code"] == "INTERNAL_ERROR"
    assert not book.calls
