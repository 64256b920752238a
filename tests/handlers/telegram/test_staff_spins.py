"""Free spins in the chat: asked for step by step, confirmed, given once, taken back."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from redis.asyncio import Redis

from casino.money import FUN, Money
from casino.play import ProviderUnavailable
from casino.play.capabilities import FreeSpinsRefused
from casino.players import Players
from tests.bot.support import Person, toasts
from tests.conftest import MovingClock
from tests.handlers.telegram.vendors import Vendor, trail


async def player_of(players: Players, person: Person) -> int:
    player = await players.by_telegram(person.id)
    assert player is not None
    return player.id


async def until_confirmation(staff: Person, second: asyncpg.Connection, player_id: int) -> str:
    game = await second.fetchval("SELECT id FROM games WHERE external_id = 'reels'")
    await staff.press("sv1:agg")
    await staff.tap("🎁 Free spins")
    await staff.say("reels")
    await staff.tap(f"#{game} Reels <b>")
    await staff.say(str(player_id))
    await staff.tap(f"{player_id} · Ada")
    await staff.tap("FUN")
    await staff.say("10")
    await staff.say("0.2")
    await staff.tap("Go on without")
    await staff.say("7")
    await staff.say("birthday <3")
    assert "Please confirm" in staff.text
    return staff.data_of("Confirm")


@pytest.fixture
async def player_id(players: Players, guest: Person, vendor: Vendor) -> int:
    return await player_of(players, guest)


async def test_they_are_confirmed_with_their_cost_and_given_once(
    staff: Person,
    player_id: int,
    vendor: Vendor,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    confirm = await until_confirmation(staff, second, player_id)
    for line in (
        "Reels &lt;b&gt; · agg",
        "Spins: 10, each at 0.2 FUN",
        "at most <b>2 FUN</b>",
        "birthday &lt;3",
    ):
        assert line in staff.text
    assert vendor.given == []
    assert await trail(second) == []
    (toast,) = toasts(await staff.press(confirm))
    assert toast.text == "The provider has given them."
    (toast,) = toasts(await staff.press(confirm))
    assert "already" in str(toast.text)
    (grant,) = vendor.given
    assert (grant.player_ref, grant.game_refs, grant.quantity) == (str(player_id), ("reels",), 10)
    assert (grant.currency, grant.stake_units) == (FUN, Money.parse("0.2", FUN).units)
    assert (grant.valid_until - clock.now()).days == 7
    assert grant.option is None
    assert await trail(second) == [("award_spins", f"player:{player_id}", "birthday <3")]
    assert "🎁 open" in staff.text


async def test_taps_at_once_give_once(
    staff: Person, player_id: int, vendor: Vendor, second: asyncpg.Connection
) -> None:
    confirm = await until_confirmation(staff, second, player_id)
    await asyncio.gather(*(staff.press(confirm) for _ in range(4)))
    assert len({grant.ref for grant in vendor.given}) == 1
    assert await second.fetchval("SELECT count(*) FROM free_spins") == 1
    assert len(await trail(second)) == 1


async def test_an_answer_that_does_not_fit_is_asked_for_again(
    staff: Person, player_id: int, second: asyncpg.Connection
) -> None:
    game = await second.fetchval("SELECT id FROM games WHERE external_id = 'reels'")
    await staff.press(f"sh1:{game}:{player_id}:{FUN.id}")
    for bad, good, asked in (
        (("0", "1001", "-1", "1.5", "ten", "9" * 30), "3", "How many spins?"),
        (("0", "-1", "0.0000001", "1e3", "0,5", "9" * 19), "0.5", "Which stake"),
        (("x" * 65,), "12:0.01", "bet level"),
        (("0", "91", "-1", "week"), "30", "how many days"),
        (("x" * 301,), "why not", "Why?"),
    ):
        for text in bad:
            await staff.say(text)
            assert "This does not fit" in staff.text, text
            assert asked in staff.text, text
        await staff.say(good)
    assert "Bet level or number: 12:0.01" in staff.text
    assert "at most <b>1.5 FUN</b>" in staff.text


async def test_a_provider_that_refuses_is_quoted_and_one_that_is_away_is_asked_again(
    staff: Person, player_id: int, vendor: Vendor, second: asyncpg.Connection
) -> None:
    vendor.trouble = FreeSpinsRefused(why="no stake on offer is that high")
    confirm = await until_confirmation(staff, second, player_id)
    for _ in range(2):
        (toast,) = toasts(await staff.press(confirm))
        assert "does not give these free spins" in str(toast.text)
        vendor.trouble = None
    assert vendor.given == []
    await staff.press(f"se1:{player_id}")
    assert "❌ refused by the provider" in staff.text

    vendor.trouble = ProviderUnavailable("away")
    confirm = await until_confirmation(staff, second, player_id)
    (toast,) = toasts(await staff.press(confirm))
    assert "asked again every minute" in str(toast.text)
    assert "⏳ to be asked for again" in staff.text


async def test_what_was_not_played_is_taken_back_with_a_reason(
    staff: Person, player_id: int, vendor: Vendor, second: asyncpg.Connection
) -> None:
    await staff.press(await until_confirmation(staff, second, player_id))
    await staff.press(f"sc1:{player_id}")
    await staff.tap("🎁 Free spins")
    number = await second.fetchval("SELECT id FROM free_spins")
    take_back = staff.data_of(f"Take back #{number}")
    await staff.press(take_back)
    assert "10 × 0.2 FUN · Reels &lt;b&gt;" in staff.text
    vendor.trouble = ProviderUnavailable("away")
    await staff.say("mistake")
    assert await second.fetchval("SELECT status FROM free_spins") == "active"
    vendor.trouble = None
    await staff.press(take_back)
    await staff.say("mistake")
    assert vendor.taken_back == [vendor.given[0].ref]
    assert "taken back" in staff.text
    assert f"Take back #{number}" not in staff.button_texts()
    (toast,) = toasts(await staff.press(take_back))
    assert "ended already" in str(toast.text)
    assert (await trail(second))[1:] == [("forfeit_spins", f"player:{player_id}", "mistake")]


async def test_games_without_free_spins_are_not_offered(
    staff: Person, player_id: int, second: asyncpg.Connection
) -> None:
    await staff.press("sw1:agg")
    await staff.say("plain")
    assert "No game of this provider" in staff.text
    game = await second.fetchval("SELECT id FROM games WHERE external_id = 'plain'")
    (toast,) = toasts(await staff.press(f"sh1:{game}:{player_id}:{FUN.id}"))
    assert toast.show_alert is True
    game = await second.fetchval("SELECT id FROM games WHERE external_id = 'reels'")
    (toast,) = toasts(await staff.press(f"sh1:{game}:{player_id}:999"))
    assert "out of date" in str(toast.text)


async def test_a_lost_or_replaced_dialogue_gives_nothing(
    staff: Person, player_id: int, vendor: Vendor, redis: Redis, second: asyncpg.Connection
) -> None:
    old = await until_confirmation(staff, second, player_id)
    new = await until_confirmation(staff, second, player_id)
    (toast,) = toasts(await staff.press(old))
    assert "out of date" in str(toast.text)
    (toast,) = toasts(await staff.press("sx1"))
    assert "out of date" in str(toast.text), "the draft is complete"
    await redis.flushdb()
    for data in (new, "sx1"):
        (toast,) = toasts(await staff.press(data))
        assert "out of date" in str(toast.text)
    assert vendor.given == []
    assert await trail(second) == []
