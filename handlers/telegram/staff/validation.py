"""Self-validation: the vendor tests our callbacks with a test player's session."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.callback_data import SelfValidate
from bot.keyboards import button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from casino.play import Capability
from casino.play.capabilities import SelfValidation
from handlers.telegram.staff.aside import aside
from handlers.telegram.staff.providers import to_provider

CHECKS_SHOWN: Final = 15
CHECK_LENGTH_MAX: Final = 160


async def warn(
    query: CallbackQuery, callback_data: SelfValidate, words: Words, services: Services
) -> str | None:
    """Say what the test does, and to whom, before it is begun."""
    provider_id = callback_data.provider_id
    page = await services.desk.page(provider_id)
    if not page.can(Capability.SELF_VALIDATION):
        return words.plain("bot-old-button")
    start = SelfValidate(provider_id=provider_id, confirmed=True)
    text = words("bot-staff-validate", title=page.state.title)
    begin = [button(words.plain("bot-staff-button-validate-now"), start)]
    await show(query, View(text, keyboard(begin, to_provider(words, provider_id))))
    return None


async def validate(
    query: CallbackQuery,
    callback_data: SelfValidate,
    words: Words,
    services: Services,
    staff: Staff,
) -> str:
    """Have the vendor begin; it may take two minutes."""
    provider_id = callback_data.provider_id
    title = (await services.desk.page(provider_id)).state.title

    async def work() -> View:
        found = await services.desk.self_validate(staff, provider_id)
        text = _result(words, title, found)
        return View(text, keyboard(to_provider(words, provider_id)))

    return aside(query, words, services, f"self-validation {provider_id}", work)


def build() -> Router:
    """Make the router of self-validation."""
    router = Router(name="staff-validation")
    router.callback_query.register(validate, SelfValidate.filter(F.confirmed))
    router.callback_query.register(warn, SelfValidate.filter())
    return router


def _result(words: Words, title: str, found: SelfValidation) -> str:
    """Show the newest checks: the run ends with the one that failed."""
    left_out = max(0, len(found.log) - CHECKS_SHOWN)
    lines = [
        words(
            "bot-staff-validated",
            title=title,
            result="passed" if found.success else "failed",
            checks=str(len(found.log)),
        )
    ]
    if left_out:
        lines.append(words("bot-staff-checks-left-out", count=left_out))
    lines += [
        words("bot-staff-check", text=check[:CHECK_LENGTH_MAX]) for check in found.log[left_out:]
    ]
    return "\n".join(lines)
