"""Menu, wallet, deposit, history, help, language: what a player sees and can press."""

from __future__ import annotations

import itertools

import asyncpg
import pytest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import InlineKeyboardButton
from teremok.session import MockedSession

from bot.app import TelegramBot
from casino.money import FUN, TON, Money
from casino.nursery import Nursery
from casino.players import Players
from casino.wallet import Batch, Kind, Op, Wallet
from tests.bot.support import (
    HouseForBot,
    Person,
    bot_settings,
    build_telegram_bot,
    buttons_of,
    credit,
    toasts,
)


def named(person: Person, text: str) -> InlineKeyboardButton:
    return next(b for b in buttons_of(person.screen) if b.text == text)


async def player_id_of(players: Players, person: Person) -> int:
    player = await players.by_telegram(person.id)
    assert player is not None
    return player.id


async def test_the_menu_opens_the_mini_app_and_every_screen(guest: Person) -> None:
    await guest.say("/menu")
    play = named(guest, "▶️ Play")
    assert play.web_app is not None
    assert play.web_app.url == "https://play.example.org/app/"
    for button, part in (
        ("💰 Wallet", "Wallet"),
        ("➕ Deposit", "Choose what to add"),
        ("🧾 History", "History"),
        ("❔ Help", "What you can do here"),
    ):
        await guest.say("/menu")
        shown = await guest.tap(button)
        assert isinstance(shown[0], EditMessageText), "a button changes its own message"
        assert part in guest.text
        assert len(toasts(shown)) == 1
        await guest.tap("☰ Menu")
        assert "Good to see you" in guest.text


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("/start", "Good to see you"),
        ("/menu", "Good to see you"),
        ("/balance", "Wallet"),
        ("/wallet", "Wallet"),
        ("/deposit", "Choose what to add"),
        ("/history", "History"),
        ("/help", "/paysupport"),
        ("/privacy", "What we store"),
        ("/paysupport", "player number"),
        ("/language", "Choose your language"),
        ("/MENU", "do not know this command"),
        ("/menu@test_bot", "Good to see you"),
        ("/menu@another_bot", "do not know this command"),
        ("/menu and more", "Good to see you"),
    ],
)
async def test_commands(guest: Person, command: str, part: str) -> None:
    shown = await guest.say(command)
    assert [type(r) for r in shown] == [SendMessage]
    assert part in guest.text


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        ("help", "What you can do here"),
        ("privacy", "What we store"),
        ("support", "Payment support"),
        ("limits", "Payment support"),
        ("r_friend", "Good to see you"),
    ],
)
async def test_the_mini_app_links_to_screens_of_the_chat(
    guest: Person, payload: str, part: str
) -> None:
    await guest.say(f"/start {payload}")
    assert part in guest.text


async def test_the_wallet_shows_what_the_wallet_holds(
    guest: Person, players: Players, wallet: Wallet
) -> None:
    player_id = await player_id_of(players, guest)
    await credit(wallet, player_id, Money.parse("1.000000001", TON))
    await guest.say("/balance")
    assert "<b>1000 FUN</b> · play money" in guest.text
    assert "<b>1.000000001 TON</b>" in guest.text
    assert "<b>0 USDT</b>" in guest.text
    hold = Op(Kind.HOLD, "hold", TON_HALF.units)
    await wallet.apply(Batch(player_id, TON, "test", (hold,)))
    await guest.say("/balance")
    assert "<b>0.500000001 TON</b> (0.5 TON reserved)" in guest.text


TON_HALF = Money.parse("0.5", TON)


