"""Deposits: choose a way, see where to send and which memo to write, or take play money."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery

from bot.callback_data import ChooseMethod, Screen, TakePlayMoney
from bot.keyboards import button, copy, keyboard, link, screen
from bot.screens import Event, View, show
from bot.services import Services
from bot.texts import Words
from casino.cashier import DepositMethod, DepositTarget, Method
from casino.errors import NotFound
from casino.ids import new_token
from casino.money import CURRENCIES, InvalidAmount, Money
from casino.players import Player
from casino.surfaces import Surface
from handlers.telegram.filters import opens

KEY_LENGTH: Final = 12
PLAY_MONEY_STEPS: Final = (100, 1_000, 10_000)  # times the smallest deposit


async def show_methods(event: Event, words: Words, services: Services) -> None:
    """List what the server offers on this surface."""
    methods = services.cashier.methods(Surface.TELEGRAM)
    rows = [
        [
            button(
                _label(words, method),
                ChooseMethod(rail=method.rail, currency=method.currency.code),
            )
        ]
        for method in methods
    ]
    text = words("bot-deposit" if methods else "bot-deposit-none")
    await show(event, View(text, keyboard(*rows, [screen(words, Screen.MENU)])))


async def show_method(
    query: CallbackQuery,
    callback_data: ChooseMethod,
    player: Player,
    words: Words,
    services: Services,
) -> None:
    """Open one way to deposit; a way that is no longer offered is refused."""
    method = _method(services, callback_data.rail, callback_data.currency)
    if method.method is Method.INSTANT:
        await show(query, _play_money_view(words, method))
        return
    target = await services.cashier.deposit_target(player, method.rail, method.currency)
    try:
        await show(query, _target_view(words, method, target, linked=True))
    except TelegramBadRequest as refusal:
        # Which schemes a button may open is Telegram's to change; the address matters more.
        if "url" not in refusal.message.lower():
            raise
        await show(query, _target_view(words, method, target, linked=False))


async def take_play_money(
    query: CallbackQuery,
    callback_data: TakePlayMoney,
    player: Player,
    words: Words,
    services: Services,
) -> str:
    """Credit play money, once however often the button is tapped."""
    method = _method(services, callback_data.rail, callback_data.currency)
    try:
        amount = Money.parse(callback_data.amount, method.currency)
    except InvalidAmount:
        raise NotFound from None  # no button of ours said that
    deposit = await services.cashier.instant_deposit(
        player, method.rail, amount, f"chat-{callback_data.key}"
    )
    await show(query, _play_money_view(words, method))  # with new keys: the next tap is a new wish
    return words.plain("bot-play-money-taken", amount=str(deposit.amount))


def build() -> Router:
    """Make the router of deposits."""
    router = Router(name="deposit")
    router.message.register(show_methods, Command("deposit"))
    router.callback_query.register(show_methods, opens(Screen.DEPOSIT))
    router.callback_query.register(show_method, ChooseMethod.filter())
    router.callback_query.register(take_play_money, TakePlayMoney.filter())
    return router


def _label(words: Words, method: DepositMethod) -> str:
    code = method.currency.code
    if method.play_money:
        return words.plain("bot-button-play-money", currency=code)
    return code if method.title == code else f"{code} · {method.title}"


def _method(services: Services, rail: str, currency_code: str) -> DepositMethod:
    currency = CURRENCIES.get(currency_code)
    for method in services.cashier.methods(Surface.TELEGRAM):
        if method.rail == rail and method.currency == currency:
            return method
    raise NotFound


def _target_view(
    words: Words, method: DepositMethod, target: DepositTarget, *, linked: bool
) -> View:
    lines = [
        words("bot-deposit-target", currency=target.currency.code),
        words("bot-deposit-address", address=target.address),
        words("bot-deposit-memo", memo=target.memo),
        words("bot-deposit-warning"),
        words("bot-deposit-minimum", minimum=str(target.minimum)),
    ]
    if method.trouble is not None:
        lines.append(words("bot-deposit-trouble"))
    return View(
        "\n\n".join(lines),
        keyboard(
            [link(words.plain("bot-button-open-wallet"), target.uri)] if linked else [],
            [
                copy(words.plain("bot-button-copy-address"), target.address),
                copy(words.plain("bot-button-copy-memo"), target.memo),
            ],
            [screen(words, Screen.DEPOSIT), screen(words, Screen.MENU)],
        ),
    )


def _play_money_view(words: Words, method: DepositMethod) -> View:
    amounts = [Money(method.minimum.units * step, method.currency) for step in PLAY_MONEY_STEPS]
    rows = [
        [
            button(
                f"+{amount}",
                TakePlayMoney(
                    rail=method.rail,
                    currency=method.currency.code,
                    amount=amount.text(),
                    key=new_token(KEY_LENGTH),
                ),
            )
        ]
        for amount in amounts
    ]
    back = [screen(words, Screen.WALLET), screen(words, Screen.MENU)]
    return View(words("bot-play-money", currency=method.currency.code), keyboard(*rows, back))
