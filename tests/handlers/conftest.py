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
from tests.handlers.telegram.vendors import vendor

__all__ = [
    "bot_house",
    "guest",
    "nursery",
    "person",
    "redis",
    "session",
    "staff",
    "telegram_bot",
    "vendor",
]
