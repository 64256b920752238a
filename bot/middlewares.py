"""Around every handler: who is speaking, in which language, and what if it goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, TelegramObject, Update, User

from bot.deep_links import is_start, start_payload
from bot.outbound import ChatGone, TelegramAway
from bot.services import Services
from bot.texts import Texts, Words
from casino.errors import LATER, PlayerError
from casino.players import Player, TelegramUser

TOAST_LENGTH_MAX = 200  # Telegram's limit for the answer to a button

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

log = structlog.get_logger(__name__)


class Guard(BaseMiddleware):
    """Turns errors into kind words, and answers every pressed button exactly once.

    A handler of a button may return a string: it is shown as a short notice over the chat. What a
    repeat may cure is raised on to the worker; everything else ends here.
    """

    def __init__(self, texts: Texts) -> None:
        """Speak the user's language even before we know the player."""
        self._texts = texts

    async def __call__(
        self, handler: Handler, event: TelegramObject, data: dict[str, Any]
    ) -> None:
        """Handle one update."""
        if not isinstance(event, Update):
            raise TypeError("belongs on the dispatcher's update observer")
        user: User | None = data.get("event_from_user")
        data["words"] = self._texts.words(user.language_code if user else None)
        try:
            await self._guard(handler, event, data)
        except ChatGone:
            log.info("nobody to answer: the chat is gone")

    async def _guard(self, handler: Handler, event: Update, data: dict[str, Any]) -> None:
        try:
            result = await handler(event, data)
        except (ChatGone, TelegramAway):
            raise
        except PlayerError as error:
            words: Words = data["words"]
            await _tell(event, words.error(error))
        except LATER:
            if "player" not in data:
                raise  # nothing was done or said yet: the worker repeats it from the start
            await _tell(event, data["words"].plain("bot-try-later"))
        except Exception:
            if "player" not in data:
                raise
            log.exception("handler failed")  # the last guard: the player must not be left alone
            await _tell(event, data["words"].plain("bot-broken"))
        else:
            if event.callback_query is not None:
                await _answer(event.callback_query, result if isinstance(result, str) else None)


class Introduction(BaseMiddleware):
    """Finds or makes the player behind a private update; everybody else stays nameless."""

    def __init__(self, services: Services, texts: Texts) -> None:
        """Meet players through the house's register."""
        self._players = services.players
        self._texts = texts

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:  # noqa: ANN401 - aiogram's
        """Add ``player`` and ``words`` to what handlers may ask for."""
        user: User | None = data.get("event_from_user")
        chat = data.get("event_chat")
        if (
            not isinstance(event, Update)
            or (event.message is None and event.callback_query is None)
            or (user is None or user.is_bot)
            or (chat is None or chat.type != "private")
        ):
            return await handler(event, data)
        player = await self._meet(event, user)
        data["player"] = player
        data["words"] = self._texts.words(player.language)
        with structlog.contextvars.bound_contextvars(player_id=player.id):
            return await handler(event, data)

    async def _meet(self, event: Update, user: User) -> Player:
        message = event.message
        starting = message is not None and is_start(message)
        if not starting:
            known = await self._players.by_telegram(user.id)
            # Without a chat the player came from the Mini App, or had blocked the bot until now.
            if known is not None and known.chat_id is not None:
                return known
        return await self._players.meet_telegram(
            TelegramUser(
                user.id, user.first_name, user.last_name, user.username, user.language_code
            ),
            start_payload=start_payload(message) if message else None,
            in_chat=True,
        )


async def forget_questions(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:  # noqa: ANN401 - aiogram's
    """End an open question when the player does something else: presses a button, gives a command.

    Otherwise a reason or an amount asked for yesterday would swallow the next text. What was
    gathered stays, for a confirmation that is still on the screen.
    """
    state: FSMContext | None = data.get("state")
    if isinstance(event, Update) and state is not None and data.get("raw_state"):
        command = event.message is not None and (event.message.text or "").startswith("/")
        if command or event.callback_query is not None:
            await state.set_state(None)
            data["raw_state"] = None
    return await handler(event, data)


async def _tell(event: Update, text: str) -> None:
    if event.callback_query is not None:
        await _answer(event.callback_query, text, alert=True)
    elif event.message is not None:
        await event.message.answer(text, parse_mode=None)


async def _answer(query: CallbackQuery, text: str | None, *, alert: bool = False) -> None:
    """Stop the spinner. An answer that comes too late is dropped by ``Outbound``."""
    shown = text[: TOAST_LENGTH_MAX - 1] + "…" if text and len(text) > TOAST_LENGTH_MAX else text
    await query.answer(shown, show_alert=alert or None)
