"""Give free spins: game, player, currency, then what they are to be, and a second look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.callback_data import AskSpins, ChooseSpins, ConfirmSpins, OpenProvider, SkipOption
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from casino.ids import new_token, read_id
from casino.money import CURRENCIES, CURRENCY_BY_ID, UNITS_MAX, Currency, InvalidAmount, Money
from casino.play.free_spins import OPTION_LENGTH_MAX, QUANTITY_MAX, REF_LENGTH, Award
from handlers.telegram.questions import (
    IS_TEXT,
    TEXT_LENGTH_MAX,
    ask,
    is_fresh,
    line_of,
    question_view,
)
from handlers.telegram.staff.awards import awards_view
from handlers.telegram.staff.players import NAME_SHOWN_MAX, QUERY_LENGTH_MAX, back

KEY_LENGTH: Final = 12
DAYS_MAX: Final = 90
TITLE_SHOWN_MAX: Final = 40


class Wanted(StatesGroup):
    """What the next text says of the free spins."""

    game = State()
    player = State()
    quantity = State()
    stake = State()
    option = State()
    days = State()
    reason = State()


class Draft(BaseModel):
    """Free spins in the making, as the dialogue keeps them."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    game_id: int
    player_id: int
    currency_code: str
    quantity: int = 0
    stake: str = ""
    option: str = ""
    days: int = 0
    reason: str = ""
    ref: str = ""
    done: bool = False

    @property
    def currency(self) -> Currency:
        """The currency; a draft naming another one is lost, see ``read_draft``."""
        return CURRENCIES[self.currency_code]

    def award(self, now: datetime) -> Award:
        """Return what would be given at this moment."""
        return Award(
            self.player_id,
            (self.game_id,),
            self.quantity,
            Money.parse(self.stake, self.currency),
            now + timedelta(days=self.days),
            self.option or None,
        )


async def read_draft(state: FSMContext) -> Draft | None:
    """Return the open draft, or None when it was lost or never was."""
    try:
        draft = Draft.model_validate(await state.get_data())
    except ValidationError:
        return None
    return draft if draft.currency_code in CURRENCIES else None


def _quantity(_draft: Draft, text: str) -> dict[str, Any] | None:
    number = read_id(text) or 0
    return {"quantity": number} if 0 < number <= QUANTITY_MAX else None


def _stake(draft: Draft, text: str) -> dict[str, Any] | None:
    try:
        stake = Money.parse(text, draft.currency)
    except InvalidAmount:
        return None
    # All of them together must be an amount, too.
    fits = stake.units > 0 and stake.units * draft.quantity <= UNITS_MAX
    return {"stake": stake.text()} if fits else None


def _option(_draft: Draft, text: str) -> dict[str, Any] | None:
    return {"option": text} if 0 < len(text) <= OPTION_LENGTH_MAX else None


def _days(_draft: Draft, text: str) -> dict[str, Any] | None:
    number = read_id(text) or 0
    return {"days": number} if 0 < number <= DAYS_MAX else None


def _reason(_draft: Draft, text: str) -> dict[str, Any] | None:
    return {"reason": text} if 0 < len(text) <= TEXT_LENGTH_MAX else None


@dataclass(frozen=True, slots=True)
class Step:
    """A question; ``read`` turns its answer into a part of the draft, or into None."""

    text_id: str
    state: State
    read: Callable[[Draft, str], dict[str, Any] | None]
    most: int = 0


OPTION: Final = Step("bot-staff-spins-option", Wanted.option, _option)
DAYS: Final = Step("bot-staff-spins-days", Wanted.days, _days, DAYS_MAX)
STEPS: Final = (
    Step("bot-staff-spins-quantity", Wanted.quantity, _quantity, QUANTITY_MAX),
    Step("bot-staff-spins-stake", Wanted.stake, _stake),
    OPTION,
    DAYS,
    Step("bot-staff-spins-reason", Wanted.reason, _reason),
)


