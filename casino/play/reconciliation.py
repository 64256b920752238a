"""Our book against a provider's: every difference is filed, and both sides are summed up.

The provider's rows stream into a temporary table, the comparison is one statement over both sides,
and its differences stream out again: memory is bounded whatever the size of the report, and no
transaction stays open while a vendor takes its time.

A difference is one of key, currency, amount or kind. The two clocks differ: the vendor is asked
for more than the span that is judged, and ours is looked up by key, whenever it happened.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import asyncpg
import structlog

from casino import errors
from casino.clock import Clock
from casino.ids import read_id
from casino.money import CURRENCY_BY_ID, Currency, Money
from casino.play.capabilities import Reported, Reports
from casino.play.manifest import Capability
from casino.play.provider import Provider
from casino.play.reconciliation_sql import (
    FILE,
    LOAD,
    OUR_SUMS,
    OURS,
    RESOLVE,
    TABLE,
    THEIR_SUMS,
    THEIRS,
)
from casino.text import storable
from casino.wallet.operations import Kind
from db import models
from db.database import OUTAGES, Database, transaction

log = structlog.get_logger(__name__)

MARGIN = timedelta(hours=1)  # how much of what one side counts in, the other may count out
SETTLED = timedelta(hours=2)  # after midnight; not less than the margin
DAYS_BACK = 7  # that a nightly run makes up for
CHUNK = 1_000
QUERY_S = 600
PLAYER_LENGTH_MAX, TEXT_LENGTH_MAX, ERROR_LENGTH_MAX = 64, 190, 500

Span = tuple[datetime, datetime]  # from the first moment on, up to the second


class Difference(enum.StrEnum):
    """What is different."""

    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    CURRENCY = "currency"
    AMOUNT = "amount"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Sums:
    """One side's totals in one currency, in minor units. ``reversals`` went back to players."""

    stakes: int = 0
    wins: int = 0
    reversals: int = 0

    @property
    def ggr(self) -> int:
        """What the house won."""
        return self.stakes - self.wins - self.reversals


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found. ``sums`` are ours and theirs, by currency code."""

    run_id: int
    since: datetime
    until: datetime
    ours: int
    theirs: int
    differences: int
    sums: Mapping[str, tuple[Sums, Sums]]


class _Finding(NamedTuple):
    what: str
    player_ref: str
    key: str
    text: str
    currency_id: int
    ours_units: int | None
    theirs_units: int | None
    round_ref: str | None
    at: datetime


class EmptyReport(ValueError):
    """A file without a row says nothing, not even which time it is about."""


class TooEarly(errors.PlayerError):
    """The day is not over yet, or so recently that the provider may still be counting it."""

    code = "too-early"


class Reconciler:
    """Compares, provider by provider."""

    def __init__(
        self, database: Database, providers: Mapping[str, Provider], clock: Clock
    ) -> None:
        """Work on an open database and the wired providers."""
        self._database = database
        self._providers = providers
        self._clock = clock

    async def by_report(self, provider_id: str, since: datetime, until: datetime) -> Reconciled:
        """Compare a span of time with what the provider reports of it.

        Raises NotFound where it reports nothing, ProviderUnavailable, Busy.
        """
        provider: object = self._providers.get(provider_id)
        if not isinstance(provider, Reports):
            raise errors.NotFound
        async with self._alone(provider_id) as connection:
            run = await self._begin(provider_id, "report", (since, until))
            try:
                await _load(connection, provider.report(since - MARGIN, until + MARGIN))
                return await self._judge(connection, run, (since, until), (since, until))
            except Exception as failure:
                with contextlib.suppress(*OUTAGES):
                    await models.ReconciliationRun.filter(id=run.id).update(
                        error=storable(repr(failure), ERROR_LENGTH_MAX)
                    )
                raise

    async def of_day(self, provider_id: str, day: date) -> Reconciled:
        """Compare one whole UTC day.

        Raises TooEarly, NotFound where the provider reports nothing, ProviderUnavailable, Busy.
        """
        since = datetime.combine(day, time.min, UTC)
        until = since + timedelta(days=1)
        if self._clock.now() < until + SETTLED:
            raise TooEarly
        return await self.by_report(provider_id, since, until)

    async def by_file(self, provider_id: str, rows: Iterable[Reported]) -> Reconciled:
        """Compare with a file of the provider's, which tells by its rows what time it is about.

        What is ours alone counts from a margin after its first to a margin before its last row.
        Raises EmptyReport, Busy, and whatever ``rows`` raises; nothing is filed then.
        """
        async with self._alone(provider_id) as connection:
            await _load(connection, _each(rows))
            first, last = await connection.fetchrow("SELECT min(at), max(at) FROM reported")
            if first is None:
                raise EmptyReport(provider_id)
            until = last + timedelta(microseconds=1)
            run = await self._begin(provider_id, "file", (first, until))
            ours = (first + MARGIN, max(first + MARGIN, until - MARGIN))
            return await self._judge(connection, run, ours, (first, until))

    async def catch_up(self) -> int:
        """Compare every day that is over and was not compared; returns how many were.

        Goes on to the next provider where one is away: the next call makes up for it.
        """
        compared = 0
        for provider_id, provider in self._providers.items():
            if Capability.REPORT not in provider.manifest.capabilities:
                continue
            for since in await self._days_due(provider_id):
                try:
                    await self.by_report(provider_id, since, since + timedelta(days=1))
                except errors.LATER as outage:
                    log.warning("not reconciled", provider=provider_id, error=repr(outage))
                    break
                except Exception:  # one provider's bug must not stop the others'
                    log.exception("reconciliation failed", provider=provider_id)
                    break
                compared += 1
        return compared

    async def _days_due(self, provider_id: str) -> list[datetime]:
        over = (self._clock.now() - SETTLED).date()
        midnight = datetime.combine(over, time.min, UTC)
        days = [midnight - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
        done = await models.ReconciliationRun.filter(
            provider_id=provider_id,
            origin="report",
            since__in=days,
            ended_at__isnull=False,
        ).values_list("since", flat=True)
        return [day for day in days if day not in set(done)]

    @contextlib.asynccontextmanager
    async def _alone(self, provider_id: str) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection with an empty table; one comparison of a provider at a time."""
        async with self._database.aside() as connection:
            mine = await connection.fetchval(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))",
                f"reconciliation:{provider_id}",
            )
            if not mine:
                raise errors.Busy
            await connection.execute(TABLE)
            yield connection

    async def _begin(self, provider_id: str, origin: str, span: Span) -> models.ReconciliationRun:
        since, until = span
        return await models.ReconciliationRun.create(
            provider_id=provider_id,
            origin=origin,
            since=since,
            until=until,
            began_at=self._clock.now(),
        )

    async def _judge(
        self,
        connection: asyncpg.Connection,
        run: models.ReconciliationRun,
        ours: Span,
        theirs: Span,
    ) -> Reconciled:
        source_id = (
            await connection.fetchval("SELECT id FROM sources WHERE name = $1", run.provider_id)
            or 0
        )
        differences = 0
        portions = _differences(connection, source_id, ours, theirs)
        async with contextlib.aclosing(portions):
            async for found in portions:
                await self._file(run, found)
                differences += len(found)
        whole = (run.since, run.until)
        our_rows = await connection.fetch(OUR_SUMS, source_id, *whole, timeout=QUERY_S)
        their_rows = await connection.fetch(THEIR_SUMS, source_id, *whole, timeout=QUERY_S)
        sums = _side_by_side(our_rows, their_rows)
        counts = [sum(row["rows"] for row in rows) for rows in (our_rows, their_rows)]
        now = self._clock.now()
        async with transaction() as tx:
            await tx.raw.execute(RESOLVE, run.provider_id, run.id, now, *ours, *theirs)
            await models.ReconciliationRun.filter(id=run.id).update(
                ended_at=now,
                ours=counts[0],
                theirs=counts[1],
                differences=differences,
                totals=_as_json(sums),
            )
        say = log.error if differences else log.info
        say("reconciled", provider=run.provider_id, run=run.id, differences=differences)
        return Reconciled(run.id, run.since, run.until, counts[0], counts[1], differences, sums)

    async def _file(self, run: models.ReconciliationRun, found: list[_Finding]) -> None:
        columns = [list(column) for column in zip(*found, strict=True)]
        async with transaction() as tx:
            await tx.raw.execute(FILE, run.provider_id, run.id, self._clock.now(), *columns)


