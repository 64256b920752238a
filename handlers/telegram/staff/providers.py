"""The providers, and one of them: how it does, its switch, its list of games."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.callback_data import (
    AskSpins,
    OpenFindings,
    OpenProvider,
    OpenRevenue,
    OpenStaff,
    SelfValidate,
    StaffScreen,
    SwitchProvider,
    SyncProvider,
)
from bot.keyboards import Row, button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Period, ProviderPage, Staff
from casino.play import Capability
from casino.play.health import State
from casino.play.sync import SyncState
from handlers.telegram.filters import opens_staff
from handlers.telegram.staff.aside import aside
from handlers.telegram.staff.players import back

TITLE_SHOWN_MAX: Final = 36
ERROR_SHOWN_MAX: Final = 200
MOMENT: Final = "%Y-%m-%d %H:%M"


async def show_providers(query: CallbackQuery, words: Words, services: Services) -> None:
    """List the providers, each leading to its page."""
    rows = [
        [
            button(
                words.plain(
                    "bot-staff-button-provider",
                    title=state.title[:TITLE_SHOWN_MAX],
                    games=str(state.games),
                    state=_mark(services.desk.health(state.id), enabled=state.enabled),
                ),
                OpenProvider(provider_id=state.id),
            )
        ]
        for state in await services.backoffice.providers()
    ]
    earned = OpenRevenue(provider_id="", period=Period.TODAY)
    earned_row = [button(words.plain("bot-staff-button-revenue-all"), earned)]
    text = words("bot-staff-providers")
    await show(query, View(text, keyboard(*rows, earned_row, back(words))))


async def show_provider(
    query: CallbackQuery, callback_data: OpenProvider, words: Words, services: Services
) -> None:
    """Show one as it is now."""
    await show(query, await provider_view(words, services, callback_data.provider_id))


async def switch_provider(
    query: CallbackQuery,
    callback_data: SwitchProvider,
    words: Words,
    services: Services,
    staff: Staff,
) -> str:
    """Bring a provider to the state that the button named."""
    provider_id, on = callback_data.provider_id, callback_data.enabled
    await services.backoffice.switch_provider(staff, provider_id, on=on)
    await show(query, await provider_view(words, services, provider_id))
    return words.plain("bot-staff-switched", title=provider_id, state="on" if on else "off")


async def sync(
    query: CallbackQuery,
    callback_data: SyncProvider,
    words: Words,
    services: Services,
    staff: Staff,
) -> str:
    """Take over its list of games; the page shows how far it is."""
    provider_id = callback_data.provider_id
    page = await services.desk.page(provider_id)

    async def work() -> View:
        games = await services.desk.sync(staff, provider_id)
        text = words("bot-staff-synced", title=page.state.title, games=str(games))
        return View(text, keyboard(to_provider(words, provider_id)))

    return aside(query, words, services, f"sync {provider_id}", work)


async def provider_view(words: Words, services: Services, provider_id: str) -> View:
    """Show a provider's page. Raises NotFound."""
    page = await services.desk.page(provider_id)
    text = words(
        "bot-staff-provider",
        title=page.state.title,
        provider=provider_id,
        family=page.manifest.family,
        state="on" if page.state.enabled else "off",
        games=str(page.state.games),
    )
    lines = (text, _health(words, page), _sync(words, page.state.sync))
    return View("\n".join(lines), keyboard(*_rows(words, page)))


def to_provider(words: Words, provider_id: str) -> Row:
    """Lead back to a provider's page."""
    return [button(words.plain("bot-button-back"), OpenProvider(provider_id=provider_id))]


def build() -> Router:
    """Make the router of providers."""
    router = Router(name="staff-providers")
    router.callback_query.register(show_providers, opens_staff(StaffScreen.PROVIDERS))
    router.callback_query.register(show_provider, OpenProvider.filter())
    router.callback_query.register(switch_provider, SwitchProvider.filter())
    router.callback_query.register(sync, SyncProvider.filter())
    return router


def _mark(health: State, *, enabled: bool) -> str:
    if not enabled:
        return "off"
    return "on" if health is State.OK else "trouble"


def _health(words: Words, page: ProviderPage) -> str:
    if page.trouble is None:
        return words("bot-staff-health-ok")
    return words(
        "bot-staff-health-trouble",
        state=page.health.value,
        since=f"{page.trouble.since:{MOMENT}}",
        trials=str(page.trouble.trials),
        retry=f"{page.trouble.retry_at:%H:%M:%S}",
    )


def _sync(words: Words, state: SyncState) -> str:
    started = f"{state.started_at:{MOMENT}}" if state.started_at else ""
    finished = f"{state.finished_at:{MOMENT}}" if state.finished_at else ""
    if state.page is not None:
        number, pages = state.page
        return words("bot-staff-sync-page", page=str(number), pages=str(pages), at=started)
    lines = []
    if state.asking:
        lines.append(words("bot-staff-sync-asking", at=started))
    if state.error is not None:
        error = state.error[:ERROR_SHOWN_MAX]
        lines.append(words("bot-staff-sync-failed", at=started, error=error))
    if finished:
        counts = {"listed": state.listed, "changed": state.changed, "gone": state.gone}
        shown = {name: str(number) for name, number in counts.items()}
        lines.append(words("bot-staff-sync-done", at=finished, **shown))
    return "\n".join(lines or [words("bot-staff-sync-never")])


def _rows(words: Words, page: ProviderPage) -> list[Row]:
    provider_id = page.state.id
    switch = "bot-staff-button-switch-off" if page.state.enabled else "bot-staff-button-switch-on"
    abilities = [
        (Capability.FREE_SPINS, "bot-staff-button-spins", AskSpins(provider_id=provider_id)),
        (
            Capability.SELF_VALIDATION,
            "bot-staff-button-validate",
            SelfValidate(provider_id=provider_id, confirmed=False),
        ),
    ]
    return [
        [
            button(
                words.plain(switch, title=page.state.title[:TITLE_SHOWN_MAX]),
                SwitchProvider(provider_id=provider_id, enabled=not page.state.enabled),
            )
        ],
        [
            button(words.plain("bot-staff-button-sync"), SyncProvider(provider_id=provider_id)),
            button(words.plain("bot-staff-button-refresh"), OpenProvider(provider_id=provider_id)),
        ],
        [
            button(words.plain(text_id), target)
            for capability, text_id, target in abilities
            if page.can(capability)
        ],
        [
            button(
                words.plain("bot-staff-button-findings", count=str(page.findings)),
                OpenFindings(provider_id=provider_id, page=0),
            ),
            button(
                words.plain("bot-staff-button-revenue"),
                OpenRevenue(provider_id=provider_id, period=Period.TODAY),
            ),
        ],
        [
            button(
                words.plain("bot-staff-button-all-providers"),
                OpenStaff(screen=StaffScreen.PROVIDERS),
            )
        ],
    ]