async def ask_game(
    query: CallbackQuery,
    callback_data: AskSpins,
    words: Words,
    services: Services,
    state: FSMContext,
) -> str | None:
    """Ask for which game."""
    provider_id = callback_data.provider_id
    if not services.desk.gives_spins(provider_id):
        return words.plain("bot-old-button")
    text = words("bot-staff-spins-game", provider=provider_id)
    view = question_view(words, text, OpenProvider(provider_id=provider_id))
    await ask(query, state, Wanted.game, view, {"provider_id": provider_id})
    return None


async def list_games(
    message: Message, words: Words, services: Services, state: FSMContext
) -> None:
    """List the provider's games that match; the question stays open for another try."""
    provider_id = (await state.get_data()).get("provider_id")
    if not isinstance(provider_id, str):
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    text = line_of(message)[:QUERY_LENGTH_MAX]
    rows = [
        [
            button(
                f"#{game.id} {game.title[:TITLE_SHOWN_MAX]}",
                ChooseSpins(game_id=game.id, player_id=0, currency_id=0),
            )
        ]
        for game in await services.desk.games_with_spins(provider_id, text)
    ]
    shown = words("bot-staff-spins-games" if rows else "bot-staff-spins-games-none")
    await show(message, View(shown, keyboard(*rows, back(words))))


async def ask_player(
    query: CallbackQuery,
    callback_data: ChooseSpins,
    words: Words,
    services: Services,
    state: FSMContext,
) -> None:
    """Ask for whom."""
    game = await services.desk.game(callback_data.game_id)
    view = question_view(words, words("bot-staff-spins-player", game=game.title))
    await ask(query, state, Wanted.player, view, {"game_id": game.id})


async def list_players(
    message: Message, words: Words, services: Services, state: FSMContext
) -> None:
    """List who matches; the question stays open for another try."""
    game_id = (await state.get_data()).get("game_id")
    if not isinstance(game_id, int):
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    found = await services.players.find(line_of(message)[:QUERY_LENGTH_MAX])
    rows = [
        [
            button(
                f"{player.id} · {player.name[:NAME_SHOWN_MAX]}",
                ChooseSpins(game_id=game_id, player_id=player.id, currency_id=0),
            )
        ]
        for player in found
    ]
    text = words("bot-staff-found", count=len(found)) if found else words("bot-staff-found-none")
    await show(message, View(text, keyboard(*rows, back(words))))


async def ask_currency(
    query: CallbackQuery, callback_data: ChooseSpins, words: Words, services: Services
) -> None:
    """Offer the currencies that the provider plays in."""
    game = await services.desk.game(callback_data.game_id)
    player = await services.players.get(callback_data.player_id)
    choices = [
        button(
            currency.code,
            ChooseSpins(game_id=game.id, player_id=player.id, currency_id=currency.id),
        )
        for currency in services.desk.currencies(game.provider_id)
    ]
    text = words(
        "bot-staff-spins-currency", game=game.title, name=player.name, player=str(player.id)
    )
    await show(query, View(text, keyboard(choices, back(words))))


async def begin(
    query: CallbackQuery,
    callback_data: ChooseSpins,
    words: Words,
    services: Services,
    state: FSMContext,
) -> str | None:
    """Begin the draft, and ask the first question about it."""
    currency = CURRENCY_BY_ID.get(callback_data.currency_id)
    game = await services.desk.game(callback_data.game_id)
    if currency is None or currency not in services.desk.currencies(game.provider_id):
        return words.plain("bot-old-button")
    player = await services.players.get(callback_data.player_id)
    draft = Draft(game_id=game.id, player_id=player.id, currency_code=currency.code)
    step = STEPS[0]
    await ask(query, state, step.state, _question(words, step, draft), draft.model_dump())
    return None


