"""The catalogue: which games exist, and which of them are on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from casino import errors
from casino.play.provider import Category, GameEntry, Provider
from casino.play.remembered import Remembered
from casino.text import is_storable, storable
from db import models
from db.database import transaction

log = structlog.get_logger(__name__)

SYNC_EVERY_S = 3_600
SYNC_RETRY_S = 5
QUERY_LENGTH_MAX = 64
ID_LENGTH_MAX, TITLE_LENGTH_MAX, STUDIO_LENGTH_MAX, URL_LENGTH_MAX = 128, 128, 64, 512
NUMBER_MAX = 2**31 - 1
GAMES_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Game:
    """A game as the lobby shows it."""

    id: int
    provider_id: str
    external_id: str
    title: str
    studio: str
    category: Category
    image_url: str | None
    rtp_ppm: int | None
    has_demo: bool
    own: bool  # played on our own page; ``external_id`` is its slug
    enabled: bool


@dataclass(frozen=True, slots=True)
class ProviderState:
    """A provider, whether staff have it on, and how many games it lists."""

    id: str
    title: str
    enabled: bool
    games: int


class Catalogue:
    """Every game of every registered provider, kept in step with the providers."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        """Take the registry of providers, by id, wired once at start."""
        self.providers = providers
        self._ids: Remembered[tuple[str, str], int] = Remembered(GAMES_REMEMBERED)

    async def keep_in_step(self, provider: Provider) -> None:
        """Sync one provider's games for ever; an outage keeps the last good list."""
        while True:
            try:
                await self.sync(provider)
            except errors.LATER as outage:
                log.warning(
                    "catalogue: not synced", provider=provider.manifest.id, error=str(outage)
                )
                await asyncio.sleep(SYNC_RETRY_S)
            else:
                await asyncio.sleep(SYNC_EVERY_S)

    async def register(self) -> None:
        """Make every wired provider known, so that it can be switched."""
        for provider in self.providers.values():
            await models.Provider.get_or_create(
                id=provider.manifest.id, defaults={"title": provider.manifest.title}
            )

    async def sync(self, provider: Provider) -> int:
        """Take over a provider's complete list; games it no longer lists leave the lobby."""
        provider_id = provider.manifest.id
        listed = [_fit(entry) for entry in await provider.catalogue()]
        entries = {entry.external_id: entry for entry in listed if entry is not None}
        if None in listed:
            log.warning("catalogue: entries left out", provider=provider_id)
        async with transaction() as tx:
            # Processes that start together take turns: the second one finds the games there.
            await tx.raw.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"catalogue:{provider_id}"
            )
            known = {
                g.external_id: g
                for g in await models.Game.filter(provider_id=provider_id).select_for_update()
            }
            for entry in entries.values():
                await _store(provider_id, known.get(entry.external_id), entry)
            gone = [g.id for g in known.values() if g.listed and g.external_id not in entries]
            if gone:
                await models.Game.filter(id__in=gone).update(listed=False)
        log.info("catalogue: synced", provider=provider_id, games=len(entries), gone=len(gone))
        return len(entries)

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

    async def find(self, text: str, limit: int = 10) -> list[Game]:
        """Search by title among all listed games, on or off; for staff."""
        if not is_storable(text):
            return []
        rows = (
            await models.Game.filter(listed=True, title__icontains=text[:QUERY_LENGTH_MAX])
            .order_by("id")
            .limit(limit)
            .select_related("provider")
        )
        return [self._view(row) for row in rows]

    async def states(self) -> list[ProviderState]:
        """List the wired providers and whether they are on; for staff."""
        rows = await models.Provider.filter(id__in=list(self.providers)).order_by("id")
        return [
            ProviderState(
                row.id,
                row.title,
                row.enabled,
                await models.Game.filter(provider_id=row.id, listed=True).count(),
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
        )


def _fit(entry: GameEntry) -> GameEntry | None:
    """Cut an entry to what can be stored; one whose id cannot be kept as it is is left out."""
    if not 0 < len(entry.external_id) <= ID_LENGTH_MAX or not is_storable(entry.external_id):
        return None
    url, rtp_ppm = entry.image_url, entry.rtp_ppm
    return replace(
        entry,
        title=storable(entry.title, TITLE_LENGTH_MAX) or entry.external_id,
        studio=storable(entry.studio, STUDIO_LENGTH_MAX),
        image_url=url if url and len(url) <= URL_LENGTH_MAX and is_storable(url) else None,
        rtp_ppm=rtp_ppm if rtp_ppm is not None and 0 <= rtp_ppm <= NUMBER_MAX else None,
    )


async def _store(provider_id: str, known: models.Game | None, entry: GameEntry) -> None:
    game = known or models.Game(provider_id=provider_id, external_id=entry.external_id)
    game.title, game.studio, game.category = entry.title, entry.studio, entry.category.value
    game.image_url, game.rtp_ppm = entry.image_url, entry.rtp_ppm
    game.has_demo, game.listed = entry.has_demo, True
    await game.save()
