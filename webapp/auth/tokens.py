"""Access tokens: short-lived, signed, carrying who is asking and on which surface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import jwt

from casino.clock import Clock
from casino.errors import Unauthorised
from casino.surfaces import Surface

LIFE = timedelta(minutes=15)
ALGORITHM = "HS256"
LENGTH_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking, as their access token proves."""

    player_id: int
    surface: Surface


class AccessTokens:
    """Issues and checks access tokens."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        """Sign with ``secret``, at least 32 bytes."""
        self._secret = secret
        self._clock = clock

    def issue(self, visitor: Visitor) -> str:
        """Return a token good for a quarter of an hour."""
        expires_at = self._clock.now() + LIFE
        claims = {
            "sub": str(visitor.player_id),
            "surface": visitor.surface.value,
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def check(self, token: str) -> Visitor:
        """Return who a token speaks for. Raises Unauthorised."""
        if not 0 < len(token) <= LENGTH_MAX:
            raise Unauthorised
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                # Our own clock decides, so that tests can move it.
                options={"require": ["sub", "exp"], "verify_exp": False},
            )
            expired = int(claims["exp"]) <= self._clock.now().timestamp()
            visitor = Visitor(int(claims["sub"]), Surface(claims["surface"]))
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise Unauthorised from error
        if expired:
            raise Unauthorised
        return visitor
