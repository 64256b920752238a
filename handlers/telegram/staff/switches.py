"""Switch games off and on; rounds in progress may finish."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.callback_data import StaffScreen, SwitchGame
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from handlers.telegram.filters import opens_staff
from handlers.telegram.questions import (
    IS_TEXT,
    Asked,
    ask,
    is_fresh,
    line_of,
    question_view,
)
from handlers.telegram.staff.home import home_view
from handlers.telegram.staff.players import back

TITLE_SHOWN_MAX: Final = 36
QUERY_LENGTH_MAX: Final = 64


async def ask_game(query: CallbackQuery, words: Words, state: FSMContext) -> None:
    """Ask which game."""
    view = question_view(words, words("bot-staff-games"))
    await ask(query, state, Asked.game, view, {})


async def list_games(
    message: Message, words: Words, services: Services, state: FSMContext
) -> None:
    """List the games that match, each with its switch; the question stays open."""
    text = line_of(message)[:QUERY_LENGTH_MAX]
    await show(message, await _games_view(words, services, text))
    await state.update_data(text=text)


async def switch_game(
    query: CallbackQuery,
    callback_data: SwitchGame,
    words: Words,
    services: Services,
    staff: Staff,
    state: FSMContext,
) -> str:
    """Bring a game to the state that the button named."""
    game_id, on = callback_data.game_id, callback_data.enabled
    await services.backoffice.switch_game(staff, game_id, on=on)
    text = (await state.get_data()).get("text")
    listed = isinstance(text, str) and await _games_view(words, services, text)
    await show(query, listed or home_view(words))
    return words.plain("bot-staff-switched", title=f"#{game_id}", state="on" if on else "off")


def build() -> Router:
    """Make the router of games' switches."""
    router = Router(name="staff-switches")
    router.callback_query.register(ask_game, opens_staff(StaffScreen.GAMES))
    router.callback_query.register(switch_game, SwitchGame.filter())
    router.message.register(list_games, Asked.game, IS_TEXT, is_fresh)
    return router


async def _games_view(words: Words, services: Services, text: str) -> View:
    games = await services.backoffice.find_games(text)
    rows = [
        [
            button(
                _switch(words, f"#{game.id} {game.title}", enabled=game.enabled),
                SwitchGame(game_id=game.id, enabled=not game.enabled),
            )
        ]
        for game in games
    ]
    shown = words("bot-staff-games-found" if games else "bot-staff-games-none")
    return View(shown, keyboard(*rows, back(words)))


def _switch(words: Words, title: str, *, enabled: bool) -> str:
    text_id = "bot-staff-button-switch-off" if enabled else "bot-staff-button-switch-on"
    return words.plain(text_id, title=title[:TITLE_SHOWN_MAX])
