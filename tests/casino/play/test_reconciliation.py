"""Our book against a provider's report: every difference is found, filed once, and resolved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest

from casino.money import FUN, TON
from casino.play.capabilities import Reported
from casino.play.findings import open_findings
from casino.play.reconciliation import (
    MARGIN,
    Reconciler,
    Sums,
)
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from tests.casino.play.reports import (
    DAY,
    ROUND,
    Book,
    ReportingProvider,
    bet,
    compare,
    found,
)

# --- differences


async def test_an_honest_report_agrees_to_the_last_unit(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    await book.play(*ROUND, Op(Kind.FINISH, "f", None, "r"), Op(Kind.WIN, "w0", 0, "r"))
    await book.play(Op(Kind.REVERSAL, "xw", reference="w"))
    vendor.rows = await book.honest()
    run = await compare(reconciler, now)
    ours = Sums(stakes=140, wins=250, reversals=40 - 250)
    assert ours.ggr == 100
    assert run.sums == {"FUN": (ours, ours)}
    assert (run.ours, run.theirs, run.differences) == (6, 6, 0)
    assert await found() == {}


async def test_every_kind_of_difference_is_found(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    await book.play(*ROUND, bet("only-ours", 7), bet("amount", 10), bet("kind", 5))
    honest = await book.honest()
    rows = {r.key: r for r in honest}
    del rows["only-ours"]
    rows["amount"] = replace(rows["amount"], units=11)
    rows["kind"] = replace(rows["kind"], kind=Kind.TIP)
    rows["w"] = replace(rows["w"], currency=TON)
    rows["only-theirs"] = replace(rows["b"], key="only-theirs", units=3)
    rows["nobody"] = replace(rows["b"], key="nobody", player_ref="somebody-else")
    vendor.rows = list(rows.values())
    run = await compare(reconciler, now)
    assert await found() == {
        "only-ours": "missing-there",
        "only-theirs": "missing-here",
        "nobody": "missing-here",
        "amount": "amount",
        "kind": "kind",
        "w": "currency",
    }
    assert run.differences == 6
    (amount,) = [f for f in await open_findings("agg") if f.key == "amount"]
    assert (amount.ours_units, amount.theirs_units, amount.currency) == (10, 11, FUN)
    assert "ours is a bet of 0.00001 FUN, theirs a bet of 0.000011 FUN" in amount.text
    assert (amount.player_ref, amount.round_ref) == (str(book.player.id), "r")


async def test_the_run_keeps_what_both_sides_add_up_to(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    now: datetime,
    second: asyncpg.Connection,
) -> None:
    await book.play(*ROUND)
    rows = await book.honest()
    vendor.rows = [replace(r, units=90) if r.key == "b" else r for r in rows]
    await compare(reconciler, now)
    (run,) = await second.fetch("SELECT * FROM reconciliation_runs")
    assert (run["provider_id"], run["origin"], run["differences"]) == ("agg", "report", 1)
    assert (run["ours"], run["theirs"], run["error"]) == (4, 4, None)
    assert json.loads(run["totals"]) == {
        "FUN": {
            "ours": {
                "stakes": "0.00014", "wins": "0.00025", "reversals": "0.00004", "ggr": "-0.00015"
            },
            "theirs": {
                "stakes": "0.00013", "wins": "0.00025", "reversals": "0.00004", "ggr": "-0.00016"
            },
        }
    }  # fmt: skip


async def test_differences_among_many_rows_are_those_and_no_others(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Judged by an own comparison in memory; portions are small, so that there are many."""
    monkeypatch.setattr("casino.play.reconciliation.CHUNK", 7)
    for n in range(60):
        await book.play(bet(f"b{n}", 10 + n, f"r{n}"), Op(Kind.WIN, f"w{n}", n, f"r{n}"))
    honest = await book.honest()
    kept = [r for n, r in enumerate(honest) if n % 11 != 3]
    vendor.rows = [
        replace(r, units=r.units + 1) if n % 7 == 2 else r for n, r in enumerate(kept)
    ] + [replace(honest[0], key=f"extra{n}") for n in range(20)]
    ours = {r.key: r.units for r in honest if r.units}
    theirs = {r.key: r.units for r in vendor.rows if r.units}
    expected = dict.fromkeys(theirs.keys() - {r.key for r in honest}, "missing-here")
    expected |= dict.fromkeys(ours.keys() - {r.key for r in vendor.rows}, "missing-there")
    both = {r.key: r.units for r in honest}
    expected |= {k: "amount" for k, u in theirs.items() if k in both and both[k] != u}
    run = await compare(reconciler, now)
    stands = {f.key: f.what for f in await open_findings("agg", limit=1_000)}
    assert stands == expected
    assert run.differences == len(expected) > 30
    assert run.sums["FUN"][0].ggr == sum(10 + n for n in range(60)) - sum(range(60))


