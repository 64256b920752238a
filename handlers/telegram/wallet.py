"""Balances."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command

from bot.callback_data import Screen
from bot.keyboards import MiniApp, keyboard, screen
from bot.screens import Event, View, show
from bot.services import Services
from bot.texts import Words
from casino.money import Money
from casino.players import Player
from casino.wallet import Balance
from handlers.telegram.filters import opens


def balance_lines(words: Words, balances: list[Balance]) -> list[str]:
    """One line for each currency: what is free, and what else there is."""
    lines = []
    for balance in balances:
        currency = balance.currency
        play = "play" if currency.play_money else "real"
        line = words("bot-balance-line", amount=str(balance.available), kind=play)
        if balance.bonus:
            line += " " + words("bot-balance-bonus", amount=str(Money(balance.bonus, currency)))
        if balance.held:
            line += " " + words("bot-balance-held", amount=str(Money(balance.held, currency)))
        lines.append(line)
    return lines


async def show_wallet(
    event: Event, player: Player, words: Words, services: Services, mini_app: MiniApp
) -> None:
    """Show every balance as it is now."""
    balances = await services.wallet.balances(player.id)
    text = "\n".join((words("bot-wallet"), "", *balance_lines(words, balances)))
    await show(
        event,
        View(
            text,
            keyboard(
                [screen(words, Screen.DEPOSIT), screen(words, Screen.HISTORY)],
                [mini_app.button(words)],
                [screen(words, Screen.MENU)],
            ),
        ),
    )


def build() -> Router:
    """Make the router of balances."""
    router = Router(name="wallet")
    router.message.register(show_wallet, Command("balance", "wallet"))
    router.callback_query.register(show_wallet, opens(Screen.WALLET))
    return router
