"""Pushes to players: whatever process a change happens in, every open connection hears of it.

Messages travel over Redis between processes. Nothing that matters is only here: a client that
missed one reads the wallet again when it reconnects, and drops versions older than it has.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

import orjson
import structlog
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from casino.money import CURRENCY_BY_ID
from casino.wallet import Balance
from webapp.api.schemas import LiveWallet
from webapp.api.views import account_view

log = structlog.get_logger(__name__)

CHANNEL = "live"
OUTBOUND_MAX = 10_000  # announcements of a kind waiting for Redis; the oldest go first
PACE_S = 0.05  # between two announcements to the other processes: a screen needs no more
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
        self._balances: dict[tuple[int, int], Balance] = {}  # newest by player and currency
        self._messages: deque[tuple[int, str]] = deque(maxlen=OUTBOUND_MAX)
        self._outbound = asyncio.Event()

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
        """Announce a new balance; called by the wallet after each commit, never waits.

        Most players are not connected: what a screen shows is made where one is.
        """
        where = player_id, balance.currency.id
        known = self._balances.get(where)
        if known is not None and known.version > balance.version:
            return
        if known is None and len(self._balances) >= OUTBOUND_MAX:
            del self._balances[next(iter(self._balances))]
        self._balances[where] = balance
        self._outbound.set()

    def publish(self, player_id: int, message: BaseModel) -> None:
        """Send a message to all connections of a player, in every process."""
        self._messages.append((player_id, message.model_dump_json()))
        self._outbound.set()

    def broadcast(self, message: BaseModel) -> None:
        """Send a message to every connection of this process; nobody else hears it."""
        encoded = encode(message)
        for mine in self._connections.values():
            for connection in mine:
                connection.push(encoded)

    async def send(self) -> None:
        """Carry announcements to Redis until cancelled; without Redis, to this process."""
        while True:
            await self._outbound.wait()
            envelope = self._gather()
            try:
                heard = await self._redis.publish(CHANNEL, envelope)
            except (RedisError, OSError):
                heard = 0
            if not heard:
                self._deliver(envelope)
            await asyncio.sleep(PACE_S)

    def _gather(self) -> bytes:
        """Put all that waits into one message: a balance is six numbers."""
        balances = [
            (player_id, currency_id, b.cash, b.bonus, b.held, b.version)
            for (player_id, currency_id), b in self._balances.items()
        ]
        messages = list(self._messages)
        self._balances.clear()
        self._messages.clear()
        self._outbound.clear()
        return orjson.dumps((balances, messages))

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
        balances, messages = orjson.loads(envelope)
        for player_id, currency_id, *state in balances:
            if player_id in self._connections:
                balance = Balance(CURRENCY_BY_ID[currency_id], *state)
                self._push(player_id, encode(LiveWallet(accounts=[account_view(balance)])))
        for player_id, message in messages:
            self._push(player_id, message.encode())

    def _push(self, player_id: int, message: bytes) -> None:
        for connection in self._connections.get(player_id, ()):
            connection.push(message)


def encode(message: BaseModel) -> bytes:
    """Write a message as clients read it."""
    return orjson.dumps(message.model_dump(mode="json"))