async def test_a_frozen_player_is_told_in_the_menu(
    guest: Person, players: Players, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE players SET frozen = true")
    await guest.say("/menu")
    assert "frozen" in guest.text


async def test_a_deposit_shows_address_memo_minimum_and_opens_a_wallet(
    guest: Person, second: asyncpg.Connection
) -> None:
    await guest.say("/deposit")
    await guest.tap("TON")
    memo = await second.fetchval("SELECT memo FROM deposit_memos")
    assert "<code>EQ&lt;TON&gt;&amp;paper</code>" in guest.text
    assert f"<code>{memo}</code>" in guest.text
    assert "Send with this memo" in guest.text
    assert "Minimum: 0.1 TON" in guest.text
    assert "not seen" not in guest.text
    assert named(guest, "💎 Open in wallet").url == f"ton://transfer/EQ-paper?text={memo}&to=13TON"
    copied = named(guest, "Copy memo").copy_text
    assert copied is not None
    assert copied.text == memo
    await guest.say("/deposit")
    await guest.tap("TON")
    assert memo in guest.text, "the memo is the player's for ever"


async def test_trouble_of_a_rail_is_told_in_words(guest: Person, bot_house: HouseForBot) -> None:
    bot_house.rail.troubled = "lite servers do not answer"
    await guest.say("/deposit")
    await guest.tap("TON")
    assert "New deposits are not seen at the moment" in guest.text
    assert "Copy memo" in guest.button_texts()


async def test_a_wallet_link_that_telegram_refuses_is_left_out(
    guest: Person, session: MockedSession
) -> None:
    from aiogram.methods import Response

    await guest.say("/deposit")
    refusal = "Bad Request: inline keyboard button URL 'ton://' is invalid: Wrong HTTP URL"
    session.add_result(
        EditMessageText,
        Response[bool](ok=False, error_code=400, description=refusal),
    )
    await guest.tap("TON")
    assert "Send with this memo" in guest.text
    assert "💎 Open in wallet" not in guest.button_texts()
    assert "Copy address" in guest.button_texts()


async def test_play_money_is_credited_once_per_screen_however_often_tapped(
    guest: Person, players: Players, wallet: Wallet
) -> None:
    await guest.say("/deposit")
    await guest.tap("🎲 Play money · FUN")
    data = guest.data_of("+100 FUN")
    for _ in range(3):
        shown = await guest.press(data)
        assert toasts(shown)[0].text == "100 FUN added to your balance."
    player_id = await player_id_of(players, guest)
    assert (await wallet.balance(player_id, FUN)).available == Money.parse("1100", FUN)
    await guest.tap("+100 FUN")  # the screen was drawn anew: a new wish
    assert (await wallet.balance(player_id, FUN)).available == Money.parse("1200", FUN)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ("i1:sandbox:FUN:100.0000001:0123456789AB", "error"),
        ("i1:sandbox:FUN:99999999:0123456789AB", "error"),
        ("i1:sandbox:FUN:0:0123456789AB", "error"),
        ("i1:ton:TON:100:0123456789AB", "error"),
        ("i1:nowhere:FUN:100:0123456789AB", "error"),
        ("i1:sandbox:EUR:100:0123456789AB", "error"),
        ("d1:nowhere:TON", "error"),
        ("d1:ton:BTC", "error"),
        ("i1:sandbox:FUN:1e3:0123456789AB", "old"),
        ("i1:sandbox:FUN:-5:0123456789AB", "old"),
        ("i1:sandbox:FUN:100:short", "old"),
    ],
)
async def test_made_up_deposit_buttons_move_nothing(
    guest: Person, second: asyncpg.Connection, data: str, answer: str
) -> None:
    before = await second.fetchval("SELECT count(*) FROM transfers")
    (toast,) = toasts(await guest.press(data))
    assert toast.text
    assert ("out of date" in toast.text) == (answer == "old")
    assert toast.show_alert is (True if answer == "error" else None)
    assert await second.fetchval("SELECT count(*) FROM transfers") == before


async def test_history_is_paged_inside_one_message(
    guest: Person, players: Players, wallet: Wallet
) -> None:
    player_id = await player_id_of(players, guest)
    for n in range(1, 12):
        await credit(wallet, player_id, Money(n * 1_000_000_000, TON), f"gift-{n}")
    await guest.say("/history")
    assert "+11 TON" in guest.text
    assert "→ 66 TON" in guest.text
    assert "+3 TON" not in guest.text.replace("+33", "")
    await guest.tap("Older ›")
    assert isinstance(guest.screen, EditMessageText)
    assert "+3 TON" in guest.text
    assert "+1000 FUN" in guest.text
    assert "Older ›" not in guest.button_texts()
    await guest.tap("🧾 History")
    assert "+11 TON" in guest.text


