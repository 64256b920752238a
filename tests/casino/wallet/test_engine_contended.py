"""The engine and players whom somebody else is settling too: their calls go apart, under locks."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, TON, USDT
from casino.players import Player
from casino.wallet import Answer, Applied, Batch, Kind, Op, Outcome, Refusal, Wallet
from casino.wallet.book import Book, Proposal
from db import ledger
from db.database import Database
from tests.casino.support import broken_chains, count, pockets, until_blocked
from tests.casino.wallet.traffic import (
    LOCK,
    START,
    Traffic,
    ask,
    before_writing,
    bet,
    insist,
    outcome,
    shown,
    stored_as_answered,
)


async def test_one_players_account_that_moved_on_does_not_hold_up_another_player(
    wallet: Wallet,
    database: Database,
    crowd: list[Player],
    traffic: Traffic,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = crowd[:2]
    elsewhere = Wallet(database, (FUN,))
    stake = bet(one, "elsewhere", 100, "two")
    done = before_writing(monkeypatch, lambda: elsewhere.apply(stake))
    answers = await asyncio.gather(
        *(wallet.apply(bet(who, key, 10)) for key in ("b1", "b2") for who in (one, two))
    )
    assert done == ["work"]
    # Together; elsewhere in between; and again, under a lock, those whose account had moved on.
    assert traffic.writes == [1, 4, 2]
    assert [shown(a) for a in answers] == [START - 110, START - 10, START - 120, START - 20]
    assert await pockets(second, one.id, FUN) == (START - 120, 0, 0)
    assert await pockets(second, two.id, FUN) == (START - 20, 0, 0)
    assert await broken_chains(second) == []


async def test_a_player_whose_account_always_moves_on_is_settled_under_a_lock(
    wallet: Wallet,
    database: Database,
    crowd: list[Player],
    traffic: Traffic,
    second: asyncpg.Connection,
) -> None:
    """Before each write the account moves; only a lock makes it stand still."""
    who = crowd[0]
    moved = 0
    real = ledger.write

    async def interfering(connection: asyncpg.Connection, *rest: object) -> set[int]:
        nonlocal moved
        if await second.fetchval(
            "SELECT count(*) FROM accounts WHERE player_id = $1", who.id
        ) and not await locked(second, who):
            moved += 1
            await second.execute(
                "UPDATE accounts SET guard = guard + 1 WHERE player_id = $1", who.id
            )
        return await real(connection, *rest)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "write", interfering)
        answer = await wallet.apply(bet(who, "b", 10))
    assert shown(answer) == START - 10
    assert moved == 1
    assert traffic.writes == [1, 1]
    assert await broken_chains(second) == []


async def locked(second: asyncpg.Connection, who: Player) -> bool:
    free = await second.fetch(
        "SELECT FROM accounts WHERE player_id = $1 FOR UPDATE SKIP LOCKED", who.id
    )
    return not free


async def test_all_that_waits_for_one_player_is_settled_under_one_lock_in_order(
    wallet: Wallet,
    crowd: list[Player],
    traffic: Traffic,
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    """What comes while it waits for the lock stays in line; other players' calls go on."""
    hot, other = crowd[:2]
    async with blocker.transaction():
        await blocker.fetch(LOCK, hot.id)
        first = await ask(wallet, *(bet(hot, f"a{n}", 10) for n in range(10)))
        await until_blocked(second)
        later = await ask(wallet, *(bet(hot, f"b{n}", 10) for n in range(5)))
        for n in range(3):
            assert shown(await wallet.apply(bet(other, f"c{n}", 1))) == START - n - 1
        assert not any(call.done() for call in (*first, *later))
    answers = await asyncio.gather(*first, *later)
    # In vain; the other player's; then those that had waited for the lock, and those in line.
    assert traffic.writes == [10, 1, 1, 1, 10, 5]
    assert [shown(a) for a in answers] == [START - 10 * n for n in range(1, 16)]
    assert await broken_chains(second) == []


