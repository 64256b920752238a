"""Telling: at least once, in order per player, and nobody's trouble is everybody's."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino import events, outbox
from casino.errors import TryLater
from casino.events import (
    EVENTS,
    AccountFrozen,
    AccountUnfrozen,
    BalanceAdjusted,
    DepositCredited,
    DepositFiled,
    Event,
    SessionsCut,
)
from casino.outbox import ATTEMPTS_MAX, Retry, relay, relay_once
from db.database import Database, transaction
from tests.casino.support import count

DUE_NOW = "UPDATE outbox SET due_at = now()"


class Listener:
    """Hears events, and fails as told: for a player, once or always."""

    def __init__(self) -> None:
        self.heard: list[tuple[int | None, str]] = []
        self.troubles: dict[int | None, list[BaseException]] = {}

    async def __call__(self, event: Event) -> None:
        if troubles := self.troubles.get(event.player_id):
            raise troubles.pop(0)
        self.heard.append((event.player_id, event.name))


@pytest.fixture
def listener(database: Database) -> Listener:
    return Listener()


async def record(*recorded: Event) -> None:
    async with transaction():
        for event in recorded:
            await events.record(event)


def frozen(player_id: int) -> Event:
    return AccountFrozen(player_id=player_id)


def unfrozen(player_id: int) -> Event:
    return AccountUnfrozen(player_id=player_id)


async def drain(listener: Listener, second: asyncpg.Connection) -> None:
    """Relay until nothing is due, waiting for no delay."""
    await second.execute(DUE_NOW)
    while await relay_once(listener):
        await second.execute(DUE_NOW)


# --- events


def sample(kind: type[Event]) -> st.SearchStrategy[Event]:
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(1, 2**62),
        "int | None": st.integers(1, 2**62) | st.none(),
        "str": text,
        "str | None": text | st.none(),
        "list[str]": st.lists(text, max_size=3),
    }
    return st.builds(kind, **{f.name: by_type[str(f.type)] for f in dataclasses.fields(kind)})


@given(st.sampled_from(sorted(EVENTS)).flatmap(lambda name: sample(EVENTS[name])))
def test_every_event_survives_the_way_through_the_outbox(event: Event) -> None:
    body = dataclasses.asdict(event)
    player_id = body.pop("player_id")
    assert events.read(event.name, player_id, json.loads(json.dumps(body))) == event


def test_every_event_has_a_name_of_its_own_and_can_be_read() -> None:
    assert {kind.name for kind in Event.__subclasses__()} == set(EVENTS)
    assert all(name == kind.name for name, kind in EVENTS.items())


async def test_each_event_is_stored_and_told_as_it_was(database: Database) -> None:
    told: list[Event] = []

    async def tell(event: Event) -> None:
        told.append(event)

    recorded: list[Event] = [
        DepositCredited(1, 9, "ton", "TON", "1.5", "2", "in-1", "2026-11-24T12:00:00+00:00"),
        DepositFiled(None, "ton", None, None, "no_memo", "\u202e'; --"),
        AccountFrozen(2),
        AccountUnfrozen(3),
        SessionsCut(5, "exclusion", ["s1", "s2"]),
        BalanceAdjusted(4, "FUN", "-1.000001", "Grund: „Ärger“"),
    ]
    assert {type(event) for event in recorded} == set(EVENTS.values())
    await record(*recorded)
    await relay_once(tell)
    assert told == recorded


async def test_an_event_goes_with_the_transaction_that_it_reports(
    listener: Listener, second: asyncpg.Connection
) -> None:
    async def fail() -> None:
        async with transaction():
            await events.record(frozen(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(second, "outbox") == 0
    assert await relay_once(listener) == 0


# --- order


async def test_a_player_hears_in_the_order_in_which_it_happened(
    listener: Listener, second: asyncpg.Connection
) -> None:
    for _ in range(3):
        await record(frozen(1), frozen(2), unfrozen(1), unfrozen(2))
    await drain(listener, second)
    for player in (1, 2):
        assert [n for p, n in listener.heard if p == player] == [
            "account-frozen",
            "account-unfrozen",
        ] * 3


async def test_a_later_event_does_not_overtake_one_that_must_wait(
    listener: Listener, second: asyncpg.Connection
) -> None:
    await record(frozen(1), unfrozen(1), frozen(2))
    listener.troubles[1] = [Retry(3600)]
    for _ in range(3):
        await relay_once(listener)
    assert listener.heard == [(2, "account-frozen")]
    await drain(listener, second)
    assert listener.heard[1:] == [(1, "account-frozen"), (1, "account-unfrozen")]


async def test_two_relays_share_the_work_and_keep_the_order(
    listener: Listener, second: asyncpg.Connection
) -> None:
    for n in range(4):
        await record(*(event(p) for p in range(10) for event in (frozen, unfrozen)[n % 2 :]))

    # The connection of the test takes one question at a time.
    connection_lock = asyncio.Lock()

    async def work() -> None:
        while True:
            async with connection_lock:
                left = await count(second, "outbox", "told_at IS NULL")
            if not left:
                return
            await relay_once(listener)

    await asyncio.gather(work(), work(), work())
    assert len(listener.heard) == 60
    for player in range(10):
        names = [n for p, n in listener.heard if p == player]
        assert names == ["account-frozen", "account-unfrozen", "account-unfrozen"] * 2


async def test_the_houses_own_events_do_not_wait_for_each_other(
    listener: Listener, second: asyncpg.Connection
) -> None:
    await record(*(DepositFiled(None, "ton", None, None, "no_memo", str(n)) for n in range(3)))
    listener.troubles[None] = [TryLater("away")]
    await relay_once(listener)
    assert len(listener.heard) == 2


# --- trouble


@pytest.mark.parametrize(
    "trouble",
    [
        Retry(5),
        TryLater("away"),
        ConnectionResetError(),
        TimeoutError(),
        RuntimeError("bug"),
        KeyError("bug"),
    ],
    ids=repr,
)
async def test_a_failing_listener_is_told_again_and_holds_nobody_else_up(
    trouble: Exception, listener: Listener, second: asyncpg.Connection
) -> None:
    await record(frozen(1), frozen(2))
    listener.troubles[1] = [trouble]
    assert await relay_once(listener) == 2
    assert listener.heard == [(2, "account-frozen")]
    row = await second.fetchrow(
        "SELECT due_at > now() AS later, error, told_at FROM outbox WHERE player_id = 1"
    )
    assert row["later"]
    assert row["error"]
    await drain(listener, second)
    assert listener.heard == [(2, "account-frozen"), (1, "account-frozen")]
    assert await count(second, "outbox", "told_at IS NULL OR error IS NOT NULL") == 0


async def test_a_listener_says_how_long_it_wants_to_be_left_alone(
    listener: Listener, second: asyncpg.Connection
) -> None:
    await record(frozen(1))
    listener.troubles[1] = [Retry(250)]
    await relay_once(listener)
    left = await second.fetchval("SELECT extract(epoch FROM due_at - now()) FROM outbox")
    assert 200 < left <= 250


async def test_what_no_code_can_tell_is_parked_with_its_error_and_lets_others_pass(
    listener: Listener, second: asyncpg.Connection
) -> None:
    await record(frozen(1), unfrozen(1))
    await second.execute("UPDATE outbox SET attempts = $1", ATTEMPTS_MAX - 2)
    listener.troubles[1] = [RuntimeError("bug")] * 2
    await drain(listener, second)
    assert listener.heard == [(1, "account-unfrozen")]
    row = await second.fetchrow("SELECT error, attempts FROM outbox WHERE parked_at IS NOT NULL")
    assert ("bug" in row["error"], row["attempts"]) == (True, ATTEMPTS_MAX)


async def test_an_event_of_a_newer_version_is_parked_and_not_lost(
    listener: Listener, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO outbox (name, player_id, body, created_at, attempts, due_at)"
        " VALUES ('from-the-future', 1, '{}', now(), 0, now())"
    )
    await record(frozen(1))
    await drain(listener, second)
    assert listener.heard == [(1, "account-frozen")]
    assert await count(second, "outbox", "parked_at IS NOT NULL AND told_at IS NULL") == 1


async def test_an_outage_never_parks_and_is_survived_however_long_it_lasts(
    listener: Listener, second: asyncpg.Connection
) -> None:
    """After thousands of attempts the pause is still the longest one, not a number too large."""
    await record(frozen(1), frozen(2))
    await second.execute("UPDATE outbox SET attempts = 5000")
    listener.troubles[1] = [TryLater("away")]
    assert await relay_once(listener) == 2
    assert (2, "account-frozen") in listener.heard
    assert await count(second, "outbox", "parked_at IS NOT NULL") == 0
    await drain(listener, second)
    assert (1, "account-frozen") in listener.heard


@pytest.mark.parametrize("text", ["x" * 5000, "a\0b", "\ud800"])
async def test_a_hostile_error_text_does_not_stop_the_relay(
    text: str, listener: Listener, second: asyncpg.Connection
) -> None:
    await record(frozen(1), frozen(2))
    listener.troubles[1] = [RuntimeError(text)]
    assert await relay_once(listener) == 2
    assert listener.heard == [(2, "account-frozen")]


async def test_what_was_told_before_a_crash_is_told_again_and_nothing_is_skipped(
    listener: Listener, second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record(frozen(1), unfrozen(1))

    told = asyncio.Event()

    async def dies_before_noting(*_: object) -> None:
        told.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_note", dies_before_noting)
        dying = asyncio.ensure_future(relay_once(listener))
        await told.wait()
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
    assert listener.heard == [(1, "account-frozen")]
    assert await relay_once(listener) == 0  # the lease of the dead one still holds
    await drain(listener, second)
    assert listener.heard == [
        (1, "account-frozen"),
        (1, "account-frozen"),
        (1, "account-unfrozen"),
    ]


async def test_the_relay_goes_on_after_an_outage_and_ends_when_cancelled(
    listener: Listener, second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "IDLE_S", 0.001)
    told, away = asyncio.Event(), iter([asyncpg.InterfaceError("closed"), OSError("gone")])
    real = relay_once

    async def sometimes(tell: outbox.Tell) -> int:
        if (outage := next(away, None)) is not None:
            raise outage
        return await real(tell)

    async def tell(event: Event) -> None:
        await listener(event)
        told.set()

    monkeypatch.setattr(outbox, "relay_once", sometimes)
    await record(frozen(1))
    relaying = asyncio.ensure_future(relay(tell))
    await told.wait()
    relaying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await relaying
    assert listener.heard == [(1, "account-frozen")]


async def test_an_outage_between_telling_and_noting_does_not_end_the_relay(
    listener: Listener, second: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the pass, in words that the loop knows, and its events are told again."""
    monkeypatch.setattr(outbox, "IDLE_S", 0.001)
    one_question = asyncio.Lock()
    await record(frozen(1), frozen(2))
    real, away = outbox._note, iter([asyncpg.InterfaceError("closed"), OSError("gone")])  # noqa: SLF001 - where the database is met

    async def note(change: str, event_id: int, error: str | None, *more: float) -> None:
        if (outage := next(away, None)) is not None:
            async with one_question:
                await second.execute(DUE_NOW)  # no waiting for the lease
            raise outage
        await real(change, event_id, error, *more)

    monkeypatch.setattr(outbox, "_note", note)
    done = asyncio.Event()

    async def tell(event: Event) -> None:
        await listener(event)
        if len(listener.heard) == 4:
            done.set()

    relaying = asyncio.ensure_future(relay(tell))
    waiting = asyncio.ensure_future(done.wait())
    await asyncio.wait([relaying, waiting], return_when=asyncio.FIRST_COMPLETED)
    alive = not relaying.done()
    for task in (relaying, waiting):
        task.cancel()
    await asyncio.gather(relaying, waiting, return_exceptions=True)
    assert alive
    assert {player for player, _ in listener.heard} == {1, 2}


async def test_one_listener_that_hangs_does_not_hold_up_the_others(
    database: Database, second: asyncpg.Connection
) -> None:
    """A chat that is slow to answer must not delay everybody's notices until it times out."""
    heard = asyncio.Event()
    hanging = asyncio.Event()

    async def tell(event: Event) -> None:
        if event.player_id == 1:
            await hanging.wait()
        else:
            heard.set()

    await record(frozen(1), frozen(2))
    relaying = asyncio.ensure_future(relay_once(tell))
    try:
        async with asyncio.timeout(2):  # only ever used up by a failure
            await heard.wait()
    finally:
        hanging.set()
        await relaying