async def test_an_empty_history_and_a_bet_with_its_sign(
    guest: Person, players: Players, wallet: Wallet, second: asyncpg.Connection
) -> None:
    player_id = await player_id_of(players, guest)
    bet = Op(Kind.BET, "b1", Money.parse("1.5", FUN).units, round_id="r1")
    await wallet.apply(Batch(player_id, FUN, "paper", (bet,)))
    await guest.say("/history")
    assert "Stake" in guest.text
    assert "−1.5 FUN" in guest.text
    assert "→ 998.5 FUN" in guest.text


async def test_a_page_of_somebody_else_is_refused(guest: Person) -> None:
    (toast,) = toasts(await guest.press("y1:9999-2-1"))
    assert toast.show_alert is True
    (toast,) = toasts(await guest.press("y1:----"))
    assert toast.show_alert is True


async def test_paysupport_names_the_player(guest: Person, players: Players) -> None:
    await guest.say("/paysupport")
    assert f"<code>{await player_id_of(players, guest)}</code>" in guest.text


async def test_the_language_can_be_changed_and_stays(guest: Person, players: Players) -> None:
    await guest.say("/language")
    shown = await guest.tap("Русский")
    assert toasts(shown)[0].text == "Теперь по-русски."
    assert "Рады видеть вас" in guest.text
    await guest.say("/balance")
    assert "Кошелёк" in guest.text
    player = await players.by_telegram(guest.id)
    assert player is not None
    assert player.language == "ru"
    (toast,) = toasts(await guest.press("l1:xx"))
    assert toast.show_alert is True


@pytest.mark.parametrize(
    ("public_url", "api_url", "opens_in_chat"),
    [
        ("http://127.0.0.1:8080", "https://api.telegram.org", False),
        ("https://play.example.org", "https://api.telegram.org", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081", True),
    ],
)
async def test_play_opens_in_the_chat_only_where_telegram_lets_it(
    bot_house: HouseForBot,
    nursery: Nursery,
    session: MockedSession,
    public_url: str,
    api_url: str,
    opens_in_chat: bool,
) -> None:
    bot = build_telegram_bot(
        bot_house,
        nursery,
        session=session,
        public_url=public_url,
        settings=bot_settings(api_url=api_url),
    )
    person = Person(bot, session)
    await person.enter()
    play = named(person, "▶️ Play")
    assert (play.web_app is not None) is opens_in_chat
    if not opens_in_chat:
        await person.tap("▶️ Play")
        assert "http://127.0.0.1:8080/app/" in person.text


async def test_a_name_full_of_markup_is_only_a_name(
    telegram_bot: TelegramBot, session: MockedSession
) -> None:
    person = Person(telegram_bot, session, name='<b>&"x</b> <a href="tg://x">')
    await person.enter()
    assert "&lt;b&gt;&amp;" in person.text


async def test_blocking_and_coming_back(guest: Person, players: Players) -> None:
    numbers = itertools.count(1)

    async def change(status: str) -> None:
        member = {"user": {"id": 7000001, "is_bot": True, "first_name": "C"}}
        await guest.feed(
            {
                "my_chat_member": {
                    "chat": guest.chat,
                    "from": guest.user,
                    "date": next(numbers),
                    "old_chat_member": {**member, "status": "member"},
                    "new_chat_member": {**member, "status": status, "until_date": 0},
                }
            }
        )

    async def chat_id() -> int | None:
        player = await players.by_telegram(guest.id)
        assert player is not None
        return player.chat_id

    await change("kicked")
    assert await chat_id() is None
    await guest.say("/menu")
    assert await chat_id() == guest.id
