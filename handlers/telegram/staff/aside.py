"""Work that takes longer than a chat may be held up: its result is a message of its own."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from aiogram.types import BufferedInputFile, CallbackQuery

from bot.outbound import ChatGone, TelegramAway
from bot.screens import View
from bot.services import Services
from bot.texts import Words
from casino.errors import LATER, PlayerError

TRIES_MAX: Final = 4
PAUSE_MAX_S: Final = 30

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with a word on it; ``caption`` is Telegram HTML."""

    name: str
    body: bytes
    caption: str


Work = Callable[[], Awaitable[View | Sheet]]


def aside(query: CallbackQuery, words: Words, services: Services, name: str, work: Work) -> str:
    """Begin it, at most one of a name at once; returns what to say at once."""

    async def done_and_told() -> None:
        await _tell(query, await _outcome(words, name, work))

    begun = services.errands.start(name, done_and_told)
    return words.plain("bot-staff-begun" if begun else "bot-staff-under-way")


async def _outcome(words: Words, name: str, work: Work) -> View | Sheet:
    try:
        return await work()
    except PlayerError as error:
        return View(html.escape(words.error(error), quote=False))
    except LATER as outage:
        log.warning("errand of staff put off", errand=name, error=repr(outage))
        return View(words("bot-try-later"))
    except Exception:
        log.exception("errand of staff failed", errand=name)
        return View(words("bot-broken"))


async def _tell(query: CallbackQuery, outcome: View | Sheet) -> None:
    for _ in range(TRIES_MAX):
        try:
            await _send(query, outcome)
        except TelegramAway as away:
            await asyncio.sleep(min(away.after_s, PAUSE_MAX_S))
        except ChatGone:
            return
        else:
            return
    log.error("the result of an errand could not be told")


async def _send(query: CallbackQuery, outcome: View | Sheet) -> None:
    if query.message is None:
        return
    if isinstance(outcome, View):
        await query.message.answer(outcome.text, reply_markup=outcome.keyboard)
    else:
        file = BufferedInputFile(outcome.body, outcome.name)
        await query.message.answer_document(file, caption=outcome.caption)