# --- what is none


async def test_a_late_original_and_its_tombstone_are_no_difference(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    """The vendor books a stake and its rollback; here the rollback came first."""
    await book.play(Op(Kind.REVERSAL, "x", reference="late"), bet("late", 90))
    vendor.rows = [
        Reported("late", str(book.player.id), FUN, Kind.BET, 90, "r", now),
        Reported("x", str(book.player.id), FUN, Kind.REVERSAL, 90, "r", now),
    ]
    run = await compare(reconciler, now)
    assert await found() == {}
    assert run.sums["FUN"][0].ggr == run.sums["FUN"][1].ggr == 0


async def test_pages_that_overlap_count_once_and_rows_that_differ_twice(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    await book.play(*ROUND)
    rows = await book.honest()
    vendor.rows = [*rows, *rows]
    assert (await compare(reconciler, now)).theirs == 4
    assert await found() == {}
    vendor.rows = [*rows, replace(rows[0], units=1)]
    await compare(reconciler, now)
    assert await found() == {"b": "amount"}


async def test_other_providers_deposits_and_free_spins_of_ours_are_left_alone(
    reconciler: Reconciler,
    book: Book,
    vendor: ReportingProvider,
    wallet: Wallet,
    player: Player,
    now: datetime,
) -> None:
    await book.play(Op(Kind.FREE_SPIN_WIN, "freespins:ref", 500))
    await wallet.apply(Batch(player.id, FUN, "elsewhere", (bet("b"),)))
    await wallet.apply(Batch(player.id, FUN, "agg", (Op(Kind.CORRECTION_UP, "c", 5),)))
    await compare(reconciler, now)
    assert await found() == {}


async def test_corrections_of_the_vendor_are_compared_and_summed_like_wins(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    up, down = Op(Kind.GAME_CORRECTION_UP, "u", 20), Op(Kind.GAME_CORRECTION_DOWN, "d", 65)
    await book.play(*ROUND, up, down)
    vendor.rows = honest = await book.honest()
    agreed = await compare(reconciler, now)
    assert (agreed.theirs, agreed.differences) == (6, 0)
    ours, theirs = agreed.sums["FUN"]
    assert ours == theirs == Sums(140, 250 + 20 - 65, 40)

    vendor.rows = [row for row in honest if row.key != "d"]
    await compare(reconciler, now)
    assert await found() == {"d": "missing-there"}


# --- clocks and spans


async def test_clocks_that_differ_at_the_edges_are_no_difference(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    """Two spans that meet: what one side counts in the one and the other in the next agrees."""
    await book.play(bet("ahead"), bet("behind"))
    rows = {r.key: r for r in await book.honest()}
    minute = timedelta(minutes=20)
    await book.move("ahead", now - minute)
    await book.move("behind", now + minute)
    vendor.rows = [
        replace(rows["ahead"], at=now + minute),
        replace(rows["behind"], at=now - minute),
    ]
    for since in (now - DAY, now):
        run = await reconciler.by_report("agg", since, since + DAY)
        assert run.differences == 0
    assert vendor.asked[0] == (now - DAY - MARGIN, now + MARGIN)


async def test_no_moment_between_two_spans_goes_unseen(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    await book.play(bet("ours-first"), bet("ours-last"))
    await book.move("ours-first", now)
    await book.move("ours-last", now - timedelta(microseconds=1))
    theirs = Reported("theirs", str(book.player.id), FUN, Kind.BET, 1, None, now)
    vendor.rows = [theirs, replace(theirs, key="theirs-last", at=now - timedelta(microseconds=1))]
    assert (await reconciler.by_report("agg", now - DAY, now)).differences == 2
    assert set(await found()) == {"ours-last", "theirs-last"}
    assert (await reconciler.by_report("agg", now, now + DAY)).differences == 2
    assert len(await found()) == 4


async def test_a_callback_that_came_a_day_late_is_found_by_its_key(
    reconciler: Reconciler, book: Book, vendor: ReportingProvider, now: datetime
) -> None:
    await book.play(bet("b"))
    vendor.rows = await book.honest()
    await book.move("b", now + 2 * DAY)
    assert (await compare(reconciler, now)).differences == 0
