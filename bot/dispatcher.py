"""The bot and its dispatcher, wired: session, limits, dialogue state, middlewares, routers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiogram import Bot, Dispatcher, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.redis import RedisStorage
from redis.asyncio import Redis

from bot.keyboards import MiniApp
from bot.middlewares import Guard, Introduction, forget_questions
from bot.notifier import Notifier
from bot.outbound import Outbound
from bot.services import Services
from bot.settings import BotSettings
from bot.texts import Texts

ALLOWED_UPDATES: Final = ["message", "callback_query", "my_chat_member"]
CALL_TIMEOUT_S: Final = 20
DIALOGUE_TTL_S: Final = 24 * 60 * 60


def build_bot(
    settings: BotSettings, outbound: Outbound, session: BaseSession | None = None
) -> Bot:
    """Return a bot that speaks HTML and sends everything through ``outbound``."""
    if settings.token is None:
        raise ValueError("the bot has no token")
    if session is None:
        api = TelegramAPIServer.from_base(settings.api_url)
        session = AiohttpSession(api=api, timeout=CALL_TIMEOUT_S)
    session.middleware(outbound)
    return Bot(
        settings.token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )


def build_dispatcher(
    *,
    settings: BotSettings,
    services: Services,
    texts: Texts,
    notifier: Notifier,
    mini_app: MiniApp,
    redis: Redis,
    routers: Iterable[Router],
) -> Dispatcher:
    """Return a dispatcher whose handlers find everything they need by name."""
    storage = RedisStorage(
        redis,
        key_builder=DefaultKeyBuilder(prefix="bot:dialogue", with_bot_id=True),
        state_ttl=DIALOGUE_TTL_S,
        data_ttl=DIALOGUE_TTL_S,
    )
    dispatcher = Dispatcher(
        storage=storage,
        services=services,
        texts=texts,
        notifier=notifier,
        mini_app=mini_app,
        admins=settings.admins,
    )
    dispatcher.update.outer_middleware(Guard(texts))
    dispatcher.update.outer_middleware(Introduction(services, texts))
    dispatcher.update.outer_middleware(forget_questions)
    dispatcher.include_routers(*routers)
    return dispatcher
