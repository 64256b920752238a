"""Polling and webhook over real HTTP: what is stored, confirmed, handled, and how often."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import asyncpg
import pytest

from casino.inbox import Inbox
from tests.bot.over_http import (
    GATE,
    HEADER,
    MENU,
    enter,
    hooked,
    running,
    until,
    until_pending_is_empty,
)
from tests.bot.support import ADMIN, SECRET, TOKEN, HouseForBot
from tests.peers.telegram import TelegramControl
from tests.peers.telegram.client import buttons

pytestmark = pytest.mark.usefixtures("short_pauses")


@pytest.mark.parametrize("way", [running, hooked])
async def test_a_newcomer_walks_through_the_house(
    bot_house: HouseForBot, telegram: TelegramControl, way: Any
) -> None:
    async with way(bot_house, telegram) as bot:
        ada = telegram.user(4242, first_name="Ада", language_code="ru")
        await ada.say("/start ref_1")
        await ada.wait_for("только взрослые")
        await ada.tap("English")
        await ada.tap("I am 18 or older")
        await ada.tap("I accept the terms")
        menu = await ada.wait_for(MENU)
        assert buttons(menu)["▶️ Play"]["web_app"]["url"].endswith("/app/")
        await ada.tap("💰 Wallet")
        assert "1000 FUN" in (await ada.wait_for("Wallet"))["text"]
        await ada.tap("☰ Menu")
        await ada.tap("➕ Deposit")
        await ada.tap("TON")
        assert "Send with this memo" in (await ada.messages())[-1]["text"]
        assert len([m for m in await ada.messages() if m["from_bot"]]) == 1, "one screen, edited"
        await until_pending_is_empty(telegram)
        assert bot.healthy()
        assert bot.username == "croupier_bot"


async def test_telegram_is_told_the_commands_in_both_languages_and_the_menu_button(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    staff = telegram.user(ADMIN)
    await staff.say("/start")  # wrote before: there is a chat to show the staff command in
    async with running(bot_house, telegram, public_url="https://play.example.org"):
        await staff.wait_for(GATE)
        state = await until(telegram, lambda state: "default" in state["menu_buttons"])
    names = {scope: {c["command"] for c in listed} for scope, listed in state["commands"].items()}
    public = {"menu", "balance", "deposit", "history", "language", "help", "paysupport", "privacy"}
    assert names == {
        "default/": public,
        "default/ru": public,
        f"chat:{ADMIN}/": public | {"admin"},
        f"chat:{ADMIN}/ru": public | {"admin"},
    }
    russian = {c["command"]: c["description"] for c in state["commands"]["default/ru"]}
    assert russian["help"] == "Что здесь можно делать"
    assert state["menu_buttons"]["default"] == {
        "type": "web_app",
        "text": "Play",
        "web_app": {"url": "https://play.example.org/app/"},
    }


async def test_for_everybody_else_admin_is_byte_for_byte_an_unknown_command(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    async with running(bot_house, telegram):
        ada = telegram.user(4242)
        await enter(ada)
        await telegram.post("forget")
        await ada.say("/nosuchcommand")
        await ada.wait_for("do not know this command")
        await ada.say("/admin")
        await ada.wait_for("do not know this command", count=2)
        unknown, admin = await telegram.calls("sendMessage")
        assert unknown["raw"] == admin["raw"]


async def test_nothing_is_confirmed_to_telegram_before_it_is_stored(
    bot_house: HouseForBot, telegram: TelegramControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Inbox.keep
    away = True

    async def flaky(*args: Any) -> bool:
        if away:
            raise asyncpg.ConnectionDoesNotExistError("the database is gone")
        return await keep(*args)

    monkeypatch.setattr(Inbox, "keep", flaky)
    ada = telegram.user(4242)
    sent = await ada.say("/start")
    async with running(bot_house, telegram) as bot:
        for _ in range(100):
            if bot.trouble() and "ConnectionDoesNotExist" in str(bot.trouble()):
                break
            await asyncio.sleep(0.02)
        assert not bot.healthy()
        assert (await telegram.state())["pending"] == [sent["update_id"]]
        away = False
        await ada.wait_for(GATE)
        await until_pending_is_empty(telegram)


async def test_an_update_that_was_stored_and_not_confirmed_is_handled_once(
    bot_house: HouseForBot, telegram: TelegramControl, second: asyncpg.Connection
) -> None:
    ada = telegram.user(4242)
    sent = await ada.say("/start")
    async with running(bot_house, telegram):
        await ada.wait_for(GATE)
    # Killed before the next poll would have confirmed it: Telegram delivers it again.
    await telegram.post("updates", repeat=sent["update_id"])
    async with running(bot_house, telegram):
        await ada.say("/help")
        await ada.wait_for(GATE, count=2)
        await until_pending_is_empty(telegram)
    assert len([m for m in await ada.messages() if m["from_bot"]]) == 2
    assert await second.fetchval("SELECT count(*) FROM inbox") == 2


async def test_a_crash_after_storing_is_made_good_after_the_restart(
    bot_house: HouseForBot, telegram: TelegramControl, second: asyncpg.Connection
) -> None:
    ada = telegram.user(4242)
    async with hooked(bot_house, telegram) as bot:
        await enter(ada)
        await until_pending_is_empty(telegram)
        bot.worker.stop()  # from here on updates are stored and nobody handles them
        await asyncio.sleep(0.1)
        await ada.say("/paysupport")
        await until_pending_is_empty(telegram)  # acknowledged
        assert await second.fetchval("SELECT count(*) FROM inbox WHERE handled_at IS NULL") == 1
        assert "player number" not in str(await ada.messages())
    async with hooked(bot_house, telegram):
        await ada.wait_for("player number")
    assert await second.fetchval("SELECT count(*) FROM inbox WHERE handled_at IS NULL") == 0


async def test_a_webhook_delivery_is_repeated_until_it_is_stored_and_handled_once(
    bot_house: HouseForBot, telegram: TelegramControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Inbox.keep
    failures = 3

    async def flaky(*args: Any) -> bool:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database is gone")
        return await keep(*args)

    monkeypatch.setattr(Inbox, "keep", flaky)
    ada = telegram.user(4242)
    async with hooked(bot_house, telegram):
        sent = await ada.say("/start")
        await ada.wait_for(GATE)
        await telegram.post("updates", repeat=sent["update_id"])
        await until_pending_is_empty(telegram)
        await asyncio.sleep(0.1)
        state = await telegram.state()
    statuses = [a["status"] for a in state["webhook_attempts"]]
    assert statuses == [503, 503, 503, 200, 200]
    assert len([m for m in await ada.messages() if m["from_bot"]]) == 1
    assert state["webhook"]["secret"] == SECRET


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}])
async def test_whoever_is_not_telegram_is_turned_away(
    bot_house: HouseForBot,
    telegram: TelegramControl,
    second: asyncpg.Connection,
    headers: dict[str, str],
) -> None:
    async with hooked(bot_house, telegram), aiohttp.ClientSession() as stranger:
        state = await until(telegram, lambda state: state["webhook"])
        body = {"update_id": 1, "message": {"text": "/start"}}
        async with stranger.post(state["webhook"]["url"], json=body, headers=headers) as answer:
            assert answer.status == 401
    assert await second.fetchval("SELECT count(*) FROM inbox") == 0


async def test_a_bot_that_polls_has_no_webhook_door(
    bot_house: HouseForBot, telegram: TelegramControl, second: asyncpg.Connection
) -> None:
    async with running(bot_house, telegram) as bot:
        assert await bot.receive_webhook({HEADER: ""}, b'{"update_id": 1}') == 404
    assert await second.fetchval("SELECT count(*) FROM inbox") == 0


async def test_polling_takes_over_from_a_webhook_that_is_still_set(
    bot_house: HouseForBot, telegram: TelegramControl
) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{telegram.url}/bot{TOKEN}/setWebhook"
        async with session.post(url, json={"url": "http://127.0.0.1:9/x"}) as answer:
            assert answer.status == 200
    ada = telegram.user(4242)
    await ada.say("/start")
    async with running(bot_house, telegram):
        await ada.wait_for(GATE)
