"""What passes between a provider's adapter and the house."""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

from casino import errors
from casino.money import Currency
from casino.surfaces import Surface
from casino.wallet.operations import Op


class UnknownPlayer(errors.NotFound):
    """The provider names a player who is none of ours."""


class GameCall(msgspec.Struct, frozen=True):
    """What one provider callback asks of the wallet: one player, one currency, all or nothing.

    ``player_ref``, ``session_ref`` and ``game_ref`` are what the launch sent. Session and game are
    asked for stakes only; credits and reversals are never refused for them.
    """

    player_ref: str
    currency: Currency
    ops: tuple[Op, ...]
    session_ref: str | None = None
    game_ref: str | None = None


class PlayerSession(msgspec.Struct, frozen=True):
    """Who a session belongs to; ``alive`` as far as a look without a lock can say."""

    player_ref: str
    player_name: str
    language: str
    currency: Currency
    game_ref: str
    alive: bool


class Visit(NamedTuple):
    """From where a player opens a game."""

    surface: Surface
    device: str  # "mobile" or "desktop"
    ip: str = ""
    country: str | None = None  # ISO 3166 alpha-2, where known


class EndedSpins(enum.StrEnum):
    """How free spins ended."""

    PLAYED = "played"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
