"""Before anything else: age, then the terms, in two steps that are asked again until accepted."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.callback_data import AcceptTerms, ChooseLanguage, ConfirmAge, GatePrivacy
from bot.keyboards import MiniApp, Row, button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import LANGUAGES, Texts, Words
from casino.players import Player
from handlers.telegram.filters import is_private, is_stranger
from handlers.telegram.menu import show_menu


def age_view(player: Player, words: Words) -> View:
    """Show step one."""
    return View(
        words("bot-age", name=player.name),
        keyboard(
            [button(words.plain("bot-button-adult"), ConfirmAge(adult=True))],
            [button(words.plain("bot-button-minor"), ConfirmAge(adult=False))],
            _other_languages(words),
        ),
    )


def minor_view(words: Words) -> View:
    """End the way for somebody too young; a slip of the finger can be undone."""
    again = ConfirmAge(adult=True)
    return View(words("bot-minor"), keyboard([button(words.plain("bot-button-adult"), again)]))


def terms_view(words: Words) -> View:
    """Show step two; its button exists only on this screen, which only step one opens."""
    return View(
        words("bot-terms"),
        keyboard(
            [button(words.plain("bot-button-accept"), AcceptTerms(accepted=True))],
            [button(words.plain("bot-button-privacy"), GatePrivacy(opened=True))],
            [button(words.plain("bot-button-decline"), AcceptTerms(accepted=False))],
        ),
    )


async def ask_age(message: Message, player: Player, words: Words) -> None:
    """Answer whatever was written with the first question."""
    await show(message, age_view(player, words))


async def ask_age_again(query: CallbackQuery, player: Player, words: Words) -> str:
    """Answer whatever was pressed with the first question."""
    await show(query, age_view(player, words))
    return words.plain("bot-gate-first")


async def choose_language(
    query: CallbackQuery,
    callback_data: ChooseLanguage,
    player: Player,
    services: Services,
    texts: Texts,
) -> None:
    """Go on in another language."""
    player = await services.players.set_language(player.id, callback_data.language)
    await show(query, age_view(player, texts.words(player.language)))


async def confirm_age(query: CallbackQuery, callback_data: ConfirmAge, words: Words) -> None:
    """Take the answer to step one."""
    await show(query, terms_view(words) if callback_data.adult else minor_view(words))


async def read_privacy(query: CallbackQuery, callback_data: GatePrivacy, words: Words) -> None:
    """Show the privacy notice, and the terms again after it."""
    notice = View(
        words("bot-privacy"),
        keyboard([button(words.plain("bot-button-back"), GatePrivacy(opened=False))]),
    )
    await show(query, notice if callback_data.opened else terms_view(words))


async def accept_terms(
    query: CallbackQuery, player: Player, words: Words, services: Services, mini_app: MiniApp
) -> str:
    """Open the house."""
    player = await services.players.accept_terms(player.id)
    await show_menu(query, player, words, mini_app)
    return words.plain("bot-welcome-toast")


async def decline_terms(query: CallbackQuery, words: Words) -> None:
    """Say goodbye, leaving the door open."""
    again = ConfirmAge(adult=True)
    goodbye = keyboard([button(words.plain("bot-button-terms-again"), again)])
    await show(query, View(words("bot-declined"), goodbye))


async def accepted_before(
    query: CallbackQuery, player: Player, words: Words, mini_app: MiniApp
) -> str:
    """Answer a second tap, or an old button of the gate: the house is open already."""
    await show_menu(query, player, words, mini_app)
    return words.plain("bot-accepted-before")


def build() -> Router:
    """Let in what a player may do before accepting, and nothing else."""
    outside = Router(name="gate-outside")
    outside.message.filter(is_stranger)
    outside.callback_query.filter(is_stranger)
    outside.callback_query.register(confirm_age, ConfirmAge.filter())
    outside.callback_query.register(read_privacy, GatePrivacy.filter())
    outside.callback_query.register(accept_terms, AcceptTerms.filter(F.accepted))
    outside.callback_query.register(decline_terms, AcceptTerms.filter(~F.accepted))
    outside.callback_query.register(choose_language, ChooseLanguage.filter())
    outside.callback_query.register(ask_age_again)
    outside.message.register(ask_age)

    inside = Router(name="gate-inside")
    inside.callback_query.filter(is_private)
    for old in (ConfirmAge, GatePrivacy, AcceptTerms):
        inside.callback_query.register(accepted_before, old.filter())

    router = Router(name="gate")
    router.include_routers(outside, inside)
    return router


def _other_languages(words: Words) -> Row:
    return [
        button(name, ChooseLanguage(language=code))
        for code, name in LANGUAGES.items()
        if code != words.language
    ]
