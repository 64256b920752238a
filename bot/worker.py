"""From the inbox to the dispatcher: each chat in order, chats side by side, nothing lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import orjson
import structlog
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram.types import Update

from bot.outbound import TelegramAway
from casino.errors import LATER
from casino.inbox import Inbox, Message

AT_ONCE_MAX: Final = 16  # updates being handled
IN_HAND_MAX: Final = 100  # claimed and not yet handled
LEASE_S: Final = 10  # after a crash, how long those in hand wait; work that takes longer renews it
IDLE_S: Final = 1
RETRIES_S: Final = (0.5, 2)  # pauses before trying again at once; later tries are the inbox's
PAUSE_MAX_S: Final = 5

Feed = Callable[[bytes], Awaitable[object]]

log = structlog.get_logger(__name__)


class UpdateWorker:
    """Handles stored updates, at least once each.

    Within a chat the order is kept as long as handling succeeds within its retries; an update that
    keeps failing is set aside and does not hold up the chat. One worker per bot: order across
    several processes is not promised.
    """

    def __init__(self, source: str, inbox: Inbox, feed: Feed) -> None:
        """``feed`` handles one update; it raises only for what a repeat may cure."""
        self._source = source
        self._inbox = inbox
        self._feed = feed
        self._lanes: dict[int, deque[Message]] = {}
        self._in_hand: set[str] = set()
        self._slots = asyncio.Semaphore(AT_ONCE_MAX)
        self._wake = asyncio.Event()
        self._stopping = False
        self.trouble: str | None = None

    def wake(self) -> None:
        """Something new was stored."""
        self._wake.set()

    def stop(self) -> None:
        """Take nothing more; ``run`` returns when what is in hand is handled."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        async with asyncio.TaskGroup() as lanes:
            while not self._stopping:
                self._wake.clear()
                if not self._take_up(await self._claim(), lanes):
                    await self._rest()

    async def _claim(self) -> list[Message]:
        room = IN_HAND_MAX - len(self._in_hand)
        if room <= 0:
            return []
        try:
            messages = await self._inbox.claim(self._source, room, LEASE_S)
        except Exception as outage:
            if self.trouble is None:  # one line when it falls, not one a second
                log.exception("inbox is away")
            self.trouble = f"the inbox is away: {type(outage).__name__}"
            return []
        if self.trouble is not None:
            log.info("inbox is back")
        self.trouble = None
        # A lease that ran out while we still work on it comes back: that only renews the lease.
        return [m for m in messages if m.external_id not in self._in_hand]

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE_S):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _take_up(self, messages: list[Message], lanes: asyncio.TaskGroup) -> int:
        for message in sorted(messages, key=lambda m: int(m.external_id)):
            self._in_hand.add(message.external_id)
            chat = _chat_of(message.body)
            if lane := self._lanes.get(chat):
                lane.append(message)
                continue
            self._lanes[chat] = deque([message])
            lanes.create_task(self._serve(chat), name=f"telegram chat {chat}")
        return len(messages)

    async def _serve(self, chat: int) -> None:
        lane = self._lanes[chat]
        while lane:
            # Left at the head while it is handled: the lane exists as long as it is not empty.
            async with self._slots:
                await self._handle(lane[0])
            self._in_hand.discard(lane.popleft().external_id)
        del self._lanes[chat]
        self._wake.set()

    async def _handle(self, message: Message) -> None:
        with structlog.contextvars.bound_contextvars(update_id=message.external_id):
            try:
                failure = await self._attempt(message.body)
                if failure is None:
                    await self._inbox.done(message)
                else:
                    log.warning("update set aside", cause=failure, attempts=message.attempts)
                    await self._inbox.failed(message, failure)
            except Exception:
                # Its lease runs out and it comes again.
                log.exception("could not note what became of an update")

    async def _attempt(self, body: bytes) -> str | None:
        """Handle one update; return why it did not work, or None."""
        pauses = iter(RETRIES_S)
        while True:
            try:
                await self._feed(body)
            except LATER as outage:
                pause = next(pauses, None)
                asked = outage.after_s if isinstance(outage, TelegramAway) else 0
                if pause is None or asked > PAUSE_MAX_S:
                    return f"{type(outage).__name__}: {outage}"
                await asyncio.sleep(max(pause, asked))
            except Exception as bug:
                log.exception("update could not be handled")  # kept by the inbox as evidence
                return f"{type(bug).__name__}: {bug}"
            else:
                return None


def _chat_of(body: bytes) -> int:
    """Return what an update's order depends on: its chat, else its user, else itself."""
    try:
        update = Update.model_validate(orjson.loads(body))
        context = UserContextMiddleware.resolve_event_context(update)
    except ValueError:
        return 0
    return context.chat_id or context.user_id or update.update_id
