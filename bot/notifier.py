"""Words that nobody asked for: notices to players and to staff."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from bot.keyboards import button, keyboard
from bot.outbound import ChatGone
from bot.texts import Texts
from casino.players import Player, Players

log = structlog.get_logger(__name__)


class Notifier:
    """Writes to people in their own language. Raises TelegramAway: the caller tells them later."""

    def __init__(self, bot: Bot, players: Players, texts: Texts, admins: Iterable[int]) -> None:
        """``admins`` are the Telegram ids of staff."""
        self._bot = bot
        self._players = players
        self._texts = texts
        self._admins = tuple(sorted(admins))

    async def tell(
        self,
        player: Player,
        text_id: str,
        /,
        buttons: InlineKeyboardMarkup | None = None,
        **values: str,
    ) -> bool:
        """Send a text to a player's chat; False when there is no chat to send it to."""
        if player.chat_id is None:
            return False
        text = self._texts.words(player.language)(text_id, **values)
        return await self._send(player.chat_id, text, buttons)

    async def tell_staff(
        self, text_id: str, /, target: CallbackData | None = None, **values: str
    ) -> int:
        """Send a text to every member of staff who can be reached; returns how many could.

        ``target`` is where a button under it leads.
        """
        reached = 0
        for telegram_id in self._admins:
            player = await self._players.by_telegram(telegram_id)
            words = self._texts.words(player.language if player else None)
            buttons = (
                keyboard([button(words.plain("bot-button-open"), target)]) if target else None
            )
            reached += await self._send(telegram_id, words(text_id, **values), buttons)
        return reached

    async def _send(self, chat_id: int, text: str, buttons: InlineKeyboardMarkup | None) -> bool:
        try:
            await self._bot.send_message(chat_id, text, reply_markup=buttons)
        except ChatGone:
            log.info("nobody to tell: the chat is gone")
            return False
        except TelegramBadRequest:
            # Telegram will refuse it for ever; the money is booked, only these words are lost.
            log.exception("Telegram refused a notice")
            return False
        return True
