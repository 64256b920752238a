"""Play: what providers ask of the wallet, and how a game is opened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from casino import errors
from casino.clock import Clock
from casino.ids import new_token, read_id
from casino.money import CURRENCY_BY_ID, Currency
from casino.play.calls import EndedSpins, GameCall, PlayerSession, UnknownPlayer, Visit
from casino.play.catalogue import Catalogue
from casino.play.free_spins import FreeSpins
from casino.play.manifest import LateOriginals
from casino.play.provider import LaunchRequest
from casino.play.remembered import Remembered
from casino.players import Player
from casino.surfaces import House
from casino.text import is_storable
from casino.wallet import Answer, Balance, Batch, Known, Refusal, Refused, Wallet
from casino.wallet.operations import STAKES
from db import models
from db.database import OUTAGES

SESSION_LIFE = timedelta(hours=24)
SESSION_REF_LENGTH = 26  # 130 random bits
SESSIONS_REMEMBERED = 10_000
PLAYERS_REMEMBERED = 50_000
# For each look-up of what is not remembered: a provider waits about 3 s, the wallet up to 2.
LOOK_UP_S = 0.8
BALANCE_S = 2.0

# A number that no session or game has: stakes that name an unknown one are refused by it.
NOBODY = 0


class _Session(NamedTuple):
    """What a launch wrote once. That it is not over is asked for again where a stake is taken."""

    id: int
    player_id: int
    currency_id: int
    provider_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Launch:
    """An opened game."""

    url: str
    session_ref: str


class Play:
    """Opens games, and settles what their providers report."""

    def __init__(self, wallet: Wallet, catalogue: Catalogue, house: House, clock: Clock) -> None:
        """Work on an open wallet and a wired catalogue."""
        self._wallet = wallet
        self._house = house
        self._clock = clock
        self.catalogue = catalogue
        self.free_spins = FreeSpins(wallet, catalogue, clock)
        self._sessions: Remembered[str, _Session] = Remembered(SESSIONS_REMEMBERED)
        self._players: Remembered[int, bool] = Remembered(PLAYERS_REMEMBERED)

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        """Perform a provider's operations; returns after the commit.

        Bounded in time. Raises TryLater when nothing was done (the database is away, or too much
        waits), OutcomeUnknown when it may have been: the provider repeats with the same keys.
        """
        player_id = read_id(call.player_ref)
        if player_id is None:
            return Refused(Refusal.UNKNOWN_PLAYER, None)
        game_id, session_id = None, None
        if call.game_ref is not None:
            game_id = self.catalogue.known_id(provider_id, call.game_ref)
            if game_id is None:
                game_id = await self._game_id(provider_id, call.game_ref)
        if any(op.kind in STAKES for op in call.ops):
            session_id = await self._session_id(provider_id, player_id, call)
            game_id = NOBODY if game_id is None else game_id
        manifest = self.catalogue.providers[provider_id].manifest
        return await self._wallet.apply(
            Batch(
                player_id,
                call.currency,
                provider_id,
                call.ops,
                game_id,
                session_id,
                late_accepted=manifest.late_originals is LateOriginals.ACCEPT,
            )
        )

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        """Read a player's balance for a provider. Raises UnknownPlayer, TryLater."""
        player_id = read_id(player_ref)
        if player_id is None:
            raise UnknownPlayer
        try:
            async with asyncio.timeout(BALANCE_S):
                if self._players.get(player_id) is None:
                    if not await models.Player.exists(id=player_id):
                        raise UnknownPlayer
                    self._players.keep(player_id, True)  # noqa: FBT003 - a fact, not a switch
                return await self._wallet.balance(player_id, currency)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        """Find a session of this provider, long after it ended too. Raises TryLater."""
        if not is_storable(session_ref):
            return None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = await models.GameSession.get_or_none(
                    ref=session_ref, game__provider_id=provider_id
                ).select_related("game", "player")
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if row is None:
            return None
        return PlayerSession(
            str(row.player_id),
            row.player.name,
            row.player.language,
            CURRENCY_BY_ID[row.currency_id],
            row.game.external_id,
            alive=row.ended_at is None and row.expires_at > self._clock.now(),
        )

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        """Say what an operation of this provider did. Raises TryLater."""
        player_id = read_id(player_ref)
        if player_id is None or not is_storable(key):
            return None
        return await self._wallet.known(player_id, provider_id, key)

    async def stakes_of_round(
        self, provider_id: str, player_ref: str, currency: Currency, round_id: str
    ) -> list[Known]:
        """List the stakes of a round among the account's newest transfers. Raises TryLater."""
        player_id = read_id(player_ref)
        if player_id is None or not is_storable(round_id):
            return []
        return await self._wallet.stakes_of_round(player_id, provider_id, currency, round_id)

    async def end_free_spins(
        self, provider_id: str, ref: str, status: EndedSpins, won_units: int
    ) -> Answer | None:
        """Credit what free spins won, once, and close them; None where there are none such."""
        try:
            return await self.free_spins.end(provider_id, ref, status, won_units)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def launch(
        self,
        player: Player,
        game_id: int,
        currency: Currency,
        *,
        demo: bool,
        visit: Visit,
        table_ref: str | None = None,
    ) -> Launch:
        """Open a game for a player.

        Raises NotFound, GameUnavailable, UnknownCurrency, AccountFrozen, TermsNotAccepted,
        ProviderUnavailable.
        """
        game = await self.catalogue.game(game_id)
        provider = self.catalogue.providers.get(game.provider_id)
        if not game.enabled or game.own or provider is None or (demo and not game.has_demo):
            raise errors.GameUnavailable
        if currency not in self._house.currencies(visit.surface):
            raise errors.UnknownCurrency
        if player.frozen:
            raise errors.AccountFrozen
        if self._house.gate_enforced and not player.terms_accepted:
            raise errors.TermsNotAccepted
        session_ref = new_token(SESSION_REF_LENGTH)
        balance_units = 0
        if not demo:
            balance_units = (await self._wallet.balance(player.id, currency)).playable.units
            await models.GameSession.create(
                ref=session_ref,
                player_id=player.id,
                game_id=game.id,
                currency_id=currency.id,
                surface=visit.surface.value,
                expires_at=self._clock.now() + SESSION_LIFE,
            )
        request = LaunchRequest(
            session_ref=session_ref,
            player_ref=str(player.id),
            player_name=player.name,
            game_external_id=game.external_id,
            currency=currency.code,
            demo=demo,
            language=player.language,
            device=visit.device,
            return_url=f"{self._house.public_url}/app/exit.html?session={session_ref}",
            surface=visit.surface.value,
            deposit_url=f"{self._house.public_url}/app/wallet",
            ip=visit.ip,
            balance_units=balance_units,
            player_since=player.created_at,
            studio=game.studio,
            table_ref=table_ref,
        )
        return Launch(await provider.launch(request), session_ref)

    async def end_session(self, player_id: int, session_ref: str) -> None:
        """Close a session: no further stakes; what is under way still settles. Idempotent."""
        await models.GameSession.filter(
            ref=session_ref, player_id=player_id, ended_at=None
        ).update(ended_at=self._clock.now())

    async def _game_id(self, provider_id: str, game_ref: str) -> int | None:
        try:
            async with asyncio.timeout(LOOK_UP_S):
                return await self.catalogue.game_id(provider_id, game_ref)
        except OUTAGES as outage:
            raise errors.TryLater from outage

    async def _session_id(self, provider_id: str, player_id: int, call: GameCall) -> int:
        """Return the session's number if it fits the call and is not over by our clock.

        Whether it was ended is asked where the stake is taken.
        """
        ref = call.session_ref or ""
        session = self._sessions.get(ref) or await self._look_up_session(ref)
        if session is None:
            return NOBODY
        fits = (
            session.player_id == player_id
            and session.currency_id == call.currency.id
            and session.provider_id == provider_id
            and session.expires_at > self._clock.now()
        )
        return session.id if fits else NOBODY

    async def _look_up_session(self, ref: str) -> _Session | None:
        if not is_storable(ref):
            return None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = await models.GameSession.get_or_none(ref=ref).select_related("game")
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if row is None:
            return None
        session = _Session(
            row.id, row.player_id, row.currency_id, row.game.provider_id, row.expires_at
        )
        self._sessions.keep(ref, session)
        return session
