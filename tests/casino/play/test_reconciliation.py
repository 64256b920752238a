"""Our book against a provider's report: every difference is found, filed once, and resolved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from casino import errors
from casino.backoffice import audit_and_file
from casino.money import FUN, TON, Currency
from casino.play import (
    Capability,
    Catalogue,
    LateOriginals,
    Manifest,
    Provider,
    ProviderUnavailable,
)
from casino.play.capabilities import Reported
from casino.play.findings import open_findings
from casino.play.reconciliation import (
    MARGIN,
    EmptyReport,
    Reconciled,
    Reconciler,
    Sums,
)
from casino.play.revenue import revenue
from casino.players import Player
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from db.database import Database
from tests.casino.play.providers import ListedProvider, entry
from tests.casino.support import count
from tests.conftest import MovingClock

DAY = timedelta(days=1)


@dataclass
class ReportingProvider(ListedProvider):
    """Reports what it is told to, as far as it was asked for."""

    rows: list[Reported] = field(default_factory=list)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    breaks_after: int | None = None
    instead: Callable[[], AsyncIterator[Reported]] | None = None

    def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        return self.instead() if self.instead else self._report(since, until)

    async def _report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        self.asked.append((since, until))
        if self.away:
            raise ProviderUnavailable(ProviderUnavailable.code)
        for n, row in enumerate(self.rows):
            if n == self.breaks_after:
                raise ProviderUnavailable(ProviderUnavailable.code)
            if since <= row.at < until:
                yield row


@pytest.fixture
def vendor(providers: dict[str, Provider]) -> ReportingProvider:
    provider = reporting("agg")
    providers["agg"] = provider
    return provider


def reporting(provider_id: str) -> ReportingProvider:
    return ReportingProvider(
        Manifest(
            provider_id,
            provider_id.title(),
            LateOriginals.ACCEPT,
            capabilities=frozenset({Capability.REPORT}),
        )
    )


@pytest.fixture
def reconciler(
    database: Database, providers: dict[str, Provider], clock: MovingClock
) -> Reconciler:
    return Reconciler(database, providers, clock)


class Book:
    """Plays at "agg", and can say what an honest vendor would report of it."""

    def __init__(self, wallet: Wallet, player: Player, second: asyncpg.Connection) -> None:
        self.wallet = wallet
        self.player = player
        self.second = second

    async def play(self, *ops: Op, currency: Currency = FUN, game_id: int | None = None) -> None:
        for op in ops:
            answer = await self.wallet.apply(
                Batch(self.player.id, currency, "agg", (op,), game_id=game_id)
            )
            assert isinstance(answer, Applied)

    async def move(self, key: str, at: datetime) -> None:
        async with self.second.transaction():
            await self.second.execute("SET LOCAL session_replication_role = replica")
            await self.second.execute(
                "UPDATE transfers SET created_at = $2 WHERE key = $1", key, at
            )

    async def honest(self) -> list[Reported]:
        rows = await self.second.fetch(
            "SELECT t.* FROM transfers t JOIN sources s ON s.id = t.source_id"
            " WHERE s.name = 'agg' AND kind_id <> 41 ORDER BY position"
        )
        currencies = {FUN.id: FUN, TON.id: TON}
        return [
            Reported(
                r["key"],
                str(r["player_id"]),
                currencies[r["currency_id"]],
                Kind(r["kind_id"]),
                r["amount"],
                r["round_id"],
                r["created_at"],
            )
            for r in rows
        ]


@pytest.fixture
def book(wallet: Wallet, player: Player, second: asyncpg.Connection) -> Book:
    return Book(wallet, player, second)


@pytest.fixture
def now(clock: MovingClock) -> datetime:
    return clock.now()


async def compare(reconciler: Reconciler, now: datetime) -> Reconciled:
    return await reconciler.by_report("agg", now - DAY, now + DAY)


async def found() -> dict[str, str]:
    """What stands: what by key."""
    return {f.key: f.what for f in await open_findings("agg")}


def bet(key: str, units: int = 100, round_id: str = "r") -> Op:
    return Op(Kind.BET, key, units, round_id)


WIN = Op(Kind.WIN, "w", 250, "r")
ROUND = (bet("b"), WIN, bet("b2", 40), Op(Kind.REVERSAL, "x2", reference="b2"))


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


# --- revenue


async def test_revenue_of_each_game_by_day_adds_up_to_the_houses_win(
    database: Database,
    book: Book,
    wallet: Wallet,
    player: Player,
    vendor: ReportingProvider,
    catalogue: Catalogue,
    now: datetime,
) -> None:
    vendor.entries = [entry("g1", "Reels"), entry("g2", "Sevens")]
    await catalogue.register()
    await catalogue.sync(vendor)
    one, two = sorted(game.id for game in await catalogue.games())
    await book.play(*ROUND[:3], game_id=one)
    await book.play(ROUND[3])  # a reversal names no game; its original does
    await book.play(bet("b3", 70), bet("b4", 11), game_id=two)
    await book.move("b4", now - DAY)
    await wallet.apply(Batch(player.id, FUN, "elsewhere", (bet("b"),)))
    today = now.date()
    days = await revenue(database, ["agg"], today - DAY, today)
    assert [
        (d.day, d.title, d.stakes.units, d.wins.units, d.reversals.units, d.ggr.units, d.bets)
        for d in days
    ] == [
        (today - DAY, "Sevens", 11, 0, 0, 11, 1),
        (today, "Reels", 140, 250, 40, -150, 2),
        (today, "Sevens", 70, 0, 0, 70, 1),
    ]
    received = await book.second.fetchval(
        "SELECT sum(units) FROM postings WHERE account = 'house:agg'"
    )
    assert sum(d.ggr.units for d in days) == int(received)
    assert await revenue(database, ["agg"], today + DAY, today + DAY) == []
