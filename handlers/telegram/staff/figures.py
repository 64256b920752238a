"""Today's figures, and the audit of the book."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.callback_data import StaffScreen
from bot.keyboards import keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from handlers.telegram.filters import opens_staff
from handlers.telegram.staff.players import back

FINDINGS_SHOWN: Final = 10
FINDING_LENGTH_MAX: Final = 200


async def show_figures(query: CallbackQuery, words: Words, services: Services) -> None:
    """Sum up the present UTC day, each currency for itself."""
    figures = await services.backoffice.figures()
    blocks = [
        words(
            "bot-staff-figures-line",
            currency=day.stakes.currency.code,
            stakes=day.stakes.text(),
            wins=day.wins.text(),
            ggr=day.ggr.text(),
            deposits=day.deposits.text(),
            bets=str(day.bets),
            players=str(day.players),
        )
        for day in figures
    ]
    shown = blocks or [words("bot-staff-figures-none")]
    text = "\n\n".join((words("bot-staff-figures"), *shown))
    await show(query, View(text, keyboard(back(words))))


async def run_audit(query: CallbackQuery, words: Words, services: Services, staff: Staff) -> None:
    """Prove the book, and show what is wrong with it if anything is."""
    await show(query, View(words("bot-staff-audit-running")))
    report = await services.backoffice.audit(staff)
    if report.ok:
        text = words("bot-staff-audit-ok", transfers=str(report.transfers))
    else:
        shown = [
            words("bot-staff-finding", text=finding[:FINDING_LENGTH_MAX])
            for finding in report.findings[:FINDINGS_SHOWN]
        ]
        head = words("bot-staff-audit-bad", count=len(report.findings))
        text = "\n\n".join((head, *shown))
    await show(query, View(text, keyboard(back(words))))


def build() -> Router:
    """Make the router of figures and audit."""
    router = Router(name="staff-figures")
    router.callback_query.register(show_figures, opens_staff(StaffScreen.FIGURES))
    router.callback_query.register(run_audit, opens_staff(StaffScreen.AUDIT))
    return router