async def _each(rows: Iterable[Reported]) -> AsyncIterator[Reported]:
    for row in rows:
        yield row


async def _load(connection: asyncpg.Connection, rows: AsyncIterable[Reported]) -> None:
    chunk: list[tuple[object, ...]] = []
    async for r in rows:
        player_ref = storable(r.player_ref, PLAYER_LENGTH_MAX)
        player_id = read_id(r.player_ref) or 0
        key = storable(r.key, TEXT_LENGTH_MAX)
        round_ref = storable(r.round_ref, TEXT_LENGTH_MAX) if r.round_ref is not None else None
        chunk.append(
            (player_ref, player_id, key, r.currency.id, int(r.kind), r.units, round_ref, r.at)
        )
        if len(chunk) == CHUNK:
            await _insert(connection, chunk)
            chunk = []
    if chunk:
        await _insert(connection, chunk)
    await connection.execute("ANALYZE reported", timeout=QUERY_S)


async def _insert(connection: asyncpg.Connection, chunk: list[tuple[object, ...]]) -> None:
    columns = [list(column) for column in zip(*chunk, strict=True)]
    await connection.execute(LOAD, *columns, timeout=QUERY_S)


async def _differences(
    connection: asyncpg.Connection, source_id: int, ours: Span, theirs: Span
) -> AsyncGenerator[list[_Finding], None]:
    """Yield what differs, in portions, each difference of a key once a portion."""
    for query, span in ((THEIRS, theirs), (OURS, ours)):
        async with connection.transaction(readonly=True):
            found: dict[tuple[str, str, str], _Finding] = {}
            rows = connection.cursor(query, source_id, *span, prefetch=CHUNK, timeout=QUERY_S)
            async for row in rows:
                finding = _finding(row) if query is THEIRS else _missing_there(row)
                found[finding.what, finding.player_ref, finding.key] = finding
                if len(found) == CHUNK:
                    yield list(found.values())
                    found = {}
            if found:
                yield list(found.values())