async def test_a_lock_that_stays_does_not_hold_up_whoever_went_apart_with_its_player(
    wallet: Wallet,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck, moved_on = crowd[:2]
    before_writing(
        monkeypatch,
        lambda: second.execute(
            "UPDATE accounts SET guard = guard + 1 WHERE player_id = $1", moved_on.id
        ),
    )
    async with blocker.transaction():
        await blocker.fetch(LOCK, stuck.id)
        calls = await ask(wallet, bet(stuck, "b"), bet(moved_on, "b"))
        assert shown(await calls[1]) == START - 1
        assert not calls[0].done()
    assert outcome(await calls[0]) is Outcome.APPLIED
    assert await broken_chains(second) == []


@pytest.mark.usefixtures("poisoned")
async def test_a_poisoned_batch_that_went_apart_fails_alone(
    wallet: Wallet, crowd: list[Player], blocker: asyncpg.Connection, second: asyncpg.Connection
) -> None:
    hot = crowd[0]
    batches = [bet(hot, f"b{n}") for n in range(8)]
    batches[3] = bet(hot, "poison")
    async with blocker.transaction():
        await blocker.fetch(LOCK, hot.id)
        calls = await ask(wallet, *batches)
        await until_blocked(second)
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers.pop(3), errors.Bug)
    assert [shown(a) for a in answers if not isinstance(a, BaseException)] == [
        START - n for n in range(1, 8)
    ]
    assert await count(second, "transfers", "key = 'poison'") == 0
    assert await broken_chains(second) == []


async def test_two_engines_with_the_same_hot_players_give_right_answers_only(
    wallet: Wallet, database: Database, crowd: list[Player], second: asyncpg.Connection
) -> None:
    """Money for exactly thirty stakes a player, and eighty callers who want it."""
    engines = [wallet, Wallet(database, (FUN, TON))]
    hot = crowd[:2]
    for who in hot:
        await wallet.apply(Batch(who.id, TON, "one", (Op(Kind.GRANT, "g", 300),)))
    answers: list[list[Answer]] = [[] for _ in hot]

    async def play(i: int, name: str, engine: Wallet) -> None:
        for n in range(4):
            batch = bet(hot[i], f"{name}-{n}", 10, currency=TON)
            first, again = await asyncio.gather(*(insist(engine, batch) for _ in range(2)))
            answers[i] += [first, again]
            if isinstance(first, Applied):
                assert isinstance(again, Applied)
                assert shown(first) == shown(again)

    await asyncio.gather(
        *(
            play(i, f"{e}-{t}", engine)
            for i in (0, 1)
            for e, engine in enumerate(engines)
            for t in range(10)
        )
    )
    for i, who in enumerate(hot):
        outcomes = [outcome(a) for a in answers[i]]
        assert outcomes.count(Refusal.NOT_ENOUGH_MONEY) == 100
        assert outcomes.count(Outcome.APPLIED) + outcomes.count(Outcome.REPLAYED) == 60
        assert await pockets(second, who.id, TON) == (0, 0, 0)
        assert await count(second, "transfers", f"amount = 10 AND player_id = {who.id}") == 30
        assert await stored_as_answered(second, answers[i])
    assert await broken_chains(second) == []
    report = await wallet.audit()
    assert report.ok, report.findings


async def test_the_same_key_in_two_currencies_from_two_engines_at_once_is_taken_once(
    wallet: Wallet,
    database: Database,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have decided before either writes: only the unique key can tell."""
    who = crowd[0]
    engines = [wallet, Wallet(database, (TON, USDT))]
    for engine in engines:
        for currency in (TON, USDT):
            opened = (Op(Kind.GRANT, f"opened {currency}", 1),)
            await engine.apply(Batch(who.id, currency, "one", opened))
    both = asyncio.Barrier(2)
    real = Book.write
    met: list[int] = []

    async def write(book: Book, connection: asyncpg.Connection, p: Proposal) -> set[int]:
        if len(met) < 2:
            met.append(len(p.decision.transfers))
            await both.wait()
        return await real(book, connection, p)

    monkeypatch.setattr(Book, "write", write)
    answers = await asyncio.gather(
        *(
            engine.apply(Batch(who.id, currency, "one", (Op(Kind.WIN, "k", 5),)))
            for engine, currency in zip(engines, (TON, USDT), strict=True)
        )
    )
    assert met == [1, 1]
    assert {outcome(a) for a in answers} == {Outcome.APPLIED, Refusal.KEY_CONFLICT}
    assert await count(second, "transfers", "key = 'k'") == 1
    assert await broken_chains(second) == []
