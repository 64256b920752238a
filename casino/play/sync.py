"""Taking over a provider's list: written down whole, then page by page, only what is new."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec

from casino.play.lobby_text import search_text
from casino.play.provider import GameEntry
from casino.text import is_storable, storable
from db.database import transaction

PAGE = 500
ID_LENGTH_MAX, TITLE_LENGTH_MAX, STUDIO_LENGTH_MAX, URL_LENGTH_MAX = 128, 128, 64, 512
NUMBER_MAX = 2**31 - 1
LABEL_LENGTH_MAX, LABELS_MAX = 32, 32
COUNTRIES_MAX = 250
ERROR_LENGTH_MAX = 200
LEARN_FROM = 1_000  # changed games

# The list as it stands now is found whole or not at all: whoever else syncs waits at this row.
_LOCK = """
INSERT INTO catalogue_syncs AS s (provider_id) VALUES ($1)
ON CONFLICT (provider_id) DO UPDATE SET version = s.version RETURNING s.listed
"""
_BEGIN = """
INSERT INTO catalogue_syncs (provider_id, started_at) VALUES ($1, now())
ON CONFLICT (provider_id) DO UPDATE SET started_at = now()
"""
_FAILED = "UPDATE catalogue_syncs SET error = $2 WHERE provider_id = $1"
_STORE_PAGES = """
INSERT INTO catalogue_pages (provider_id, page, entries)
SELECT $1, p.n, p.entries::json FROM unnest($2::text[]) WITH ORDINALITY AS p (entries, n)
"""
_GONE = """
UPDATE games SET listed = false
WHERE provider_id = $1 AND listed AND NOT external_id = ANY ($2::text[])
"""
_STAGED = """
UPDATE catalogue_syncs SET listed = $2, seen = 0, changed = 0, gone = $3, error = NULL,
    version = version + ($3 > 0)::integer
WHERE provider_id = $1
"""
_TAKE_PAGE = """
DELETE FROM catalogue_pages WHERE provider_id = $1 AND page = (
    SELECT min(p.page) FROM catalogue_pages p WHERE p.provider_id = $1
) RETURNING entries::text
"""
# One statement for a page. ``enabled`` is not the provider's to say: it is never written here.
_APPLY = """
WITH e AS MATERIALIZED (
    SELECT * FROM json_to_recordset($2::text::json) AS e (
        n integer, external_id text, title text, studio text, category text, image_url text,
        rtp_ppm integer, has_demo boolean, has_free_spins boolean, has_tables boolean,
        volatility text, tags text[], features text[], devices text[], currencies text[],
        restricted_countries text[], released_on date, search text)
), changed AS (
    UPDATE games g SET title = e.title, studio = e.studio, category = e.category,
        image_url = e.image_url, rtp_ppm = e.rtp_ppm, has_demo = e.has_demo,
        has_free_spins = e.has_free_spins, has_tables = e.has_tables, volatility = e.volatility,
        tags = e.tags, features = e.features, devices = e.devices, currencies = e.currencies,
        restricted_countries = e.restricted_countries, released_on = e.released_on,
        search = e.search, listed = true
    FROM e
    WHERE g.provider_id = $1 AND g.external_id = e.external_id AND (NOT g.listed
        OR (g.title, g.studio, g.category, g.image_url, g.rtp_ppm, g.has_demo, g.has_free_spins,
            g.has_tables, g.volatility, g.tags, g.features, g.devices, g.currencies,
            g.restricted_countries, g.released_on, g.search)
        IS DISTINCT FROM (e.title, e.studio, e.category, e.image_url, e.rtp_ppm, e.has_demo,
            e.has_free_spins, e.has_tables, e.volatility, e.tags, e.features, e.devices,
            e.currencies, e.restricted_countries, e.released_on, e.search))
    RETURNING g.id
), added AS (
    INSERT INTO games (provider_id, external_id, title, studio, category, image_url, rtp_ppm,
        has_demo, has_free_spins, has_tables, volatility, tags, features, devices, currencies,
        restricted_countries, released_on, search, listed, enabled, created_at)
    SELECT $1, e.external_id, e.title, e.studio, e.category, e.image_url, e.rtp_ppm,
        e.has_demo, e.has_free_spins, e.has_tables, e.volatility, e.tags, e.features, e.devices,
        e.currencies, e.restricted_countries, e.released_on, e.search, true, true, now()
    FROM e WHERE NOT EXISTS (
        SELECT FROM games g WHERE g.provider_id = $1 AND g.external_id = e.external_id)
    ORDER BY e.n
    RETURNING id
), counted AS (
    SELECT (SELECT count(*) FROM e) AS seen,
        (SELECT count(*) FROM changed) + (SELECT count(*) FROM added) AS changed
)
UPDATE catalogue_syncs s SET seen = s.seen + c.seen, changed = s.changed + c.changed,
    version = s.version + (c.changed > 0)::integer
