"""Age and terms come before anything else; first contact keeps what the link carried."""

from __future__ import annotations

import asyncpg
import pytest

from casino.players import Players
from tests.bot.support import Person, toasts

EVERYTHING_ELSE = (
    "/menu",
    "/balance",
    "/deposit",
    "/history",
    "/help",
    "/privacy",
    "/paysupport",
    "/language",
    "/admin",
    "/nonsense",
    "hello",
)
BUTTONS_FROM_INSIDE = (
    "o1:m",
    "o1:w",
    "o1:d",
    "o1:y",
    "d1:ton:TON",
    "i1:sandbox:FUN:100:0123456789AB",
    "so1:h",
    "x",
)


async def test_start_asks_for_age_then_terms_then_opens_the_menu(
    person: Person, players: Players
) -> None:
    await person.say("/start")
    assert "adults only" in person.text
    await person.tap("I am 18 or older")
    assert "The terms" in person.text
    met = await players.by_telegram(person.id)
    assert met is not None
    assert not met.terms_accepted
    shown = await person.tap("I accept the terms")
    assert "Good to see you, Ada" in person.text
    assert toasts(shown)[0].text == "Welcome in!"
    met = await players.by_telegram(person.id)
    assert met is not None
    assert met.terms_accepted


@pytest.mark.parametrize("text", EVERYTHING_ELSE)
async def test_nothing_else_works_before(person: Person, text: str) -> None:
    await person.say("/start")
    asked = person.screen
    await person.say(text)
    assert person.screen is not asked
    assert (person.text, person.screen.reply_markup) == (asked.text, asked.reply_markup)


@pytest.mark.parametrize("data", BUTTONS_FROM_INSIDE)
async def test_no_button_of_the_inside_works_before(
    person: Person, data: str, second: asyncpg.Connection
) -> None:
    await person.say("/start")
    shown = await person.press(data)
    assert "adults only" in person.text
    assert [t.text for t in toasts(shown)] == ["Please answer this first."]
    assert await second.fetchval("SELECT count(*) FROM deposits") == 0


async def test_a_minor_and_a_decliner_stay_outside_and_may_think_again(
    person: Person, players: Players
) -> None:
    await person.say("/start")
    await person.tap("I am younger")
    assert "when you are 18" in person.text
    await person.say("/menu")
    assert "adults only" in person.text
    await person.tap("I am 18 or older")
    await person.tap("I do not accept")
    assert "That is fine" in person.text
    met = await players.by_telegram(person.id)
    assert met is not None
    assert not met.terms_accepted
    await person.tap("Read the terms again")
    await person.tap("I accept the terms")
    assert "Good to see you" in person.text


async def test_the_privacy_notice_can_be_read_before_accepting(person: Person) -> None:
    await person.say("/start")
    await person.tap("I am 18 or older")
    await person.tap("🔒 Privacy")
    assert "What we store" in person.text
    await person.tap("‹ Back")
    assert "The terms" in person.text


async def test_accepting_twice_is_kind_and_changes_nothing(
    guest: Person, second: asyncpg.Connection
) -> None:
    accepted_at = await second.fetchval("SELECT terms_accepted_at FROM players")
    shown = await guest.press("t1:1")
    assert toasts(shown)[0].text == "You have accepted already."
    await guest.press("a1:0")
    assert "Good to see you" in guest.text
    assert await second.fetchval("SELECT terms_accepted_at FROM players") == accepted_at


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/start ref_A-1", "ref_A-1"),
        ("/start", None),
        ("/start@test_bot partner7", "partner7"),
        ("/start two words", None),
        ("/start " + "x" * 65, None),
        ("/start <script>", None),
        ("/menu ref", None),
    ],
)
async def test_the_payload_of_the_first_link_is_kept(
    person: Person, second: asyncpg.Connection, text: str, kept: str | None
) -> None:
    await person.say(text)
    await person.say("/start later")
    rows = await second.fetch("SELECT start_payload, chat_id FROM players")
    assert [(r["start_payload"], r["chat_id"]) for r in rows] == [(kept, person.id)]


@pytest.mark.parametrize(
    ("telegram", "question"),
    [
        ("ru", "только взрослые"),
        ("ru-RU", "только взрослые"),
        ("en-GB", "adults only"),
        ("de", "adults only"),
    ],
)
async def test_the_language_comes_from_telegram_and_can_be_changed_at_the_gate(
    person: Person, telegram: str, question: str
) -> None:
    person.user["language_code"] = telegram
    await person.say("/start")
    assert question in person.text
    other = "English" if "ru" in telegram else "Русский"
    await person.tap(other)
    assert ("adults only" if other == "English" else "только взрослые") in person.text


async def test_no_language_code_at_all_is_fine(person: Person) -> None:
    del person.user["language_code"]
    await person.say("/start")
    assert "adults only" in person.text
