"""Find a player, see the card, freeze and unfreeze."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.callback_data import (
    AskAdjustment,
    AskFreeze,
    OpenAwards,
    OpenCard,
    OpenStaff,
    StaffScreen,
)
from bot.keyboards import Row, button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import PlayerCard, Staff
from handlers.telegram.filters import opens_staff
from handlers.telegram.history import entry_line
from handlers.telegram.questions import (
    IS_TEXT,
    TEXT_LENGTH_MAX,
    Asked,
    ask,
    is_fresh,
    line_of,
    question_view,
)
from handlers.telegram.wallet import balance_lines

QUERY_LENGTH_MAX: Final = 64
NAME_SHOWN_MAX: Final = 40
ENTRIES_SHOWN: Final = 10


async def ask_player(query: CallbackQuery, words: Words, state: FSMContext) -> None:
    """Ask whom to look for."""
    view = question_view(words, words("bot-staff-find"))
    await ask(query, state, Asked.player, view, {})


async def list_players(message: Message, words: Words, services: Services) -> None:
    """List who matches; the question stays open for another try."""
    found = await services.players.find(line_of(message)[:QUERY_LENGTH_MAX])
    rows = [
        [button(f"{player.id} · {player.name[:NAME_SHOWN_MAX]}", OpenCard(player_id=player.id))]
        for player in found
    ]
    text = words("bot-staff-found", count=len(found)) if found else words("bot-staff-found-none")
    await show(message, View(text, keyboard(*rows, back(words))))


async def show_card(
    query: CallbackQuery, callback_data: OpenCard, words: Words, services: Services
) -> None:
    """Show a player as they are now."""
    await show(query, await card_view(words, services, callback_data.player_id))


async def ask_freeze_reason(
    query: CallbackQuery, callback_data: AskFreeze, words: Words, state: FSMContext
) -> None:
    """Ask why."""
    asked = "bot-staff-freeze" if callback_data.frozen else "bot-staff-unfreeze"
    view = question_view(words, words(asked, player=str(callback_data.player_id)))
    context = {"player_id": callback_data.player_id, "frozen": callback_data.frozen}
    await ask(query, state, Asked.freeze_reason, view, context)


async def set_frozen(
    message: Message, words: Words, services: Services, staff: Staff, state: FSMContext
) -> None:
    """Freeze or unfreeze with the reason given; repeating it changes nothing."""
    reason = line_of(message)
    if not 0 < len(reason) <= TEXT_LENGTH_MAX:
        await show(message, question_view(words, words("bot-staff-reason-length")))
        return
    asked = await state.get_data()
    player_id, frozen = asked.get("player_id"), asked.get("frozen")
    if not isinstance(player_id, int) or not isinstance(frozen, bool):
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    act = services.backoffice.freeze if frozen else services.backoffice.unfreeze
    await act(staff, player_id, reason)
    await show(message, await card_view(words, services, player_id))
    await state.clear()


async def card_view(words: Words, services: Services, player_id: int) -> View:
    """Show a player's card. Raises NotFound."""
    card = await services.backoffice.card(player_id)
    return View(_card_text(words, card), _card_keyboard(words, card))


def back(words: Words) -> Row:
    """Lead back to the staff menu."""
    return [button(words.plain("bot-button-staff"), OpenStaff(screen=StaffScreen.HOME))]


def build() -> Router:
    """Make the router of players, for staff."""
    router = Router(name="staff-players")
    router.callback_query.register(ask_player, opens_staff(StaffScreen.FIND))
    router.callback_query.register(show_card, OpenCard.filter())
    router.callback_query.register(ask_freeze_reason, AskFreeze.filter())
    router.message.register(list_players, Asked.player, IS_TEXT, is_fresh)
    router.message.register(set_frozen, Asked.freeze_reason, IS_TEXT, is_fresh)
    return router


def _card_text(words: Words, card: PlayerCard) -> str:
    player = card.player
    head = words(
        "bot-staff-card",
        player=str(player.id),
        name=player.name,
        state="frozen" if player.frozen else "active",
        terms="yes" if player.terms_accepted else "no",
        chat="yes" if player.chat_id is not None else "no",
        language=player.language,
        since=f"{player.created_at:%Y-%m-%d}",
    )
    balances = "\n".join(balance_lines(words, card.balances))
    entries = [entry_line(words, entry) for entry in card.entries[:ENTRIES_SHOWN]]
    history = "\n".join(entries or [words("bot-history-empty")])
    return f"{head}\n\n{balances}\n\n{history}"


def _card_keyboard(words: Words, card: PlayerCard) -> InlineKeyboardMarkup:
    player = card.player
    freeze = "bot-staff-button-unfreeze" if player.frozen else "bot-staff-button-freeze"
    target = AskFreeze(player_id=player.id, frozen=not player.frozen)
    adjust = AskAdjustment(player_id=player.id, currency="", upwards=True)
    return keyboard(
        [
            button(words.plain(freeze), target),
            button(words.plain("bot-staff-button-adjust"), adjust),
        ],
        [button(words.plain("bot-staff-button-spins"), OpenAwards(player_id=player.id))],
        back(words),
    )
