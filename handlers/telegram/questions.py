"""Questions that are answered with a text. What is open is kept in Redis, for a day."""

from __future__ import annotations

from typing import Any, Final

from aiogram import F
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.callback_data import OpenStaff, StaffScreen
from bot.keyboards import button, keyboard
from bot.screens import Event, View, show
from bot.texts import Words

TEXT_LENGTH_MAX: Final = 300

IS_TEXT: Final = F.text
TO_STAFF: Final = OpenStaff(screen=StaffScreen.HOME)


class Asked(StatesGroup):
    """What the next text answers."""

    player = State()
    freeze_reason = State()
    amount = State()
    adjustment_reason = State()
    game = State()
    support = State()


async def ask(
    event: Event, state: FSMContext, question: State, view: View, context: dict[str, Any]
) -> None:
    """Show a question and wait for its answer.

    Shown first, noted second: a crash in between asks again and loses nothing.
    """
    await show(event, view)
    message = event.message if isinstance(event, CallbackQuery) else event
    after = message.message_id if message is not None else 0
    await state.set_data({**context, "after": after})
    await state.set_state(question)


async def is_fresh(message: Message, state: FSMContext) -> bool:
    """Whether a text can be the answer.

    A text that is handled again after a crash was the answer to the question before this one.
    """
    after = (await state.get_data()).get("after", 0)
    return isinstance(after, int) and message.message_id > after


def question_view(words: Words, text: str, away: CallbackData = TO_STAFF) -> View:
    """Show a question with a way out."""
    return View(text, keyboard([button(words.plain("bot-button-cancel"), away)]))


def line_of(message: Message) -> str:
    """Return the text as one line."""
    return " ".join((message.text or "").replace("\0", "").split())
