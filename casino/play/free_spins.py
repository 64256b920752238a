"""Free spins: asked of a provider for one player, paid once when it says what they won."""

from __future__ import annotations

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

log = structlog.get_logger(__name__)

REF_LENGTH = 26  # 130 random bits
QUANTITY_MAX = 1_000
GAMES_MAX = 50
ISSUING, ACTIVE, REFUSED = "issuing", "active", "refused"
OPEN = (ISSUING, ACTIVE)


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

        The games are of one provider and one studio. What was asked is stored first: if the
        provider is away, ``issue_waiting`` asks again. Raises NotFound, GameUnavailable,
        Malformed, FreeSpinsRefused.
        """
        if not 0 < quantity <= QUANTITY_MAX or not 0 < len(game_ids) <= GAMES_MAX:
            raise errors.Malformed
        if stake.units <= 0 or valid_until <= self._clock.now():
            raise errors.Malformed
        games = [await self._catalogue.game(game_id) for game_id in game_ids]
        if len({(game.provider_id, game.studio) for game in games}) != 1:
            raise errors.Malformed
        self._desk(games[0].provider_id)
        row = await models.FreeSpins.create(
            ref=new_token(REF_LENGTH),
            provider_id=games[0].provider_id,
            player_id=player.id,
            currency_id=stake.currency.id,
            games=[game.external_id for game in games],
            studio=games[0].studio,
            quantity=quantity,
            stake_units=stake.units,
            option=option,
            valid_from=self._clock.now(),
            valid_until=valid_until,
            status=ISSUING,
        )
        try:
            await self._issue(row)
        except errors.TryLater as outage:
            log.warning("free spins: to be asked again", ref=row.ref, error=repr(outage))
        return row.ref

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
        row = await models.FreeSpins.get_or_none(ref=ref)
        if row is None:
            raise errors.NotFound
        if row.status not in OPEN:
            return
        await self._desk(row.provider_id).cancel_free_spins(await self._grant(row))
        await self._close(row, EndedSpins.CANCELLED.value, None)

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

    async def of_player(self, player_id: int, limit: int = 20) -> list[models.FreeSpins]:
        """List a player's, newest first; for staff."""
        return await models.FreeSpins.filter(player_id=player_id).order_by("-id").limit(limit)

    async def _issue(self, row: models.FreeSpins) -> None:
        try:
            await self._desk(row.provider_id).issue_free_spins(await self._grant(row))
        except FreeSpinsRefused:
            await self._close(row, REFUSED, 0)
            raise
        await models.FreeSpins.filter(id=row.id, status=ISSUING).update(status=ACTIVE)

    async def _close(self, row: models.FreeSpins, status: str, won_units: int | None) -> None:
        change: dict[str, object] = {"status": status, "ended_at": self._clock.now()}
        if won_units is not None:
            change["won_units"] = won_units
        await models.FreeSpins.filter(id=row.id).update(**change)

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
