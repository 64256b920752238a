"""Signed-in clients: refresh tokens that change with each use, and init data used once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from casino import errors
from casino.clock import Clock
from casino.surfaces import Surface
from db import models
from db.database import transaction

TOKEN_BYTES = 32
TOKEN_LENGTH_MAX = 128
LIFE = {Surface.TELEGRAM: timedelta(hours=24), Surface.WEB: timedelta(days=30)}

# A Mini App may load twice in a moment (a reload, a second frame) with the same init data. After
# that its copy is worth nothing, however fresh its date still is.
REPLAY_WINDOW = timedelta(minutes=5)
INIT_DATA_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a refresh token belongs to, and the one that replaces it."""

    player_id: int
    surface: Surface
    refresh_token: str


class SignIns:
    """Opens and renews sign-ins."""

    def __init__(self, clock: Clock) -> None:
        """Work on the open database."""
        self._clock = clock

    async def open(self, player_id: int, surface: Surface) -> SignedIn:
        """Sign a client in."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await models.SignIn.create(
            player_id=player_id,
            token_hash=_digest(token),
            surface=surface.value,
            expires_at=self._clock.now() + LIFE[surface],
        )
        return SignedIn(player_id, surface, token)

    async def renew(self, token: str) -> SignedIn:
        """Trade a refresh token for the next one. Raises Unauthorised; each works once."""
        if not 0 < len(token) <= TOKEN_LENGTH_MAX:
            raise errors.Unauthorised
        async with transaction():
            row = (
                await models.SignIn.filter(token_hash=_digest(token))
                .select_for_update()
                .get_or_none()
            )
            if row is None or row.expires_at <= self._clock.now():
                raise errors.Unauthorised
            surface = Surface(row.surface)
            renewed = secrets.token_urlsafe(TOKEN_BYTES)
            row.token_hash = _digest(renewed)
            row.expires_at = self._clock.now() + LIFE[surface]
            await row.save(update_fields=["token_hash", "expires_at"])
        return SignedIn(row.player_id, surface, renewed)

    async def use_init_data(self, raw: str) -> None:
        """Note verified init data. Raises Unauthorised for a copy that comes after its moment."""
        now = self._clock.now()
        seen, _ = await models.SeenInitData.get_or_create(
            digest=_digest(raw), defaults={"first_seen_at": now}
        )
        if now - seen.first_seen_at > REPLAY_WINDOW:
            raise errors.Unauthorised

    async def forget_old(self) -> None:
        """Drop what can no longer sign anybody in."""
        now = self._clock.now()
        await models.SignIn.filter(expires_at__lt=now).delete()
        await models.SeenInitData.filter(first_seen_at__lt=now - INIT_DATA_KEPT).delete()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
