"""The differences that comparisons with providers' reports found, as people work through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casino import errors
from casino.money import CURRENCY_BY_ID, Currency
from db import models

LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference; ``text`` says it in words, both sides with their own currency and kind."""

    id: int
    provider_id: str
    what: str  # a ``reconciliation.Difference``
    player_ref: str
    key: str
    text: str
    currency: Currency
    ours_units: int | None
    theirs_units: int | None
    round_ref: str | None
    at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """A comparison; ``totals`` are decimals of both sides by currency, None until it ended."""

    since: datetime
    until: datetime
    ended_at: datetime | None
    ours: int | None
    theirs: int | None
    differences: int | None
    totals: Mapping[str, Mapping[str, Mapping[str, str]]] | None
    error: str | None


async def open_findings(provider_id: str, limit: int = LISTED_MAX, skip: int = 0) -> list[Finding]:
    """List the differences that stand, newest first."""
    rows = (
        await models.ReconciliationFinding.filter(provider_id=provider_id, resolved_at=None)
        .order_by("-at", "-id")
        .offset(skip)
        .limit(limit)
    )
    return [_finding(row) for row in rows]


async def count_open(provider_id: str) -> int:
    """Count the differences that stand."""
    return await models.ReconciliationFinding.filter(
        provider_id=provider_id, resolved_at=None
    ).count()


async def finding(number: int) -> Finding:
    """Return one difference, open or resolved. Raises NotFound."""
    row = await models.ReconciliationFinding.get_or_none(id=number)
    if row is None:
        raise errors.NotFound
    return _finding(row)


async def resolve(number: int, now: datetime) -> bool:
    """Close a difference that somebody dealt with; False where it is closed already.

    A later comparison of its time that finds it again opens it again. Raises NotFound.
    """
    closed = await models.ReconciliationFinding.filter(id=number, resolved_at=None).update(
        resolved_at=now
    )
    if not closed:
        await finding(number)
    return bool(closed)


async def newest_run(provider_id: str) -> Run | None:
    """Return the comparison that was begun last, by report or by file."""
    row = await models.ReconciliationRun.filter(provider_id=provider_id).order_by("-id").first()
    return None if row is None else Run(**_fields(row, Run))


def _finding(row: models.ReconciliationFinding) -> Finding:
    facts = _fields(row, Finding)
    return Finding(**facts, currency=CURRENCY_BY_ID[row.currency_id])


def _fields(row: models.ReconciliationFinding | models.ReconciliationRun, kind: Any) -> Any:  # noqa: ANN401 - what a row holds
    return {name: getattr(row, name) for name in kind.__slots__ if name != "currency"}
