"""What Telegram shows of the bot before anybody writes: commands and the menu button."""

from __future__ import annotations

from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)

from bot.keyboards import MiniApp
from bot.outbound import ChatGone
from bot.texts import FALLBACK, LANGUAGES, Texts, Words

COMMANDS: Final = (
    "menu",
    "balance",
    "deposit",
    "history",
    "language",
    "help",
    "paysupport",
    "privacy",
)
STAFF_COMMANDS: Final = ("admin",)


async def introduce(bot: Bot, texts: Texts, mini_app: MiniApp, admins: frozenset[int]) -> None:
    """Register commands in every language and the button beside the input field."""
    await _set_commands(bot, texts, None, COMMANDS)
    for telegram_id in sorted(admins):
        await introduce_to_staff(bot, texts, telegram_id)
    words = texts.words(FALLBACK)
    await bot.set_chat_menu_button(
        menu_button=MenuButtonWebApp(
            text=words.plain("bot-button-menu-app"), web_app=WebAppInfo(url=mini_app.url)
        )
        if mini_app.opens_in_chat
        else MenuButtonCommands()
    )


async def introduce_to_staff(bot: Bot, texts: Texts, telegram_id: int) -> None:
    """Show the staff command to one member of staff, in that chat and nowhere else."""
    try:
        await _set_commands(
            bot, texts, BotCommandScopeChat(chat_id=telegram_id), (*COMMANDS, *STAFF_COMMANDS)
        )
    except (TelegramBadRequest, ChatGone):
        return  # never wrote to the bot: there is no such chat yet


async def _set_commands(
    bot: Bot, texts: Texts, scope: BotCommandScopeChat | None, names: tuple[str, ...]
) -> None:
    for language in LANGUAGES:
        words = texts.words(language)
        await bot.set_my_commands(
            [_command(words, name) for name in names],
            scope=scope,
            # Telegram's default is no language at all, and ours is the fallback.
            language_code=None if language == FALLBACK else language,
        )


def _command(words: Words, name: str) -> BotCommand:
    return BotCommand(command=name, description=words.plain(f"bot-command-{name}"))
