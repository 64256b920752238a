"""A bot running against the Bot API double over real HTTP, polling or behind a web server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot import polling as polling_module
from bot.app import WEBHOOK_PATH, TelegramBot
from bot.settings import BotMode
from casino.nursery import Nursery
from tests.bot.support import SECRET, TOKEN, HouseForBot, bot_settings, build_telegram_bot
from tests.peers.telegram import ChatUser, TelegramControl, TelegramDouble

GATE = "adults only"
MENU = "Good to see you"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramControl]:
    async with TelegramDouble(token=TOKEN) as double, TelegramControl(double.url) as control:
        yield control


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling_module, "PAUSES_S", (0.05, 0.1))


@asynccontextmanager
async def running(
    house: HouseForBot, telegram: TelegramControl, **settings: Any
) -> AsyncIterator[TelegramBot]:
    nursery = Nursery()
    settings.setdefault("mode", BotMode.POLLING)
    public_url = settings.pop("public_url", "http://127.0.0.1:9")
    bot = build_telegram_bot(
        house,
        nursery,
        settings=bot_settings(api_url=telegram.url, **settings),
        public_url=public_url,
    )
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()
        await nursery.close()


@asynccontextmanager
async def hooked(house: HouseForBot, telegram: TelegramControl) -> AsyncIterator[TelegramBot]:
    """A bot behind a web server, as main.py mounts it."""
    door: list[TelegramBot] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        return web.Response(status=await door[0].receive_webhook(request.headers, body))

    app = web.Application()
    app.router.add_post(WEBHOOK_PATH, receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    nursery = Nursery()
    settings = bot_settings(
        api_url=telegram.url, mode=BotMode.WEBHOOK, webhook_secret=SecretStr(SECRET)
    )
    bot = build_telegram_bot(house, nursery, settings=settings, public_url=url)
    door.append(bot)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()
        await nursery.close()
        await runner.cleanup()


async def enter(ada: ChatUser) -> None:
    await ada.say("/start")
    await ada.wait_for(GATE)
    await ada.tap("I am 18 or older")
    await ada.tap("I accept the terms")
    await ada.wait_for(MENU)


async def until(telegram: TelegramControl, reached: Callable[[Any], Any]) -> Any:
    for _ in range(200):
        state = await telegram.state()
        if reached(state):
            return state
        await asyncio.sleep(0.03)
    raise AssertionError("waited in vain")


async def until_pending_is_empty(telegram: TelegramControl) -> None:
    await until(telegram, lambda state: not state["pending"])