async def answer(
    message: Message, words: Words, services: Services, state: FSMContext, raw_state: str
) -> None:
    """Take an answer and ask what comes next; after the last one, show what will happen."""
    draft = await read_draft(state)
    if draft is None:
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    number = next(n for n, step in enumerate(STEPS) if step.state.state == raw_state)
    part = STEPS[number].read(draft, line_of(message))
    if part is None:
        await show(message, _question(words, STEPS[number], draft, refused=True))
        return
    draft = draft.model_copy(update=part)
    if number + 1 < len(STEPS):
        step = STEPS[number + 1]
        await ask(message, state, step.state, _question(words, step, draft), draft.model_dump())
        return
    draft = draft.model_copy(update={"ref": new_token(REF_LENGTH)})
    view = await _confirmation(words, services, draft)
    # Noted before it is shown, unlike a question: the button must find its draft.
    await state.set_data({**draft.model_dump(), "after": message.message_id})
    await state.set_state(None)
    await show(message, view)


async def skip_option(query: CallbackQuery, words: Words, state: FSMContext) -> str | None:
    """Go on without a further name of the stake: to the question after it."""
    draft = await read_draft(state)
    if draft is None or not draft.stake or draft.ref:
        return words.plain("bot-old-button")
    draft = draft.model_copy(update={"option": ""})
    await ask(query, state, DAYS.state, _question(words, DAYS, draft), draft.model_dump())
    return None


async def give(
    query: CallbackQuery,
    callback_data: ConfirmSpins,
    words: Words,
    services: Services,
    staff: Staff,
    state: FSMContext,
) -> str:
    """Do it, once per confirmation screen, and show the player's free spins."""
    draft = await read_draft(state)
    if draft is None or draft.ref[:KEY_LENGTH] != callback_data.key:
        return words.plain("bot-staff-confirmation-old")
    if draft.done:
        return words.plain("bot-staff-adjusted-before")
    award = draft.award(services.desk.now())
    given = await services.desk.award(staff, award, draft.reason, draft.ref)
    await state.update_data(done=True)
    await show(query, await awards_view(words, services, draft.player_id))
    return words.plain("bot-staff-spins-given" if given else "bot-staff-spins-waiting")


def build() -> Router:
    """Make the router of giving free spins."""
    router = Router(name="staff-spins")
    router.callback_query.register(ask_game, AskSpins.filter())
    router.callback_query.register(ask_player, ChooseSpins.filter(F.player_id == 0))
    router.callback_query.register(ask_currency, ChooseSpins.filter(F.currency_id == 0))
    router.callback_query.register(begin, ChooseSpins.filter())
    router.callback_query.register(skip_option, SkipOption.filter())
    router.callback_query.register(give, ConfirmSpins.filter())
    router.message.register(list_games, Wanted.game, IS_TEXT, is_fresh)
    router.message.register(list_players, Wanted.player, IS_TEXT, is_fresh)
    router.message.register(answer, StateFilter(Wanted), IS_TEXT, is_fresh)
    return router


def _question(words: Words, step: Step, draft: Draft, *, refused: bool = False) -> View:
    text = words(
        step.text_id,
        currency=draft.currency_code,
        decimals=draft.currency.decimals,
        most=str(step.most),
    )
    if refused:
        text = "\n\n".join((words("bot-staff-spins-again"), text))
    view = question_view(words, text)
    if step is not OPTION or view.keyboard is None:
        return view
    skip = [button(words.plain("bot-staff-button-without"), SkipOption())]
    return View(text, keyboard(skip, *view.keyboard.inline_keyboard))


async def _confirmation(words: Words, services: Services, draft: Draft) -> View:
    player = await services.players.get(draft.player_id)
    game = await services.desk.game(draft.game_id)
    award = draft.award(services.desk.now())
    text = words(
        "bot-staff-spins-confirm",
        player=str(player.id),
        name=player.name,
        game=game.title,
        provider=game.provider_id,
        quantity=str(draft.quantity),
        stake=str(award.stake),
        option=draft.option or "-",
        until=f"{award.valid_until:%Y-%m-%d %H:%M}",
        reason=draft.reason,
        stakes=str(award.stakes),
    )
    confirm = ConfirmSpins(key=draft.ref[:KEY_LENGTH])
    away = OpenProvider(provider_id=game.provider_id)
    return View(
        text,
        keyboard(
            [button(words.plain("bot-staff-button-confirm"), confirm)],
            [button(words.plain("bot-button-cancel"), away)],
        ),
    )
