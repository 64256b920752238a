"""``/start`` and the choice of language."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery

from bot.callback_data import ChooseLanguage, Screen
from bot.keyboards import MiniApp, button, keyboard, screen
from bot.screens import Event, View, show
from bot.services import Services
from bot.texts import LANGUAGES, Texts, Words
from casino.players import Player
from handlers.telegram.filters import opens
from handlers.telegram.menu import show_menu


async def show_languages(event: Event, words: Words) -> None:
    """Offer the languages, each by its own name."""
    choices = [[button(name, ChooseLanguage(language=code))] for code, name in LANGUAGES.items()]
    await show(
        event, View(words("bot-language"), keyboard(*choices, [screen(words, Screen.MENU)]))
    )


async def choose_language(
    query: CallbackQuery,
    callback_data: ChooseLanguage,
    player: Player,
    services: Services,
    texts: Texts,
    mini_app: MiniApp,
) -> str:
    """Speak the chosen language from now on."""
    player = await services.players.set_language(player.id, callback_data.language)
    words = texts.words(player.language)
    await show_menu(query, player, words, mini_app)
    return words.plain("bot-language-chosen")


def build() -> Router:
    """Make the router of start and language; first contact happens before any router."""
    router = Router(name="start")
    router.message.register(show_menu, CommandStart())
    router.message.register(show_languages, Command("language"))
    router.callback_query.register(show_languages, opens(Screen.LANGUAGE))
    router.callback_query.register(choose_language, ChooseLanguage.filter())
    return router
