"""The order of routers: the first one that understands an update answers it."""

from __future__ import annotations

from aiogram import Router

from handlers.telegram import (
    deposit,
    fallback,
    gate,
    groups,
    help,  # noqa: A004 - the screen is called that
    history,
    menu,
    start,
    support,
    wallet,
)
from handlers.telegram.filters import is_private
from handlers.telegram.staff import build as build_staff


def build_routers() -> list[Router]:
    """Make every router anew; a dispatcher takes each only once."""
    private = Router(name="private")
    private.message.filter(is_private)
    private.callback_query.filter(is_private)
    private.include_routers(
        gate.build(),  # before anything a player could ask for
        help.build(),  # deep links to these two come before a plain /start
        support.build(),
        start.build(),
        menu.build(),
        wallet.build(),
        deposit.build(),
        history.build(),
        build_staff(),
        fallback.build(),
    )
    return [private, groups.build()]