FROM counted c WHERE s.provider_id = $1
"""
_STATES = """
SELECT provider_id, started_at, finished_at, listed, seen, changed, gone, error
FROM catalogue_syncs
"""
_FINISHED = """
UPDATE catalogue_syncs SET finished_at = now() WHERE provider_id = $1 RETURNING changed
"""
# The planner must know soon what many new games are like; it would look by itself in a minute.
_LEARN = "ANALYZE games, game_words, lobby_words"


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far a provider's catalogue has been taken over; ``error`` is the newest attempt's."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
    listed: int = 0
    seen: int = 0
    changed: int = 0
    gone: int = 0
    error: str | None = None

    @property
    def page(self) -> tuple[int, int] | None:
        """Which page of how many is being taken over; None where none is."""
        if self.seen >= self.listed:
            return None
        return self.seen // PAGE + 1, -(-self.listed // PAGE)

    @property
    def asking(self) -> bool:
        """Whether the newest attempt waits for the list, or was cut off while it did."""
        if self.started_at is None or self.page is not None or self.error is not None:
            return False
        return self.finished_at is None or self.started_at > self.finished_at


NEVER_SYNCED = SyncState()


async def begin(provider_id: str) -> None:
    """Note that the list is being asked for."""
    async with transaction() as tx:
        await tx.raw.execute(_BEGIN, provider_id)


async def failed(provider_id: str, error: str) -> None:
    """Note why there is no new list."""
    async with transaction() as tx:
        await tx.raw.execute(_FAILED, provider_id, storable(error, ERROR_LENGTH_MAX))


async def stage(provider_id: str, entries: Sequence[GameEntry]) -> int:
    """Write a new list down, in place of one that is not taken over yet.

    Games that it lacks leave the lobby at once; returns how many.
    """
    pages = await asyncio.to_thread(_pages, entries)  # much work for a process that serves others
    async with transaction() as tx:
        await tx.raw.fetchval(_LOCK, provider_id)
        await tx.raw.execute("DELETE FROM catalogue_pages WHERE provider_id = $1", provider_id)
        await tx.raw.execute(_STORE_PAGES, provider_id, pages)
        ids = [entry.external_id for entry in entries]
        gone = _count(await tx.raw.execute(_GONE, provider_id, ids))
        await tx.raw.execute(_STAGED, provider_id, len(entries), gone)
    return gone


async def take_over(provider_id: str) -> None:
    """Take over what is written down, a page a transaction, until nothing is left.

    Several processes may do so at once, and one that ended in the middle goes on where it was.
    """
    while await _next_page(provider_id):
        pass


async def states() -> dict[str, SyncState]:
    """Return how far each provider's catalogue is, by provider."""
    async with transaction() as tx:
        return {row["provider_id"]: _state(row) for row in await tx.raw.fetch(_STATES)}


async def is_unfinished(provider_id: str) -> bool:
    """Say whether a list is written down that has not been taken over to its end."""
    async with transaction() as tx:
        return bool(
            await tx.raw.fetchval(
                "SELECT EXISTS (SELECT FROM catalogue_pages WHERE provider_id = $1)", provider_id
            )
        )


async def seconds_since_finished(provider_id: str) -> float | None:
    """Return how long ago the newest list was taken over, by the database's clock."""
    async with transaction() as tx:
        found = await tx.raw.fetchval(
            "SELECT extract(epoch FROM now() - finished_at) FROM catalogue_syncs"
            " WHERE provider_id = $1 AND error IS NULL",
            provider_id,
        )
    return None if found is None else float(found)


async def _next_page(provider_id: str) -> bool:
    async with transaction() as tx:
        await tx.raw.fetchval(_LOCK, provider_id)
        entries = await tx.raw.fetchval(_TAKE_PAGE, provider_id)
        if entries is not None:
            await tx.raw.execute(_APPLY, provider_id, entries)
            return True
        if await tx.raw.fetchval(_FINISHED, provider_id) >= LEARN_FROM:
            await tx.raw.execute(_LEARN)
        return False


def _count(status: str) -> int:
    """Read the number of rows from what a statement answered ("UPDATE 3")."""
    return int(status.rsplit(" ", 1)[-1])


def _state(row: Mapping[str, Any]) -> SyncState:
    return SyncState(**{name: row[name] for name in SyncState.__slots__})


def fit(entry: GameEntry) -> GameEntry | None:
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
        tags=_labels(entry.tags),
        features=_labels(entry.features),
        devices=_labels(entry.devices),
        currencies=tuple(c for c in entry.currencies if is_storable(c))[:LABELS_MAX],
        restricted_countries=_countries(entry.restricted_countries),
        released_on=_day(entry.released_on),
    )


def _labels(labels: Sequence[str]) -> tuple[str, ...]:
    found = (storable(label.strip().lower(), LABEL_LENGTH_MAX) for label in labels)
    return tuple(dict.fromkeys(label for label in found if label))[:LABELS_MAX]


def _countries(codes: Sequence[str]) -> tuple[str, ...]:
    found = (code.strip().upper() for code in codes)
    return tuple(dict.fromkeys(c for c in found if re.fullmatch("[A-Z]{2}", c)))[:COUNTRIES_MAX]


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        return None


def _pages(entries: Sequence[GameEntry]) -> list[str]:
    rows = [_row(n, entry) for n, entry in enumerate(entries)]
    return [msgspec.json.encode(rows[n : n + PAGE]).decode() for n in range(0, len(rows), PAGE)]


def _row(n: int, entry: GameEntry) -> dict[str, object]:
    return {
        "n": n,
        "external_id": entry.external_id,
        "title": entry.title,
        "studio": entry.studio,
        "category": entry.category,
        "image_url": entry.image_url,
        "rtp_ppm": entry.rtp_ppm,
        "has_demo": entry.has_demo,
        "has_free_spins": entry.has_free_spins,
        "has_tables": entry.has_tables,
        "volatility": entry.volatility,
        "tags": entry.tags,
        "features": entry.features,
        "devices": entry.devices,
        "currencies": entry.currencies,
        "restricted_countries": entry.restricted_countries,
        "released_on": entry.released_on,
        "search": search_text(entry.title, entry.studio),
    }
