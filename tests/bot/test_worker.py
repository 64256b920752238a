"""From the inbox to the handlers: in order per chat, chats side by side, at least once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import pytest

from bot import worker as module
from bot.outbound import TelegramAway
from bot.worker import UpdateWorker
from casino.errors import TryLater
from casino.inbox import Inbox

pytestmark = pytest.mark.usefixtures("database")

SOURCE = "telegram:7"


def body(update_id: int, chat_id: int) -> bytes:
    sender = {"id": chat_id, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": update_id,
        "date": 1,
        "chat": {"id": chat_id, "type": "private"},
        "from": sender,
        "text": "x",
    }
    return orjson.dumps({"update_id": update_id, "message": message})


async def keep(*updates: tuple[int, int]) -> None:
    for update_id, chat_id in updates:
        await Inbox().keep(SOURCE, str(update_id), body(update_id, chat_id))


@asynccontextmanager
async def working(feed: Callable[[int, int], Awaitable[None]]) -> AsyncIterator[UpdateWorker]:
    async def read(raw: bytes) -> None:
        update: dict[str, Any] = orjson.loads(raw)
        await feed(update["update_id"], update["message"]["chat"]["id"])

    worker = UpdateWorker(SOURCE, Inbox(), read)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()


async def until(condition: Callable[[], Any]) -> None:
    for _ in range(800):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def open_messages(second: asyncpg.Connection) -> int:
    return int(await second.fetchval("SELECT count(*) FROM inbox WHERE handled_at IS NULL"))


async def test_each_update_is_handled_once_and_closed(second: asyncpg.Connection) -> None:
    seen: list[int] = []

    async def feed(update_id: int, _chat: int) -> None:
        seen.append(update_id)

    await keep(*((n, n % 7 + 1) for n in range(1, 151)))
    async with working(feed):
        await until(lambda: len(seen) == 150)
        await asyncio.sleep(0.1)
    assert sorted(seen) == list(range(1, 151))
    assert await open_messages(second) == 0


async def test_a_chat_is_served_in_order_and_others_meanwhile() -> None:
    seen: list[tuple[int, int]] = []
    gate = asyncio.Event()

    async def feed(update_id: int, chat: int) -> None:
        if update_id == 1:
            await gate.wait()
        await asyncio.sleep(0.001 * (update_id % 3))
        seen.append((chat, update_id))

    # Stored out of order, as a webhook with several connections may deliver.
    await keep((3, 1), (1, 1), (2, 1), (4, 2), (5, 2))
    async with working(feed):
        await until(lambda: len(seen) == 2)
        assert seen == [(2, 4), (2, 5)], "the other chat did not wait"
        gate.set()
        await until(lambda: len(seen) == 5)
    assert [u for c, u in seen if c == 1] == [1, 2, 3]


async def test_no_more_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_HAND_MAX", 30)
    running = peak = done = 0

    async def feed(_update_id: int, _chat: int) -> None:
        nonlocal running, peak, done
        running += 1
        peak = max(peak, running)
        await asyncio.sleep(0.01)
        running -= 1
        done += 1

    await keep(*((n, n) for n in range(1, 81)))
    async with working(feed):
        await until(lambda: done == 80)
    assert 1 < peak <= module.AT_ONCE_MAX


async def test_a_crash_between_storing_and_handling_loses_nothing(
    second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE_S", 1)
    started = asyncio.Event()
    seen: list[int] = []

    async def hang(_raw: bytes) -> None:
        started.set()
        await asyncio.Event().wait()

    async def feed(update_id: int, _chat: int) -> None:
        seen.append(update_id)

    async def process_that_dies() -> None:
        async with asyncio.TaskGroup() as process:
            process.create_task(UpdateWorker(SOURCE, Inbox(), hang).run())
            await started.wait()
            raise ZeroDivisionError  # takes the worker down in the middle of its work

    await keep((1, 1), (2, 1), (3, 2))
    with pytest.raises(ExceptionGroup):
        await process_that_dies()
    assert await open_messages(second) == 3
    async with working(feed):
        await until(lambda: len(seen) == 3)
    assert [u for u in seen if u < 3] == [1, 2]


async def test_a_passing_failure_keeps_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRIES_S", (0.01, 0.01))
    seen: list[int] = []
    failures = iter([TryLater("x"), TelegramAway(0.02, "flood"), None])

    async def feed(update_id: int, _chat: int) -> None:
        if update_id == 1 and (failure := next(failures)):
            raise failure
        seen.append(update_id)

    await keep((1, 1), (2, 1))
    async with working(feed):
        await until(lambda: len(seen) == 2)
    assert seen == [1, 2]


async def test_a_lasting_failure_is_set_aside_tried_again_and_holds_nobody_up(
    second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRIES_S", (0.01,))
    seen: list[int] = []
    broken = True

    async def feed(update_id: int, _chat: int) -> None:
        if update_id == 1 and broken:
            raise TelegramAway(3600, "a long pause")
        if update_id == 2 and broken:
            raise ZeroDivisionError("x")
        seen.append(update_id)

    await keep((1, 1), (2, 1), (3, 1))
    async with working(feed):
        await until(lambda: seen == [3])
        rows = await second.fetch("SELECT external_id, error FROM inbox WHERE handled_at IS NULL")
        assert {(r["external_id"], r["error"]) for r in rows} == {
            ("1", "TelegramAway: a long pause"),
            ("2", "ZeroDivisionError: x"),
        }
        broken = False
        await until(lambda: len(seen) == 3)
    assert await open_messages(second) == 0


async def test_a_body_that_is_no_update_goes_to_its_own_corner(
    second: asyncpg.Connection,
) -> None:
    async def feed(_raw: bytes) -> None:
        raise ValueError("not an update")

    await Inbox().keep(SOURCE, "1", b"{}")
    await Inbox().keep(SOURCE, "2", b"nonsense")
    worker = UpdateWorker(SOURCE, Inbox(), feed)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run())
        for _ in range(200):
            if not await second.fetchval("SELECT count(*) FROM inbox WHERE error IS NULL"):
                break
            await asyncio.sleep(0.02)
        worker.stop()
    assert await second.fetchval("SELECT count(*) FROM inbox WHERE error IS NOT NULL") == 2
    assert await open_messages(second) == 2


async def test_an_inbox_that_is_away_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_S", 0.02)
    seen: list[int] = []
    claim = Inbox.claim
    away = True

    async def flaky(*args: Any) -> Any:
        if away:
            raise asyncpg.ConnectionDoesNotExistError("gone")
        return await claim(*args)

    async def feed(update_id: int, _chat: int) -> None:
        seen.append(update_id)

    monkeypatch.setattr(Inbox, "claim", flaky)
    await keep((1, 1))
    async with working(feed) as worker:
        await until(lambda: worker.trouble is not None)
        away = False
        await until(lambda: seen == [1])
        assert worker.trouble is None


async def test_what_could_not_be_closed_is_handled_again(
    second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE_S", 1)
    monkeypatch.setattr(module, "IDLE_S", 0.05)
    seen: list[int] = []
    done = Inbox.done

    async def fail_once(*args: Any) -> None:
        if len(seen) == 1:
            raise OSError("gone")
        await done(*args)

    async def feed(update_id: int, _chat: int) -> None:
        seen.append(update_id)

    monkeypatch.setattr(Inbox, "done", fail_once)
    await keep((1, 1))
    async with working(feed):
        await until(lambda: len(seen) == 2)
        await asyncio.sleep(0.05)
    assert await open_messages(second) == 0


async def test_a_lease_that_ran_out_during_the_work_does_not_double_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LEASE_S", 1)
    monkeypatch.setattr(module, "IDLE_S", 0.05)
    seen: list[int] = []

    async def feed(update_id: int, _chat: int) -> None:
        seen.append(update_id)
        await asyncio.sleep(1.5)

    await keep((1, 1))
    async with working(feed):
        await asyncio.sleep(2)
    assert seen == [1]


async def test_stopping_finishes_what_is_in_hand(second: asyncpg.Connection) -> None:
    finished = False
    started = asyncio.Event()

    async def feed(_update_id: int, _chat: int) -> None:
        nonlocal finished
        started.set()
        await asyncio.sleep(0.2)
        finished = True

    await keep((1, 1))
    async with working(feed):
        await started.wait()
    assert finished
    assert await open_messages(second) == 0
