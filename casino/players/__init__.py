"""Players: first contact, identities, sign-ins, preferences."""

from casino.players.service import (
    LANGUAGES,
    Player,
    Players,
    TelegramUser,
    language_of,
)
from casino.players.sign_in import SignedIn, SignIns

__all__ = [
    "LANGUAGES",
    "Player",
    "Players",
    "SignIns",
    "SignedIn",
    "TelegramUser",
    "language_of",
]
