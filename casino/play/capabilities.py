"""What a provider may offer beyond games: a protocol for each ``Capability`` of its manifest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from casino.errors import PlayerError
from casino.money import Currency
from casino.wallet.operations import Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a live lobby; ``ref`` goes into the launch."""

    ref: str
    title: str
    dealer: str | None
    open: bool
    limits: tuple[tuple[str, str, str], ...] = ()  # (currency, least, most) as the wire has them


@runtime_checkable
class HasTables(Protocol):
    """Its games may have a lobby whose table is chosen before the launch."""

    async def tables(self, game_ref: str, currency: Currency) -> list[Table]:
        """List the tables of one game.

        Raises ProviderUnavailable; GameUnavailable where it answers that there are none such.
        """


@dataclass(frozen=True, slots=True)
class FreeSpinGrant:
    """Free spins for one player, as they are asked of the provider.

    ``ref`` is ours and comes back with the wins; ``stake_units`` is that of one spin, in minor
    units; ``option`` is whatever else names the stake on the wire (a bet level, a bet id).
    """

    ref: str
    player_ref: str
    player_name: str
    player_country: str | None
    player_since: datetime
    language: str
    game_refs: tuple[str, ...]
    studio: str
    currency: Currency
    quantity: int
    stake_units: int
    valid_from: datetime
    valid_until: datetime
    option: str | None = None


class FreeSpinsRefused(PlayerError):
    """The provider will not give or take back these free spins; ``why`` is its own word."""

    code = "free-spins-refused"


@runtime_checkable
class GivesFreeSpins(Protocol):
    """Players can be given spins that the house pays for."""

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        """Give them; a repeat with the same ``ref`` gives none twice.

        Raises ProviderUnavailable, FreeSpinsRefused.
        """

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        """Take back what was not played. Raises ProviderUnavailable, FreeSpinsRefused."""


@dataclass(frozen=True, slots=True)
class RoundDetails:
    """What the provider shows of one round: an address to open, or facts by name."""

    url: str | None
    facts: tuple[tuple[str, str], ...] = ()


@runtime_checkable
class ShowsRounds(Protocol):
    """Staff can see what a round was made of."""

    async def round_details(self, round_ref: str, studio: str) -> RoundDetails:
        """Show one round. Raises ProviderUnavailable."""


@dataclass(frozen=True, slots=True)
class Jackpot:
    """One jackpot as it stands; ``units`` are minor units."""

    title: str
    currency: Currency
    units: int


@runtime_checkable
class HasJackpots(Protocol):
    """It publishes jackpots."""

    async def jackpots(self) -> list[Jackpot]:
        """List them. Raises ProviderUnavailable."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One transaction as the vendor's report has it; ``units`` are minor units, never negative."""

    key: str  # the key that its callback had
    player_ref: str
    currency: Currency
    kind: Kind
    units: int
    round_ref: str | None
    at: datetime


@runtime_checkable
class Reports(Protocol):
    """Its transactions can be read back, to be compared with ours."""

    def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        """Yield what it settled in a span of time. Raises ProviderUnavailable."""


@dataclass(frozen=True, slots=True)
class SelfValidation:
    """What the vendor's own test of our callbacks found."""

    success: bool
    log: tuple[str, ...]


@runtime_checkable
class TestsItself(Protocol):
    """The vendor can test our callbacks on request."""

    async def self_validate(self) -> SelfValidation:
        """Have it test them. Raises ProviderUnavailable."""
