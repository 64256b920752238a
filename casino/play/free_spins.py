"""Free spins: asked of a provider for one player, paid once when it says what they won."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from casino import errors
from casino.clock import Clock
from casino.ids import new_token
from casino.money import CURRENCY_BY_ID, Money
from casino.play.calls import EndedSpins
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused, GivesFreeSpins
from casino.play.catalogue import Catalogue
from casino.players import Player
from casino.text import is_storable
from casino.wallet import Answer, Applied, Batch, Kind, Op, Wallet
from db import models
from db.database import transaction

log = structlog.get_logger(__name__)

REF_LENGTH = 26  # 130 random bits
QUANTITY_MAX = 1_000
GAMES_MAX = 50
ISSUING, ACTIVE, REFUSED = "issuing", "active", "refused"
OPEN = (ISSUING, ACTIVE)
OPTION_LENGTH_MAX = 64

_ORDER = """
INSERT INTO free_spins (ref, provider_id, player_id, currency_id, games, studio, quantity,
    stake_units, option, valid_from, valid_until, status, created_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, 'issuing', now())
ON CONFLICT (ref) DO NOTHING RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Award:
    """Free spins as they are wanted; ``option`` names the stake on the wire where one must.

    The games are of one provider and one studio.
    """

    player_id: int
    game_ids: tuple[int, ...]
    quantity: int
    stake: Money
    valid_until: datetime
    option: str | None = None

    @property
    def stakes(self) -> Money:
        """What the house pays for the spins; what they win comes on top."""
        return Money(self.stake.units * self.quantity, self.stake.currency)


@dataclass(frozen=True, slots=True)
class Given:
    """Free spins of a player as they stand; ``won`` is None until they ended."""

    id: int
    ref: str
    provider_id: str
    player_id: int
    games: tuple[str, ...]  # titles, the provider's own ids where it lists them no more
    quantity: int
    stake: Money
    status: str
    won: Money | None
    created_at: datetime
    valid_until: datetime

    @property
    def is_open(self) -> bool:
        """Whether they can still be played, or will be asked for again."""
        return self.status in OPEN


