"""The engine: who shares a write with whom, in which order, and whom a bad batch hurts."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, TON
from casino.players import Player
from casino.wallet import Balance, Batch, Kind, Op, Outcome, Refusal, Wallet
from db import ledger
from db.database import Database
from tests.casino.support import broken_chains, count, pockets
from tests.casino.wallet.traffic import START, Traffic, ask, bet, outcome, shown


async def test_a_lone_call_costs_one_read_and_one_write_and_waits_for_no_timer(
    wallet: Wallet, crowd: list[Player], traffic: Traffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    timers: list[asyncio.TimerHandle] = []
    call_at = loop.call_at

    def recorded(when: float, callback: object, *args: object, **more: object) -> object:
        timers.append(call_at(when, callback, *args, **more))  # type: ignore[arg-type]
        return timers[-1]

    monkeypatch.setattr(loop, "call_at", recorded)
    await wallet.apply(bet(crowd[1], "alone"))
    monkeypatch.undo()
    assert traffic.seen == [("read", 1), ("write", 1)]
    assert timers  # the deadlines
    assert all(timer.cancelled() for timer in timers)  # and nothing waited for one to strike


async def test_a_refusal_and_a_replay_cost_no_write(
    wallet: Wallet, crowd: list[Player], traffic: Traffic
) -> None:
    assert outcome(await wallet.apply(bet(crowd[0], "first", 0))) is Outcome.REPLAYED
    assert outcome(await wallet.apply(bet(crowd[0], "x", 2 * START))) is Refusal.NOT_ENOUGH_MONEY
    assert traffic.seen == [("read", 1), ("read", 1)]


async def test_what_arrives_while_a_write_is_under_way_shares_the_next_one(
    wallet: Wallet, crowd: list[Player], traffic: Traffic, second: asyncpg.Connection
) -> None:
    traffic.close()
    first = await ask(wallet, bet(crowd[0], "b"))
    await traffic.until_writing()
    rest = await ask(wallet, *(bet(who, f"b{n}") for n in range(5) for who in crowd))
    traffic.open()
    await asyncio.gather(*first, *rest)
    assert traffic.writes == [1, 20]
    assert await count(second, "transfers", "kind_id = 1 AND amount = 1") == 21
    assert await broken_chains(second) == []


async def test_many_others_are_written_beside_a_write_under_way_and_its_player_waits_in_line(
    wallet: Wallet, crowd: list[Player], traffic: Traffic, second: asyncpg.Connection
) -> None:
    traffic.close()
    first = await ask(wallet, bet(crowd[0], "b"))
    await traffic.until_writing()
    same = await ask(wallet, *(bet(crowd[0], f"b{n}") for n in range(5)))
    others = await ask(wallet, *(bet(who, f"b{n}") for n in range(15) for who in crowd[1:]))
    await traffic.until_writing(2)
    assert traffic.writes == [1, 45]
    assert traffic.writing == [{crowd[0].id}, {who.id for who in crowd[1:]}]
    assert not any(call.done() for call in (*first, *same, *others))
    traffic.open()
    await asyncio.gather(*first, *same, *others)
    assert traffic.writes == [1, 45, 5]
    assert await broken_chains(second) == []


async def test_few_others_wait_for_the_write_under_way(
    wallet: Wallet, crowd: list[Player], traffic: Traffic
) -> None:
    traffic.close()
    first = await ask(wallet, bet(crowd[0], "b"))
    await traffic.until_writing()
    others = await ask(wallet, *(bet(who, "b") for who in crowd[1:]))
    for _ in range(10):
        await asyncio.sleep(0.002)
    assert len(traffic.writing) == 1
    traffic.open()
    await asyncio.gather(*first, *others)
    assert traffic.writes == [1, 3]


@pytest.mark.parametrize("how", ["together", "in two batches", "one by one"])
async def test_the_order_of_an_account_is_the_order_of_arrival(
    how: str, wallet: Wallet, crowd: list[Player], traffic: Traffic, second: asyncpg.Connection
) -> None:
    who = crowd[0]
    await wallet.apply(Batch(who.id, TON, "one", (Op(Kind.GRANT, "g", 1000),)))
    batches = [bet(who, f"b{n}", 400, currency=TON) for n in range(3)]
    batches.append(Batch(who.id, TON, "one", (Op(Kind.WIN, "w", 500),)))
    batches.append(bet(who, "b4", 400, currency=TON))
    if how == "one by one":
        answers = [await wallet.apply(batch) for batch in batches]
    elif how == "together":
        answers = await asyncio.gather(*map(wallet.apply, batches))
    else:
        traffic.close()
        calls = await ask(wallet, batches[0])
        await traffic.until_writing()
        calls += await ask(wallet, *batches[1:])
        traffic.open()
        answers = await asyncio.gather(*calls)
    assert [shown(a) for a in answers] == [600, 200, Refusal.NOT_ENOUGH_MONEY, 700, 300]
    assert (
        traffic.writes[1:]
        == {
            "together": [4],
            "in two batches": [1, 3],
            "one by one": [1, 1, 1, 1],
        }[how]
    )
    assert await pockets(second, who.id, TON) == (300, 0, 0)
    assert await broken_chains(second) == []


async def test_a_duplicate_gets_the_same_answer_in_the_same_batch_the_next_and_ever_after(
    wallet: Wallet, crowd: list[Player], traffic: Traffic, second: asyncpg.Connection
) -> None:
    who = crowd[0]
    traffic.close()
    calls = await ask(wallet, bet(who, "same", 7))
    await traffic.until_writing()
    # What is written next has it twice, with another stake between.
    calls += await ask(wallet, bet(who, "same", 7), bet(who, "other", 100), bet(who, "same", 7))
    twins = await ask(wallet, bet(who, "twin", 3), bet(who, "twin", 3))
    traffic.open()
    first, again, other, once_more = await asyncio.gather(*calls)
    twin, its_twin = await asyncio.gather(*twins)
    later = await wallet.apply(bet(who, "same", 7))
    assert [outcome(a) for a in (first, again, once_more, later)] == [
        Outcome.APPLIED,
        *[Outcome.REPLAYED] * 3,
    ]
    assert {shown(a) for a in (first, again, once_more, later)} == {START - 7}
    assert shown(other) == START - 107
    assert [outcome(twin), outcome(its_twin)] == [Outcome.APPLIED, Outcome.REPLAYED]
    assert shown(twin) == shown(its_twin) == START - 110
    assert traffic.writes == [1, 2]
    assert await count(second, "transfers", "key = 'same'") == 1
    assert await pockets(second, who.id, FUN) == (START - 110, 0, 0)


@pytest.mark.usefixtures("poisoned")
async def test_a_poisoned_batch_fails_alone(
    wallet: Wallet, crowd: list[Player], second: asyncpg.Connection
) -> None:
    batches = [bet(who, f"b{n}") for n in range(4) for who in crowd]
    batches[5] = bet(crowd[1], "poison")
    answers = await asyncio.gather(*map(wallet.apply, batches), return_exceptions=True)
    poison = answers.pop(5)
    assert isinstance(poison, errors.Bug)
    assert isinstance(poison.__cause__, asyncpg.PostgresError)
    assert [outcome(a) for a in answers if not isinstance(a, BaseException)] == [
        Outcome.APPLIED
    ] * 15
    assert await count(second, "transfers", "amount = 1") == 15
    assert await count(second, "transfers", "key = 'poison'") == 0
    assert await broken_chains(second) == []


async def test_when_too_much_waits_a_call_is_refused_before_anything_was_done(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casino.wallet.engine.WAITING_MAX", 3)
    calls = (wallet.apply(bet(who, f"b{n}")) for n in range(2) for who in crowd)
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [outcome(a) for a in answers[:3] if not isinstance(a, BaseException)] == [
        Outcome.APPLIED
    ] * 3
    assert [type(a) for a in answers[3:]] == [errors.Busy] * 5
    assert issubclass(errors.Busy, errors.TryLater)
    assert not issubclass(errors.Busy, errors.OutcomeUnknown)
    assert await count(second, "transfers", "amount = 1") == 3
    assert outcome(await wallet.apply(bet(crowd[3], "b0"))) is Outcome.APPLIED


context: ContextVar[str] = ContextVar("context", default="nobody's")


async def test_the_first_callers_context_does_not_stick_to_the_work_of_others(
    database: Database, crowd: list[Player]
) -> None:
    heard: list[tuple[int, str]] = []

    def announce(player_id: int, _: Balance) -> None:
        heard.append((player_id, context.get()))

    wallet = Wallet(database, (FUN,), announce)

    async def call(who: Player, name: str) -> None:
        context.set(name)
        await wallet.apply(bet(who, name))

    await asyncio.gather(*(asyncio.ensure_future(call(who, who.name)) for who in crowd))
    await asyncio.ensure_future(call(crowd[1], "later"))
    assert heard == [(who.id, "nobody's") for who in (*crowd, crowd[1])]


async def test_a_new_source_is_learnt_once_however_many_come_at_once(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    real = ledger.source_id

    async def source_id(connection: asyncpg.Connection, name: str) -> int:
        asked.append(name)
        return await real(connection, name)

    monkeypatch.setattr(ledger, "source_id", source_id)
    batches = [bet(who, f"b{n}", 1, s) for n in range(5) for who in crowd for s in ("x", "y")]
    answers = await asyncio.gather(*map(wallet.apply, batches))
    assert [outcome(a) for a in answers] == [Outcome.APPLIED] * 40
    assert sorted(asked) == ["x", "y"]
    assert await count(second, "sources", "name IN ('x', 'y')") == 2
