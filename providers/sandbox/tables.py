"""Opened games: who plays what, with which money, and how badly the next spins behave."""

from __future__ import annotations

import asyncio
import enum
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from casino.clock import Clock
from providers.sandbox.games import Room, stakes
from providers.sandbox.slots import Slot

IDLE_MAX = timedelta(hours=2)
VALIDATION_AGE_MAX = timedelta(minutes=15)
TABLES_MAX = 5_000
JOURNAL_MAX = 40
DEMO_CURRENCY = "FUN"
DEMO_BALANCE = Decimal(1000)


class Mode(enum.StrEnum):
    """What the aggregator does wrong on purpose."""

    NONE = "none"
    DUPLICATE = "duplicate"  # every callback is sent again, at the same time and afterwards
    DELAY = "delay"  # the win comes seconds after the reels have stopped
    REORDER = "reorder"  # the win is sent before its bet
    ROLLBACK_FIRST = "rollback_first"  # the bet is rolled back before it is sent
    REFUND_FIRST = "refund_first"  # the bet is refunded before it is sent
    BAD_SIGNATURE = "bad_signature"  # the bet is signed with a wrong key


@dataclass(eq=False)
class Table:
    """One launch. ``token`` is what its page proves itself with."""

    token: str
    slot: Slot
    currency: str
    player_id: str | None  # None: a demo, nothing is told to the casino
    session_id: str | None
    language: str
    return_url: str | None
    opened_at: datetime
    seen_at: datetime
    room: Room | None = None  # where the game has rooms
    balance: Decimal | None = None  # as the casino last said
    mode: Mode = Mode.NONE
    unsettled: int = 0  # callbacks that are still being repeated
    last: dict[str, object] | None = None
    journal: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=JOURNAL_MAX))
    spinning: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def demo(self) -> bool:
        """Whether it is played for fun."""
        return self.player_id is None

    @property
    def stakes(self) -> tuple[Decimal, ...]:
        """The stakes on offer."""
        return stakes(self.currency, self.room)


class Tables:
    """Every opened game, in memory; the longest unused ones are forgotten."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._clock = clock
        self._open: dict[str, Table] = {}  # least recently used first

    def open(
        self,
        slot: Slot,
        *,
        currency: str = DEMO_CURRENCY,
        player_id: str | None = None,
        session_id: str | None = None,
        language: str = "en",
        return_url: str | None = None,
        room: Room | None = None,
    ) -> Table:
        """Open a table; without a player it is a demo with money of its own."""
        now = self._clock.now()
        self._forget(now)
        table = Table(
            secrets.token_urlsafe(24),
            slot,
            currency,
            player_id,
            session_id,
            language,
            return_url,
            opened_at=now,
            seen_at=now,
            room=room,
            balance=DEMO_BALANCE if player_id is None else None,
        )
        self._open[table.token] = table
        return table

    def by_token(self, token: str) -> Table | None:
        """Return a table that is still open, and note that it is used."""
        table = self._open.pop(token, None)
        now = self._clock.now()
        if table is None or now - table.seen_at > IDLE_MAX:
            return None
        table.seen_at = now
        self._open[token] = table
        return table

    def by_session(self, session_id: str) -> Table | None:
        """Return the newest table of a session of the casino's."""
        found = (t for t in reversed(self._open.values()) if t.session_id == session_id)
        return next(found, None)

    def newest_for_validation(self) -> Table | None:
        """Return the last table opened for money, if it is young enough to be validated with."""
        now = self._clock.now()
        young = (t for t in self._open.values() if now - t.opened_at <= VALIDATION_AGE_MAX)
        return max((t for t in young if not t.demo), key=lambda t: t.opened_at, default=None)

    def _forget(self, now: datetime) -> None:
        for token, table in list(self._open.items()):
            if now - table.seen_at <= IDLE_MAX and len(self._open) < TABLES_MAX:
                break
            del self._open[token]
