"""The audit trail: who of the staff did what to whom, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casino import errors
from casino.text import storable
from db import models

REASON_LENGTH_MAX = 300
STAFF_NAME_LENGTH_MAX = 128
NO_REASON = "-"  # of acts that need none


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts. Whether they may was decided at the edge."""

    telegram_id: int
    name: str


class ReasonMissing(errors.PlayerError):
    """An act on somebody's money or account needs a reason."""

    code = "reason-missing"


async def note(
    staff: Staff,
    action: str,
    target: str,
    reason: str = NO_REASON,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one act down, in the transaction of the act. Raises ReasonMissing."""
    await models.AuditEntry.create(
        staff_id=staff.telegram_id,
        staff_name=storable(staff.name, STAFF_NAME_LENGTH_MAX),
        action=action,
        target=target,
        reason=kept_reason(reason),
        detail=dict(detail or {}),
    )


def kept_reason(text: str) -> str:
    """Cut a reason to what is kept. Raises ReasonMissing where nothing is left."""
    reason = storable(text, REASON_LENGTH_MAX).strip()
    if not reason:
        raise ReasonMissing
    return reason
