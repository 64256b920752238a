"""Who and what a handler is for."""

from __future__ import annotations

from typing import Any, Literal

from aiogram import F
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import TelegramObject, User

from bot.callback_data import OpenScreen, OpenStaff, Screen, StaffScreen
from casino.backoffice import Staff
from casino.players import Player


def opens(screen: Screen) -> CallbackQueryFilter:
    """Match the button that opens a screen."""
    return OpenScreen.filter(F.screen == screen)


def opens_staff(screen: StaffScreen) -> CallbackQueryFilter:
    """Match the button that opens a staff screen."""
    return OpenStaff.filter(F.screen == screen)


async def is_private(_event: TelegramObject, player: Player | None = None) -> bool:
    """Whether a player speaks in the private chat."""
    return player is not None


async def is_stranger(_event: TelegramObject, player: Player | None = None) -> bool:
    """Whether a player in the private chat has not accepted the terms yet."""
    return player is not None and not player.terms_accepted


class FromStaff(Filter):
    """Match those named in ``BOT_ADMINS``, in the private chat; hands over ``staff``."""

    async def __call__(
        self,
        _event: TelegramObject,
        event_from_user: User | None = None,
        player: Player | None = None,
        admins: frozenset[int] = frozenset(),
    ) -> dict[str, Any] | Literal[False]:
        """Let everybody else fall through to what answers unknown commands."""
        if player is None or event_from_user is None or event_from_user.id not in admins:
            return False
        return {"staff": Staff(event_from_user.id, player.name)}
