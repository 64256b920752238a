"""Facts that somebody is told: written to the outbox in the same transaction as the change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from db.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. Amounts are decimal strings; the house's own have no player."""

    name: ClassVar[str]
    player_id: int | None


@dataclass(frozen=True, slots=True)
class DepositCredited(Event):
    """A deposit reached a player's balance."""

    name: ClassVar[str] = "deposit-credited"
    deposit_id: int
    rail: str
    currency: str
    amount: str
    balance: str
    external_id: str
    at: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class DepositFiled(Event):
    """Money arrived that belongs to nobody yet; staff are told."""

    name: ClassVar[str] = "deposit-filed"
    rail: str
    currency: str | None
    amount: str | None
    reason: str
    external_id: str


@dataclass(frozen=True, slots=True)
class AccountFrozen(Event):
    """Staff froze a player."""

    name: ClassVar[str] = "account-frozen"


@dataclass(frozen=True, slots=True)
class AccountUnfrozen(Event):
    """Staff lifted a freeze."""

    name: ClassVar[str] = "account-unfrozen"


@dataclass(frozen=True, slots=True)
class SessionsCut(Event):
    """A player's open games must close: ``reason`` is a code, ``sessions`` their references."""

    name: ClassVar[str] = "sessions-cut"
    reason: str
    sessions: list[str]


@dataclass(frozen=True, slots=True)
class BalanceAdjusted(Event):
    """Staff corrected a balance; ``amount`` is signed."""

    name: ClassVar[str] = "balance-adjusted"
    currency: str
    amount: str
    reason: str


EVENTS: dict[str, type[Event]] = {
    e.name: e
    for e in (
        DepositCredited,
        DepositFiled,
        AccountFrozen,
        AccountUnfrozen,
        SessionsCut,
        BalanceAdjusted,
    )
}


async def record(event: Event) -> None:
    """Write the event; call inside the transaction of the change it reports."""
    body = asdict(event)
    await OutboxEvent.create(name=event.name, player_id=body.pop("player_id"), body=body)


def read(name: str, player_id: int | None, body: dict[str, Any]) -> Event:
    """Rebuild a stored event. Raises KeyError or TypeError for one of a newer version."""
    return EVENTS[name](player_id=player_id, **body)
