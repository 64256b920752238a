"""Long polling: ask Telegram for updates, and confirm them only once they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import orjson
import structlog
from aiogram import Bot
from aiogram.methods.base import TelegramMethod

from bot.dispatcher import ALLOWED_UPDATES
from bot.webhook import update_id_of
from casino.inbox import Inbox

POLL_S: Final = 25
PAUSES_S: Final = (1, 2, 5, 10, 30)  # after failures in a row; the last one repeats
UPDATES_MAX: Final = 100


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """``getUpdates`` without interpreting the answer: it is stored as it came."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = UPDATES_MAX
    timeout: int = POLL_S
    allowed_updates: list[str]


log = structlog.get_logger(__name__)


class Polling:
    """One loop that moves updates from Telegram into the inbox."""

    def __init__(self, bot: Bot, source: str, inbox: Inbox, arrived: Callable[[], None]) -> None:
        """``arrived`` is called after something new was stored."""
        self._bot = bot
        self._source = source
        self._inbox = inbox
        self._arrived = arrived
        self._offset: int | None = None
        self._webhook_removed = False
        self.trouble: str | None = "has not asked Telegram yet"

    async def run(self) -> None:
        """Poll until cancelled; outages are waited out here."""
        failures = 0
        while True:
            try:
                await self._poll_once()
            except Exception as outage:
                self._webhook_removed = False  # perhaps somebody set one: Telegram allows either
                pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                failures += 1
                self.trouble = f"{type(outage).__name__}: {outage}"
                # With the traceback once: an outage of hours must not fill the log.
                log.warning("polling failed", cause=self.trouble, exc_info=failures == 1)
                await asyncio.sleep(pause)
            else:
                failures = 0
                self.trouble = None

    async def _poll_once(self) -> None:
        if not self._webhook_removed:
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._webhook_removed = True
        request = GetRawUpdates(offset=self._offset, allowed_updates=ALLOWED_UPDATES)
        updates = await self._bot(request, request_timeout=POLL_S + 10)
        for update in updates:
            body = orjson.dumps(update)
            update_id = update_id_of(body)
            if update_id is None:
                log.error("an update without a number was ignored", keys=sorted(update)[:5])
                continue
            await self._inbox.keep(self._source, str(update_id), body)
            # Telegram forgets everything below the offset with the next call: not a line earlier.
            self._offset = update_id + 1
        if updates:
            self._arrived()
