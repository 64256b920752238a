"""Everything the bot says leaves through here: paced, and never twice as fast after a refusal.

Telegram takes about 30 messages a second from a bot, one a second per chat (short bursts are
tolerated) and twenty a minute per group; then it answers 429 and names a pause. Errors leave in
our words: ``TelegramAway`` (repeat later), ``ChatGone`` (nobody is there); a repeat that changes
nothing and an answer that came too late are no errors at all.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, Response
from aiogram.methods.base import TelegramMethod, TelegramType
from aiolimiter import AsyncLimiter

from casino.errors import CroupierError
from casino.outbox import Retry

CHATS_REMEMBERED_MAX: Final = 4096
WAITING_MAX: Final = 512  # calls that wait for their turn; more are told to come back
NETWORK_PAUSE_S: Final = 3
SERVER_PAUSE_S: Final = 5

_GONE = ("chat not found", "user is deactivated", "bot was kicked", "bot can't initiate")
_UNCHANGED = "message is not modified"
_STALE = ("query is too old", "query id is invalid")

log = structlog.get_logger(__name__)


class TelegramAway(Retry):
    """Telegram is away, or asked for a pause; what was to be said is safe to say again."""

    code = "telegram-away"

    def __init__(self, after_s: float, cause: str) -> None:
        """Say how long to leave Telegram alone, and why."""
        super().__init__(after_s)
        self.cause = cause

    def __str__(self) -> str:
        return self.cause


class ChatGone(CroupierError):
    """The other side blocked the bot, left, or never opened the chat: nobody to tell."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot may speak, each with how much of it may come at once.

    Burst and rate together stay within what Telegram takes in any one window: 30 a second, 20 a
    minute in a group.
    """

    overall_per_s: float = 25
    overall_burst: float = 5
    chat_per_s: float = 1
    chat_burst: float = 3
    group_per_minute: float = 15
    group_burst: float = 5


@dataclass(slots=True)
class _Chat:
    limiter: AsyncLimiter
    quiet_until: float = 0  # the loop's clock

    def require_no_pause(self) -> None:
        if (pause := self.quiet_until - _now()) > 0:
            raise TelegramAway(pause, "still in the pause that Telegram asked for")


class Outbound(BaseRequestMiddleware):
    """The one queue in front of the Bot API; part of the session, so nothing passes it by."""

    def __init__(
        self, on_gone: Callable[[int], Awaitable[None]] | None = None, pace: Pace | None = None
    ) -> None:
        """``on_gone`` hears the chat ids of those who blocked the bot."""
        self._on_gone = on_gone
        self._pace = pace or Pace()
        self._overall = _limiter(self._pace.overall_per_s, self._pace.overall_burst)
        self._chats: OrderedDict[int, _Chat] = OrderedDict()
        self._waiting = 0
        self._closed = False

    def close(self) -> None:
        """Refuse everything from now on: a call would open a connection that nobody closes."""
        self._closed = True

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Wait for the turn, call, and translate what goes wrong."""
        if self._closed:
            raise TelegramAway(NETWORK_PAUSE_S, "the bot is stopping")
        chat_id = _chat_of(method)
        chat = self._chat(chat_id) if chat_id is not None else None
        if chat is not None:
            await self._turn(chat)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as refusal:
            if chat is not None:
                chat.quiet_until = _now() + refusal.retry_after
            log.warning("telegram asked for a pause", seconds=refusal.retry_after)
            raise TelegramAway(refusal.retry_after, "flood limit") from refusal
        except (TelegramForbiddenError, TelegramBadRequest) as refusal:
            await self._require_harmless(method, chat_id, refusal)
            return cast("Response[TelegramType]", True)  # noqa: FBT003 - Telegram's own "done"
        except TelegramNetworkError as outage:
            # Some network errors quote the address, and the token is part of it.
            cause = outage.message.replace(bot.token, "<token>")
            raise TelegramAway(NETWORK_PAUSE_S, cause) from None
        except (TelegramServerError, ClientDecodeError) as outage:
            raise TelegramAway(SERVER_PAUSE_S, "Telegram's server failed") from outage

    async def _require_harmless(
        self,
        method: TelegramMethod[Any],
        chat_id: int | None,
        refusal: TelegramForbiddenError | TelegramBadRequest,
    ) -> None:
        words = refusal.message.lower()
        gone = any(w in words for w in _GONE) and chat_id is not None
        if gone or isinstance(refusal, TelegramForbiddenError):
            await self._gone(chat_id)
            raise ChatGone(refusal.message) from refusal
        if isinstance(method, EditMessageText | EditMessageReplyMarkup) and _UNCHANGED in words:
            return
        if isinstance(method, AnswerCallbackQuery) and any(w in words for w in _STALE):
            return
        raise refusal

    async def _turn(self, chat: _Chat) -> None:
        chat.require_no_pause()
        if self._waiting >= WAITING_MAX:
            raise TelegramAway(1, "too much to say at once")
        self._waiting += 1
        try:
            await chat.limiter.acquire()
            await self._overall.acquire()
        finally:
            self._waiting -= 1
        chat.require_no_pause()  # one that waited here may have been told to be quiet

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.pop(chat_id, None)
        if chat is None:
            pace = self._pace
            chat = _Chat(
                _limiter(pace.chat_per_s, pace.chat_burst)
                if chat_id > 0
                else _limiter(pace.group_per_minute / 60, pace.group_burst)
            )
        self._chats[chat_id] = chat
        if len(self._chats) > CHATS_REMEMBERED_MAX:
            self._chats.popitem(last=False)
        return chat

    async def _gone(self, chat_id: int | None) -> None:
        if chat_id is None or self._on_gone is None:
            return
        try:
            await self._on_gone(chat_id)
        except Exception:
            # The next message will find out again; what the caller learns matters more.
            log.exception("could not note that a chat is gone")


def _chat_of(method: TelegramMethod[Any]) -> int | None:
    """Return the chat whose limit a call counts against; settings and reads count nowhere."""
    name = method.__api_method__
    if not name.startswith(("send", "edit", "delete", "copy", "forward")):
        return None
    chat_id = getattr(method, "chat_id", None)
    return chat_id if isinstance(chat_id, int) else None


def _limiter(per_s: float, burst: float) -> AsyncLimiter:
    return AsyncLimiter(burst, burst / per_s)


def _now() -> float:
    return asyncio.get_running_loop().time()
