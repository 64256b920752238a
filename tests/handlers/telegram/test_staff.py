"""Staff in the chat: for BOT_ADMINS only, each act once, with a reason, in the audit trail."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from aiogram.methods import SendMessage, SetMyCommands
from redis.asyncio import Redis

from casino.money import FUN, TON, Money
from casino.players import Players
from casino.wallet import Batch, Kind, Op, Refused, Wallet
from tests.bot.support import Person, buttons_of, credit, toasts
from tests.conftest import MovingClock

STAFF_BUTTONS = (
    "so1:h",
    "so1:f",
    "so1:p",
    "so1:g",
    "so1:n",
    "so1:a",
    "sc1:1001",
    "sf1:1001:1",
    "sa1:1001::1",
    "sa1:1001:TON:1",
    "sk1:0123456789AB",
    "sp1:paper:0",
    "sg1:1:0",
)


async def player_id_of(players: Players, person: Person) -> int:
    player = await players.by_telegram(person.id)
    assert player is not None
    return player.id


async def trail(second: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await second.fetch(
        "SELECT staff_id, action, target, reason FROM audit_trail ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_for_everybody_else_admin_is_any_unknown_command(guest: Person) -> None:
    (unknown,) = await guest.say("/nosuchcommand")
    for text in ("/admin", "/admin@test_bot", "/admin 1001"):
        (answer,) = await guest.say(text)
        assert answer.model_dump() == unknown.model_dump()


@pytest.mark.parametrize("data", STAFF_BUTTONS)
async def test_for_everybody_else_staff_buttons_are_any_old_button(
    guest: Person, second: asyncpg.Connection, data: str
) -> None:
    (unknown,) = toasts(await guest.press("nonsense"))
    (answer,) = await guest.press(data)
    dumps = [r.model_dump(exclude={"callback_query_id"}) for r in (unknown, answer)]
    assert dumps[0] == dumps[1]
    assert await trail(second) == []


async def test_the_command_is_shown_to_staff_only(staff: Person) -> None:
    shown = await staff.say("/admin")
    assert "Staff" in staff.text
    scopes = [r.scope for r in shown if isinstance(r, SetMyCommands)]
    assert len(scopes) == 2  # languages
    assert {getattr(scope, "chat_id", None) for scope in scopes} == {staff.id}


async def test_find_a_player_and_read_the_card(
    staff: Person, guest: Person, players: Players, wallet: Wallet
) -> None:
    player_id = await player_id_of(players, guest)
    await credit(wallet, player_id, Money.parse("2.5", TON))
    for query in (str(player_id), "@user4242", "4242", "ad"):
        await staff.say("/admin")
        await staff.tap("🔎 Find a player")
        await staff.say(query)
        await staff.tap(f"{player_id} · Ada")
        assert "<b>2.5 TON</b>" in staff.text
        assert "Account: open" in staff.text
        assert "+2.5 TON" in staff.text
        assert "Gift" in staff.text
    await staff.tap("‹ Staff")
    await staff.tap("🔎 Find a player")
    await staff.say("zzz")
    assert "Nobody found" in staff.text
    await staff.say("Ada")
    assert f"{player_id} · Ada" in staff.button_texts()


async def test_freeze_and_unfreeze_need_a_reason_and_are_written_down(
    staff: Person, guest: Person, players: Players, wallet: Wallet, second: asyncpg.Connection
) -> None:
    player_id = await player_id_of(players, guest)
    await staff.press(f"sc1:{player_id}")
    await staff.tap("Freeze")
    await staff.say("x" * 301)
    assert "1 to 300" in staff.text
    assert await trail(second) == []
    await staff.say("chargeback <at> partner")
    assert "frozen" in staff.text
    bet = Batch(player_id, FUN, "paper", (Op(Kind.BET, "b", 1, round_id="r"),))
    assert isinstance(await wallet.apply(bet), Refused)
    await staff.tap("Unfreeze")
    await staff.say("cleared")
    assert "Account: open" in staff.text
    assert not isinstance(await wallet.apply(bet), Refused)
    assert await trail(second) == [
        (staff.id, "freeze", f"player:{player_id}", "chargeback <at> partner"),
        (staff.id, "unfreeze", f"player:{player_id}", "cleared"),
    ]


async def adjust_until_confirmation(
    staff: Person, player_id: int, sign: str, currency: str, amount: str, reason: str
) -> str:
    await staff.press(f"sc1:{player_id}")
    await staff.tap("Adjust a balance")
    await staff.tap(f"{sign} {currency}")
    await staff.say(amount)
    await staff.say(reason)
    assert "Please confirm" in staff.text
    return staff.data_of("Confirm")


async def test_an_adjustment_is_confirmed_and_happens_once_however_often_it_is_tapped(
    staff: Person, guest: Person, players: Players, wallet: Wallet, second: asyncpg.Connection
) -> None:
    player_id = await player_id_of(players, guest)
    confirm = await adjust_until_confirmation(staff, player_id, "+", "TON", "12.5", "lost memo")
    assert "+12.5 TON" in staff.text
    assert "lost memo" in staff.text
    assert (await wallet.balance(player_id, TON)).cash == 0, "nothing before the confirmation"
    (toast,) = toasts(await staff.press(confirm))
    assert toast.text == "Done: +12.5 TON. New balance: 12.5 TON"
    (toast,) = toasts(await staff.press(confirm))
    assert "already" in str(toast.text)
    assert (await wallet.balance(player_id, TON)).available == Money.parse("12.5", TON)
    assert await trail(second) == [(staff.id, "adjust", f"player:{player_id}", "lost memo")]


async def test_two_taps_at_once_adjust_once(
    staff: Person, guest: Person, players: Players, wallet: Wallet
) -> None:
    import asyncio

    player_id = await player_id_of(players, guest)
    confirm = await adjust_until_confirmation(staff, player_id, "+", "TON", "3", "twice at once")
    await asyncio.gather(*(staff.press(confirm) for _ in range(4)))
    assert (await wallet.balance(player_id, TON)).available == Money.parse("3", TON)
    assert (await wallet.audit()).ok


async def test_adjusting_downwards(
    staff: Person, guest: Person, players: Players, wallet: Wallet
) -> None:
    player_id = await player_id_of(players, guest)
    minus = "\N{MINUS SIGN}"
    confirm = await adjust_until_confirmation(staff, player_id, minus, "FUN", "0.5", "typo")
    assert f"{minus}0.5 FUN" in staff.text
    await staff.press(confirm)
    assert (await wallet.balance(player_id, FUN)).available == Money.parse("999.5", FUN)


@pytest.mark.parametrize(
    "amount", ["12,5", "-1", "+1", "1e3", "0", "0.0", "0.0000000001", "nine", "9" * 30, "١", "1 2"]
)
async def test_an_amount_is_read_exactly_or_asked_for_again(
    staff: Person, guest: Person, players: Players, second: asyncpg.Connection, amount: str
) -> None:
    player_id = await player_id_of(players, guest)
    await staff.press(f"sa1:{player_id}:TON:1")
    await staff.say(amount)
    assert "no amount of TON" in staff.text
    await staff.say("1.000000001")
    assert "+1.000000001 TON" in staff.text
    assert await second.fetchval("SELECT count(*) FROM audit_trail") == 0


async def test_a_lost_dialogue_gets_a_kind_answer_at_every_step(
    staff: Person, guest: Person, players: Players, wallet: Wallet, redis: Redis
) -> None:
    player_id = await player_id_of(players, guest)
    confirm = await adjust_until_confirmation(staff, player_id, "+", "TON", "3", "reason")
    await redis.flushdb()
    (toast,) = toasts(await staff.press(confirm))
    assert "out of date" in str(toast.text)
    for data in (f"sa1:{player_id}:TON:1", f"sf1:{player_id}:1", "so1:f", "so1:g"):
        await staff.press(data)
        await redis.flushdb()
        await staff.say("12")
        assert "buttons and commands" in staff.text
    await staff.press(f"sa1:{player_id}:TON:1")
    (key,) = await redis.keys("bot:dialogue:*:data")
    await redis.set(key, b'{"player_id": "garbage", "after": 0}')
    await staff.say("12")
    assert "no longer know" in staff.text
    assert (await wallet.balance(player_id, TON)).cash == 0


async def test_a_new_confirmation_makes_the_old_one_worthless(
    staff: Person, guest: Person, players: Players, wallet: Wallet
) -> None:
    player_id = await player_id_of(players, guest)
    old = await adjust_until_confirmation(staff, player_id, "+", "TON", "3", "first")
    new = await adjust_until_confirmation(staff, player_id, "+", "TON", "4", "second")
    (toast,) = toasts(await staff.press(old))
    assert "out of date" in str(toast.text)
    await staff.press(new)
    assert (await wallet.balance(player_id, TON)).available == Money.parse("4", TON)


async def test_an_open_question_ends_with_a_command_or_another_button(
    staff: Person, guest: Person, players: Players, second: asyncpg.Connection
) -> None:
    player_id = await player_id_of(players, guest)
    for leave in ("/menu", "o1:w"):
        await staff.press(f"sf1:{player_id}:1")
        await (staff.say(leave) if leave.startswith("/") else staff.press(leave))
        await staff.say("this is no reason")
        assert "buttons and commands" in staff.text
    assert await trail(second) == []


async def test_a_text_that_comes_again_after_a_crash_is_not_the_next_answer(
    staff: Person, guest: Person, players: Players
) -> None:
    player_id = await player_id_of(players, guest)
    await staff.press(f"sa1:{player_id}:TON:1")
    await staff.say("12.5", message_id=50_000)
    asked = staff.text
    assert "Why?" in asked
    await staff.say("12.5", message_id=50_000)
    assert "Please confirm" not in staff.text
    await staff.say("the real reason", message_id=50_001)
    assert "the real reason" in staff.text


async def test_providers_and_games_are_switched_to_the_state_on_the_button(
    staff: Person, second: asyncpg.Connection
) -> None:
    await staff.say("/admin")
    await staff.tap("Providers")
    await staff.tap("🟢 Paper & Games (2)")
    off = staff.data_of("🟢 Paper & Games · switch off")
    for _ in range(2):  # a double tap is not a flip
        (toast,) = toasts(await staff.press(off))
        assert toast.text == "paper is off."
    assert await second.fetchval("SELECT enabled FROM providers") is False
    await staff.tap("🔴 Paper & Games · switch on")
    assert await second.fetchval("SELECT enabled FROM providers") is True

    await staff.tap("‹ Providers")
    await staff.tap("‹ Staff")
    await staff.tap("Games")
    await staff.say("gold")
    game = await second.fetchval("SELECT id FROM games WHERE external_id = 'slot'")
    await staff.tap(f"🟢 #{game} Golden Slot · switch off")
    assert f"🔴 #{game} Golden Slot · switch on" in staff.button_texts()
    assert await second.fetchval("SELECT enabled FROM games WHERE id = $1", game) is False
    await staff.tap(f"🔴 #{game} Golden Slot · switch on")
    assert await second.fetchval("SELECT enabled FROM games WHERE id = $1", game) is True
    actions = [(row[1], row[2]) for row in await trail(second)]
    assert actions[-2:] == [("switch_off", f"game:{game}"), ("switch_on", f"game:{game}")]


@pytest.mark.parametrize(
    "data", ["sp1:nowhere:0", "sg1:999:0", "sc1:999", "sf1:999:1", "sa1:999::1"]
)
async def test_unknown_targets_are_refused_kindly(staff: Person, data: str) -> None:
    shown = await staff.press(data)
    assert len(toasts(shown)) == 1
    if data.startswith("sf1"):  # found out when the reason is given
        await staff.say("why not")
        assert "why not" not in staff.text
    else:
        assert toasts(shown)[0].show_alert is True


async def test_todays_figures(
    staff: Person,
    guest: Person,
    players: Players,
    wallet: Wallet,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    clock.moment = await second.fetchval("SELECT now()")
    player_id = await player_id_of(players, guest)
    ops = (
        Op(Kind.BET, "b", Money.parse("10", FUN).units, round_id="r"),
        Op(Kind.WIN, "w", Money.parse("2.5", FUN).units, round_id="r"),
    )
    await wallet.apply(Batch(player_id, FUN, "paper", ops))
    deposit = Op(Kind.DEPOSIT, "d", Money.parse("0.75", TON).units)
    await wallet.apply(Batch(player_id, TON, "ton", (deposit,)))
    await staff.press("so1:n")
    fun, ton = staff.text.split("<b>FUN</b>")[1], staff.text.split("<b>TON</b>")[1]
    for line in ("Stakes: 10\n", "Wins: 2.5\n", "GGR: 7.5\n", "Bets: 1 · Players: 1"):
        assert line in fun
    assert "Deposits: 0.75\n" in ton
    clock.advance(days=1)
    await staff.press("so1:n")
    assert "Nothing has happened today" in staff.text


async def test_the_audit_says_that_the_book_balances_or_what_is_wrong(
    staff: Person, guest: Person, second: asyncpg.Connection
) -> None:
    await staff.press("so1:a")
    assert "The book balances" in staff.text
    await second.execute("ALTER TABLE accounts DISABLE TRIGGER ALL")
    await second.execute("UPDATE accounts SET cash = cash + 1")
    await second.execute("ALTER TABLE accounts ENABLE TRIGGER ALL")
    await staff.press("so1:a")
    assert "does not balance" in staff.text
    assert "balance is the sum of its legs: player" in staff.text


async def test_staff_screens_speak_russian(staff: Person) -> None:
    await staff.say("/language")
    await staff.tap("Русский")
    await staff.say("/admin")
    assert "Персонал" in staff.text
    for button in [b.callback_data for b in buttons_of(staff.screen)]:
        await staff.press(str(button))
    assert isinstance(staff.screens()[0], SendMessage)
