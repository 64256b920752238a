"""The bot's fixtures."""

from tests.bot.over_http import short_pauses, telegram
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
    "short_pauses",
    "staff",
    "telegram",
    "telegram_bot",
]
