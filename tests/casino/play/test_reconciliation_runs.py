"""Comparisons that come again, break off, run by night or from a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from casino import errors
from casino.backoffice import audit_and_file
from casino.money import FUN
from casino.play import (
    LateOriginals,
    Manifest,
    Provider,
    ProviderUnavailable,
)
from casino.play.capabilities import Reported
from casino.play.reconciliation import (
    MARGIN,
    EmptyReport,
    Reconciler,
)
from casino.wallet import Kind, Wallet
from tests.casino.play.providers import ListedProvider
from tests.casino.play.reports import (
    DAY,
    ROUND,
    Book,
    ReportingProvider,
    bet,
    compare,
    found,
    reporting,
)
from tests.casino.support import count
from tests.conftest import MovingClock

# --- again


async def test_a_repeat_files_nothing_twice_and_resolves_what_is_gone(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    clock: MovingClock,
    now: datetime,
    second: asyncpg.Connection,
) -> None:
    await book.play(bet("b"), bet("c"))
    honest = await book.honest()
    vendor.rows = [replace(r, units=1) for r in honest]
    for _ in range(3):
        await compare(reconciler, now)
        clock.advance(minutes=1)
    rows = await second.fetch("SELECT * FROM reconciliation_findings")
    assert len(rows) == 2
    assert {row["last_seen_at"] - row["first_seen_at"] for row in rows} == {timedelta(minutes=2)}
    vendor.rows = [honest[0], replace(honest[1], units=2)]
    await compare(reconciler, now)
    assert await found() == {"c": "amount"}
    vendor.rows = [replace(honest[0], units=1), honest[1]]
    await compare(reconciler, now)
    assert await found() == {"b": "amount"}  # the same finding again
    assert await count(second, "reconciliation_findings") == 2
    await reconciler.by_report("agg", now + DAY, now + 2 * DAY)
    assert await found() == {"b": "amount"}  # another day says nothing about it


async def test_the_audit_of_the_book_leaves_these_findings_alone(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    wallet: Wallet,
    clock: MovingClock,
    now: datetime,
) -> None:
    await book.play(bet("b"))
    await compare(reconciler, now)
    assert (await audit_and_file(wallet, clock)).ok
    assert await found() == {"b": "missing-there"}


async def test_a_report_that_breaks_off_files_nothing(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    now: datetime,
    second: asyncpg.Connection,
) -> None:
    await book.play(*ROUND)
    vendor.rows = await book.honest()
    vendor.breaks_after = 2
    with pytest.raises(ProviderUnavailable):
        await compare(reconciler, now)
    assert await found() == {}
    (run,) = await second.fetch("SELECT * FROM reconciliation_runs")
    assert run["ended_at"] is None
    assert "provider-unavailable" in run["error"]


async def test_one_comparison_of_a_provider_at_a_time(
    reconciler: Reconciler, vendor: ReportingProvider, now: datetime
) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[Reported]:
        entered.set()
        await go_on.wait()
        for row in vendor.rows:
            yield row

    vendor.instead = slow
    async with asyncio.TaskGroup() as group:
        first = group.create_task(compare(reconciler, now))
        await entered.wait()
        with pytest.raises(errors.Busy):
            await compare(reconciler, now)
        go_on.set()
    assert first.result().differences == 0
    vendor.instead = None
    await compare(reconciler, now)


async def test_a_report_under_way_holds_up_no_follower_of_the_ledger(
    reconciler: Reconciler, vendor: ReportingProvider, now: datetime, second: asyncpg.Connection
) -> None:
    """A vendor may take minutes; meanwhile no transaction of ours is open."""
    seen: list[int] = []
    player = Reported("k", "1", FUN, Kind.BET, 1, None, now)

    async def looking() -> AsyncIterator[Reported]:
        for n in range(2_500):
            yield replace(player, key=f"k{n}")
        seen.append(
            await second.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
            )
        )

    vendor.instead = looking
    run = await compare(reconciler, now)
    assert seen == [0]
    assert run.differences == 2_500


async def test_a_provider_without_reports_is_not_found(
    reconciler: Reconciler, providers: dict[str, Provider], now: datetime
) -> None:
    providers["mute"] = ListedProvider(Manifest("mute", "Mute", LateOriginals.ACCEPT))
    for provider_id in ("mute", "nobody"):
        with pytest.raises(errors.NotFound):
            await reconciler.by_report(provider_id, now, now + DAY)


# --- the nightly job


async def test_days_that_are_over_are_compared_once_and_made_up_for(
    reconciler: Reconciler,
    vendor: ReportingProvider,
    providers: dict[str, Provider],
    clock: MovingClock,
) -> None:
    providers["mute"] = ListedProvider(Manifest("mute", "Mute", LateOriginals.ACCEPT))
    other = reporting("other")
    providers["other"] = other
    clock.moment = clock.moment.replace(hour=1, minute=59, second=0)
    today = datetime.combine(clock.moment.date(), datetime.min.time(), UTC)
    vendor.away = True
    assert await reconciler.catch_up() == 7
    assert other.asked[-1] == (today - 2 * DAY - MARGIN, today - DAY + MARGIN)  # not yet yesterday
    vendor.away = False
    assert await reconciler.catch_up() == 7
    assert await reconciler.catch_up() == 0
    clock.advance(minutes=2)
    assert await reconciler.catch_up() == 2
    assert other.asked[-1] == vendor.asked[-1] == (today - DAY - MARGIN, today + MARGIN)


async def test_an_adapters_bug_does_not_stop_the_other_providers(
    reconciler: Reconciler, vendor: ReportingProvider, providers: dict[str, Provider]
) -> None:
    async def broken() -> AsyncIterator[Reported]:
        for row in vendor.rows:
            yield row
        raise ZeroDivisionError

    vendor.instead = broken
    providers["other"] = reporting("other")
    assert await reconciler.catch_up() == 7


# --- files


async def test_a_file_is_compared_over_the_time_of_its_rows(
    reconciler: Reconciler, book: Book, now: datetime
) -> None:
    await book.play(*ROUND, bet("before"), bet("edge"), bet("inside"), bet("first"), bet("last"))
    rows = {r.key: r for r in await book.honest()}
    moments = {
        "before": -3,
        "first": -2,
        "edge": -2,
        "inside": 0,
        "last": 2,
    }
    for key, hours in moments.items():
        await book.move(key, now + timedelta(hours=hours, minutes=key == "edge"))
    file = [rows[key] for key in ("b", "w", "b2", "x2")]
    file += [
        replace(rows["first"], at=now - timedelta(hours=2)),
        replace(rows["last"], at=now + timedelta(hours=2)),
        replace(rows["b"], key="theirs", at=now - timedelta(hours=2)),
    ]
    run = await reconciler.by_file("agg", file)
    assert await found() == {"inside": "missing-there", "theirs": "missing-here"}
    assert (run.since, run.until - timedelta(microseconds=1)) == (
        now - timedelta(hours=2),
        now + timedelta(hours=2),
    )


async def test_a_file_without_rows_or_with_a_bad_one_files_nothing(
    reconciler: Reconciler, book: Book, second: asyncpg.Connection, now: datetime
) -> None:
    await book.play(*ROUND)

    def torn() -> Iterable[Reported]:
        yield Reported("k", "1", FUN, Kind.BET, 1, None, now)
        raise ValueError("line 3")

    with pytest.raises(EmptyReport):
        await reconciler.by_file("agg", [])
    with pytest.raises(ValueError, match="line 3"):
        await reconciler.by_file("agg", torn())
    assert await count(second, "reconciliation_runs") == 0
    assert await count(second, "reconciliation_findings") == 0
