"""Play: what providers ask of the wallet, and how a game is opened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from casino import errors
from casino.clock import Clock
from casino.ids import new_token, read_id
from casino.money import Currency
from casino.play import eligibility
from casino.play.calls import EndedSpins, GameCall, PlayerSession, UnknownPlayer, Visit
from casino.play.catalogue import Catalogue
from casino.play.free_spins import FreeSpins
from casino.play.health import Health
from casino.play.manifest import LateOriginals
from casino.play.provider import LaunchRequest
from casino.play.remembered import Remembered
from casino.play.sessions import LOOK_UP_S, Sessions, cut
from casino.play.tables import OfferedTable, Tables
from casino.play.unfinished import UnfinishedRound, unfinished
from casino.players import Player
from casino.surfaces import House
from casino.text import is_storable
from casino.wallet import Answer, Balance, Batch, Known, Refusal, Refused, Wallet
from casino.wallet.operations import STAKES
from db import models
from db.database import OUTAGES

SESSION_LIFE = timedelta(hours=24)
SESSION_REF_LENGTH = 26  # 130 random bits
PLAYERS_REMEMBERED = 50_000
BALANCE_S = 2.0

# A number that no session or game has: stakes that name an unknown one are refused by it.
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Launch:
    """An opened game; its frame gets ``sandbox`` and ``allow`` beyond what every frame gets."""

    url: str
    session_ref: str
    sandbox: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


class Play:
    """Opens games, and settles what their providers report."""

    def __init__(self, wallet: Wallet, catalogue: Catalogue, house: House, clock: Clock) -> None:
        """Work on an open wallet and a wired catalogue."""
        self._wallet = wallet
        self._house = house
        self._clock = clock
        self.catalogue = catalogue
        self.free_spins = FreeSpins(wallet, catalogue, clock)
        self.health = Health(catalogue.providers, clock)
        self._tables = Tables(catalogue.providers, self.health)
        self._sessions = Sessions(clock)
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
        manifest = self.catalogue.providers[provider_id].manifest
        stakes = any(op.kind in STAKES for op in call.ops)
        if stakes:
            find = self._sessions.named if manifest.names_sessions else self._sessions.newest
            session = await find(provider_id, player_id, call)
            session_id = NOBODY if session is None else session.id
            game_id = NOBODY if game_id is None else game_id
        batch = Batch(
            player_id,
            call.currency,
            provider_id,
            call.ops,
            game_id,
            session_id,
            late_accepted=manifest.late_originals is LateOriginals.ACCEPT,
        )
        answer = await self._wallet.apply(batch)
        if stakes and not manifest.names_sessions and _session_ended(answer):
            # The one we remembered is over; the player may have opened another one since.
            session = await self._sessions.newest(provider_id, player_id, call, over=session_id)
            if session is not None:
                return await self._wallet.apply(replace(batch, session_id=session.id))
        return answer

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
        return await self._sessions.show(provider_id, session_ref)

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
        time_limit: timedelta | None = None,
    ) -> Launch:
        """Open a game for a player; with a time limit, stakes are refused after it.

        A game with tables is opened at one of them; a demo has none. Raises NotFound,
        GameUnavailable, UnknownCurrency, GameNotHere, GameNotOnDevice, GameNotInCurrency,
        AccountFrozen, TermsNotAccepted, TableNotChosen, TableUnavailable, Malformed,
        ProviderUnavailable.
        """
        game = await self.catalogue.game(game_id)
        provider = self.catalogue.providers.get(game.provider_id)
        if not game.enabled or game.own or provider is None or (demo and not game.has_demo):
            raise errors.GameUnavailable
        if currency not in self._house.currencies(visit.surface):
            raise errors.UnknownCurrency
        eligibility.require(game, currency, visit)
        if player.frozen:
            raise errors.AccountFrozen
        if self._house.gate_enforced and not player.terms_accepted:
            raise errors.TermsNotAccepted
        self.health.require(game.provider_id)
        if game.has_tables and not demo:
            await self._tables.require(game, currency, table_ref)
        elif table_ref is not None:
            raise errors.Malformed(fields="table")
        session_ref = new_token(SESSION_REF_LENGTH)
        life = SESSION_LIFE if time_limit is None else min(SESSION_LIFE, time_limit)
        balance_units = 0
        if not demo:
            balance_units = (await self._wallet.balance(player.id, currency)).playable.units
            await models.GameSession.create(
                ref=session_ref,
                player_id=player.id,
                game_id=game.id,
                currency_id=currency.id,
                surface=visit.surface.value,
                expires_at=self._clock.now() + life,
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
            country=visit.country,
            balance_units=balance_units,
            player_since=player.created_at,
            studio=game.studio,
            table_ref=table_ref,
        )
        manifest = provider.manifest
        return Launch(
            await self.health.watched(provider).launch(request),
            session_ref,
            manifest.frame_sandbox,
            manifest.frame_allow,
        )

    async def tables(
        self, game_id: int, currency: Currency, visit: Visit
    ) -> tuple[OfferedTable, ...]:
        """List the tables of a game that could be opened.

        Raises NotFound, GameUnavailable, UnknownCurrency, GameNotHere, GameNotOnDevice,
        GameNotInCurrency, ProviderUnavailable.
        """
        game = await self.catalogue.game(game_id)
        if not game.enabled:
            raise errors.GameUnavailable
        if currency not in self._house.currencies(visit.surface):
            raise errors.UnknownCurrency
        eligibility.require(game, currency, visit)
        return await self._tables.of(game, currency)

    async def end_session(self, player_id: int, session_ref: str) -> None:
        """Close a session: no further stakes; what is under way still settles. Idempotent."""
        await models.GameSession.filter(
            ref=session_ref, player_id=player_id, ended_at=None
        ).update(ended_at=self._clock.now())

    async def cut_sessions(self, player_id: int, reason: str) -> int:
        """End all sessions of a player and have the app close its games; returns how many.

        Stakes are refused from the commit on; wins and reversals settle as ever. ``reason`` is a
        code of ours, such as "session-limit". Nothing is told where nothing was open.
        """
        return await cut(player_id, reason, self._clock.now())

    async def unfinished(self, player_id: int) -> list[UnfinishedRound]:
        """List rounds of a player that have a stake and no end, newest first. Raises TryLater."""
        return await unfinished(player_id, self.catalogue.providers)

    async def _game_id(self, provider_id: str, game_ref: str) -> int | None:
        try:
            async with asyncio.timeout(LOOK_UP_S):
                return await self.catalogue.game_id(provider_id, game_ref)
        except OUTAGES as outage:
            raise errors.TryLater from outage


def _session_ended(answer: Answer) -> bool:
    return isinstance(answer, Refused) and answer.reason is Refusal.SESSION_ENDED
