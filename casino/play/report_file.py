"""A provider's report as a CSV file: the columns of ``Reported``, read row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from casino.money import CURRENCIES, InvalidAmount, Money
from casino.play.capabilities import Reported
from casino.wallet.operations import Kind

COLUMNS = ("key", "player_ref", "currency", "kind", "amount", "at")  # and round_ref, where known
KINDS = {kind.name.lower(): kind for kind in Kind}


class BadReport(ValueError):
    """The file is not such a report; the message says where and why."""


def read_report(lines: Iterable[str]) -> Iterator[Reported]:
    """Yield its rows. Raises BadReport at the first that cannot be read.

    ``amount`` is a decimal in the currency's main unit, ``at`` ISO 8601 (UTC where it names no
    zone), ``kind`` a kind of ours: bet, win, reversal and so on.
    """
    table = csv.DictReader(lines, strict=True)
    try:
        if lacks := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
            raise BadReport(f"the first line lacks columns: {', '.join(lacks)}")
        for row in table:
            try:
                yield _reported(row)
            except (KeyError, ValueError) as error:
                raise BadReport(f"line {table.line_num}: {error}") from error
    except csv.Error as error:
        raise BadReport(f"line {table.line_num}: {error}") from error


def _reported(row: dict[str, str | None]) -> Reported:
    given = {name: (row[name] or "").strip() for name in COLUMNS}
    if lacks := [name for name in COLUMNS if not given[name]]:
        raise BadReport(f"empty: {', '.join(lacks)}")
    currency = CURRENCIES.get(given["currency"])
    kind = KINDS.get(given["kind"].lower())
    if currency is None or kind is None:
        raise BadReport("unknown currency or kind")
    try:
        units = Money.parse(given["amount"], currency).units
    except InvalidAmount as error:
        raise BadReport(str(error)) from error
    at = datetime.fromisoformat(given["at"])
    return Reported(
        key=given["key"],
        player_ref=given["player_ref"],
        currency=currency,
        kind=kind,
        units=units,
        round_ref=(row.get("round_ref") or "").strip() or None,
        at=at if at.tzinfo is not None else at.replace(tzinfo=UTC),
    )
