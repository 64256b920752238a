"""Sessions behind callbacks: found once, remembered; whether one is over is asked where it counts.

The write of a stake verifies that its session is still open, so what is remembered here can be
out of date and no stake gets past it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import NamedTuple

from casino import errors, events
from casino.clock import Clock
from casino.money import CURRENCY_BY_ID
from casino.play.calls import GameCall, PlayerSession
from casino.play.remembered import Remembered
from casino.text import is_storable, storable
from db import models
from db.database import OUTAGES, transaction

REMEMBERED = 10_000
# For a look-up of what is not remembered: a provider waits about 3 s, the wallet up to 2.
LOOK_UP_S = 0.8
REASON_LENGTH_MAX = 64


class Session(NamedTuple):
    """What a launch wrote once."""

    id: int
    player_id: int
    currency_id: int
    provider_id: str
    expires_at: datetime


class Sessions:
    """Finds sessions by the reference that a callback names, or the newest one where it cannot."""

    def __init__(self, clock: Clock) -> None:
        """Remember none yet."""
        self._clock = clock
        self._by_ref: Remembered[str, Session] = Remembered(REMEMBERED)
        self._newest: Remembered[tuple[str, int, int], Session] = Remembered(REMEMBERED)

    async def named(self, provider_id: str, player_id: int, call: GameCall) -> Session | None:
        """Return the session that a call names, if it fits the call and is not over by our clock.

        Raises TryLater.
        """
        ref = call.session_ref or ""
        session = self._by_ref.get(ref) or await self._look_up(ref)
        if (
            session is None
            or session.player_id != player_id
            or session.currency_id != call.currency.id
            or session.provider_id != provider_id
            or session.expires_at <= self._clock.now()
        ):
            return None
        return session

    async def newest(
        self, provider_id: str, player_id: int, call: GameCall, *, over: int | None = None
    ) -> Session | None:
        """Return a player's open session with a provider, for protocols that name none.

        ``over`` is one that turned out to have ended. Raises TryLater.
        """
        where = provider_id, player_id, call.currency.id
        session = self._newest.get(where)
        if session is None or session.id == over or session.expires_at <= self._clock.now():
            session = await self._look_up_newest(*where)
            if session is not None:
                self._newest.keep(where, session)
        return session

    async def show(self, provider_id: str, ref: str) -> PlayerSession | None:
        """Describe a session of this provider, long after it ended too. Raises TryLater."""
        if not is_storable(ref):
            return None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = await models.GameSession.get_or_none(
                    ref=ref, game__provider_id=provider_id
                ).select_related("game", "player")
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if row is None:
            return None
        return PlayerSession(
            str(row.player_id),
            row.player.name,
            row.player.language,
            CURRENCY_BY_ID[row.currency_id],
            row.game.external_id,
            alive=row.ended_at is None and row.expires_at > self._clock.now(),
        )

    async def _look_up(self, ref: str) -> Session | None:
        if not is_storable(ref):
            return None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = await models.GameSession.get_or_none(ref=ref).select_related("game")
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if row is None:
            return None
        session = _session(row)
        self._by_ref.keep(ref, session)
        return session

    async def _look_up_newest(
        self, provider_id: str, player_id: int, currency_id: int
    ) -> Session | None:
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = (
                    await models.GameSession.filter(
                        player_id=player_id,
                        currency_id=currency_id,
                        game__provider_id=provider_id,
                        ended_at=None,
                        expires_at__gt=self._clock.now(),
                    )
                    .order_by("-id")
                    .first()
                    .select_related("game")
                )
        except OUTAGES as outage:
            raise errors.TryLater from outage
        return None if row is None else _session(row)


def _session(row: models.GameSession) -> Session:
    return Session(row.id, row.player_id, row.currency_id, row.game.provider_id, row.expires_at)


async def cut(player_id: int, reason: str, now: datetime) -> int:
    """End all sessions of a player and have the app told; returns how many there were."""
    async with transaction() as tx:
        rows = await tx.raw.fetch(
            "UPDATE game_sessions SET ended_at = $2"
            " WHERE player_id = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING ref",
            player_id,
            now,
        )
        if rows:
            await events.record(
                events.SessionsCut(
                    player_id=player_id,
                    reason=storable(reason, REASON_LENGTH_MAX),
                    sessions=[row["ref"] for row in rows],
                )
            )
    return len(rows)
