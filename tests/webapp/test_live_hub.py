"""Pushes between processes: one hub announces, another one's client hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from casino.money import FUN, TON
from casino.nursery import Nursery
from casino.wallet import Balance
from webapp.api.schemas import LiveNotice
from webapp.live import LiveHub
from webapp.live.hub import CHANNEL, Connection

NOBODY_THERE = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))


@pytest.fixture
async def hubs(redis: Redis) -> AsyncIterator[tuple[LiveHub, LiveHub]]:
    """Two processes' hubs, both listening, on one Redis."""
    hubs, nursery = (LiveHub(redis), LiveHub(redis)), Nursery()
    for hub in hubs:
        nursery.start(hub.send(), name="send")
        nursery.start(hub.listen(), name="listen")
    while (await redis.pubsub_numsub(CHANNEL))[0][1] < 2:  # noqa: ASYNC110 - Redis has no event
        await asyncio.sleep(0.005)
    yield hubs
    await nursery.close()


async def heard(connection: Connection) -> dict[str, object]:
    message = await asyncio.wait_for(connection.queue.get(), 5)
    assert message is not None
    said: dict[str, object] = orjson.loads(message)
    return said


async def test_a_balance_reaches_the_players_clients_in_every_process_and_nobody_elses(
    hubs: tuple[LiveHub, LiveHub],
) -> None:
    here, there = hubs
    mine = [hub.join(7) for hub in hubs]
    other = there.join(8)
    here.balance_changed(7, Balance(FUN, -5, 20, 3, 9))
    here.publish(8, LiveNotice(code="account_frozen"))
    for connection in mine:
        said = await heard(connection)
        assert said["t"] == "wallet"
        assert said["accounts"] == [
            {
                "currency": "FUN",
                "available": "0",
                "held": "0.000003",
                "bonus": "0.00002",
                "version": 9,
            }
        ]
    assert (await heard(other))["code"] == "account_frozen"
    assert all(connection.queue.empty() for connection in (*mine, other))


async def test_of_many_changes_the_newest_of_each_currency_is_announced(
    hubs: tuple[LiveHub, LiveHub],
) -> None:
    here, there = hubs
    connection = there.join(7)
    for version in (1, 2, 4, 3):
        here.balance_changed(7, Balance(FUN, version * 100, 0, 0, version))
    here.balance_changed(7, Balance(TON, 5, 0, 0, 1))
    said = [await heard(connection) for _ in range(2)]
    accounts = [account for message in said for account in message["accounts"]]  # type: ignore[attr-defined]
    assert [(a["currency"], a["version"]) for a in accounts] == [("FUN", 4), ("TON", 1)]
    here.balance_changed(7, Balance(FUN, 100, 0, 0, 5))
    assert (await heard(connection))["accounts"][0]["version"] == 5  # type: ignore[index]
    assert connection.queue.empty()


async def test_without_redis_the_clients_of_the_same_process_still_hear() -> None:
    hub, nursery = LiveHub(NOBODY_THERE), Nursery()
    connection = hub.join(7)
    nursery.start(hub.send(), name="send")
    hub.balance_changed(7, Balance(FUN, 100, 0, 0, 1))
    assert (await heard(connection))["t"] == "wallet"
    await nursery.close()


async def test_while_nothing_can_be_sent_the_oldest_announcements_go_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webapp.live.hub.OUTBOUND_MAX", 3)
    hub, nursery = LiveHub(NOBODY_THERE), Nursery()
    connections = [hub.join(player) for player in range(5)]
    for player in range(5):
        hub.balance_changed(player, Balance(FUN, 100, 0, 0, 1))
        hub.publish(player, LiveNotice(code="account_frozen"))
    nursery.start(hub.send(), name="send")
    for connection in connections[2:]:
        assert {(await heard(connection))["t"] for _ in range(2)} == {"wallet", "notice"}
    assert all(connection.queue.empty() for connection in connections)
    await nursery.close()