class FreeSpins:
    """Gives free spins, takes them back, and pays what they won."""

    def __init__(self, wallet: Wallet, catalogue: Catalogue, clock: Clock) -> None:
        """Work on an open wallet and a wired catalogue."""
        self._wallet = wallet
        self._catalogue = catalogue
        self._clock = clock

    async def give(
        self,
        player: Player,
        game_ids: tuple[int, ...],
        quantity: int,
        stake: Money,
        valid_until: datetime,
        *,
        option: str | None = None,
    ) -> str:
        """Ask a provider for them; returns our reference.

        What was asked is stored first: if the provider is away, ``issue_waiting`` asks again.
        Raises NotFound, GameUnavailable, Malformed, FreeSpinsRefused.
        """
        ref = new_token(REF_LENGTH)
        await self.order(
            ref, Award(player.id, game_ids, quantity, stake, valid_until, option=option)
        )
        await self.ask(ref)
        return ref

    async def order(self, ref: str, award: Award) -> bool:
        """Store what is to be asked for, once per reference; False where it was stored before.

        Raises NotFound, GameUnavailable, Malformed, KeyReused.
        """
        if not 0 < award.quantity <= QUANTITY_MAX or not 0 < len(award.game_ids) <= GAMES_MAX:
            raise errors.Malformed
        if award.stake.units <= 0 or award.valid_until <= self._clock.now():
            raise errors.Malformed
        if not is_storable(option := award.option or "") or len(option) > OPTION_LENGTH_MAX:
            raise errors.Malformed
        games = [await self._catalogue.game(game_id) for game_id in award.game_ids]
        if len({(game.provider_id, game.studio) for game in games}) != 1:
            raise errors.Malformed
        self._desk(games[0].provider_id)
        refs = [game.external_id for game in games]
        async with transaction() as tx:
            if await tx.raw.fetchval(
                _ORDER,
                ref,
                games[0].provider_id,
                award.player_id,
                award.stake.currency.id,
                json.dumps(refs),
                games[0].studio,
                award.quantity,
                award.stake.units,
                award.option,
                self._clock.now(),
                award.valid_until,
            ):
                return True
        row = await models.FreeSpins.get(ref=ref)
        asked = (award.player_id, refs, award.quantity, award.stake.units, award.stake.currency.id)
        if asked != (row.player_id, row.games, row.quantity, row.stake_units, row.currency_id):
            raise errors.KeyReused
        return False

    async def ask(self, ref: str) -> bool:
        """Ask the provider for what was stored; False: it is away and will be asked again.

        Raises FreeSpinsRefused.
        """
        row = await models.FreeSpins.get(ref=ref)
        if row.status == REFUSED:
            raise FreeSpinsRefused(why="refused before")
        if row.status != ISSUING:
            return True
        try:
            await self._issue(row)
        except errors.TryLater as outage:
            log.warning("free spins: to be asked again", ref=row.ref, error=repr(outage))
            return False
        return True

    async def issue_waiting(self) -> int:
        """Ask again for those that could not be asked for; returns how many were given."""
        given = 0
        for row in await models.FreeSpins.filter(status=ISSUING).order_by("id").limit(100):
            if row.valid_until <= self._clock.now():
                await self._close(row, EndedSpins.EXPIRED.value, 0)
                continue
            try:
                await self._issue(row)
            except FreeSpinsRefused:
                continue
            given += 1
        return given

    async def cancel(self, ref: str) -> None:
        """Take back what was not played.

        Raises NotFound, ProviderUnavailable, FreeSpinsRefused.
        """
        if await self.take_back(ref):
            await self.note_cancelled(ref)

    async def take_back(self, ref: str) -> bool:
        """Have the provider take them back; False where they have ended already.

        Raises NotFound, ProviderUnavailable, FreeSpinsRefused.
        """
        row = await models.FreeSpins.get_or_none(ref=ref)
        if row is None:
            raise errors.NotFound
        if row.status not in OPEN:
            return False
        await self._desk(row.provider_id).cancel_free_spins(await self._grant(row))
        return True

    async def note_cancelled(self, ref: str) -> bool:
        """Close those that the provider took back; False where they have ended meanwhile."""
        return bool(
            await models.FreeSpins.filter(ref=ref, status__in=OPEN).update(
                status=EndedSpins.CANCELLED.value, ended_at=self._clock.now()
            )
        )

    async def end(
        self, provider_id: str, ref: str, status: EndedSpins, won_units: int
    ) -> Answer | None:
        """Pay what they won, once, and close them; None where the provider names none of ours."""
        if not is_storable(ref):
            return None
        row = await models.FreeSpins.get_or_none(ref=ref, provider_id=provider_id)
        if row is None:
            return None
        answer = await self._wallet.apply(
            Batch(
                row.player_id,
                CURRENCY_BY_ID[row.currency_id],
                provider_id,
                (Op(Kind.FREE_SPIN_WIN, f"freespins:{ref}", won_units),),
            )
        )
        if isinstance(answer, Applied):
            await self._close(row, status.value, won_units)
        return answer

    async def of_player(self, player_id: int, limit: int = 20) -> list[Given]:
        """List a player's, newest first; for staff."""
        rows = await models.FreeSpins.filter(player_id=player_id).order_by("-id").limit(limit)
        return await _given(rows)

    async def given(self, number: int) -> Given:
        """Return one; for staff. Raises NotFound."""
        found = await _given(await models.FreeSpins.filter(id=number))
        if not found:
            raise errors.NotFound
        return found[0]

    async def _issue(self, row: models.FreeSpins) -> None:
        try:
            await self._desk(row.provider_id).issue_free_spins(await self._grant(row))
        except FreeSpinsRefused:
            await self._close(row, REFUSED, 0)
            raise
        await models.FreeSpins.filter(id=row.id, status=ISSUING).update(status=ACTIVE)

    async def _close(self, row: models.FreeSpins, status: str, won_units: int) -> None:
        await models.FreeSpins.filter(id=row.id).update(
            status=status, ended_at=self._clock.now(), won_units=won_units
        )

    async def _grant(self, row: models.FreeSpins) -> FreeSpinGrant:
        player = await models.Player.get(id=row.player_id)
        return FreeSpinGrant(
            ref=row.ref,
            player_ref=str(player.id),
            player_name=player.name,
            player_country=None,
            player_since=player.created_at,
            language=player.language,
            game_refs=tuple(row.games),
            studio=row.studio,
            currency=CURRENCY_BY_ID[row.currency_id],
            quantity=row.quantity,
            stake_units=row.stake_units,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            option=row.option,
        )

    def _desk(self, provider_id: str) -> GivesFreeSpins:
        provider: object = self._catalogue.providers.get(provider_id)
        if not isinstance(provider, GivesFreeSpins):
            raise errors.GameUnavailable
        return provider


async def _given(rows: list[models.FreeSpins]) -> list[Given]:
    refs = {ref for row in rows for ref in row.games}
    providers = {row.provider_id for row in rows}
    games = await models.Game.filter(provider_id__in=providers, external_id__in=refs)
    titles = {(game.provider_id, game.external_id): game.title for game in games}
    return [_show(row, titles) for row in rows]


def _show(row: models.FreeSpins, titles: Mapping[tuple[str, str], str]) -> Given:
    currency = CURRENCY_BY_ID[row.currency_id]
    return Given(
        id=row.id,
        ref=row.ref,
        provider_id=row.provider_id,
        player_id=row.player_id,
        games=tuple(titles.get((row.provider_id, ref), ref) for ref in row.games),
        quantity=row.quantity,
        stake=Money(row.stake_units, currency),
        status=row.status,
        won=None if row.won_units is None else Money(row.won_units, currency),
        created_at=row.created_at,
        valid_until=row.valid_until,
    )