def _finding(row: asyncpg.Record) -> _Finding:
    currency = CURRENCY_BY_ID[row["currency_id"]]
    theirs = f"{Kind(row['kind_id']).name.lower()} of {Money(row['units'], currency)}"
    if row["our_kind"] is None:
        what, said = Difference.MISSING_HERE, f"missing here, theirs is a {theirs}"
    else:
        our_currency = CURRENCY_BY_ID[row["our_currency"]]
        ours = f"{Kind(row['our_kind']).name.lower()} of {Money(row['our_units'], our_currency)}"
        said = f"ours is a {ours}, theirs a {theirs}"
        if our_currency is not currency:
            what = Difference.CURRENCY
        elif row["our_units"] != row["units"]:
            what = Difference.AMOUNT
        else:
            what = Difference.KIND
    return _of(row, what, said, row["our_units"], row["units"])


def _missing_there(row: asyncpg.Record) -> _Finding:
    amount = Money(row["our_units"], CURRENCY_BY_ID[row["currency_id"]])
    said = f"missing there, ours is a {Kind(row['kind_id']).name.lower()} of {amount}"
    return _of(row, Difference.MISSING_THERE, said, row["our_units"], None)


def _of(
    row: asyncpg.Record, what: Difference, said: str, ours: int | None, theirs: int | None
) -> _Finding:
    text = f"player {row['player_ref']} key {row['key']}: {said}"
    return _Finding(
        what.value,
        row["player_ref"],
        row["key"],
        text,
        row["currency_id"],
        ours,
        theirs,
        row["round_ref"],
        row["at"],
    )


def _side_by_side(
    ours: list[asyncpg.Record], theirs: list[asyncpg.Record]
) -> dict[str, tuple[Sums, Sums]]:
    sides = [{row["currency_id"]: _sums(row) for row in rows} for rows in (ours, theirs)]
    return {
        CURRENCY_BY_ID[number].code: (sides[0].get(number, Sums()), sides[1].get(number, Sums()))
        for number in sorted(sides[0].keys() | sides[1].keys())
    }


def _sums(row: asyncpg.Record) -> Sums:
    return Sums(int(row["stakes"]), int(row["wins"]), int(row["reversals"]))


def _as_json(sums: Mapping[str, tuple[Sums, Sums]]) -> dict[str, dict[str, dict[str, str]]]:
    """Write sums as decimal strings."""
    by_code = {currency.code: currency for currency in CURRENCY_BY_ID.values()}
    return {
        code: {
            "ours": in_words(ours, by_code[code]),
            "theirs": in_words(theirs, by_code[code]),
        }
        for code, (ours, theirs) in sums.items()
    }


def in_words(sums: Sums, currency: Currency) -> dict[str, str]:
    """Write one side's sums as decimals."""
    return {
        name: Money(units, currency).text()
        for name, units in (
            ("stakes", sums.stakes),
            ("wins", sums.wins),
            ("reversals", sums.reversals),
            ("ggr", sums.ggr),
        )
    }
