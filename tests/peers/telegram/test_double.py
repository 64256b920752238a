"""The double answers as Telegram does; a bot that pleases it must please Telegram."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.peers.telegram import ChatUser, TelegramControl, TelegramDouble
from tests.peers.telegram.client import buttons

TOKEN = "7000001:AAtest"


class Caller:
    """Calls the Bot API as any client would."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str = TOKEN) -> None:
        self._session, self._url, self._token = session, url, token

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        url = f"{self._url}/bot{self._token}/{method}"
        async with self._session.post(url, json=params) as response:
            answer: dict[str, Any] = await response.json()
            assert (response.status == 200) is answer["ok"]
            assert answer["ok"] or response.status == answer["error_code"]
            return answer

    async def refused(self, method: str, **params: Any) -> str:
        answer = await self(method, **params)
        assert not answer["ok"], f"{method} was taken"
        return str(answer["description"])


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture
async def control(double: TelegramDouble) -> AsyncIterator[TelegramControl]:
    async with TelegramControl(double.url) as control:
        yield control


@pytest.fixture
async def api(double: TelegramDouble) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, double.url)


@pytest.fixture
async def ada(control: TelegramControl) -> ChatUser:
    user = control.user(4242, first_name="Ada", language_code="en")
    await user.say("/start")
    return user


async def test_a_wrong_token_and_an_unknown_method(double: TelegramDouble, api: Caller) -> None:
    async with aiohttp.ClientSession() as session:
        stranger = Caller(session, double.url, "1:other")
        assert await stranger.refused("getMe") == "Unauthorized"
    assert "not found" in await api.refused("makeCoffee")
    me = (await api("getMe"))["result"]
    assert (me["id"], me["is_bot"], me["username"]) == (7000001, True, "croupier_bot")


async def test_updates_stay_until_confirmed(api: Caller, ada: ChatUser) -> None:
    await ada.say("hello")
    first = (await api("getUpdates"))["result"]
    assert [u["message"]["text"] for u in first] == ["/start", "hello"]
    assert first[0]["message"]["entities"][0]["type"] == "bot_command"
    assert (await api("getUpdates"))["result"] == first
    rest = (await api("getUpdates", offset=first[0]["update_id"] + 1))["result"]
    assert rest == first[1:]
    assert (await api("getUpdates"))["result"] == first[1:], "confirmed ones are gone"
    assert (await api("getUpdates", limit=1))["result"] == first[1:]
    assert (await api("getUpdates", offset=first[1]["update_id"] + 1))["result"] == []


async def test_a_long_poll_ends_when_something_comes(api: Caller, ada: ChatUser) -> None:
    async with asyncio.timeout(40), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api("getUpdates", offset=600_000_000, timeout=50))
        await asyncio.sleep(0.05)
        await ada.say("hello")
    assert poll.result()["result"][0]["message"]["text"] == "hello"


async def test_a_second_poll_ends_the_first(api: Caller) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(api("getUpdates", timeout=20))
        await asyncio.sleep(0.05)
        second = tasks.create_task(api("getUpdates", timeout=1))
    assert first.result()["error_code"] == 409
    assert second.result()["ok"]


async def test_only_wanted_updates_come(
    api: Caller, ada: ChatUser, control: TelegramControl
) -> None:
    await api("getUpdates", offset=10**9, allowed_updates=["callback_query"])
    await ada.say("hello")
    assert (await api("getUpdates"))["result"] == []
    assert (await control.state())["pending"] == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🎲" * 2049}, "message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "a & b", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<div>x</div>", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "x", "chat_id": 1}, "chat not found"),
        ({"text": "x", "chat_id": "nobody"}, "chat not found"),
    ],
)
async def test_bad_messages_are_refused(
    api: Caller, ada: ChatUser, params: dict[str, Any], words: str
) -> None:
    given = {"chat_id": ada.id, **params}
    assert words in await api.refused("sendMessage", **given)


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x"},
        {"text": "", "callback_data": "x"},
        {"text": "x", "callback_data": "x", "url": "https://x.org"},
        {"text": "x", "callback_data": "x" * 65},
        {"text": "x", "callback_data": "ж" * 33},
        {"text": "x", "url": "javascript:alert(1)"},
        {"text": "x", "url": "localhost"},
        {"text": "x", "copy_text": {"text": "x" * 257}},
        {"text": "x", "web_app": {"url": "ton://x"}},
    ],
)
async def test_bad_buttons_are_refused(api: Caller, ada: ChatUser, button: dict[str, Any]) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert "Bad Request" in await api.refused(
        "sendMessage", chat_id=ada.id, text="x", reply_markup=markup
    )


async def test_markup_does_not_count_towards_the_length(api: Caller, ada: ChatUser) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    sent = await api("sendMessage", chat_id=ada.id, text=text, parse_mode="HTML")
    assert sent["result"]["text"] == "<" * 4096


