"""Outside the private chat: in groups the bot is a guest and speaks when spoken to."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.keyboards import keyboard, link
from bot.services import Services
from bot.texts import Words


async def addresses_bot(message: Message, bot: Bot) -> bool:
    """Whether this is a command with our name on it, such as ``/menu@croupier_bot``."""
    text = message.text or ""
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    name = command.partition("@")[2]
    username = (await bot.me()).username if name else None
    return bool(username) and name.lower() == str(username).lower()


async def invite(message: Message, bot: Bot, words: Words) -> None:
    """Ask into the private chat: money is nobody else's business."""
    username = (await bot.me()).username
    button = link(words.plain("bot-button-private"), f"https://t.me/{username}?start=group")
    await message.answer(words("bot-group-hint"), reply_markup=keyboard([button]))


async def ignore(_message: Message) -> None:
    """Say nothing: it was not for us."""


async def answer_foreign_button(_query: CallbackQuery, words: Words) -> str:
    """Stop the spinner of a button that is not in a private chat: none of ours is."""
    return words.plain("bot-old-button")


async def note_membership(change: ChatMemberUpdated, services: Services) -> None:
    """Remember that somebody blocked the bot; being spoken to again undoes it."""
    if (
        change.chat.type != ChatType.PRIVATE
        or change.new_chat_member.status != ChatMemberStatus.KICKED
    ):
        return
    player = await services.players.by_telegram(change.from_user.id)
    if player is not None:
        await services.players.chat_blocked(player.id)


def build() -> Router:
    """Make the router of everything that no player said in private."""
    router = Router(name="groups")
    router.message.register(invite, F.chat.type != ChatType.PRIVATE, addresses_bot)
    router.message.register(ignore)
    router.callback_query.register(answer_foreign_button)
    router.my_chat_member.register(note_membership)
    return router
