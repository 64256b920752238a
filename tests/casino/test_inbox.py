"""Foreign messages: kept once, leased to one worker, tried again, parked for a person."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino.inbox import Inbox, Message
from db.database import Database, transaction
from tests.casino.support import count

DUE_NOW = "UPDATE inbox SET due_at = now()"


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox()


async def keep(inbox: Inbox, *ids: str, source: str = "telegram") -> None:
    for external_id in ids:
        assert await inbox.keep(source, external_id, external_id.encode())


def ids(messages: list[Message]) -> list[str]:
    return [m.external_id for m in messages]


async def test_a_message_is_kept_once_with_its_first_bytes(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    assert await inbox.keep("telegram", "1", b"first") is True
    assert await inbox.keep("telegram", "1", b"another") is False
    assert await inbox.keep("cryptobot", "1", b"not the same") is True
    bodies = await second.fetch("SELECT body FROM inbox ORDER BY id")
    assert [row[0] for row in bodies] == [b"first", b"not the same"]


async def test_a_message_delivered_many_times_at_once_is_kept_once(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    kept = await asyncio.gather(*(inbox.keep("telegram", "1", b"x") for _ in range(12)))
    assert sum(kept) == 1
    assert await count(second, "inbox") == 1


@pytest.mark.parametrize("body", [b"", b"\0", b"\xff\xfe", b"{", b"x" * 1_000_000])
async def test_a_body_is_any_bytes(inbox: Inbox, body: bytes) -> None:
    await inbox.keep("telegram", "1", body)
    (message,) = await inbox.claim("telegram", 5, 60)
    assert message.body == body


async def test_what_is_claimed_is_leased_oldest_first_and_not_given_twice(inbox: Inbox) -> None:
    await keep(inbox, "1", "2", "3", "4")
    assert ids(await inbox.claim("telegram", 3, 60)) == ["1", "2", "3"]
    assert ids(await inbox.claim("telegram", 3, 60)) == ["4"]
    assert await inbox.claim("telegram", 3, 60) == []


async def test_sources_do_not_see_each_other(inbox: Inbox) -> None:
    await keep(inbox, "1")
    await keep(inbox, "2", source="cryptobot")
    assert ids(await inbox.claim("cryptobot", 5, 60)) == ["2"]


async def test_a_worker_that_is_claiming_does_not_hold_up_another(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    """Its rows are locked and its commit is not there yet: the other takes the next ones."""
    await keep(inbox, "1", "2", "3")
    go = asyncio.Event()

    async def other() -> list[Message]:
        await go.wait()
        return await inbox.claim("telegram", 2, 60)

    working = asyncio.ensure_future(other())
    async with transaction():
        first = await inbox.claim("telegram", 2, 60)
        go.set()
        second_worker = await working
    assert (ids(first), ids(second_worker)) == (["1", "2"], ["3"])


async def test_many_workers_share_the_work_without_doubling_it(inbox: Inbox) -> None:
    await keep(inbox, *map(str, range(40)))
    seen: list[str] = []

    async def work() -> None:
        while messages := await inbox.claim("telegram", 3, 60):
            for message in messages:
                seen.append(message.external_id)
                await inbox.done(message)

    await asyncio.gather(*(work() for _ in range(4)))
    assert sorted(seen, key=int) == [str(n) for n in range(40)]


async def test_what_a_dead_worker_left_comes_again_when_its_lease_is_over(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    await keep(inbox, "1")
    (first,) = await inbox.claim("telegram", 1, 60)
    assert first.attempts == 1
    await second.execute(DUE_NOW)
    (again,) = await inbox.claim("telegram", 1, 60)
    assert (again.id, again.attempts) == (first.id, 2)


async def test_what_is_done_never_comes_again(inbox: Inbox, second: asyncpg.Connection) -> None:
    await keep(inbox, "1")
    (message,) = await inbox.claim("telegram", 1, 60)
    await inbox.done(message)
    await second.execute(DUE_NOW)
    assert await inbox.claim("telegram", 1, 60) == []
    assert await inbox.keep("telegram", "1", b"late duplicate") is False


async def test_a_late_failure_does_not_reopen_what_another_worker_has_done(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    await keep(inbox, "1")
    (slow,) = await inbox.claim("telegram", 1, 60)
    await second.execute(DUE_NOW)
    (quick,) = await inbox.claim("telegram", 1, 60)
    await inbox.done(quick)
    await inbox.failed(slow, "too late")
    await second.execute(DUE_NOW)
    assert await inbox.claim("telegram", 1, 60) == []


async def test_a_failure_waits_longer_each_time_and_parks_after_ten(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    await keep(inbox, "1")
    waits = []
    for _ in range(10):
        await second.execute(DUE_NOW)
        (message,) = await inbox.claim("telegram", 1, 60)
        await inbox.failed(message, "no")
        assert await inbox.claim("telegram", 1, 60) == []
        waits.append(
            await second.fetchval("SELECT round(extract(epoch FROM due_at - now())) FROM inbox")
        )
    assert waits == sorted(waits)
    assert 1 <= waits[0] <= 2
    assert waits[-1] <= 600
    row = await second.fetchrow("SELECT parked_at, handled_at, error, attempts FROM inbox")
    assert row["parked_at"] is not None
    assert (row["handled_at"], row["error"], row["attempts"]) == (None, "no", 10)
    await second.execute(DUE_NOW)
    assert await inbox.claim("telegram", 1, 60) == []


async def test_a_message_that_kills_its_worker_every_time_is_parked_too(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    """Nobody lives to say that it failed; the tenth lease that ran out says it."""
    await keep(inbox, "1")
    for _ in range(10):
        assert len(await inbox.claim("telegram", 1, 60)) == 1
        await second.execute(DUE_NOW)
    assert await inbox.claim("telegram", 1, 60) == []


@pytest.mark.parametrize("error", ["x" * 5000, "a\0b", "\ud800", ""])
async def test_a_hostile_error_text_does_not_keep_a_failure_from_being_noted(
    error: str, inbox: Inbox, second: asyncpg.Connection
) -> None:
    await keep(inbox, "1")
    (message,) = await inbox.claim("telegram", 1, 60)
    await inbox.failed(message, error)
    stored = await second.fetchval("SELECT error FROM inbox")
    assert stored is not None
    assert len(stored) <= 500


async def test_keeping_inside_a_callers_transaction_goes_with_it(
    inbox: Inbox, second: asyncpg.Connection
) -> None:
    async with transaction():
        await inbox.keep("telegram", "1", b"x")
        assert await count(second, "inbox") == 0
    assert await count(second, "inbox") == 1
