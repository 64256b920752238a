"""Differences from a provider's reports in the chat: compared, looked at, resolved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import asyncpg
import pytest

from casino.money import FUN
from casino.play import ProviderUnavailable
from casino.play.capabilities import Reported
from casino.players import Players
from casino.wallet import Batch, Kind, Op, Wallet
from tests.bot.support import Person, toasts
from tests.conftest import MovingClock
from tests.handlers.telegram.vendors import Vendor, told, trail


@pytest.fixture
async def played(
    guest: Person,
    vendor: Vendor,
    players: Players,
    wallet: Wallet,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> list[Reported]:
    """Yesterday at noon eight stakes were played; what an honest vendor would say of them."""
    midnight = datetime.combine(clock.now().date(), time.min, UTC)
    clock.moment = midnight + timedelta(hours=12)
    noon = midnight - timedelta(hours=12)
    player = await players.by_telegram(guest.id)
    assert player is not None
    ops = tuple(Op(Kind.BET, f"b{n}", 100 + n, "r") for n in range(8))
    await wallet.apply(Batch(player.id, FUN, "agg", ops))
    async with second.transaction():
        await second.execute("SET LOCAL session_replication_role = replica")
        await second.execute("UPDATE transfers SET created_at = $1 WHERE kind_id = 1", noon)
    return [
        Reported(op.key, str(player.id), FUN, Kind.BET, op.amount or 0, "r", noon) for op in ops
    ]


async def compare(staff: Person, clock: MovingClock, result: str) -> str:
    day = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    await staff.press("sl1:agg:0")
    (toast,) = toasts(await staff.tap(f"Compare {day}"))
    assert "Begun" in str(toast.text)
    return await told(staff, result)


async def test_yesterday_is_compared_and_each_difference_shown_and_resolved(
    staff: Person,
    played: list[Reported],
    vendor: Vendor,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    await staff.press("sl1:agg:0")
    assert "Nothing was compared yet" in staff.text
    vendor.rows = [replace(row, units=9) if row.key == "b1" else row for row in played[:-1]]
    shown = await compare(staff, clock, "Open, newest first: 1 to 2 of 2")
    assert "Transactions: 8 ours, 7 theirs. Differences: 2" in shown
    assert "FUN</b> ours: stakes 0.000828, wins 0, GGR 0.000828" in shown
    assert "Missing there · b7" in staff.button_texts()
    await staff.tap("Amount differs · b1")
    assert "ours is a bet of 0.000101 FUN, theirs a bet of 0.000009 FUN" in staff.text
    assert {"Resolved", "The player", "‹ Back"} <= set(staff.button_texts())
    resolved = staff.data_of("Resolved")
    await staff.press(resolved)
    await staff.say("x" * 301)
    assert "1 to 300" in staff.text
    await staff.say("their mistake, ticket 7")
    assert "1 to 1 of 1" in staff.text
    (toast,) = toasts(await staff.press(resolved))
    assert "resolved already" in str(toast.text)
    number = await second.fetchval("SELECT id FROM reconciliation_findings WHERE key = 'b1'")
    notes = [row for row in await trail(second) if row[0] == "resolve"]
    assert notes == [("resolve", f"finding:{number}", "their mistake, ticket 7")]


async def test_comparing_again_resolves_what_is_gone_and_opens_what_is_not(
    staff: Person,
    played: list[Reported],
    vendor: Vendor,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    vendor.rows = [replace(row, units=9) if row.key == "b1" else row for row in played[:-1]]
    await compare(staff, clock, "1 to 2 of 2")
    await staff.tap("Amount differs · b1")
    await staff.tap("Resolved")
    await staff.say("hm")
    vendor.rows.append(played[-1])
    await staff.tap("Missing there · b7")
    day = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    await staff.tap(f"Compare {day}")
    await told(staff, "Differences: 1")
    assert "Amount differs · b1" in staff.button_texts()
    assert [row[0] for row in await trail(second)] == ["compare", "resolve", "compare"]


async def test_many_differences_are_turned_page_by_page(
    staff: Person, played: list[Reported], vendor: Vendor, clock: MovingClock
) -> None:
    await compare(staff, clock, "1 to 6 of 8")
    assert "‹ Newer" not in staff.button_texts()
    await staff.tap("Older ›")
    assert "7 to 8 of 8" in staff.text
    assert "Older ›" not in staff.button_texts()
    await staff.tap("‹ Newer")
    assert "1 to 6 of 8" in staff.text
    await staff.press("sl1:agg:9999")
    assert "1 to 6 of 8" in staff.text, "a stale page is the first one"


async def test_a_day_that_is_not_over_long_enough_is_not_compared(
    staff: Person, vendor: Vendor, clock: MovingClock, second: asyncpg.Connection
) -> None:
    clock.moment = datetime.combine(clock.now().date(), time(1, 59), UTC)
    await compare(staff, clock, "not over for long enough")
    assert await second.fetchval("SELECT count(*) FROM reconciliation_runs") == 0


async def test_a_comparison_that_breaks_off_is_shown_with_its_reason(
    staff: Person, played: list[Reported], vendor: Vendor, clock: MovingClock
) -> None:
    vendor.trouble = ProviderUnavailable("report: HTTP <500>")
    await compare(staff, clock, "try again soon")
    await staff.press("sl1:agg:0")
    assert "broke off" in staff.text
    assert "report: HTTP &lt;500&gt;" in staff.text
