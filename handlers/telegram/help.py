"""Help and privacy."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandStart

from bot import keyboards
from bot.callback_data import Screen
from bot.keyboards import keyboard, screen
from bot.screens import Event, View, show
from bot.texts import Words
from handlers.telegram.filters import opens


async def show_help(event: Event, words: Words) -> None:
    """Say what can be done here."""
    await show(
        event,
        View(
            words("bot-help"),
            keyboard(
                [screen(words, Screen.SUPPORT), screen(words, Screen.PRIVACY)],
                [screen(words, Screen.LANGUAGE), screen(words, Screen.MENU)],
            ),
        ),
    )


async def show_privacy(event: Event, words: Words) -> None:
    """Say what is stored, and what for."""
    await show(event, View(words("bot-privacy"), keyboards.back(words)))


def build() -> Router:
    """Make the router of help and privacy."""
    router = Router(name="help")
    # The Mini App links here: t.me/<bot>?start=help and so on.
    router.message.register(show_help, CommandStart(magic=F.args == "help"))
    router.message.register(show_privacy, CommandStart(magic=F.args == "privacy"))
    router.message.register(show_help, Command("help"))
    router.callback_query.register(show_help, opens(Screen.HELP))
    router.message.register(show_privacy, Command("privacy"))
    router.callback_query.register(show_privacy, opens(Screen.PRIVACY))
    return router
