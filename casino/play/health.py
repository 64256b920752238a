"""How providers do: a breaker for each, shared by all processes, that closes by itself.

Launches and catalogue calls of a provider that failed several times in a row are refused at once,
and its games are greyed out, for a pause. After the pause one call is let through as a trial: a
success ends the trouble, a failure makes the next pause longer. Callbacks are not concerned.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import asyncpg
import structlog

from casino.clock import Clock
from casino.play.manifest import Manifest
from casino.play.provider import (
    Call,
    GameEntry,
    LaunchRequest,
    Provider,
    ProviderUnavailable,
    Reply,
)
from db.database import OUTAGES, transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")

OPENS_AT = 5  # failures in a row
PAUSE, PAUSE_MAX = timedelta(seconds=15), timedelta(minutes=5)
DOWN_AT = 4  # failed trials in a row: about four minutes
LAUNCH_S = 20.0  # providers' own deadlines are shorter; this one is for those that forgot
LOOK_EVERY_S = 2.0

_READ = "SELECT provider_id, since, trials, retry_at FROM provider_health"
_OPEN = """
INSERT INTO provider_health (provider_id, since, trials, retry_at) VALUES ($1, $2, 0, $3)
ON CONFLICT DO NOTHING
"""
# Whoever moves the moment on has the trial; should it never say how it went, the next one follows.
_TRY = """
UPDATE provider_health SET retry_at = $3 WHERE provider_id = $1 AND retry_at <= $2 RETURNING 1
"""
_WORSE = """
UPDATE provider_health SET trials = trials + 1, retry_at = $2 WHERE provider_id = $1
"""
_CLOSE = "DELETE FROM provider_health WHERE provider_id = $1"


class State(enum.StrEnum):
    """How a provider does."""

    OK = "ok"
    DEGRADED = "degraded"  # it failed several times in a row; launches wait for a trial
    DOWN = "down"  # and trials have failed for minutes


@dataclass(frozen=True, slots=True)
class Trouble:
    """A breaker that is open. ``trials`` counts those that failed."""

    since: datetime
    trials: int
    retry_at: datetime


class Health:
    """The breakers of all providers, as this process last saw them.

    What is shared is kept in the database and written only when a breaker opens or closes or a
    trial begins or ends; failures in a row are counted by each process for itself.
    """

    def __init__(self, providers: Mapping[str, Provider], clock: Clock) -> None:
        """Everybody is well until something fails, or ``refresh`` says otherwise."""
        self._providers = providers
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._troubles: dict[str, Trouble] = {}
        self._told: tuple[str, ...] = ()
        self._tell: Callable[[tuple[str, ...]], None] = lambda _unavailable: None

    def listen(self, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Have somebody told, from now on, which providers are unavailable whenever it changes."""
        self._tell = tell

    def state(self, provider_id: str) -> State:
        """Say how one does; a trial that is due counts as well, so that somebody tries."""
        trouble = self._troubles.get(provider_id)
        if trouble is None or trouble.retry_at <= self._clock.now():
            return State.OK
        return State.DOWN if trouble.trials >= DOWN_AT else State.DEGRADED

    def trouble(self, provider_id: str) -> Trouble | None:
        """Return what keeps its breaker open, since when, and when it is tried again."""
        return self._troubles.get(provider_id)

    def states(self) -> Mapping[str, State]:
        """Say how every wired provider does; games of those that are not OK are greyed out."""
        return {provider_id: self.state(provider_id) for provider_id in self._providers}

    def unavailable(self) -> tuple[str, ...]:
        """Name the providers whose games cannot be opened at present."""
        return tuple(p for p in self._providers if self.state(p) is not State.OK)

    def require(self, provider_id: str) -> None:
        """Raise ProviderUnavailable where a call would be refused anyway."""
        if self.state(provider_id) is not State.OK:
            raise ProviderUnavailable(provider_id)

    def watched(self, provider: Provider) -> Provider:
        """Return the provider with its launches and catalogue calls behind its breaker."""
        return _Watched(provider, self)

    async def refresh(self) -> None:
        """See what other processes found. Raises an outage of the database."""
        async with transaction() as tx:
            rows = await tx.raw.fetch(_READ)
        self._troubles = {
            row["provider_id"]: Trouble(row["since"], row["trials"], row["retry_at"])
            for row in rows
        }
        self._tell_changes()

    async def follow(self) -> None:
        """See it again and again, for ever."""
        while True:
            try:
                await self.refresh()
            except OUTAGES as outage:
                log.warning("health: not seen", error=repr(outage))
            self._tell_changes()  # a pause may have passed meanwhile
            await asyncio.sleep(LOOK_EVERY_S)

    async def call(self, provider_id: str, work: Callable[[], Awaitable[T]]) -> T:
        """Call out to a provider. Raises ProviderUnavailable, at once where it is known."""
        self.require(provider_id)
        trial = provider_id in self._troubles and await self._begin_trial(provider_id)
        try:
            result = await work()
        except (ProviderUnavailable, TimeoutError) as failure:
            # What was under way when the breaker opened says nothing new.
            if trial:
                await self._kept(self._worse(provider_id))
            elif provider_id not in self._troubles:
                await self._kept(self._failed(provider_id))
            raise ProviderUnavailable(provider_id) from failure
        self._failures.pop(provider_id, None)
        if trial:
            await self._kept(self._recovered(provider_id))
        return result

    async def _begin_trial(self, provider_id: str) -> bool:
        """Let one caller through, of all processes; False: there is no trouble any more.

        Raises ProviderUnavailable for the others.
        """
        now = self._clock.now()
        until = now + _pause(self._troubles[provider_id].trials)
        try:
            async with transaction() as tx:
                mine = await tx.raw.fetchval(_TRY, provider_id, now, until)
            if mine is None:
                await self.refresh()
        except OUTAGES as outage:
            raise ProviderUnavailable(provider_id) from outage
        if mine is None:
            self.require(provider_id)  # somebody else's trial is under way
            return False  # or has succeeded
        trouble = self._troubles[provider_id]
        self._troubles[provider_id] = Trouble(trouble.since, trouble.trials, until)
        return True

    async def _failed(self, provider_id: str) -> None:
        failures = self._failures[provider_id] = self._failures.get(provider_id, 0) + 1
        if failures < OPENS_AT:
            return
        log.error("provider degraded", provider=provider_id, failures=failures)
        del self._failures[provider_id]
        now = self._clock.now()
        async with transaction() as tx:
            await tx.raw.execute(_OPEN, provider_id, now, now + PAUSE)
        await self.refresh()

    async def _worse(self, provider_id: str) -> None:
        trouble = self._troubles.get(provider_id)
        trials = trouble.trials + 1 if trouble is not None else 1
        async with transaction() as tx:
            await tx.raw.execute(_WORSE, provider_id, self._clock.now() + _pause(trials))
        await self.refresh()

    async def _recovered(self, provider_id: str) -> None:
        async with transaction() as tx:
            await tx.raw.execute(_CLOSE, provider_id)
        self._troubles.pop(provider_id, None)
        log.warning("provider recovered", provider=provider_id)
        self._tell_changes()

    def _tell_changes(self) -> None:
        unavailable = self.unavailable()
        if unavailable != self._told:
            self._told = unavailable
            self._tell(unavailable)

    async def _kept(self, note: Awaitable[None]) -> None:
        """Await a note for the other processes; without it the call has its own result still."""
        try:
            await note
        except (*OUTAGES, asyncpg.PostgresError) as outage:
            log.warning("health: not noted", error=repr(outage))


class _Watched:
    """A provider whose launches and catalogue calls go through its breaker."""

    def __init__(self, provider: Provider, health: Health) -> None:
        self._provider = provider
        self._health = health

    @property
    def manifest(self) -> Manifest:
        return self._provider.manifest

    async def catalogue(self) -> list[GameEntry]:
        return await self._health.call(self.manifest.id, self._provider.catalogue)

    async def launch(self, request: LaunchRequest) -> str:
        async def launched() -> str:
            async with asyncio.timeout(LAUNCH_S):
                return await self._provider.launch(request)

        return await self._health.call(self.manifest.id, launched)

    async def answer(self, call: Call) -> Reply:
        return await self._provider.answer(call)

    async def close(self) -> None:
        await self._provider.close()


def _pause(trials: int) -> timedelta:
    """Return how long to wait after so many failed trials."""
    return min(PAUSE * (1 << min(trials, 16)), PAUSE_MAX)
