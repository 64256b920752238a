"""A screen is one message: words and buttons. It replaces the screen whose button was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

Event = Message | CallbackQuery

# Telegram will not edit these any more (deleted, older than 48 hours, a photo): send anew.
_CANNOT_EDIT: Final = ("message to edit not found", "can't be edited", "no text in the message")


@dataclass(frozen=True, slots=True)
class View:
    """What one message shows; ``text`` is Telegram HTML."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


async def show(event: Event, view: View) -> None:
    """Put a view in front of whoever pressed a button or wrote a message."""
    if isinstance(event, Message):
        await event.answer(view.text, reply_markup=view.keyboard)
        return
    if isinstance(event.message, Message):
        try:
            await event.message.edit_text(view.text, reply_markup=view.keyboard)
        except TelegramBadRequest as refusal:
            if not any(words in refusal.message for words in _CANNOT_EDIT):
                raise
        else:
            return
    if event.message is not None:
        await event.message.answer(view.text, reply_markup=view.keyboard)
