"""What leaves the bot is paced, pauses when told to, and tells a failure from a trifle."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    Response,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import ResponseParameters
from teremok.session import MockedSession

from bot import outbound as module
from bot.dispatcher import build_bot
from bot.outbound import ChatGone, Outbound, Pace, TelegramAway
from casino.errors import TryLater
from casino.outbox import Retry
from tests.bot.support import NO_LIMITS, TOKEN, bot_settings


class Timed(MockedSession):
    """Notes when calls arrive; fails as told."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []
        self.failure: Exception | None = None

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> Any:
        self.at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.001)  # as any network does
        if self.failure is not None:
            raise self.failure
        return await super().make_request(bot, method, timeout)


def speaking(session: Timed, pace: Pace = NO_LIMITS, **more: Any) -> tuple[Bot, Outbound]:
    outbound = Outbound(pace=pace, **more)
    return build_bot(bot_settings(), outbound, session), outbound


def refuse(
    session: Timed, method: type[TelegramMethod[Any]], code: int, text: str, **more: Any
) -> None:
    parameters = ResponseParameters(**more) if more else None
    session.add_result(
        method, Response[bool](ok=False, error_code=code, description=text, parameters=parameters)
    )


def spans(session: Timed) -> list[float]:
    return [moment - session.at[0] for moment in session.at]


async def test_one_chat_gets_a_burst_and_then_one_at_a_time() -> None:
    session = Timed()
    bot, _ = speaking(session, Pace(1e6, 1e6, chat_per_s=10, chat_burst=2))
    await asyncio.gather(*(bot.send_message(1, "x") for _ in range(5)))
    assert spans(session)[1] < 0.05
    for n, at in enumerate(spans(session)[2:], start=1):
        assert at >= 0.1 * n - 0.02


async def test_a_slow_chat_does_not_hold_up_another() -> None:
    session = Timed()
    bot, _ = speaking(session, Pace(1e6, 1e6, chat_per_s=2, chat_burst=1))
    async with asyncio.TaskGroup() as calls:
        for _ in range(3):
            calls.create_task(bot.send_message(1, "x"))
        await asyncio.sleep(0.01)
        for chat in range(2, 12):
            calls.create_task(bot.send_message(chat, "x"))
    assert sum(at < 0.3 for at in spans(session)) == 11


async def test_all_chats_together_keep_the_overall_rate() -> None:
    session = Timed()
    bot, _ = speaking(session, Pace(overall_per_s=50, overall_burst=5))
    await asyncio.gather(*(bot.send_message(chat, "x") for chat in range(1, 31)))
    assert spans(session)[-1] >= 25 / 50 - 0.05


async def test_settings_and_answers_do_not_wait() -> None:
    session = Timed()
    bot, _ = speaking(session, Pace(0.001, 1, 0.001, 1))
    async with asyncio.timeout(1):
        for n in range(5):
            await bot.answer_callback_query(str(n))
            await bot.set_my_commands([])
    assert [type(r) for r in session.requests].count(SetMyCommands) == 5


async def test_the_waiting_room_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 3)
    session = Timed()
    bot, _ = speaking(session, Pace(1e6, 1e6, chat_per_s=20, chat_burst=1))
    answers = await asyncio.gather(
        *(bot.send_message(1, "x") for _ in range(6)), return_exceptions=True
    )
    turned_away = [a for a in answers if isinstance(a, TelegramAway)]
    assert 0 < len(turned_away) < 6


async def test_429_silences_the_chat_for_as_long_as_telegram_says_and_no_other() -> None:
    session = Timed()
    bot, _ = speaking(session)
    refuse(session, SendMessage, 429, "Too Many Requests: retry after 1", retry_after=1)
    with pytest.raises(TelegramAway) as caught:
        await bot.send_message(1, "x")
    assert caught.value.after_s == 1
    assert isinstance(caught.value, Retry), "the outbox tells it again after that time"
    assert isinstance(caught.value, TryLater)
    with pytest.raises(TelegramAway) as caught:
        await bot.send_message(1, "x")
    assert 0 < caught.value.after_s <= 1
    assert len(session.requests) == 1, "not asked again during the pause"
    await bot.send_message(2, "x")
    await asyncio.sleep(1.05)
    await bot.send_message(1, "x")


async def test_those_who_waited_while_a_pause_was_asked_for_wait_longer() -> None:
    session = Timed()
    bot, _ = speaking(session, Pace(1e6, 1e6, chat_per_s=10, chat_burst=1))
    refuse(session, SendMessage, 429, "Too Many Requests: retry after 5", retry_after=5)
    answers = await asyncio.gather(
        *(bot.send_message(1, "x") for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(answer, TelegramAway) for answer in answers)
    assert len(session.requests) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (400, "Bad Request: chat not found"),
    ],
)
async def test_a_chat_that_is_gone_is_noted(code: int, text: str) -> None:
    gone: list[int] = []

    async def note(chat_id: int) -> None:
        gone.append(chat_id)

    session = Timed()
    bot, _ = speaking(session, on_gone=note)
    refuse(session, SendMessage, code, text)
    with pytest.raises(ChatGone):
        await bot.send_message(77, "x")
    assert gone == [77]


async def test_a_chat_is_gone_even_if_it_cannot_be_noted() -> None:
    async def fail(_chat_id: int) -> None:
        raise TryLater("database")

    session = Timed()
    bot, _ = speaking(session, on_gone=fail)
    refuse(session, SendMessage, 403, "Forbidden: bot was blocked by the user")
    with pytest.raises(ChatGone):
        await bot.send_message(77, "x")


async def test_what_changes_nothing_is_no_error() -> None:
    session = Timed()
    bot, _ = speaking(session)
    refuse(session, EditMessageText, 400, "Bad Request: message is not modified: specified new")
    assert await bot.edit_message_text("x", chat_id=1, message_id=1) is True
    refuse(session, AnswerCallbackQuery, 400, "Bad Request: query is too old and response timeout")
    assert await bot.answer_callback_query("1") is True
    refuse(session, SendMessage, 400, "Bad Request: message is not modified")
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(1, "x")


async def test_what_we_say_wrongly_is_our_error() -> None:
    session = Timed()
    bot, _ = speaking(session)
    for text in ("<b>open", "", "x" * 4097):
        with pytest.raises(TelegramBadRequest):
            await bot.send_message(1, text)


async def test_an_outage_asks_to_come_back_and_never_tells_the_token() -> None:
    session = Timed()
    bot, _ = speaking(session)
    method = SendMessage(chat_id=1, text="x")
    session.failure = TelegramNetworkError(method, f"InvalidURL: http://x/bot{TOKEN}/sendMessage")
    with pytest.raises(TelegramAway) as caught:
        await bot.send_message(1, "x")
    assert TOKEN not in str(caught.value)
    assert caught.value.after_s > 0
    session.failure = None
    refuse(session, SendMessage, 502, "Bad Gateway")
    with pytest.raises(TelegramAway):
        await bot.send_message(1, "x")


async def test_after_closing_nothing_leaves() -> None:
    session = Timed()
    bot, outbound = speaking(session)
    outbound.close()
    with pytest.raises(TelegramAway):
        await bot.send_message(1, "x")
    assert session.requests == []


async def test_memory_of_chats_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHATS_REMEMBERED_MAX", 10)
    session = Timed()
    bot, outbound = speaking(session)
    for chat in range(1, 50):
        await bot.send_message(chat, "x")
    assert len(outbound._chats) == 10  # noqa: SLF001
