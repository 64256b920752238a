"""The engine in trouble: locks, deadlines, callers that leave, dead connections, a rival."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino import errors
from casino.money import FUN
from casino.players import Player, Players, TelegramUser
from casino.wallet import Answer, Applied, Outcome, Wallet
from casino.wallet.book import Book, Proposal
from db.database import Database, transaction
from tests.casino.support import broken_chains, count, pockets, until_blocked
from tests.casino.wallet.traffic import (
    LOCK,
    START,
    Traffic,
    bet,
    insist,
    outcome,
    shown,
    stored_as_answered,
)

# --- locks


async def test_a_lock_that_stays_holds_up_nobody_else_and_its_own_call_was_not_done(
    wallet: Wallet,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    async with blocker.transaction():
        await blocker.fetch(LOCK, crowd[0].id)
        blocked = asyncio.ensure_future(wallet.apply(bet(crowd[0], "blocked")))
        for n in range(5):
            answers = await asyncio.gather(*(wallet.apply(bet(w, f"b{n}")) for w in crowd[1:]))
            assert [outcome(a) for a in answers] == [Outcome.APPLIED] * 3
        assert not blocked.done()
        with pytest.raises(errors.TryLater) as raised:
            await blocked
    assert not isinstance(raised.value, errors.OutcomeUnknown)
    assert await count(second, "transfers", "key = 'blocked'") == 0
    assert await count(second, "transfers", "amount = 1") == 15
    assert await broken_chains(second) == []
    assert outcome(await wallet.apply(bet(crowd[0], "blocked"))) is Outcome.APPLIED


async def test_a_short_lock_is_waited_out(
    wallet: Wallet,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    async with blocker.transaction():
        await blocker.fetch(LOCK, crowd[0].id)
        calls = [asyncio.ensure_future(wallet.apply(bet(crowd[0], f"b{n}"))) for n in range(2)]
        await until_blocked(second)
    answers = await asyncio.gather(*calls)
    assert [outcome(a) for a in answers] == [Outcome.APPLIED] * 2
    assert await pockets(second, crowd[0].id, FUN) == (START - 2, 0, 0)
    assert await broken_chains(second) == []


async def test_many_locked_players_hold_up_nobody_else(
    wallet: Wallet,
    players: Players,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    """More of them than transactions that wait for locks at once."""
    locked = [await players.meet_telegram(TelegramUser(n, "L")) for n in range(10, 22)]
    async with blocker.transaction():
        for who in locked:
            await blocker.fetch(LOCK, who.id)
        stuck = asyncio.gather(
            *(wallet.apply(bet(who, "stuck")) for who in locked), return_exceptions=True
        )
        await until_blocked(second)
        answers = await asyncio.gather(*(wallet.apply(bet(who, "b")) for who in crowd))
        assert [outcome(a) for a in answers] == [Outcome.APPLIED] * 4
        refused = await stuck
    assert [type(r) for r in refused] == [errors.TryLater] * 12
    assert await count(second, "transfers", "key = 'stuck'") == 0


async def test_several_accounts_are_locked_in_one_order(
    database: Database,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    """Whoever waits for the first one does not hold the others, wherever their rows lie."""
    first, *rest = crowd
    book = Book()
    await book.sources.learn(second, "one")
    await second.execute("UPDATE accounts SET guard = guard WHERE player_id = $1", first.id)

    async def settle() -> None:
        async with transaction() as tx:
            await book.settle_locked(tx.raw, [bet(who, "b") for who in reversed(crowd)])

    async with blocker.transaction():
        await blocker.fetch(LOCK, first.id)
        settling = asyncio.ensure_future(settle())
        await until_blocked(second)
        for who in rest:
            assert len(await second.fetch(f"{LOCK} SKIP LOCKED", who.id)) == 1
    await settling
    assert await count(second, "transfers", "key = 'b'") == 4


# --- callers that leave


async def test_a_caller_that_leaves_before_its_call_was_begun_undoes_it(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traffic = Traffic(monkeypatch)
    traffic.close()
    first = asyncio.ensure_future(wallet.apply(bet(crowd[0], "b")))
    await traffic.until_writing()
    calls = [asyncio.ensure_future(wallet.apply(bet(crowd[0], k))) for k in ("gone", "stays")]
    await asyncio.sleep(0)
    calls[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await calls[0]
    traffic.open()
    assert outcome(await first) is outcome(await calls[1]) is Outcome.APPLIED
    assert await count(second, "transfers", "key = 'gone'") == 0
    assert await pockets(second, crowd[0].id, FUN) == (START - 2, 0, 0)


async def test_a_caller_that_leaves_later_undoes_nothing_and_its_retry_gets_the_stored_answer(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traffic = Traffic(monkeypatch)
    traffic.close()
    leaving = asyncio.ensure_future(wallet.apply(bet(crowd[0], "b", 5)))
    await traffic.until_writing()
    leaving.cancel()
    with pytest.raises(errors.OutcomeUnknown):
        await leaving
    traffic.open()
    again = await wallet.apply(bet(crowd[0], "b", 5))
    assert (outcome(again), shown(again)) == (Outcome.REPLAYED, START - 5)
    assert await count(second, "transfers", "key = 'b'") == 1
    assert traffic.writes == [1]


# --- deadlines


async def test_a_write_that_was_not_answered_in_time_is_in_doubt_and_a_retry_finds_out(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stored, but the answer never came: not "nothing was done"."""
    monkeypatch.setattr("casino.wallet.engine.DEADLINE_S", 0.6)
    monkeypatch.setattr("casino.wallet.engine.BEGIN_S", 0.5)
    real = Book.write

    async def unanswered(book: Book, connection: asyncpg.Connection, p: Proposal) -> set[int]:
        await real(book, connection, p)
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(Book, "write", unanswered)
    with pytest.raises(errors.OutcomeUnknown):
        await wallet.apply(bet(crowd[0], "b", 5))
    monkeypatch.undo()
    assert await count(second, "transfers", "key = 'b'") == 1
    again = await wallet.apply(bet(crowd[0], "b", 5))
    assert (outcome(again), shown(again)) == (Outcome.REPLAYED, START - 5)


