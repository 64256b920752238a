"""A provider's page in the chat: how it does, its games taken over, its own test of us."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino.play import ProviderUnavailable
from casino.play.capabilities import SelfValidation
from tests.bot.support import HouseForBot, Person, toasts
from tests.conftest import MovingClock
from tests.handlers.telegram.vendors import Vendor, told, trail

BUTTONS = (
    "sv1:agg",
    "sy1:agg",
    "st1:agg:0",
    "st1:agg:1",
    "sw1:agg",
    "sh1:1:0:0",
    "sh1:1:1001:3",
    "sx1",
    "sj1:0123456789AB",
    "se1:1001",
    "sd1:1",
    "sl1:agg:0",
    "si1:1",
    "sm1:1",
    "sq1:agg:2026-01-01",
    "sr1:agg:d",
    "su1:agg:m",
)


@pytest.mark.parametrize("data", BUTTONS)
async def test_for_everybody_else_these_are_any_old_button(
    guest: Person, vendor: Vendor, second: asyncpg.Connection, data: str
) -> None:
    (unknown,) = toasts(await guest.press("nonsense"))
    (answer,) = await guest.press(data)
    dumps = [r.model_dump(exclude={"callback_query_id"}) for r in (unknown, answer)]
    assert dumps[0] == dumps[1]
    assert await trail(second) == []


@pytest.mark.parametrize(
    "data", ["sv1:gone", "sy1:gone", "st1:gone:0", "sh1:9999:0:0", "se1:9999", "sd1:9", "si1:9"]
)
async def test_what_is_gone_is_refused_kindly(staff: Person, vendor: Vendor, data: str) -> None:
    (toast,) = toasts(await staff.press(data))
    assert toast.show_alert is True


@pytest.mark.parametrize("data", ["st1:paper:0", "sw1:paper", "sq1:paper:2026-01-01"])
async def test_what_a_provider_cannot_do_is_an_old_button(
    staff: Person, vendor: Vendor, data: str, second: asyncpg.Connection
) -> None:
    (toast,) = toasts(await staff.press(data))
    assert "out of date" in str(toast.text)
    assert await trail(second) == []


async def test_the_page_says_how_a_provider_does(staff: Person, vendor: Vendor) -> None:
    await staff.say("/admin")
    await staff.tap("Providers")
    await staff.tap("🟢 Agg & Sons (2)")
    for line in (
        "<b>Agg &amp; Sons</b> · <code>agg</code>",
        "Protocol: slotegrator",
        "🟢 On",
        "Games listed: 2",
        "Health: answers as it should",
        "2 games, 2 changed, 0 gone.",
    ):
        assert line in staff.text
    assert {"🎁 Free spins", "Self-validation", "Differences (0)"} <= set(staff.button_texts())
    await staff.press("sv1:paper")
    assert not {"🎁 Free spins", "Self-validation"} & set(staff.button_texts())


async def test_trouble_is_shown_with_its_beginning(
    staff: Person,
    vendor: Vendor,
    bot_house: HouseForBot,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    await second.execute(
        "INSERT INTO provider_health VALUES ('agg', '2026-01-02 03:04+00', 2, $1)",
        clock.now().replace(year=2096),
    )
    await bot_house.play.health.refresh()
    await staff.press("so1:p")
    assert "⚠️ Agg & Sons (2)" in staff.button_texts()
    await staff.tap("⚠️ Agg & Sons (2)")
    assert "Degraded since 2026-01-02 03:04" in staff.text
    assert "Failed trials: 2" in staff.text
    await second.execute("UPDATE provider_health SET trials = 9")
    await bot_house.play.health.refresh()
    await staff.tap("🔄 Refresh")
    assert "Down since 2026-01-02 03:04" in staff.text


async def test_a_sync_runs_beside_the_chat_and_tells_its_result(
    staff: Person, vendor: Vendor, second: asyncpg.Connection
) -> None:
    vendor.holds, vendor.asked = asyncio.Event(), asyncio.Event()
    await staff.press("sv1:agg")
    sync = staff.data_of("Sync games now")
    (toast,) = toasts(await staff.press(sync))
    assert "message of its own" in str(toast.text)
    (toast,) = toasts(await staff.press(sync))
    assert "under way already" in str(toast.text)
    await vendor.asked.wait()
    await staff.tap("🔄 Refresh")
    assert "waiting for the list" in staff.text
    vendor.holds.set()
    await told(staff, "is synced: 2 games")
    assert await trail(second) == [("sync", "provider:agg", "-")]
    await staff.tap("‹ Back")
    assert "waiting for the list" not in staff.text


async def test_a_sync_under_way_shows_its_page(
    staff: Person, vendor: Vendor, second: asyncpg.Connection
) -> None:
    await second.execute(
        "UPDATE catalogue_syncs SET listed = 20000, seen = 5500 WHERE provider_id = 'agg'"
    )
    await staff.press("sv1:agg")
    assert "page 12 of 40" in staff.text


async def test_a_sync_that_fails_says_so_and_the_page_says_why(
    staff: Person, vendor: Vendor
) -> None:
    vendor.trouble = ProviderUnavailable("games: HTTP <503>")
    await staff.press("sy1:agg")
    await told(staff, "try again soon")
    await staff.press("sv1:agg")
    assert "failed: <code>games: HTTP &lt;503&gt;</code>" in staff.text
    assert "2 games, 2 changed, 0 gone." in staff.text, "the last good list stays"


async def test_a_bug_in_an_adapter_leaves_staff_not_without_an_answer(
    staff: Person, vendor: Vendor
) -> None:
    vendor.trouble = RuntimeError("boom")
    await staff.press("sy1:agg")
    await told(staff, "went wrong on our side")
    vendor.trouble = None
    await staff.press("sy1:agg")
    await told(staff, "is synced")


async def test_self_validation_warns_then_shows_what_the_vendor_found(
    staff: Person, vendor: Vendor, second: asyncpg.Connection
) -> None:
    log = tuple(f"step {n}: <ok>" for n in range(1, 21))
    vendor.validation = SelfValidation(success=False, log=log)
    await staff.press("sv1:agg")
    await staff.tap("Self-validation")
    assert "as a test player" in staff.text
    assert await trail(second) == []
    await staff.tap("Begin the test")
    await told(staff, "self-validation failed")
    assert "log: 20" in staff.text
    assert "5 earlier lines are not shown" in staff.text
    assert "• step 20: &lt;ok&gt;" in staff.text
    assert "• step 5:" not in staff.text
    assert [row[0] for row in await trail(second)] == ["validate", "validated"]
    detail = await second.fetchval("SELECT detail FROM audit_trail WHERE action = 'validated'")
    assert '"success":false' in detail.replace(" ", "")


async def test_self_validation_that_passes_and_one_that_does_not_answer(
    staff: Person, vendor: Vendor
) -> None:
    await staff.press("st1:agg:1")
    await told(staff, "self-validation passed")
    assert "• win: passed" in staff.text
    vendor.trouble = TimeoutError()
    await staff.press("st1:agg:1")
    await told(staff, "try again soon")


async def test_all_these_screens_speak_russian(staff: Person, vendor: Vendor) -> None:
    await staff.say("/language")
    await staff.tap("Русский")
    for data, words in (
        ("so1:p", "GGR всех провайдеров"),
        ("sv1:agg", "Игр в списке: 2"),
        ("st1:agg:0", "Самопроверка"),
        ("sl1:agg:0", "Расхождения: Agg"),
        ("sr1:agg:w", "Никто не играл"),
    ):
        await staff.press(data)
        shown = (staff.text, *staff.button_texts())
        assert any(words in text for text in shown), data
