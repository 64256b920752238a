"""Buttons under messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from bot.callback_data import OpenScreen, Screen
from bot.settings import BotSettings
from bot.texts import Words

Row = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class MiniApp:
    """Where the Mini App lives, and whether Telegram will open it inside the chat."""

    url: str
    opens_in_chat: bool

    @classmethod
    def at(cls, public_url: str, settings: BotSettings) -> Self:
        """Telegram opens https pages only; other Bot API servers may be less strict."""
        secure = public_url.startswith("https://")
        return cls(f"{public_url.rstrip('/')}/app/", secure or settings.custom_api)

    def button(self, words: Words) -> InlineKeyboardButton:
        """Open the app in the chat, or say where it is when Telegram would refuse to."""
        if self.opens_in_chat:
            return InlineKeyboardButton(
                text=words.plain("bot-button-play"), web_app=WebAppInfo(url=self.url)
            )
        return button(words.plain("bot-button-play"), OpenScreen(screen=Screen.PLAY))


def button(text: str, target: CallbackData) -> InlineKeyboardButton:
    """Make a button that comes back to us."""
    return InlineKeyboardButton(text=text, callback_data=target.pack())


def link(text: str, url: str) -> InlineKeyboardButton:
    """Make a button that opens an address."""
    return InlineKeyboardButton(text=text, url=url)


def copy(text: str, copied: str) -> InlineKeyboardButton:
    """Make a button that copies a text of up to 256 characters."""
    return InlineKeyboardButton(text=text, copy_text=CopyTextButton(text=copied))


def keyboard(*rows: Row) -> InlineKeyboardMarkup:
    """Stack rows of buttons; empty rows vanish."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def screen(words: Words, target: Screen) -> InlineKeyboardButton:
    """Make the button that opens one of the named screens."""
    return button(words.plain(f"bot-button-{target.name.lower()}"), OpenScreen(screen=target))


def back(words: Words) -> InlineKeyboardMarkup:
    """Only the way back to the menu."""
    return keyboard([screen(words, Screen.MENU)])
