"""What staff may do with a provider, from a look at it to what differs from its reports."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casino import errors
from casino.backoffice.trail import Staff, kept_reason, note
from casino.clock import Clock
from casino.money import CURRENCIES, Currency
from casino.play import Capability, Game, Manifest, Play, Provider, ProviderState
from casino.play.capabilities import SelfValidation, TestsItself
from casino.play.findings import Finding, Run, count_open, finding, newest_run, open_findings
from casino.play.findings import resolve as resolve_finding
from casino.play.free_spins import Award, Given
from casino.play.health import State, Trouble
from casino.play.reconciliation import Reconciled, Reconciler
from casino.play.revenue import GameDay, Standings, revenue, standings
from casino.players import Players
from casino.text import storable
from db.database import Database, transaction

VALIDATION_S = 150  # longer than any adapter's own deadline
COMPARISON_S = 1_800
CHECKS_KEPT_MAX, CHECK_LENGTH_MAX = 50, 300
GAMES_FOUND_MAX = 10


class Period(enum.StrEnum):
    """A span of UTC days up to the present one."""

    TODAY = "d"
    YESTERDAY = "y"
    WEEK = "w"  # seven days
    MONTH = "m"  # the calendar's, so far

    def days(self, today: date) -> tuple[date, date]:
        """Return its first and its last day."""
        match self:
            case Period.TODAY:
                return today, today
            case Period.YESTERDAY:
                return today - timedelta(days=1), today - timedelta(days=1)
            case Period.WEEK:
                return today - timedelta(days=6), today
            case Period.MONTH:
                return today.replace(day=1), today


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """What staff see of a provider first."""

    manifest: Manifest
    state: ProviderState
    health: State
    trouble: Trouble | None
    findings: int

    def can(self, capability: Capability) -> bool:
        """Say whether it can do this."""
        return capability in self.manifest.capabilities


class ProviderDesk:
    """Acts of staff on providers."""

    def __init__(
        self,
        database: Database,
        play: Play,
        players: Players,
        reconciler: Reconciler,
        clock: Clock,
    ) -> None:
        """Work on open services."""
        self._database = database
        self._play = play
        self._players = players
        self._reconciler = reconciler
        self._clock = clock

    @property
    def _providers(self) -> Mapping[str, Provider]:
        return self._play.catalogue.providers

    async def page(self, provider_id: str) -> ProviderPage:
        """Show a provider as it is now. Raises NotFound."""
        provider = self._provider(provider_id)
        states = {state.id: state for state in await self._play.catalogue.states()}
        if provider_id not in states:
            raise errors.NotFound
        return ProviderPage(
            provider.manifest,
            states[provider_id],
            self.health(provider_id),
            self._play.health.trouble(provider_id),
            await count_open(provider_id),
        )

    def health(self, provider_id: str) -> State:
        """Say how a provider does."""
        return self._play.health.state(provider_id)

    async def sync(self, staff: Staff, provider_id: str) -> int:
        """Take over its list of games now; returns how many it has.

        Raises NotFound, ProviderUnavailable.
        """
        provider = self._provider(provider_id)
        await note(staff, "sync", f"provider:{provider_id}")
        return await self._play.catalogue.sync(self._play.health.watched(provider))

    async def self_validate(self, staff: Staff, provider_id: str) -> SelfValidation:
        """Have the vendor test our callbacks, on its newest session for money.

        Raises NotFound where it cannot, ProviderUnavailable.
        """
        provider: object = self._provider(provider_id)
        if not isinstance(provider, TestsItself):
            raise errors.NotFound
        target = f"provider:{provider_id}"
        await note(staff, "validate", target)
        async with asyncio.timeout(VALIDATION_S):
            found = await provider.self_validate()
        checks = [storable(check, CHECK_LENGTH_MAX) for check in found.log[-CHECKS_KEPT_MAX:]]
        detail = {"success": found.success, "checks": len(found.log), "last": checks}
        await note(staff, "validated", target, detail=detail)
        return found

    # Free spins

    async def games_with_spins(self, provider_id: str, text: str) -> list[Game]:
        """Search the games of a provider that free spins can be given for."""
        return await self._play.catalogue.find(text, GAMES_FOUND_MAX, free_spins_of=provider_id)

    async def game(self, game_id: int) -> Game:
        """Return a game that free spins can be given for. Raises NotFound, GameUnavailable."""
        game = await self._play.catalogue.game(game_id)
        if not game.has_free_spins or not self.gives_spins(game.provider_id):
            raise errors.GameUnavailable
        return game

    def gives_spins(self, provider_id: str) -> bool:
        """Say whether a provider gives free spins."""
        provider = self._providers.get(provider_id)
        return provider is not None and Capability.FREE_SPINS in provider.manifest.capabilities

    def currencies(self, provider_id: str) -> tuple[Currency, ...]:
        """List the currencies that a provider plays in. Raises NotFound."""
        named = self._provider(provider_id).manifest.currencies
        found = dict.fromkeys(wire.currency for wire in named)
        return tuple(found) or tuple(CURRENCIES.values())

    async def award(self, staff: Staff, award: Award, reason: str, ref: str) -> bool:
        """Give free spins, once per reference; False: the provider is away, and asked again.

        Raises NotFound, GameUnavailable, Malformed, ReasonMissing, KeyReused, FreeSpinsRefused.
        """
        reason = kept_reason(reason)
        player = await self._players.get(award.player_id)
        spins = self._play.free_spins
        async with transaction():
            if await spins.order(ref, award):
                detail = {
                    "ref": ref,
                    "games": list(award.game_ids),
                    "quantity": award.quantity,
                    "stake": award.stake.text(),
                    "currency": award.stake.currency.code,
                    "valid_until": award.valid_until.isoformat(),
                }
                await note(staff, "award_spins", f"player:{player.id}", reason, detail)
        return await spins.ask(ref)

    async def awards(self, player_id: int, limit: int = 10) -> list[Given]:
        """List the free spins of a player, newest first."""
        return await self._play.free_spins.of_player(player_id, limit)

    async def given(self, number: int) -> Given:
        """Return free spins by number. Raises NotFound."""
        return await self._play.free_spins.given(number)

    async def forfeit(self, staff: Staff, number: int, reason: str) -> bool:
        """Take back what was not played; False where they had ended already.

        Raises NotFound, ReasonMissing, ProviderUnavailable, FreeSpinsRefused.
        """
        reason = kept_reason(reason)
        given = await self.given(number)
        spins = self._play.free_spins
        if not await spins.take_back(given.ref):
            return False
        async with transaction():
            done = await spins.note_cancelled(given.ref)
            if done:
                target = f"player:{given.player_id}"
                await note(staff, "forfeit_spins", target, reason, {"ref": given.ref})
        return done

    # Reconciliation

    async def findings(self, provider_id: str, limit: int, skip: int = 0) -> list[Finding]:
        """List the differences that stand, newest first. Raises NotFound."""
        self._provider(provider_id)
        return await open_findings(provider_id, limit, skip)

    async def newest_run(self, provider_id: str) -> Run | None:
        """Return the comparison that was begun last."""
        return await newest_run(provider_id)

    async def finding(self, number: int) -> Finding:
        """Return one difference. Raises NotFound."""
        return await finding(number)

    def reports(self, provider_id: str) -> bool:
        """Say whether a provider's transactions can be read back and compared."""
        provider = self._providers.get(provider_id)
        return provider is not None and Capability.REPORT in provider.manifest.capabilities

    async def resolve(self, staff: Staff, number: int, reason: str) -> bool:
        """Close a difference with a word on why; False where it was closed already.

        Raises NotFound, ReasonMissing.
        """
        async with transaction():
            done = await resolve_finding(number, self._clock.now())
            if done:
                await note(staff, "resolve", f"finding:{number}", reason)
        return done

    async def compare(self, staff: Staff, provider_id: str, day: date) -> Reconciled:
        """Compare one UTC day with the provider's report of it.

        Raises TooEarly, NotFound, ProviderUnavailable, Busy.
        """
        self._provider(provider_id)
        await note(staff, "compare", f"provider:{provider_id}", detail={"day": day.isoformat()})
        async with asyncio.timeout(COMPARISON_S):
            return await self._reconciler.of_day(provider_id, day)

    def yesterday(self) -> date:
        """Return the UTC day that is over."""
        return self._clock.now().date() - timedelta(days=1)

    # Revenue

    async def standings(self, provider_id: str | None, period: Period) -> Standings:
        """Sum up one provider and its games, or all of them. Raises NotFound."""
        return await standings(self._database, self._named(provider_id), *self.span(period))

    async def game_days(
        self, provider_id: str | None, period: Period, limit: int
    ) -> list[GameDay]:
        """Sum up every game by day, at most ``limit`` rows. Raises NotFound."""
        first, last = self.span(period)
        return await revenue(self._database, self._named(provider_id), first, last, limit)

    def span(self, period: Period) -> tuple[date, date]:
        """Return the first and the last day of a period."""
        return period.days(self._clock.now().date())

    def now(self) -> datetime:
        """Return the present moment."""
        return self._clock.now()

    def _provider(self, provider_id: str) -> Provider:
        provider = self._providers.get(provider_id)
        if provider is None:
            raise errors.NotFound
        return provider

    def _named(self, provider_id: str | None) -> list[str]:
        return (
            list(self._providers)
            if provider_id is None
            else [self._provider(provider_id).manifest.id]
        )
