"""Games as the lobby shows them, and what it may be asked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from casino.play.provider import Category, Volatility

PAGE_MAX = 500


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
    has_free_spins: bool = False
    has_tables: bool = False
    volatility: Volatility | None = None
    features: tuple[str, ...] = ()
    new_on: date | None = None  # released, or listed here for the first time
    currencies: tuple[str, ...] = ()  # that it takes; empty: every one of ours
    devices: tuple[str, ...] = ()  # "desktop", "mobile"; empty: any
    restricted_countries: tuple[str, ...] = ()  # ISO 3166 alpha-2

    def takes(self, code: str) -> bool:
        """Say whether it is played in one of our currencies."""
        return not self.currencies or code in self.currencies


class Sort(enum.StrEnum):
    """In which order; a search without one shows what fits best first."""

    POPULAR = "popular"
    NEW = "new"
    TITLE = "title"
    RTP = "rtp"


class Collection(enum.StrEnum):
    """A choice of games by what the house, or the player, has done with them."""

    POPULAR = "popular"
    NEW = "new"
    HAS_DEMO = "has_demo"
    FREE_SPINS = "free_spins"
    FAVOURITES = "favourites"
    RECENT = "recent"

    @property
    def personal(self) -> bool:
        """Whether it is a player's own."""
        return self in (Collection.FAVOURITES, Collection.RECENT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which games: what is empty or None asks for nothing. All of ``tags`` and ``features``."""

    query: str = ""
    category: str | None = None
    studio: str | None = None
    provider: str | None = None
    volatility: str | None = None
    tags: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    collection: Collection | None = None
    device: str | None = None
    country: str | None = None  # ISO 3166 alpha-2: games restricted there are left out
    currencies: tuple[str, ...] | None = None  # playable with any of these


@dataclass(frozen=True, slots=True)
class Page:
    """A page of games; ``next`` continues it."""

    games: tuple[Game, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many games each further filter would leave, the most first."""

    games: int = 0
    categories: tuple[tuple[str, int], ...] = ()
    studios: tuple[tuple[str, int], ...] = ()
    providers: tuple[tuple[str, int], ...] = ()
    volatilities: tuple[tuple[str, int], ...] = ()
    features: tuple[tuple[str, int], ...] = ()
    tags: tuple[tuple[str, int], ...] = ()
