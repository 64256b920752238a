"""Adjust a balance: direction, amount, reason, and a second look before it happens, once."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.callback_data import AskAdjustment, ConfirmAdjustment, OpenCard
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from casino.ids import new_token
from casino.money import CURRENCIES, Currency, InvalidAmount, Money
from handlers.telegram.history import signed
from handlers.telegram.questions import (
    IS_TEXT,
    TEXT_LENGTH_MAX,
    Asked,
    ask,
    is_fresh,
    line_of,
    question_view,
)
from handlers.telegram.staff.players import card_view

KEY_LENGTH: Final = 12


class Draft(BaseModel):
    """An adjustment in the making, as the dialogue keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    player_id: int
    currency_code: str
    upwards: bool
    amount: str = ""
    reason: str = ""
    key: str = ""
    done: bool = False

    @property
    def currency(self) -> Currency:
        """The currency; a draft naming another one is lost, see ``read_draft``."""
        return CURRENCIES[self.currency_code]

    @property
    def delta(self) -> Money:
        """What will be added to the balance, signed."""
        amount = Money.parse(self.amount, self.currency)
        return amount if self.upwards else -amount


async def read_draft(state: FSMContext) -> Draft | None:
    """Return the open draft, or None when it was lost or never was."""
    try:
        draft = Draft.model_validate(await state.get_data())
    except ValidationError:
        return None
    return draft if draft.currency_code in CURRENCIES else None


async def choose_currency(
    query: CallbackQuery, callback_data: AskAdjustment, words: Words, services: Services
) -> None:
    """Offer each currency in both directions."""
    player_id = callback_data.player_id
    card = await services.backoffice.card(player_id)
    rows = [
        [
            button(
                f"{sign} {balance.currency}",
                AskAdjustment(
                    player_id=player_id, currency=balance.currency.code, upwards=sign == "+"
                ),
            )
            for sign in ("+", "\N{MINUS SIGN}")
        ]
        for balance in card.balances
    ]
    away = button(words.plain("bot-button-cancel"), OpenCard(player_id=player_id))
    text = words("bot-staff-adjust", player=str(player_id), name=card.player.name)
    await show(query, View(text, keyboard(*rows, [away])))


async def ask_amount(
    query: CallbackQuery, callback_data: AskAdjustment, words: Words, state: FSMContext
) -> str | None:
    """Ask how much."""
    if callback_data.currency not in CURRENCIES:
        return words.plain("bot-old-button")
    draft = Draft(
        player_id=callback_data.player_id,
        currency_code=callback_data.currency,
        upwards=callback_data.upwards,
    )
    view = question_view(words, _question(words, "bot-staff-amount", draft))
    await ask(query, state, Asked.amount, view, draft.model_dump())
    return None


async def ask_reason(message: Message, words: Words, state: FSMContext) -> None:
    """Take the amount, exactly as written, and ask why."""
    draft = await read_draft(state)
    if draft is None:
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    try:
        amount = Money.parse(line_of(message), draft.currency)
    except InvalidAmount:
        amount = Money.zero(draft.currency)
    if not amount:
        await show(message, question_view(words, _question(words, "bot-staff-amount-bad", draft)))
        return
    draft = draft.model_copy(update={"amount": amount.text()})
    view = question_view(
        words,
        words("bot-staff-reason", amount=signed(draft.delta), player=str(draft.player_id)),
    )
    await ask(message, state, Asked.adjustment_reason, view, draft.model_dump())


async def ask_confirmation(
    message: Message, words: Words, services: Services, state: FSMContext
) -> None:
    """Show what will happen. The key is made here, so that this screen adjusts once."""
    reason = line_of(message)
    draft = await read_draft(state)
    if draft is None or not draft.amount:
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    if not 0 < len(reason) <= TEXT_LENGTH_MAX:
        await show(message, question_view(words, words("bot-staff-reason-length")))
        return
    draft = draft.model_copy(update={"reason": reason, "key": new_token(KEY_LENGTH)})
    player = await services.players.get(draft.player_id)
    text = words(
        "bot-staff-confirm",
        player=str(player.id),
        name=player.name,
        amount=signed(draft.delta),
        reason=reason,
    )
    confirm = button(words.plain("bot-staff-button-confirm"), ConfirmAdjustment(key=draft.key))
    away = button(words.plain("bot-button-cancel"), OpenCard(player_id=player.id))
    # Noted before it is shown, unlike a question: the button must find its draft.
    await state.set_data({**draft.model_dump(), "after": message.message_id})
    await state.set_state(None)
    await show(message, View(text, keyboard([confirm], [away])))


async def adjust(
    query: CallbackQuery,
    callback_data: ConfirmAdjustment,
    words: Words,
    services: Services,
    staff: Staff,
    state: FSMContext,
) -> str:
    """Do it, once per confirmation screen, and say what became of it."""
    draft = await read_draft(state)
    if draft is None or draft.key != callback_data.key:
        return words.plain("bot-staff-confirmation-old")
    if draft.done:
        return words.plain("bot-staff-adjusted-before")
    entry = await services.backoffice.adjust(
        staff, draft.player_id, draft.delta, draft.reason, f"chat-{draft.key}"
    )
    await state.update_data(done=True)
    await show(query, await card_view(words, services, draft.player_id))
    return words.plain(
        "bot-staff-adjusted", amount=signed(entry.delta), balance=str(entry.balance_after)
    )


def build() -> Router:
    """Make the router of adjustments."""
    router = Router(name="staff-adjust")
    router.callback_query.register(choose_currency, AskAdjustment.filter(F.currency == ""))
    router.callback_query.register(ask_amount, AskAdjustment.filter())
    router.callback_query.register(adjust, ConfirmAdjustment.filter())
    router.message.register(ask_reason, Asked.amount, IS_TEXT, is_fresh)
    router.message.register(ask_confirmation, Asked.adjustment_reason, IS_TEXT, is_fresh)
    return router


def _question(words: Words, text_id: str, draft: Draft) -> str:
    return words(
        text_id,
        currency=draft.currency_code,
        decimals=draft.currency.decimals,
        direction="up" if draft.upwards else "down",
        player=str(draft.player_id),
    )
