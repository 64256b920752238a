"""The catalogue: which games exist, and which of them are on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from casino import errors
from casino.play import sync
from casino.play.lobby import Lobby, taken
from casino.play.lobby_games import Game
from casino.play.provider import Category, Provider, Volatility
from casino.play.remembered import Remembered
from casino.play.sync import ID_LENGTH_MAX, NEVER_SYNCED, NUMBER_MAX, SyncState
from casino.text import is_storable
from db import models

__all__ = ["Catalogue", "Game", "ProviderState"]

log = structlog.get_logger(__name__)

SYNC_EVERY_S = 3_600
# Doubled with every failure: a provider that refuses for being asked too often is left alone.
SYNC_RETRY_S, SYNC_RETRY_MAX_S = 5, 600
# A process that starts again and again does not ask again and again.
SYNC_FRESH_S = 60
QUERY_LENGTH_MAX = 64
GAMES_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class ProviderState:
    """A provider, whether staff have it on, and how many games it lists."""

    id: str
    title: str
    enabled: bool
    games: int
    sync: SyncState = NEVER_SYNCED


class Catalogue:
    """Every game of every registered provider, kept in step with the providers."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        """Take the registry of providers, by id, wired once at start."""
        self.providers = providers
        self.lobby = Lobby(providers)
        self._ids: Remembered[tuple[str, str], int] = Remembered(GAMES_REMEMBERED)

    async def keep_in_step(self, provider: Provider) -> None:
        """Sync one provider's games for ever; an outage keeps the last good list."""
        wait_s: float = 0
        retry_s: float = SYNC_RETRY_S
        while True:
            await asyncio.sleep(wait_s)
            try:
                wait_s = await self._wait(provider) or await self._synced(provider)
                retry_s = SYNC_RETRY_S
            except errors.LATER as outage:
                log.warning(
                    "catalogue: not synced", provider=provider.manifest.id, error=str(outage)
                )
                wait_s, retry_s = retry_s, min(2 * retry_s, SYNC_RETRY_MAX_S)

    async def register(self) -> None:
        """Make every wired provider known, so that it can be switched."""
        for provider in self.providers.values():
            await models.Provider.get_or_create(
                id=provider.manifest.id, defaults={"title": provider.manifest.title}
            )

    async def sync(self, provider: Provider) -> int:
        """Take over a provider's complete list; games it no longer lists leave the lobby.

        The list is written down first: whoever is cut off goes on with it, and does not ask again.
        Returns how many games it has. Raises ProviderUnavailable; then the last list stays.
        """
        provider_id = provider.manifest.id
        await sync.begin(provider_id)
        try:
            given = await provider.catalogue()
        except errors.TryLater as outage:
            with contextlib.suppress(*errors.LATER):
                why = outage.__cause__ or outage  # the breaker's own error names no reason
                await sync.failed(provider_id, str(why) or type(why).__name__)
            raise
        listed = await asyncio.to_thread(lambda: [sync.fit(entry) for entry in given])
        entries = {entry.external_id: entry for entry in listed if entry is not None}
        if None in listed:
            log.warning("catalogue: entries left out", provider=provider_id)
        gone = await sync.stage(provider_id, list(entries.values()))
        await sync.take_over(provider_id)
        log.info("catalogue: synced", provider=provider_id, games=len(entries), gone=gone)
        return len(entries)

    async def _synced(self, provider: Provider) -> float:
        await self.sync(provider)
        return SYNC_EVERY_S

    async def _wait(self, provider: Provider) -> float:
        """Finish a list that is written down already; say for how long nothing need be asked."""
        provider_id = provider.manifest.id
        if await sync.is_unfinished(provider_id):
            log.info("catalogue: going on with the list of before", provider=provider_id)
            await sync.take_over(provider_id)
        elif provider.manifest.own_games:
            return 0
        ago = await sync.seconds_since_finished(provider_id)
        return SYNC_EVERY_S - ago if ago is not None and 0 <= ago < SYNC_FRESH_S else 0

    async def games(
        self, *, category: str | None = None, query: str | None = None, limit: int = 500
    ) -> list[Game]:
        """List what can be opened now, in lobby order."""
        found = models.Game.filter(
            listed=True, enabled=True, provider__enabled=True, provider_id__in=list(self.providers)
        )
        if category is not None:
            found = found.filter(category=category)
        if query:
            if not is_storable(query):
                return []
            found = found.filter(title__icontains=query[:QUERY_LENGTH_MAX])
        rows = await found.order_by("provider_id", "id").limit(limit).select_related("provider")
        return [self._view(row) for row in rows]

    async def game(self, game_id: int) -> Game:
        """Return one game, on or off. Raises NotFound."""
        if not 0 < game_id <= NUMBER_MAX:
            raise errors.NotFound
        row = await models.Game.get_or_none(id=game_id).select_related("provider")
        if row is None:
            raise errors.NotFound
        return self._view(row)

    async def find(
        self, text: str, limit: int = 10, *, free_spins_of: str | None = None
    ) -> list[Game]:
        """Search by title among all listed games, on or off; for staff.

        With ``free_spins_of``, among those that this provider gives free spins for.
        """
        if not is_storable(text):
            return []
        found = models.Game.filter(listed=True, title__icontains=text[:QUERY_LENGTH_MAX])
        if free_spins_of is not None:
            found = found.filter(provider_id=free_spins_of, has_free_spins=True)
        rows = await found.order_by("id").limit(limit).select_related("provider")
        return [self._view(row) for row in rows]

    async def states(self) -> list[ProviderState]:
        """List the wired providers and whether they are on; for staff."""
        rows = await models.Provider.filter(id__in=list(self.providers)).order_by("id")
        syncs = await sync.states()
        return [
            ProviderState(
                row.id,
                row.title,
                row.enabled,
                await models.Game.filter(provider_id=row.id, listed=True).count(),
                syncs.get(row.id, NEVER_SYNCED),
            )
            for row in rows
        ]

    def known_id(self, provider_id: str, external_id: str) -> int | None:
        """Return our number of a provider's game if it is remembered; it never changes."""
        return self._ids.get((provider_id, external_id))

    async def game_id(self, provider_id: str, external_id: str) -> int | None:
        """Return our number of a provider's game, or None; remembered, it never changes."""
        known = self.known_id(provider_id, external_id)
        if known is not None:
            return known
        if not 0 < len(external_id) <= ID_LENGTH_MAX or not is_storable(external_id):
            return None
        row = await models.Game.get_or_none(provider_id=provider_id, external_id=external_id)
        if row is None:
            return None
        self._ids.keep((provider_id, external_id), row.id)
        return row.id

    def _view(self, row: models.Game) -> Game:
        provider = self.providers.get(row.provider_id)
        return Game(
            row.id,
            row.provider_id,
            row.external_id,
            row.title,
            row.studio,
            Category(row.category),
            row.image_url,
            row.rtp_ppm,
            row.has_demo,
            own=provider is not None and provider.manifest.own_games,
            enabled=row.listed and row.enabled and row.provider.enabled,
            has_free_spins=row.has_free_spins,
            has_tables=row.has_tables,
            volatility=None if row.volatility is None else Volatility(row.volatility),
            features=tuple(row.features),
            new_on=row.released_on or row.created_at.date(),
            currencies=taken(row.currencies, provider),
            devices=tuple(row.devices),
            restricted_countries=tuple(row.restricted_countries),
        )
