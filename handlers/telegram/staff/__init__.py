"""Staff work in the chat. For everybody not in ``BOT_ADMINS`` none of this exists."""

from __future__ import annotations

from aiogram import Router

from handlers.telegram.filters import FromStaff
from handlers.telegram.staff import (
    adjust,
    awards,
    figures,
    findings,
    home,
    players,
    providers,
    revenue,
    spins,
    switches,
    validation,
)


def build() -> Router:
    """Make all staff screens, behind one filter."""
    router = Router(name="staff")
    screens = (
        home,
        players,
        adjust,
        providers,
        validation,
        spins,
        awards,
        findings,
        revenue,
        switches,
        figures,
    )
    for part in (screen.build() for screen in screens):
        part.message.filter(FromStaff())
        part.callback_query.filter(FromStaff())
        router.include_router(part)
    return router
