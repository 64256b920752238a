"""From events of the outbox to pushes: what a player sees happen while the app is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casino.events import AccountFrozen, AccountUnfrozen, DepositCredited, Event, SessionsCut
from webapp.api.schemas import DepositView, LiveDeposit, LiveNotice, LiveProviders
from webapp.live.hub import LiveHub


def announce(hub: LiveHub, event: Event) -> None:
    """Push what concerns a player's screen; a client that hears it twice sees it once."""
    if event.player_id is None:
        return
    match event:
        case DepositCredited():
            deposit = DepositView(
                id=str(event.deposit_id),
                rail=event.rail,
                currency=event.currency,
                amount=event.amount,
                status="credited",
                at=datetime.fromisoformat(event.at),
                external_id=event.external_id,
            )
            hub.publish(event.player_id, LiveDeposit(deposit=deposit))
        case SessionsCut():
            notice = LiveNotice(
                code=event.name, reason=event.reason, sessions=tuple(event.sessions)
            )
            hub.publish(event.player_id, notice)
        case AccountFrozen() | AccountUnfrozen():
            hub.publish(event.player_id, LiveNotice(code=event.name))
        case _:
            pass  # a balance has its own push


def show_unavailable(hub: LiveHub, provider_ids: Sequence[str]) -> None:
    """Push to everybody here which providers are unavailable; other processes see it too."""
    hub.broadcast(LiveProviders(unavailable=list(provider_ids)))
