"""The last operations, a page at a time, in one message."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery

from bot.callback_data import OlderHistory, Screen
from bot.keyboards import button, keyboard, screen
from bot.screens import Event, View, show
from bot.services import Services
from bot.texts import Words
from casino.money import Money
from casino.players import Player
from casino.wallet import Entry, Kind
from handlers.telegram.filters import opens

PAGE: Final = 8
TITLE_LENGTH_MAX: Final = 60


def entry_line(words: Words, entry: Entry) -> str:
    """One operation: when, what, how much, what was left."""
    kind = words.plain(f"bot-kind-{entry.kind.name.lower().replace('_', '-')}")
    title = f"{kind} · {entry.game_title[:TITLE_LENGTH_MAX]}" if entry.game_title else kind
    moved = entry.held_delta if entry.kind is Kind.HOLD else entry.delta
    return words(
        "bot-history-line",
        at=f"{entry.at:%Y-%m-%d %H:%M}",
        title=title,
        amount=signed(moved),
        balance=str(entry.balance_after),
    )


def signed(money: Money) -> str:
    """Write an amount with its sign, so that in and out differ at a glance."""
    return f"+{money}" if money.units > 0 else str(money).replace("-", "\N{MINUS SIGN}", 1)


async def show_history(event: Event, player: Player, words: Words, services: Services) -> None:
    """Show the newest operations."""
    await show(event, await _page(player, words, services, None))


async def show_older(
    query: CallbackQuery,
    callback_data: OlderHistory,
    player: Player,
    words: Words,
    services: Services,
) -> None:
    """Show the page before an entry; a place that is not the player's is refused by the wallet."""
    await show(query, await _page(player, words, services, callback_data.before))


async def _page(player: Player, words: Words, services: Services, before: str | None) -> View:
    entries = await services.wallet.statement(player.id, limit=PAGE + 1, before=before)
    more, entries = len(entries) > PAGE, entries[:PAGE]
    lines = [entry_line(words, entry) for entry in entries] or [words("bot-history-empty")]
    turn = []
    if before is not None:
        turn.append(screen(words, Screen.HISTORY))
    if more:
        older = OlderHistory(before=entries[-1].id)
        turn.append(button(words.plain("bot-button-older"), older))
    text = "\n\n".join((words("bot-history"), *lines))
    return View(text, keyboard(turn, [screen(words, Screen.MENU)]))


def build() -> Router:
    """Make the router of history."""
    router = Router(name="history")
    router.message.register(show_history, Command("history"))
    router.callback_query.register(show_history, opens(Screen.HISTORY))
    router.callback_query.register(show_older, OlderHistory.filter(F.before != ""))
    return router
