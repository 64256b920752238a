"""What providers and their games earned, on a screen and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.callback_data import OpenRevenue, OpenStaff, SendRevenue, StaffScreen
from bot.keyboards import Row, button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Period
from casino.play.revenue import ROWS_MAX, GameDay, Standing
from handlers.telegram.staff.aside import Sheet, aside
from handlers.telegram.staff.providers import to_provider

WHOLES_SHOWN: Final = 20
GAMES_SHOWN: Final = 10
TITLE_SHOWN_MAX: Final = 40
COLUMNS: Final = (
    "day",
    "provider",
    "game_id",
    "title",
    "currency",
    "stakes",
    "wins",
    "reversals",
    "ggr",
    "rounds",
    "bets",
    "players",
)
# A cell that begins with one of these is a formula to a spreadsheet; titles are the vendors'.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


async def show_revenue(
    query: CallbackQuery, callback_data: OpenRevenue, words: Words, services: Services
) -> None:
    """Sum up a period: providers, then the most played games of the one that was asked for."""
    provider_id, period = callback_data.provider_id or None, callback_data.period
    buttons = keyboard(*_rows(words, provider_id, period))
    await show(query, View(words("bot-staff-revenue-running"), buttons))
    found = await services.desk.standings(provider_id, period)
    lines = [_head(words, services, provider_id, period)]
    lines += [_line(words, whole, whole.provider_id) for whole in found.wholes[:WHOLES_SHOWN]]
    if left_out := max(0, len(found.wholes) - WHOLES_SHOWN):
        lines.append(words("bot-staff-revenue-left-out", count=left_out))
    if not found.wholes:
        lines.append(words("bot-staff-revenue-none"))
    if provider_id is not None and found.games:
        games = found.games[:GAMES_SHOWN]
        lines.append(words("bot-staff-revenue-games"))
        nameless = words.plain("bot-staff-revenue-nameless")
        lines += [_line(words, game, (game.title or nameless)[:TITLE_SHOWN_MAX]) for game in games]
        if left_out := found.games_in_all - len(games):
            lines.append(words("bot-staff-revenue-left-out", count=left_out))
    await show(query, View("\n\n".join(lines), buttons))


async def send_revenue(
    query: CallbackQuery, callback_data: SendRevenue, words: Words, services: Services
) -> str:
    """Send every game by day, as a CSV file."""
    provider_id, period = callback_data.provider_id or None, callback_data.period
    first, last = services.desk.span(period)

    async def work() -> Sheet:
        rows = await services.desk.game_days(provider_id, period, ROWS_MAX + 1)
        caption = words(
            "bot-staff-revenue-file",
            rows=str(min(len(rows), ROWS_MAX)),
            all="yes" if len(rows) <= ROWS_MAX else "no",
        )
        name = f"revenue-{provider_id or 'all'}-{first}-{last}.csv"
        return Sheet(name, _csv(rows[:ROWS_MAX]), caption)

    return aside(query, words, services, f"revenue {provider_id} {period}", work)


def build() -> Router:
    """Make the router of revenue."""
    router = Router(name="staff-revenue")
    router.callback_query.register(show_revenue, OpenRevenue.filter())
    router.callback_query.register(send_revenue, SendRevenue.filter())
    return router


def _head(words: Words, services: Services, provider_id: str | None, period: Period) -> str:
    first, last = services.desk.span(period)
    return words(
        "bot-staff-revenue",
        provider=provider_id or "-",
        whose="all" if provider_id is None else "one",
        first=first.isoformat(),
        last=last.isoformat(),
    )


def _line(words: Words, standing: Standing, title: str) -> str:
    return words(
        "bot-staff-revenue-line",
        title=title,
        currency=standing.stakes.currency.code,
        stakes=standing.stakes.text(),
        wins=standing.wins.text(),
        ggr=standing.ggr.text(),
        rounds=str(standing.rounds),
        rtp=_percent(standing.rtp_ppm),
    )


def _percent(ppm: int | None) -> str:
    if ppm is None:
        return "-"
    whole, part = divmod(abs(ppm) // 100, 100)
    return f"{'-' if ppm < 0 else ''}{whole}.{part:02}"


def _rows(words: Words, provider_id: str | None, period: Period) -> list[Row]:
    shown = provider_id or ""
    turns = [
        button(
            words.plain(
                f"bot-staff-button-period-{choice.name.lower()}",
                chosen="yes" if choice is period else "no",
            ),
            OpenRevenue(provider_id=shown, period=choice),
        )
        for choice in Period
    ]
    file = SendRevenue(provider_id=shown, period=period)
    providers = OpenStaff(screen=StaffScreen.PROVIDERS)
    return [
        turns[:2],
        turns[2:],
        [button(words.plain("bot-staff-button-file"), file)],
        [button(words.plain("bot-staff-button-all-providers"), providers)]
        if provider_id is None
        else to_provider(words, provider_id),
    ]


def _csv(days: Iterable[GameDay]) -> bytes:
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for day in days:
        title = day.title or ""
        sheet.writerow(
            (
                day.day.isoformat(),
                day.provider_id,
                day.game_id or "",
                f"'{title}" if title.startswith(FORMULA) else title,
                day.stakes.currency.code,
                day.stakes.text(),
                day.wins.text(),
                day.reversals.text(),
                day.ggr.text(),
                day.rounds,
                day.bets,
                day.players,
            )
        )
    return text.getvalue().encode("utf-8-sig")
