"""Nonsense, stale buttons, double taps, groups: a kind answer or silence, never an exception."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, Response, SendMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from teremok.session import MockedSession

from bot.outbound import TelegramAway
from casino.errors import TryLater
from casino.players import Players
from tests.bot.support import HouseForBot, Person, buttons_of, toasts

PHOTO = [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]


@pytest.mark.parametrize(
    ("text", "more", "part"),
    [
        ("/nonsense", {}, "do not know this command"),
        ("/", {}, "do not know this command"),
        ("/start_me", {}, "do not know this command"),
        ("hello", {}, "buttons and commands"),
        ("🎰" * 4000, {}, "buttons and commands"),
        (None, {"photo": PHOTO}, "buttons and commands"),
        (None, {"photo": PHOTO, "caption": "/admin"}, "buttons and commands"),
        (None, {"dice": {"emoji": "🎲", "value": 6}}, "buttons and commands"),
        (
            None,
            {
                "sticker": {
                    "file_id": "x",
                    "file_unique_id": "y",
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                }
            },
            "buttons and commands",
        ),
        (None, {"brand_new_kind": {"of": "message"}}, "buttons and commands"),
    ],
)
async def test_what_is_not_understood_gets_a_kind_answer(
    guest: Person, text: str | None, more: dict[str, Any], part: str
) -> None:
    shown = await guest.say(text, **more)
    assert [type(r) for r in shown] == [SendMessage]
    assert part in guest.text


@pytest.mark.parametrize(
    "data",
    [
        "o0:m",
        "o1",
        "o1:zz",
        "o1:m:x",
        "",
        ":",
        "d1::",
        "y1:",
        "sk1:0123456789AB",
        "so1:h",
        "x" * 64,
        "\x00",
        "⚡",
    ],
)
async def test_old_and_foreign_buttons_stop_spinning(guest: Person, data: str) -> None:
    shown = await guest.press(data)
    assert [type(r) for r in shown] == [AnswerCallbackQuery]
    assert "out of date" in str(toasts(shown)[0].text)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.text(max_size=64),
        st.builds(
            ":".join,
            st.tuples(
                st.sampled_from(
                    [
                        "o1",
                        "y1",
                        "l1",
                        "a1",
                        "t1",
                        "p1",
                        "d1",
                        "i1",
                        "so1",
                        "sc1",
                        "sf1",
                        "sa1",
                        "sk1",
                        "sp1",
                        "sg1",
                    ]
                ),
                st.text("0123456789abcmnTONFUN.-", max_size=20),
                st.text("0123456789abcmnTONFUN.-", max_size=20),
            ),
        ),
    )
)
async def test_no_button_whatever_it_carries_raises(guest: Person, data: str) -> None:
    shown = await guest.press(data)
    assert len(toasts(shown)) == 1


async def test_a_button_without_its_message_and_an_inaccessible_one(guest: Person) -> None:
    lost = {"chat": guest.chat, "message_id": 5, "date": 0}
    shown = await guest.press("o1:w", message=lost)
    assert [type(r) for r in shown] == [SendMessage, AnswerCallbackQuery]
    shown = await guest.press("o1:w", message=None, inline_message_id="1")
    assert [type(r) for r in shown] == [AnswerCallbackQuery]


@pytest.mark.parametrize(
    ("refusal", "resent"),
    [
        ("Bad Request: message is not modified: specified new message content and", False),
        ("Bad Request: message to edit not found", True),
        ("Bad Request: message can't be edited", True),
    ],
)
async def test_a_screen_that_cannot_be_edited_is_sent_anew(
    guest: Person,
    session: MockedSession,
    refusal: str,
    resent: bool,
) -> None:
    session.add_result(
        EditMessageText, Response[bool](ok=False, error_code=400, description=refusal)
    )
    shown = await guest.press("o1:w")
    assert any(isinstance(r, SendMessage) for r in shown) is resent
    assert len(toasts(shown)) == 1


async def test_a_button_pressed_too_long_ago_is_no_error(
    guest: Person, session: MockedSession
) -> None:
    description = (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )
    session.add_result(
        AnswerCallbackQuery, Response[bool](ok=False, error_code=400, description=description)
    )
    await guest.press("o1:w")
    assert "Wallet" in guest.text


async def test_trouble_inside_is_told_kindly(
    guest: Person, bot_house: HouseForBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object, **_kwargs: object) -> None:
        raise TryLater("lite server")

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(bot_house.services.wallet), "balances", away)
    (toast,) = toasts(await guest.press("o1:w"))
    assert "try again soon" in str(toast.text)
    assert toast.show_alert is True
    monkeypatch.setattr(type(bot_house.services.wallet), "balances", broken)
    await guest.say("/balance")
    assert "went wrong on our side" in guest.text


async def test_a_register_that_is_away_lets_the_worker_repeat(
    guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object) -> None:
        raise TryLater("database")

    monkeypatch.setattr(Players, "by_telegram", away)
    with pytest.raises(TryLater):
        await guest.say("/balance")


async def test_a_pause_that_telegram_asks_for_is_raised_to_the_worker(
    guest: Person, session: MockedSession
) -> None:
    from aiogram.types import ResponseParameters

    session.add_result(
        SendMessage,
        Response[bool](
            ok=False,
            error_code=429,
            description="Too Many Requests: retry after 7",
            parameters=ResponseParameters(retry_after=7),
        ),
    )
    with pytest.raises(TelegramAway) as caught:
        await guest.say("/balance")
    assert caught.value.after_s == 7


async def test_somebody_who_blocked_the_bot_is_noted(
    guest: Person, session: MockedSession, players: Players
) -> None:
    session.add_result(
        SendMessage,
        Response[bool](
            ok=False, error_code=403, description="Forbidden: bot was blocked by the user"
        ),
    )
    await guest.say("/balance")
    player = await players.by_telegram(guest.id)
    assert player is not None
    assert player.chat_id is None


GROUP = {"id": -100123, "type": "supergroup", "title": "Friends"}


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("/menu@test_bot", True),
        ("/start@TEST_BOT group", True),
        ("/admin@test_bot", True),
        ("/menu", False),
        ("/menu@another_bot", False),
        ("hello @test_bot", False),
        ("hello", False),
        ("/", False),
    ],
)
async def test_in_groups_only_commands_with_its_name_are_answered(
    guest: Person,
    text: str,
    answered: bool,
) -> None:
    did = await guest.say(text, chat=GROUP)
    shown = [r for r in did if isinstance(r, SendMessage)]
    assert len(shown) == int(answered)
    if answered:
        assert shown[0].chat_id == GROUP["id"]
        assert "private chat" in str(shown[0].text)
        assert buttons_of(shown[0])[0].url == "https://t.me/test_bot?start=group"


async def test_a_group_makes_nobody_a_player(person: Person, players: Players) -> None:
    await person.say("/menu@test_bot", chat=GROUP)
    await person.say("hello", chat=GROUP)
    await person.press("o1:w", message={"message_id": 1, "date": 1, "chat": GROUP, "text": "x"})
    assert await players.by_telegram(person.id) is None


async def test_another_bot_is_not_a_player(person: Person, players: Players) -> None:
    person.user["is_bot"] = True
    assert await person.say("/start") == []
    assert len(await person.press("o1:m")) == 1
    assert await players.by_telegram(person.id) is None
