"""A Telegram that refuses, pauses, hangs up or is not there: nothing is lost, nobody waits."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from bot.settings import BotMode
from casino import events, outbox
from casino.nursery import Nursery
from casino.players import Players
from db.database import transaction
from handlers.events import Teller
from tests.bot.over_http import (
    GATE,
    MENU,
    enter,
    running,
    until_pending_is_empty,
)
from tests.bot.support import TOKEN, HouseForBot, bot_settings, build_telegram_bot
from tests.peers.telegram import TelegramControl

pytestmark = pytest.mark.usefixtures("short_pauses")


@pytest.mark.parametrize(
    "fault",
    [
        {"error_code": 429, "retry_after": 1},
        {"error_code": 502, "description": "Bad Gateway"},
        {"error_code": 500, "description": "Internal Server Error: restart"},
    ],
)
async def test_a_reply_that_telegram_did_not_take_is_said_later_once(
    bot_house: HouseForBot, telegram: TelegramControl, fault: dict[str, Any]
) -> None:
    async with running(bot_house, telegram):
        ada = telegram.user(4242)
        await enter(ada)
        await telegram.fault("sendMessage", **fault)
        await ada.say("/paysupport")
        await ada.say("/privacy")
        await ada.wait_for("What we store", seconds=20)
        said = [m["text"] for m in await ada.messages() if m["from_bot"]]
        assert sum("player number" in text for text in said) == 1
        assert "player number" in said[-2], "in the order of the questions"


async def test_a_reply_whose_fate_is_unknown_is_said_again(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    async with running(bot_house, telegram):
        ada = telegram.user(4242)
        await enter(ada)
        await telegram.fault("sendMessage", drop=True)
        await ada.say("/paysupport")
        await ada.wait_for("player number", count=2, seconds=20)


@pytest.mark.parametrize(
    "fault",
    [
        {"error_code": 502, "description": "Bad Gateway", "times": 3},
        {"error_code": 429, "retry_after": 1},
        {"error_code": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"error_code": 401, "description": "Unauthorized", "times": 2},
        {"drop": True, "times": 2},
    ],
)
async def test_polling_gets_over_it(
    bot_house: HouseForBot, telegram: TelegramControl, fault: dict[str, Any]
) -> None:
    await telegram.fault("getUpdates", **fault)
    async with running(bot_house, telegram) as bot:
        ada = telegram.user(4242)
        await ada.say("/start")
        await ada.wait_for(GATE)
        assert bot.healthy()


async def test_a_hundred_questions_are_answered_in_order(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    async with running(bot_house, telegram):
        people = [telegram.user(5000 + n) for n in range(10)]
        await asyncio.gather(*(enter(person) for person in people))
        for text in ("/help", "/privacy", "/paysupport"):
            for person in people:
                await person.say(text)
        for person in people:
            await person.wait_for("player number", seconds=20)
            said = [m["text"] for m in await person.messages() if m["from_bot"]][-3:]
            parts = ("What you can do here", "What we store", "player number")
            assert all(part in text for part, text in zip(parts, said, strict=True))


async def test_a_button_pressed_long_ago_and_one_pressed_twice(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    ada = telegram.user(4242)
    async with running(bot_house, telegram):
        await enter(ada)
    pressed = await ada.press("💰 Wallet")
    await telegram.post("expire")
    async with running(bot_house, telegram) as bot:
        await ada.wait_for("1000 FUN")
        await asyncio.gather(ada.press("☰ Menu"), ada.press("☰ Menu"))
        await ada.wait_for(MENU)
        await until_pending_is_empty(telegram)
        assert bot.healthy()
    assert pressed in {a["id"] for a in await ada.answers() if not a["answered"]}


async def test_blocking_stops_notices_and_writing_again_brings_them_back(
    bot_house: HouseForBot, telegram: TelegramControl, players: Players
) -> None:
    async with running(bot_house, telegram) as bot:
        ada = telegram.user(4242)
        await enter(ada)
        player = await players.by_telegram(4242)
        assert player is not None
        await ada.block(silently=True)
        assert await bot.notifier.tell(player, "bot-event-unfrozen") is False
        player = await players.by_telegram(4242)
        assert player is not None
        assert player.chat_id is None
        assert await bot.notifier.tell(player, "bot-event-unfrozen") is False
        await ada.block(blocked=False, silently=True)
        await ada.say("/menu")
        await ada.wait_for(MENU, count=2)
        player = await players.by_telegram(4242)
        assert player is not None
        assert await bot.notifier.tell(player, "bot-event-unfrozen") is True
        await ada.wait_for("open again")


async def test_a_deposit_is_told_after_the_pause_that_telegram_asked_for(
    bot_house: HouseForBot,
    telegram: TelegramControl,
    players: Players,
    second: asyncpg.Connection,
) -> None:
    async with running(bot_house, telegram) as bot:
        ada = telegram.user(4242)
        await enter(ada)
        player = await players.by_telegram(4242)
        assert player is not None
        teller = Teller(bot.notifier, players, bot.texts, bot.mini_app)
        credited = events.DepositCredited(
            player_id=player.id,
            deposit_id=1,
            rail="ton",
            currency="TON",
            amount="1.5",
            balance="1.5",
            external_id="x",
            at="2026-11-24T12:00:00Z",
        )
        async with transaction():
            await events.record(credited)
        await telegram.fault("sendMessage", error_code=429, retry_after=1)
        await outbox.relay_once(teller.tell)
        assert await second.fetchval("SELECT count(*) FROM outbox WHERE told_at IS NULL") == 1
        for _ in range(100):
            await outbox.relay_once(teller.tell)
            if not await second.fetchval("SELECT count(*) FROM outbox WHERE told_at IS NULL"):
                break
            await asyncio.sleep(0.05)
        await ada.wait_for("1.5 TON arrived")
        assert len(await telegram.calls("sendMessage")) == 3, "gate, the refused one, the told one"


async def test_stopping_is_quick_and_quiet(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    async with asyncio.timeout(5):
        async with running(bot_house, telegram):
            await asyncio.sleep(0.3)
    nursery = Nursery()
    never_started = build_telegram_bot(
        bot_house, nursery, settings=bot_settings(api_url=telegram.url)
    )
    await never_started.stop()


async def test_telegram_need_not_be_there_at_the_start(bot_house: HouseForBot) -> None:
    nursery = Nursery()
    settings = bot_settings(api_url="http://127.0.0.1:9", mode=BotMode.POLLING)
    bot = build_telegram_bot(bot_house, nursery, settings=settings)
    await bot.start()
    await asyncio.sleep(0.2)
    assert not bot.healthy()
    assert TOKEN not in str(bot.trouble())
    await bot.stop()
    await nursery.close()
