"""The staff menu."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.callback_data import OpenStaff, StaffScreen
from bot.introduction import introduce_to_staff
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.texts import Texts, Words
from casino.backoffice import Staff
from handlers.telegram.filters import opens_staff


def home_view(words: Words) -> View:
    """Show what staff can do."""
    find, providers, games, figures, audit = (
        button(words.plain(f"bot-staff-button-{target.name.lower()}"), OpenStaff(screen=target))
        for target in StaffScreen
        if target is not StaffScreen.HOME
    )
    return View(words("bot-staff"), keyboard([find], [providers, games], [figures, audit]))


async def open_home(message: Message, words: Words, texts: Texts, staff: Staff, bot: Bot) -> None:
    """Answer ``/admin``, and show the command to this member of staff from now on."""
    await show(message, home_view(words))
    await introduce_to_staff(bot, texts, staff.telegram_id)


async def return_home(query: CallbackQuery, words: Words, state: FSMContext) -> None:
    """Leave whatever was open."""
    await state.clear()
    await show(query, home_view(words))


def build() -> Router:
    """Make the router of the staff menu."""
    router = Router(name="staff-home")
    router.message.register(open_home, Command("admin"))
    router.callback_query.register(return_home, opens_staff(StaffScreen.HOME))
    return router
