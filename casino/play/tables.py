"""Tables of live lobbies: asked of their providers, and believed for a few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from casino import errors
from casino.money import Currency, InvalidAmount, Money
from casino.play.capabilities import HasTables, Table
from casino.play.eligibility import TableNotChosen, TableUnavailable
from casino.play.health import Health
from casino.play.lobby_games import Game
from casino.play.manifest import Capability, Manifest
from casino.play.provider import Provider
from casino.play.remembered import Remembered
from casino.text import is_storable, storable

log = structlog.get_logger(__name__)

ASK_S = 8.0
GOOD_FOR_S = 15.0
# Who names a table that is not listed has perhaps heard of it from another process.
FRESH_S = 2.0
LISTS_REMEMBERED = 1_000
TABLES_MAX = 500
REF_LENGTH_MAX = 512
TEXT_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class OfferedTable:
    """A table as a player is shown it; ``least`` and ``most`` may be staked, where known."""

    ref: str
    title: str
    dealer: str | None
    open: bool
    least: Money | None
    most: Money | None


@dataclass(frozen=True, slots=True)
class _Listed:
    tables: tuple[OfferedTable, ...]
    at: float  # by the loop's clock


class Tables:
    """The tables of every game that has some, by game and currency."""

    def __init__(self, providers: Mapping[str, Provider], health: Health) -> None:
        """Ask nobody yet."""
        self._providers = providers
        self._health = health
        self._lists: Remembered[tuple[int, int], _Listed] = Remembered(LISTS_REMEMBERED)
        self._asking: dict[tuple[int, int], asyncio.Future[_Listed]] = {}

    async def of(
        self, game: Game, currency: Currency, *, younger_than_s: float = GOOD_FOR_S
    ) -> tuple[OfferedTable, ...]:
        """List the tables of a game, as they were a moment ago.

        Everybody who asks at the same time shares one answer. Raises GameUnavailable where a game
        has no tables, ProviderUnavailable.
        """
        provider = self._providers.get(game.provider_id)
        if (
            not game.has_tables
            or provider is None
            or Capability.TABLES not in provider.manifest.capabilities
            or not isinstance(provider, HasTables)
        ):
            raise errors.GameUnavailable
        key = game.id, currency.id
        known = self._lists.get(key)
        if known is not None and asyncio.get_running_loop().time() < known.at + younger_than_s:
            return known.tables
        asking = self._asking.get(key)
        if asking is None:
            asked = self._ask(provider, provider.manifest, game, currency)
            asking = asyncio.ensure_future(asked)
            self._asking[key] = asking
            asking.add_done_callback(lambda done: self._answered(key, done))
        # Whoever gives up waiting takes nothing from the others.
        return (await asyncio.shield(asking)).tables

    async def require(self, game: Game, currency: Currency, ref: str | None) -> None:
        """Refuse a table that cannot be sat down at.

        Raises TableNotChosen, TableUnavailable, GameUnavailable, ProviderUnavailable.
        """
        if ref is None:
            raise TableNotChosen
        for younger_than_s in (GOOD_FOR_S, FRESH_S):
            tables = await self.of(game, currency, younger_than_s=younger_than_s)
            if any(table.ref == ref and table.open for table in tables):
                return
        raise TableUnavailable

    async def _ask(
        self, lobby: HasTables, manifest: Manifest, game: Game, currency: Currency
    ) -> _Listed:
        async def listed() -> list[Table]:
            async with asyncio.timeout(ASK_S):
                return await lobby.tables(game.external_id, currency)

        given = await self._health.call(manifest.id, listed)
        wire = manifest.wire_of(currency.code)
        code = currency.code if wire is None else wire.code
        found = {
            table.ref: _offered(table, code, currency)
            for table in given[:TABLES_MAX]
            if 0 < len(table.ref) <= REF_LENGTH_MAX and is_storable(table.ref)
        }
        if len(found) < len(given):
            log.warning("tables left out", provider=manifest.id, game=game.id, given=len(given))
        return _Listed(tuple(found.values()), asyncio.get_running_loop().time())

    def _answered(self, key: tuple[int, int], done: asyncio.Future[_Listed]) -> None:
        del self._asking[key]
        if not done.cancelled() and done.exception() is None:
            self._lists.keep(key, done.result())


def _offered(table: Table, wire: str, currency: Currency) -> OfferedTable:
    """Show a table in one currency; what a provider says has no bounds of its own."""
    least, most = next(((low, high) for code, low, high in table.limits if code == wire), ("", ""))
    return OfferedTable(
        table.ref,
        storable(table.title, TEXT_LENGTH_MAX),
        storable(table.dealer, TEXT_LENGTH_MAX) if table.dealer else None,
        table.open,
        _amount(least, currency),
        _amount(most, currency),
    )


def _amount(text: str, currency: Currency) -> Money | None:
    """Read a limit; None where there is none, or none that could be staked."""
    try:
        return Money.parse(text, currency) or None
    except InvalidAmount:
        return None
