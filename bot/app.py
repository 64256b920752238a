"""The bot as one thing: start it, give it webhook requests, ask how it is, stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import orjson
import structlog
from aiogram import Router
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Update
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.dispatcher import ALLOWED_UPDATES, build_bot, build_dispatcher
from bot.introduction import introduce
from bot.keyboards import MiniApp
from bot.notifier import Notifier
from bot.outbound import Outbound, Pace
from bot.polling import Polling
from bot.services import Services
from bot.settings import BotMode, BotSettings
from bot.texts import Texts
from bot.webhook import Webhook
from bot.worker import UpdateWorker
from casino.errors import TryLater
from casino.inbox import Inbox
from casino.nursery import Nursery

WEBHOOK_PATH: Final = "/telegram/webhook"
PAUSES_S: Final = (1, 2, 5, 15, 60)

log = structlog.get_logger(__name__)


class TelegramBot:
    """Everything between Telegram and the handlers. Make one only when the mode is not ``off``."""

    def __init__(  # noqa: PLR0913 - the composition root hands everything in by name
        self,
        settings: BotSettings,
        services: Services,
        *,
        inbox: Inbox,
        redis: Redis,
        nursery: Nursery,
        routers: Iterable[Router],
        public_url: str,
        texts: Texts | None = None,
        session: BaseSession | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Wire it; ``start`` contacts Telegram. ``session`` and ``pace`` are for tests."""
        self._settings = settings
        self._players = services.players
        self._public_url = public_url.rstrip("/")
        self._nursery = nursery
        self.texts = texts or Texts()
        self.mini_app = MiniApp.at(public_url, settings)
        source = f"telegram:{settings.bot_id}"
        self._outbound = Outbound(self._gone, pace)
        self.bot = build_bot(settings, self._outbound, session)
        self.notifier = Notifier(self.bot, services.players, self.texts, settings.admins)
        self.dispatcher = build_dispatcher(
            settings=settings,
            services=services,
            texts=self.texts,
            notifier=self.notifier,
            mini_app=self.mini_app,
            redis=redis,
            routers=routers,
        )
        self.worker = UpdateWorker(source, inbox, self.feed)
        self._webhook = Webhook(source, settings.webhook_secret, inbox)
        self._polling = Polling(self.bot, source, inbox, self.worker.wake)
        self._scopes: dict[str, asyncio.Timeout] = {}
        self._ended: dict[str, asyncio.Event] = {}
        self._stopping = False
        self.username: str | None = None

    async def start(self) -> None:
        """Begin to work in the background; Telegram need not be reachable yet."""
        self._begin("telegram worker", self.worker.run)
        self._begin("telegram introduction", self._introduce)
        if self._settings.mode is BotMode.POLLING:
            self._begin("telegram polling", self._polling.run)

    async def stop(self, grace_s: float = 5) -> None:
        """Take nothing new, finish what is in hand within ``grace_s`` seconds, hang up.

        For a bot that was never started, too: it may have been used to tell somebody something.
        """
        self._stopping = True
        self._end("telegram polling")
        self._end("telegram introduction")
        self.worker.stop()
        if not await self._ended_within(grace_s, "telegram worker"):
            log.warning("updates still in hand; they come again after the restart")
            self._end("telegram worker")
        await self._ended_within(1, *self._ended)
        self._outbound.close()
        await self.bot.session.close()

    async def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> int:
        """Answer ``POST /telegram/webhook`` with a status; 200 only for a stored update."""
        if self._settings.mode is not BotMode.WEBHOOK:
            return 404
        status = await self._webhook.receive(headers, body)
        self.worker.wake()
        return status

    def trouble(self) -> str | None:
        """Say why the bot does not serve at the moment, or None."""
        if self.username is None:
            return "Telegram has not answered yet"
        polling = self._polling.trouble if self._settings.mode is BotMode.POLLING else None
        return polling or self.worker.trouble

    def healthy(self) -> bool:
        """Whether updates come in and are worked on."""
        return self.trouble() is None

    async def feed(self, body: bytes) -> None:
        """Handle one stored update. Raises what a repeat may cure."""
        update = Update.model_validate(orjson.loads(body), context={"bot": self.bot})
        try:
            await self.dispatcher.feed_update(self.bot, update)
        except RedisError as outage:
            raise TryLater("the dialogue store is away") from outage

    async def _introduce(self) -> None:
        failures = 0
        while True:
            try:
                self.username = (await self.bot.me()).username
                if self._settings.mode is BotMode.WEBHOOK:
                    await self._set_webhook()
                await introduce(self.bot, self.texts, self.mini_app, self._settings.admins)
            except (TelegramAPIError, TryLater) as outage:
                pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                failures += 1
                log.warning("could not introduce the bot", cause=str(outage), pause_s=pause)
                await asyncio.sleep(pause)
            else:
                log.info("bot introduced", username=self.username)
                return

    async def _set_webhook(self) -> None:
        secret = self._settings.webhook_secret
        await self.bot.set_webhook(
            self._public_url + WEBHOOK_PATH,
            secret_token=secret.get_secret_value() if secret else None,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
        )

    async def _gone(self, chat_id: int) -> None:
        player = await self._players.by_telegram(chat_id)
        if player is not None:
            await self._players.chat_blocked(player.id)

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._ended[name] = asyncio.Event()
        self._nursery.start(self._supervise(name, work), name=name)

    async def _supervise(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        scope = self._scopes[name] = asyncio.timeout(None)
        try:
            async with scope:
                if not self._stopping:
                    await work()
        except TimeoutError:
            if not scope.expired():
                raise
        finally:
            self._ended[name].set()

    def _end(self, name: str) -> None:
        """Cancel what was begun under this name, at its next wait."""
        scope = self._scopes.get(name)
        if scope is not None and not self._ended[name].is_set():
            scope.reschedule(asyncio.get_running_loop().time())

    async def _ended_within(self, seconds: float, *names: str) -> bool:
        try:
            async with asyncio.timeout(seconds):
                for name in names:
                    if ended := self._ended.get(name):
                        await ended.wait()
        except TimeoutError:
            return False
        return True
