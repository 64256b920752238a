"""The main menu, and the way to the Mini App."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery

from bot import keyboards
from bot.callback_data import Screen
from bot.keyboards import MiniApp, keyboard, screen
from bot.screens import Event, View, show
from bot.texts import Words
from casino.players import Player
from handlers.telegram.filters import opens


def menu_view(player: Player, words: Words, mini_app: MiniApp) -> View:
    """Show the first screen of an accepted player."""
    lines = [words("bot-menu", name=player.name)]
    if player.frozen:
        lines.append(words("bot-menu-frozen"))
    return View(
        "\n\n".join(lines),
        keyboard(
            [mini_app.button(words)],
            [screen(words, Screen.WALLET), screen(words, Screen.DEPOSIT)],
            [screen(words, Screen.HISTORY), screen(words, Screen.HELP)],
        ),
    )


async def show_menu(event: Event, player: Player, words: Words, mini_app: MiniApp) -> None:
    """Open the menu."""
    await show(event, menu_view(player, words, mini_app))


async def show_play_address(query: CallbackQuery, words: Words, mini_app: MiniApp) -> None:
    """Say where the Mini App is, when Telegram would refuse to open it in the chat."""
    await show(query, View(words("bot-play-elsewhere", url=mini_app.url), keyboards.back(words)))


def build() -> Router:
    """Make the router of menu and play."""
    router = Router(name="menu")
    router.message.register(show_menu, Command("menu"))
    router.callback_query.register(show_menu, opens(Screen.MENU))
    router.callback_query.register(show_play_address, opens(Screen.PLAY))
    return router