async def test_a_lock_that_the_write_itself_meets_leaves_nothing_in_doubt(
    wallet: Wallet,
    crowd: list[Player],
    blocker: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    """The server said that it stored nothing: that is no doubt, however often it says so."""
    async with blocker.transaction():
        await blocker.execute("LOCK TABLE transfers IN SHARE MODE")  # reads go on, writes wait
        calls = (wallet.apply(bet(who, "b")) for who in crowd)
        answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(a) for a in answers] == [errors.TryLater] * 4
    assert await count(second, "transfers", "key = 'b'") == 0


async def test_what_was_stored_before_the_connection_died_is_answered_within_the_same_call(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut: list[int] = []
    real = Book.write

    async def cut_off(book: Book, connection: asyncpg.Connection, p: Proposal) -> set[int]:
        stale = await real(book, connection, p)
        if not cut:
            cut.append(len(p.decision.transfers))
            raise ConnectionResetError
        return stale

    monkeypatch.setattr(Book, "write", cut_off)
    answers = await asyncio.gather(*(wallet.apply(bet(who, "b", 5)) for who in crowd))
    assert cut == [4]
    assert [outcome(a) for a in answers] == [Outcome.REPLAYED] * 4
    assert [shown(a) for a in answers] == [START - 5] * 4
    assert await count(second, "transfers", "key = 'b'") == 4


async def test_what_the_connection_lost_keeps_its_order(
    wallet: Wallet, crowd: list[Player], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []
    real = Book.write

    async def lose(book: Book, connection: asyncpg.Connection, p: Proposal) -> set[int]:
        if not lost:
            lost.append(len(p.decision.transfers))
            raise ConnectionResetError
        return await real(book, connection, p)

    monkeypatch.setattr(Book, "write", lose)
    answers = await asyncio.gather(*(wallet.apply(bet(crowd[0], f"b{n}", 5)) for n in range(4)))
    assert lost == [4]
    assert [shown(a) for a in answers] == [START - 5 * n for n in range(1, 5)]


async def test_while_the_database_is_away_nothing_was_done(
    wallet: Wallet,
    crowd: list[Player],
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing of it was ever sent: the caller may tell its own caller so."""

    async def away(*_: object, **__: object) -> asyncpg.Connection:
        raise ConnectionRefusedError

    monkeypatch.setattr("casino.wallet.engine.DEADLINE_S", 0.6)
    monkeypatch.setattr("casino.wallet.engine.BEGIN_S", 0.5)
    monkeypatch.setattr("db.lane.Lane.connection", away)
    calls = (wallet.apply(bet(who, "b")) for who in crowd)
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(a) for a in answers] == [errors.TryLater] * 4
    monkeypatch.undo()
    assert await count(second, "transfers", "key = 'b'") == 0
    assert outcome(await wallet.apply(bet(crowd[0], "b"))) is Outcome.APPLIED


# --- several engines


async def test_connections_killed_in_mid_load_lose_nothing_and_double_nothing(
    wallet: Wallet, database: Database, crowd: list[Player], second: asyncpg.Connection
) -> None:
    engines = [wallet, Wallet(database, (FUN,))]
    for engine in engines:
        await engine.apply(bet(crowd[0], "known", 0))

    async def play(who: Player, name: str, engine: Wallet) -> list[Answer]:
        return [await insist(engine, bet(who, f"{name}-{n % 15}")) for n in range(20)]

    playing = asyncio.gather(
        *(play(who, f"{i}", e) for who in crowd for i in range(3) for e in engines)
    )
    for _ in range(4):
        await asyncio.sleep(0.03)
        await second.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    answers = [a for answers in await playing for a in answers]
    assert all(isinstance(a, Applied) for a in answers)
    for who in crowd:
        assert await pockets(second, who.id, FUN) == (START - 45, 0, 0)
    assert await stored_as_answered(second, answers)
    assert await broken_chains(second) == []
    report = await wallet.audit()
    assert report.ok, report.findings
