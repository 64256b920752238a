"""The bot's fixtures."""

from tests.bot.support import (
    bot_house,
    guest,
    nursery,
    person,
    redis,
    session,
    staff,
    telegram_bot,
)

__all__ = [
    "bot_house",
    "guest",
    "nursery",
    "person",
    "redis",
    "session",
    "staff",
    "telegram_bot",
]
