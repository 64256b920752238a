"""Pushes to players: whatever process a change happens in, every open connection hears of it.

Messages travel over Redis between processes. Nothing that matters is only here: a client that
missed one reads the wallet again when it reconnects, and drops versions older than it has.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import orjson
import structlog
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from casino.wallet import Balance
from webapp.api.schemas import LiveWallet
from webapp.api.views import account_view

log = structlog.get_logger(__name__)

CHANNEL = "live"
OUTBOUND_MAX = 10_000  # messages waiting for Redis; the oldest go first
QUEUE_MAX = 64  # messages waiting for one client; a slower one is cut off and resumes
CONNECTIONS_PER_PLAYER_MAX = 8
RECONNECT_S = 1.0


class Connection:
    """One client's outgoing queue."""

    def __init__(self) -> None:
        """Start empty and open."""
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_MAX)

    def push(self, message: bytes) -> None:
        """Queue a message; a client that cannot keep up is told to go (None) instead."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """Make room and end the stream."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class LiveHub:
    """The open connections of this process, and the line to the others."""

    def __init__(self, redis: Redis) -> None:
        """Work over a Redis client; it may come and go."""
        self._redis = redis
        self._connections: dict[int, set[Connection]] = defaultdict(set)
        self._outbound: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(OUTBOUND_MAX)

    @property
    def connected(self) -> int:
        """How many clients are connected to this process."""
        return sum(map(len, self._connections.values()))

    def join(self, player_id: int) -> Connection:
        """Open a connection for a player; beyond a few per player the oldest is closed."""
        mine = self._connections[player_id]
        if len(mine) >= CONNECTIONS_PER_PLAYER_MAX:
            mine.pop().close()
        connection = Connection()
        mine.add(connection)
        return connection

    def leave(self, player_id: int, connection: Connection) -> None:
        """Forget a connection."""
        mine = self._connections.get(player_id)
        if mine is not None:
            mine.discard(connection)
            if not mine:
                del self._connections[player_id]

    def balance_changed(self, player_id: int, balance: Balance) -> None:
        """Announce a new balance; called by the wallet after each commit, never waits."""
        self.publish(player_id, LiveWallet(accounts=[account_view(balance)]))

    def publish(self, player_id: int, message: BaseModel) -> None:
        """Send a message to all connections of a player, in every process."""
        if self._outbound.full():
            self._outbound.get_nowait()
        self._outbound.put_nowait((player_id, message.model_dump_json().encode()))

    async def send(self) -> None:
        """Carry published messages to Redis until cancelled; without Redis, to this process."""
        while True:
            player_id, message = await self._outbound.get()
            envelope = b"%d %b" % (player_id, message)
            try:
                heard = await self._redis.publish(CHANNEL, envelope)
            except (RedisError, OSError):
                heard = 0
            if not heard:
                self._deliver(envelope)

    async def listen(self) -> None:
        """Deliver what Redis brings until cancelled; outages are waited out."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._deliver(message["data"])
            except (RedisError, OSError) as outage:
                log.warning("live: redis is away", error=repr(outage))
                await asyncio.sleep(RECONNECT_S)

    def close(self) -> None:
        """End every connection; clients reconnect elsewhere."""
        for mine in list(self._connections.values()):
            for connection in list(mine):
                connection.close()

    def _deliver(self, envelope: bytes) -> None:
        number, _, message = envelope.partition(b" ")
        for connection in self._connections.get(int(number), ()):
            connection.push(message)


def encode(message: BaseModel) -> bytes:
    """Write a message as clients read it."""
    return orjson.dumps(message.model_dump(mode="json"))
