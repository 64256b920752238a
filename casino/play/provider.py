"""The provider contract: what every source of games implements, in the casino's words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from casino.errors import TryLater


class ProviderUnavailable(TryLater):
    """The provider did not answer, or answered nonsense; the player may try again."""

    code = "provider-unavailable"


class Category(enum.StrEnum):
    """How the lobby groups a game."""

    SLOTS = "slots"
    LIVE = "live"
    CRASH = "crash"
    TABLE = "table"
    INSTANT = "instant"


class LateOriginals(enum.StrEnum):
    """What a late original gets after its reversal came first. It moves no money either way."""

    ACCEPT = "accept_noop"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a provider declares about itself."""

    id: str
    title: str
    late_originals: LateOriginals
    frame_origins: tuple[str, ...] = ()  # origins that its games are framed from
    own_games: bool = False  # played on our own pages through the API, not in a frame


@dataclass(frozen=True, slots=True)
class GameEntry:
    """A game as its provider's catalogue lists it."""

    external_id: str
    title: str
    category: Category
    studio: str
    image_url: str | None = None
    rtp_ppm: int | None = None  # return to player in millionths, where published
    has_demo: bool = False


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What a provider needs to open one game for one player."""

    session_ref: str  # ours; comes back in callbacks
    player_ref: str  # ours; comes back in callbacks
    player_name: str
    game_external_id: str
    currency: str
    demo: bool
    language: str
    device: str  # "mobile" or "desktop"
    return_url: str
    surface: str = "web"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request from a provider, exactly as it arrived."""

    method: str
    path: str  # what follows /providers/<id>, without the slash
    query: str  # raw
    headers: Mapping[str, str]  # names lower-cased
    body: bytes  # raw


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the provider."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    """A source of games that plays against the shared wallet."""

    @property
    def manifest(self) -> Manifest:
        """What it declares."""

    async def catalogue(self) -> list[GameEntry]:
        """List every game on offer. Raises ProviderUnavailable; never a partial list."""

    async def launch(self, request: LaunchRequest) -> str:
        """Return the address of one opened game. Raises ProviderUnavailable."""

    async def answer(self, call: Call) -> Reply:
        """Verify a callback over its raw bytes, perform it through ``casino.play``, and reply.

        Never raises: what goes wrong becomes the protocol's own error.
        """

    async def close(self) -> None:
        """Release connections."""
