"""Payment support: what to check, the player's number, and a letter to staff."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.callback_data import OpenCard, OpenScreen, Screen, WriteToStaff
from bot.keyboards import button, keyboard, screen
from bot.notifier import Notifier
from bot.screens import Event, View, show
from bot.texts import Words
from casino.players import Player
from handlers.telegram.filters import opens
from handlers.telegram.questions import (
    IS_TEXT,
    Asked,
    ask,
    is_fresh,
    line_of,
    question_view,
)

LETTER_LENGTH_MAX: Final = 400  # Fluent gives up on values above 2,500, and markup costs five each
PAUSE_S: Final = 60  # between two letters of one player: staff read them in a chat, too
AWAY: Final = OpenScreen(screen=Screen.SUPPORT)


async def show_support(event: Event, player: Player, words: Words, admins: frozenset[int]) -> None:
    """Say what to do when a payment went wrong, and offer to write where somebody reads it."""
    write = [button(words.plain("bot-button-write"), WriteToStaff())] if admins else []
    await show(
        event,
        View(
            words("bot-paysupport", player=str(player.id)),
            keyboard(write, [screen(words, Screen.DEPOSIT), screen(words, Screen.MENU)]),
        ),
    )


async def ask_letter(query: CallbackQuery, words: Words, state: FSMContext) -> None:
    """Ask what happened. When the last letter was sent stays known."""
    sent_at = (await state.get_data()).get("sent_at", 0)
    view = question_view(words, words("bot-support-ask"), AWAY)
    await ask(query, state, Asked.support, view, {"sent_at": sent_at})


async def send_letter(
    message: Message, player: Player, words: Words, state: FSMContext, notifier: Notifier
) -> None:
    """Pass the letter on to staff, with the way to the player's card."""
    letter = line_of(message)
    if not 0 < len(letter) <= LETTER_LENGTH_MAX:
        await show(message, question_view(words, words("bot-support-length"), AWAY))
        return
    now = int(message.date.timestamp())
    sent_at = (await state.get_data()).get("sent_at", 0)
    if isinstance(sent_at, int) and now - sent_at < PAUSE_S:
        await show(message, question_view(words, words("bot-support-wait"), AWAY))
        return
    reached = await notifier.tell_staff(
        "bot-event-letter",
        OpenCard(player_id=player.id),
        player=str(player.id),
        name=player.name,
        telegram=str(message.chat.id),
        letter=letter,
    )
    await state.set_state(None)
    await state.set_data({"sent_at": now if reached else 0})
    text = words("bot-support-sent" if reached else "bot-support-nobody")
    await show(message, View(text, keyboard([screen(words, Screen.MENU)])))


def build() -> Router:
    """Make the router of payment support."""
    router = Router(name="support")
    # The Mini App links here; a limit or a pause is asked for in a letter to staff.
    router.message.register(show_support, CommandStart(magic=F.args.in_({"support", "limits"})))
    router.message.register(show_support, Command("paysupport"))
    router.callback_query.register(show_support, opens(Screen.SUPPORT))
    router.callback_query.register(ask_letter, WriteToStaff.filter())
    router.message.register(send_letter, Asked.support, IS_TEXT, is_fresh)
    return router
