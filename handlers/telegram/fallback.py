"""What nobody else understood gets a kind answer."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot import keyboards
from bot.screens import View, show
from bot.texts import Words


async def answer_unknown(message: Message, words: Words) -> None:
    """Answer an unknown command, a text or a picture; nothing of it is repeated."""
    command = (message.text or "").startswith("/")
    text = words("bot-unknown-command" if command else "bot-unknown-message")
    await show(message, View(text, keyboards.back(words)))


async def answer_old_button(_query: CallbackQuery, words: Words) -> str:
    """Answer a button of an earlier version, or one that never was ours."""
    return words.plain("bot-old-button")


def build() -> Router:
    """Make the last router."""
    router = Router(name="fallback")
    router.message.register(answer_unknown)
    router.callback_query.register(answer_old_button)
    return router
