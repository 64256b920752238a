"""Play: what providers ask of the wallet, and how a game is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from casino import errors
from casino.clock import Clock
from casino.ids import new_token, read_id
from casino.money import Currency
from casino.play.catalogue import Catalogue
from casino.play.provider import LateOriginals, LaunchRequest
from casino.players import Player
from casino.surfaces import House, Surface
from casino.text import is_storable
from casino.wallet import Answer, Balance, Batch, Op, Refusal, Refused, Wallet
from casino.wallet.operations import STAKES
from db import models
from db.database import OUTAGES

SESSION_LIFE = timedelta(hours=24)
SESSION_REF_LENGTH = 26  # 130 random bits
SESSIONS_REMEMBERED = 10_000

# A number that no session or game has: stakes that name an unknown one are refused by it.
NOBODY = 0


class UnknownPlayer(errors.NotFound):
    """The provider names a player who is none of ours."""


@dataclass(frozen=True, slots=True)
class GameCall:
    """What one provider callback asks of the wallet: one player, one currency, all or nothing.

    ``player_ref``, ``session_ref`` and ``game_ref`` are what the launch sent. Session and game are
    asked for stakes only; credits and reversals are never refused for them.
    """

    player_ref: str
    currency: Currency
    ops: tuple[Op, ...]
    session_ref: str | None = None
    game_ref: str | None = None


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
        self._sessions: dict[str, models.GameSession] = {}

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        """Perform a provider's operations; returns after the commit.

        Raises TryLater when the database is away: the provider repeats with the same keys.
        """
        player_id = read_id(call.player_ref)
        if player_id is None:
            return Refused(Refusal.UNKNOWN_PLAYER, None)
        staking = any(op.kind in STAKES for op in call.ops)
        try:
            game_id = await self._game_id(provider_id, call.game_ref)
            session_id = await self._session_id(provider_id, player_id, call) if staking else None
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if game_id is None and staking:
            game_id = NOBODY
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
        try:
            known = player_id is not None and await models.Player.exists(id=player_id)
        except OUTAGES as outage:
            raise errors.TryLater from outage
        if player_id is None or not known:
            raise UnknownPlayer
        return await self._wallet.balance(player_id, currency)

    async def launch(
        self,
        player: Player,
        game_id: int,
        currency: Currency,
        *,
        demo: bool,
        surface: Surface,
        device: str,
    ) -> Launch:
        """Open a game for a player.

        Raises NotFound, GameUnavailable, UnknownCurrency, AccountFrozen, TermsNotAccepted,
        ProviderUnavailable.
        """
        game = await self.catalogue.game(game_id)
        provider = self.catalogue.providers.get(game.provider_id)
        if not game.enabled or game.own or provider is None or (demo and not game.has_demo):
            raise errors.GameUnavailable
        if currency not in self._house.currencies(surface):
            raise errors.UnknownCurrency
        if player.frozen:
            raise errors.AccountFrozen
        if self._house.gate_enforced and not player.terms_accepted:
            raise errors.TermsNotAccepted
        session_ref = new_token(SESSION_REF_LENGTH)
        if not demo:
            await models.GameSession.create(
                ref=session_ref,
                player_id=player.id,
                game_id=game.id,
                currency_id=currency.id,
                surface=surface.value,
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
            device=device,
            return_url=f"{self._house.public_url}/app/exit.html?session={session_ref}",
            surface=surface.value,
        )
        return Launch(await provider.launch(request), session_ref)

    async def end_session(self, player_id: int, session_ref: str) -> None:
        """Close a session: no further stakes; what is under way still settles. Idempotent."""
        await models.GameSession.filter(
            ref=session_ref, player_id=player_id, ended_at=None
        ).update(ended_at=self._clock.now())

    async def _game_id(self, provider_id: str, game_ref: str | None) -> int | None:
        if game_ref is None:
            return None
        return await self.catalogue.game_id(provider_id, game_ref)

    async def _session_id(self, provider_id: str, player_id: int, call: GameCall) -> int:
        """Return the session's number if it fits the call and is not over by our clock.

        Whether it was ended is asked where the stake is taken.
        """
        ref = call.session_ref or ""
        if not is_storable(ref):
            return NOBODY
        session = self._sessions.get(ref)
        if session is None:
            session = await models.GameSession.get_or_none(ref=ref).select_related("game")
            if session is None:
                return NOBODY
            if len(self._sessions) >= SESSIONS_REMEMBERED:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[ref] = session
        fits = (
            session.player_id == player_id
            and session.currency_id == call.currency.id
            and session.game.provider_id == provider_id
            and session.expires_at > self._clock.now()
        )
        return session.id if fits else NOBODY
