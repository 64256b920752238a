"""A letter to staff: it arrives with the player's number, and not too often."""

from __future__ import annotations

from aiogram.methods import Response, SendMessage
from teremok.session import MockedSession

from casino.nursery import Nursery
from casino.players import Players
from tests.bot.support import HouseForBot, Person, bot_settings, build_telegram_bot


async def write(guest: Person, letter: str | None, at: int = 1_790_000_000) -> None:
    await guest.say("/paysupport")
    await guest.tap("✍️ Write to staff")
    await guest.say(letter, date=at)


async def test_a_letter_reaches_staff_with_the_way_to_the_card(
    staff: Person, guest: Person, players: Players
) -> None:
    player = await players.by_telegram(guest.id)
    assert player is not None
    await write(guest, "my <b>deposit</b>\nis missing")
    assert "Our staff have your message" in guest.text
    assert "my &lt;b&gt;deposit&lt;/b&gt; is missing" in staff.text
    assert f"<code>{player.id}</code>" in staff.text
    assert f'<a href="tg://user?id={guest.id}">Ada</a>' in staff.text
    await staff.tap("Open")
    assert "Account: open" in staff.text


async def test_letters_have_a_length_and_a_pause(staff: Person, guest: Person) -> None:
    await write(guest, "x" * 401)
    assert "1 to 400" in guest.text
    await guest.say("short")
    assert "short" in staff.text
    await write(guest, "again at once")
    assert "in a minute" in guest.text
    assert "again at once" not in staff.text
    await guest.tap("✕ Cancel")
    assert "Payment support" in guest.text
    await write(guest, "a minute later", at=1_790_000_060)
    assert "a minute later" in staff.text


async def test_the_longest_letter_fits(staff: Person, guest: Person) -> None:
    await write(guest, "&" * 400)
    assert "&amp;" * 400 in staff.text


async def test_nobody_there_is_said_honestly(guest: Person, session: MockedSession) -> None:
    refusal = Response[bool](ok=False, error_code=400, description="Bad Request: chat not found")
    await guest.say("/paysupport")
    await guest.tap("✍️ Write to staff")
    session.add_result(SendMessage, refusal)
    await guest.say("hello?")
    assert "Nobody could be reached" in guest.text


async def test_where_nobody_reads_nothing_is_offered(
    bot_house: HouseForBot, nursery: Nursery, session: MockedSession
) -> None:
    bot = build_telegram_bot(
        bot_house, nursery, session=session, settings=bot_settings(admins=frozenset())
    )
    person = Person(bot, session)
    await person.enter()
    await person.say("/paysupport")
    assert "✍️ Write to staff" not in person.button_texts()
