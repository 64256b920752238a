"""Players: first contact, identities, terms, preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from casino import errors
from casino.clock import Clock
from casino.ids import read_id
from casino.money import Money
from casino.text import storable
from casino.wallet import Batch, Kind, Op, Wallet
from db import models
from db.database import Transaction, transaction

LANGUAGES = ("en", "ru")
NAME_LENGTH_MAX = 128
PAYLOAD_LENGTH_MAX = 64
USERNAME_LENGTH_MAX = 64
FALLBACK_NAME = "Player"
PROMO_SOURCE = "promo"


@dataclass(frozen=True, slots=True)
class TelegramUser:
    """Who Telegram says is acting; from an update or from verified init data."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """A player as the rest of the house sees one."""

    id: int
    name: str
    language: str
    frozen: bool
    terms_accepted: bool
    chat_id: int | None
    created_at: datetime


class Players:
    """First contact and everything a player is known by."""

    def __init__(
        self, wallet: Wallet, clock: Clock, *, terms_version: str, welcome: Sequence[Money] = ()
    ) -> None:
        """``welcome`` is play money that every new player starts with (demo mode)."""
        self._wallet = wallet
        self._clock = clock
        self._terms_version = terms_version
        self._welcome = tuple(welcome)

    async def meet_telegram(
        self, user: TelegramUser, *, start_payload: str | None = None, in_chat: bool = False
    ) -> Player:
        """Return the player behind a Telegram account, making one on first contact.

        ``in_chat`` says that the user talks to the bot, so that the bot may write to them.
        """
        name = " ".join(filter(None, (user.first_name, user.last_name)))
        username = storable(user.username or "", USERNAME_LENGTH_MAX) or None
        player = await self._meet(
            "telegram",
            str(user.id),
            name=name,
            language=language_of(user.language_code),
            username=username,
            start_payload=start_payload,
        )
        if in_chat and (player.chat_id != user.id or player.chat_blocked_at is not None):
            player.chat_id, player.chat_blocked_at = user.id, None
            await player.save(update_fields=["chat_id", "chat_blocked_at"])
        return self._view(player)

    async def meet_demo(self, browser_id: str, language: str | None) -> Player:
        """Return the demo player of a browser, making one on first contact."""
        player = await self._meet(
            "demo", browser_id, name="Demo player", language=language_of(language)
        )
        return self._view(player)

    async def get(self, player_id: int) -> Player:
        """Return a player. Raises NotFound."""
        player = await models.Player.get_or_none(id=player_id)
        if player is None:
            raise errors.NotFound
        return self._view(player)

    async def by_telegram(self, telegram_id: int) -> Player | None:
        """Return the player behind a Telegram account, or None before first contact."""
        identity = await models.Identity.get_or_none(
            kind="telegram", external_id=str(telegram_id)
        ).select_related("player")
        return self._view(identity.player) if identity else None

    async def accept_terms(self, player_id: int) -> Player:
        """Note that the player is of age and accepts the present terms. Idempotent."""
        outdated = Q(terms_version=None) | ~Q(terms_version=self._terms_version)
        await models.Player.filter(outdated, id=player_id).update(
            terms_version=self._terms_version, terms_accepted_at=self._clock.now()
        )
        return await self.get(player_id)

    async def set_language(self, player_id: int, language: str) -> Player:
        """Change the language. Raises Malformed for one that is not offered."""
        if language not in LANGUAGES:
            raise errors.Malformed
        await models.Player.filter(id=player_id).update(language=language)
        return await self.get(player_id)

    async def find(self, query: str, limit: int = 10) -> list[Player]:
        """Search by player id, Telegram id, @username or part of the name; for staff."""
        text = storable(query, NAME_LENGTH_MAX).strip().removeprefix("@")
        if not text:
            return []
        match = Q(name__icontains=text) | Q(identities__username__iexact=text)
        match |= Q(identities__external_id=text)
        number = read_id(text)
        if number is not None:
            match |= Q(id=number)
        found = await models.Player.filter(match).distinct().order_by("id").limit(limit)
        return [self._view(player) for player in found]

    async def chat_blocked(self, player_id: int) -> None:
        """Note that the player blocked the bot: nothing can be said in the chat for now."""
        await models.Player.filter(id=player_id).update(chat_blocked_at=self._clock.now())

    async def _meet(
        self,
        kind: str,
        external_id: str,
        *,
        name: str,
        language: str,
        username: str | None = None,
        start_payload: str | None = None,
    ) -> models.Player:
        known = await self._find(kind, external_id, username)
        if known is not None:
            return known
        payload = storable(start_payload or "", PAYLOAD_LENGTH_MAX) or None
        try:
            async with transaction() as tx:
                player = await models.Player.create(
                    name=storable(name, NAME_LENGTH_MAX).strip() or FALLBACK_NAME,
                    language=language,
                    start_payload=payload,
                )
                await models.Identity.create(
                    player=player, kind=kind, external_id=external_id, username=username
                )
                await self._greet(tx, player.id)
        except IntegrityError:
            # Chat and Mini App met the same person at the same moment; the other one won.
            known = await self._find(kind, external_id, username)
            if known is None:
                raise
            return known
        return player

    async def _find(
        self, kind: str, external_id: str, username: str | None
    ) -> models.Player | None:
        identity = await models.Identity.get_or_none(
            kind=kind, external_id=external_id
        ).select_related("player")
        if identity is None:
            return None
        if username is not None and identity.username != username:
            identity.username = username
            await identity.save(update_fields=["username"])
        return identity.player

    async def _greet(self, tx: Transaction, player_id: int) -> None:
        for money in self._welcome:
            op = Op(Kind.GRANT, f"welcome:{money.currency}", money.units)
            await self._wallet.transfer(tx, Batch(player_id, money.currency, PROMO_SOURCE, (op,)))

    def _view(self, player: models.Player) -> Player:
        return Player(
            player.id,
            player.name,
            player.language,
            player.frozen,
            player.terms_version == self._terms_version,
            player.chat_id if player.chat_blocked_at is None else None,
            player.created_at,
        )


def language_of(code: str | None) -> str:
    """Choose one of our languages for an IETF tag such as ``ru-RU``."""
    language = (code or "").split("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]
