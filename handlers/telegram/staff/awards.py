"""A player's free spins: what became of them, and taking back what was not played."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.callback_data import AskForfeit, OpenAwards, OpenCard
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from casino.play.free_spins import Given
from handlers.telegram.questions import (
    IS_TEXT,
    TEXT_LENGTH_MAX,
    ask,
    is_fresh,
    line_of,
    question_view,
)

AWARDS_SHOWN: Final = 10
TITLE_SHOWN_MAX: Final = 40


class Forfeit(StatesGroup):
    """What the next text is."""

    reason = State()


async def show_awards(
    query: CallbackQuery, callback_data: OpenAwards, words: Words, services: Services
) -> None:
    """List them, newest first."""
    await show(query, await awards_view(words, services, callback_data.player_id))


async def ask_reason(
    query: CallbackQuery,
    callback_data: AskForfeit,
    words: Words,
    services: Services,
    state: FSMContext,
) -> str | None:
    """Ask why they are taken back."""
    given = await services.desk.given(callback_data.award_id)
    if not given.is_open:
        await show(query, await awards_view(words, services, given.player_id))
        return words.plain("bot-staff-spins-over")
    text = words("bot-staff-forfeit", spins=_spins(given), player=str(given.player_id))
    view = question_view(words, text, OpenAwards(player_id=given.player_id))
    await ask(query, state, Forfeit.reason, view, {"award_id": given.id})
    return None


async def forfeit(
    message: Message, words: Words, services: Services, staff: Staff, state: FSMContext
) -> None:
    """Take them back with the reason given; repeating it changes nothing."""
    reason = line_of(message)
    if not 0 < len(reason) <= TEXT_LENGTH_MAX:
        await show(message, question_view(words, words("bot-staff-reason-length")))
        return
    award_id = (await state.get_data()).get("award_id")
    if not isinstance(award_id, int):
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    await services.desk.forfeit(staff, award_id, reason)
    given = await services.desk.given(award_id)
    await show(message, await awards_view(words, services, given.player_id))
    await state.clear()


async def awards_view(words: Words, services: Services, player_id: int) -> View:
    """Show a player's free spins. Raises NotFound."""
    player = await services.players.get(player_id)
    awards = await services.desk.awards(player_id, AWARDS_SHOWN)
    lines = [
        words(
            "bot-staff-award",
            number=str(given.id),
            spins=_spins(given),
            provider=given.provider_id,
            status=given.status,
            won="-" if given.won is None else str(given.won),
            until=f"{given.valid_until:%Y-%m-%d %H:%M}",
        )
        for given in awards
    ]
    rows = [
        [
            button(
                words.plain("bot-staff-button-forfeit", number=str(given.id)),
                AskForfeit(award_id=given.id),
            )
        ]
        for given in awards
        if given.is_open and services.desk.gives_spins(given.provider_id)
    ]
    head = words("bot-staff-awards", name=player.name, player=str(player.id))
    text = "\n\n".join((head, *(lines or [words("bot-staff-awards-none")])))
    away = button(words.plain("bot-button-back"), OpenCard(player_id=player_id))
    return View(text, keyboard(*rows, [away]))


def build() -> Router:
    """Make the router of a player's free spins."""
    router = Router(name="staff-awards")
    router.callback_query.register(show_awards, OpenAwards.filter())
    router.callback_query.register(ask_reason, AskForfeit.filter())
    router.message.register(forfeit, Forfeit.reason, IS_TEXT, is_fresh)
    return router


def _spins(given: Given) -> str:
    titles = ", ".join(title[:TITLE_SHOWN_MAX] for title in given.games[:3])
    return f"{given.quantity} \N{MULTIPLICATION SIGN} {given.stake} · {titles}"