async def test_edits(api: Caller, ada: ChatUser) -> None:
    sent = (await api("sendMessage", chat_id=ada.id, text="one"))["result"]
    where = {"chat_id": ada.id, "message_id": sent["message_id"]}
    assert "not modified" in await api.refused("editMessageText", text="one", **where)
    edited = (await api("editMessageText", text="two", **where))["result"]
    assert (edited["text"], edited["message_id"]) == ("two", sent["message_id"])
    foreign = {"chat_id": ada.id, "message_id": 1}
    assert "can't be edited" in await api.refused("editMessageText", text="x", **foreign)
    gone = {"chat_id": ada.id, "message_id": 999}
    assert "to edit not found" in await api.refused("editMessageText", text="x", **gone)
    assert (await api("deleteMessage", **where))["result"] is True
    assert "to delete not found" in await api.refused("deleteMessage", **where)


async def test_buttons_are_pressed_and_answered_once_in_time(
    api: Caller, ada: ChatUser, control: TelegramControl
) -> None:
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go:1"}]]}
    await api("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)
    assert buttons((await ada.messages())[-1])["Go"]["callback_data"] == "go:1"
    pressed = await ada.press("Go")
    query = (await api("getUpdates"))["result"][-1]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (pressed, "go:1", ada.id)
    assert query["message"]["reply_markup"] == markup
    assert "too old" in await api.refused("answerCallbackQuery", callback_query_id="123")
    assert "TOO_LONG" in await api.refused(
        "answerCallbackQuery", callback_query_id=pressed, text="x" * 201
    )
    await api("answerCallbackQuery", callback_query_id=pressed, text="ok", show_alert=True)
    answer = await ada.wait_for_answer(pressed)
    assert (answer["text"], answer["alert"]) == ("ok", True)
    await control.post("expire")
    assert "too old" in await api.refused("answerCallbackQuery", callback_query_id=pressed)
    with pytest.raises(AssertionError, match="no such button"):
        await ada.press("Stop")


async def test_somebody_who_blocked_the_bot(api: Caller, ada: ChatUser) -> None:
    await ada.block()
    refusal = await api.refused("sendMessage", chat_id=ada.id, text="x")
    assert refusal == "Forbidden: bot was blocked by the user"
    change = (await api("getUpdates"))["result"][-1]["my_chat_member"]
    assert change["new_chat_member"]["status"] == "kicked"


async def test_faults_on_demand(api: Caller, ada: ChatUser, control: TelegramControl) -> None:
    await control.fault("sendMessage", error_code=429, retry_after=3, times=2, chat_id=ada.id)
    for _ in range(2):
        answer = await api("sendMessage", chat_id=ada.id, text="x")
        assert answer["parameters"] == {"retry_after": 3}
    assert (await api("sendMessage", chat_id=ada.id, text="x"))["ok"]
    await control.fault("sendMessage", drop=True)
    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=ada.id, text="done all the same")
    assert (await ada.messages())[-1]["text"] == "done all the same"


async def test_a_webhook_gets_updates_in_order_with_the_secret_until_it_says_yes(
    api: Caller, ada: ChatUser, control: TelegramControl
) -> None:
    got: list[tuple[str | None, str]] = []
    statuses = [500, 200]

    async def hook(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        got.append((secret, update["message"]["text"]))
        return web.Response(status=statuses.pop(0) if statuses else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await api("setWebhook", url=url, secret_token="s3cret")
    assert "webhook is active" in await api.refused("getUpdates")
    await ada.say("hello")
    for _ in range(100):
        if not (await control.state())["pending"]:
            break
        await asyncio.sleep(0.02)
    assert got == [("s3cret", "/start"), ("s3cret", "/start"), ("s3cret", "hello")]
    info = (await api("getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (url, 0)
    assert "500" in info["last_error_message"]
    await api("deleteWebhook")
    assert (await api("getUpdates"))["result"] == []
    await runner.cleanup()


async def test_commands_are_kept_per_scope_and_language(api: Caller, ada: ChatUser) -> None:
    listed = [{"command": "help", "description": "Help"}]
    await api("setMyCommands", commands=listed, language_code="ru")
    assert (await api("getMyCommands", language_code="ru"))["result"] == listed
    assert (await api("getMyCommands"))["result"] == []
    bad = [{"command": "Help!", "description": "x"}]
    assert "COMMAND_INVALID" in await api.refused("setMyCommands", commands=bad)
    nobody = {"type": "chat", "chat_id": 1}
    assert "chat not found" in await api.refused("setMyCommands", commands=listed, scope=nobody)
    somebody = {"type": "chat", "chat_id": ada.id}
    assert (await api("setMyCommands", commands=listed, scope=somebody))["ok"]


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.peers.telegram",
        "--port",
        "0",
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode()
        url = line.rsplit(" ", 1)[1].strip()
        async with TelegramControl(url) as control, aiohttp.ClientSession() as session:
            ada = control.user(1)
            await ada.say("/start")
            updates = await Caller(session, url)("getUpdates")
            assert updates["result"][0]["message"]["text"] == "/start"
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
