"""What differs from a provider's reports: a list, each difference, and comparing again."""

from __future__ import annotations

from datetime import date
from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.callback_data import (
    AskResolve,
    CompareDay,
    OpenCard,
    OpenFinding,
    OpenFindings,
)
from bot.keyboards import Row, button, keyboard
from bot.screens import View, show
from bot.services import Services
from bot.texts import Words
from casino.backoffice import Staff
from casino.ids import read_id
from casino.play.findings import Finding, Run
from handlers.telegram.questions import (
    IS_TEXT,
    TEXT_LENGTH_MAX,
    ask,
    is_fresh,
    line_of,
    question_view,
)
from handlers.telegram.staff.aside import aside
from handlers.telegram.staff.providers import to_provider

PAGE: Final = 6
TEXT_SHOWN_MAX: Final = 300
KEY_SHOWN_MAX: Final = 24
MOMENT: Final = "%Y-%m-%d %H:%M"


class Resolving(StatesGroup):
    """What the next text is."""

    note = State()


async def show_findings(
    query: CallbackQuery, callback_data: OpenFindings, words: Words, services: Services
) -> None:
    """List a page of what stands, newest first."""
    view = await findings_view(words, services, callback_data.provider_id, callback_data.page)
    await show(query, view)


async def show_finding(
    query: CallbackQuery, callback_data: OpenFinding, words: Words, services: Services
) -> None:
    """Show one."""
    await show(query, await _finding_view(words, services, callback_data.finding_id))


async def ask_note(
    query: CallbackQuery,
    callback_data: AskResolve,
    words: Words,
    services: Services,
    state: FSMContext,
) -> str | None:
    """Ask what became of it."""
    finding = await services.desk.finding(callback_data.finding_id)
    if finding.resolved_at is not None:
        await show(query, await _finding_view(words, services, finding.id))
        return words.plain("bot-staff-resolved-before")
    text = words("bot-staff-resolve", text=finding.text[:TEXT_SHOWN_MAX])
    view = question_view(words, text, OpenFinding(finding_id=finding.id))
    await ask(query, state, Resolving.note, view, {"finding_id": finding.id})
    return None


async def resolve(
    message: Message, words: Words, services: Services, staff: Staff, state: FSMContext
) -> None:
    """Close it with the note given; repeating it changes nothing."""
    text = line_of(message)
    if not 0 < len(text) <= TEXT_LENGTH_MAX:
        await show(message, question_view(words, words("bot-staff-reason-length")))
        return
    finding_id = (await state.get_data()).get("finding_id")
    if not isinstance(finding_id, int):
        await show(message, question_view(words, words("bot-staff-lost")))
        return
    finding = await services.desk.finding(finding_id)
    await services.desk.resolve(staff, finding_id, text)
    await show(message, await findings_view(words, services, finding.provider_id, 0))
    await state.clear()


async def compare(
    query: CallbackQuery,
    callback_data: CompareDay,
    words: Words,
    services: Services,
    staff: Staff,
) -> str:
    """Compare the day on the button with the provider's report of it."""
    provider_id, day = callback_data.provider_id, date.fromisoformat(callback_data.day)
    if not services.desk.reports(provider_id):
        return words.plain("bot-old-button")

    async def work() -> View:
        await services.desk.compare(staff, provider_id, day)
        return await findings_view(words, services, provider_id, 0)

    return aside(query, words, services, f"comparison {provider_id}", work)


async def findings_view(words: Words, services: Services, provider_id: str, page: int) -> View:
    """Show a page of what stands; beyond the last one, the first. Raises NotFound."""
    state = await services.desk.page(provider_id)
    if page * PAGE >= state.findings:
        page = 0
    found = await services.desk.findings(provider_id, PAGE, page * PAGE)
    run = await services.desk.newest_run(provider_id)
    lines = [words("bot-staff-findings", title=state.state.title), _run(words, run)]
    if found:
        first = page * PAGE + 1
        places = {"first": first, "last": first + len(found) - 1, "all": state.findings}
        shown = {name: str(number) for name, number in places.items()}
        lines.append(words("bot-staff-findings-place", **shown))
    else:
        lines.append(words("bot-staff-findings-none"))
    rows = [
        [
            button(
                f"{_what(words, finding)} · {finding.key[:KEY_SHOWN_MAX]}",
                OpenFinding(finding_id=finding.id),
            )
        ]
        for finding in found
    ]
    rows.append(_turns(words, provider_id, page, state.findings))
    if services.desk.reports(provider_id):
        day = services.desk.yesterday().isoformat()
        target = CompareDay(provider_id=provider_id, day=day)
        rows.append([button(words.plain("bot-staff-button-compare", day=day), target)])
    rows.append(to_provider(words, provider_id))
    return View("\n\n".join(lines), keyboard(*rows))


def build() -> Router:
    """Make the router of differences."""
    router = Router(name="staff-findings")
    router.callback_query.register(show_findings, OpenFindings.filter())
    router.callback_query.register(show_finding, OpenFinding.filter())
    router.callback_query.register(ask_note, AskResolve.filter())
    router.callback_query.register(compare, CompareDay.filter())
    router.message.register(resolve, Resolving.note, IS_TEXT, is_fresh)
    return router


async def _finding_view(words: Words, services: Services, finding_id: int) -> View:
    finding = await services.desk.finding(finding_id)
    text = words(
        "bot-staff-finding-of-report",
        what=_what(words, finding),
        provider=finding.provider_id,
        player=finding.player_ref,
        key=finding.key,
        round=finding.round_ref or "-",
        at=f"{finding.at:{MOMENT}}",
        first=f"{finding.first_seen_at:{MOMENT}}",
        last=f"{finding.last_seen_at:{MOMENT}}",
        state="open" if finding.resolved_at is None else "resolved",
        text=finding.text[:TEXT_SHOWN_MAX],
    )
    return View(text, keyboard(*_finding_rows(words, services, finding)))


def _finding_rows(words: Words, services: Services, finding: Finding) -> list[Row]:
    acts, ways = [], []
    if finding.resolved_at is None:
        target = AskResolve(finding_id=finding.id)
        acts.append(button(words.plain("bot-staff-button-resolved"), target))
    if services.desk.reports(finding.provider_id):
        day = f"{finding.at:%Y-%m-%d}"
        again = CompareDay(provider_id=finding.provider_id, day=day)
        acts.append(button(words.plain("bot-staff-button-compare", day=day), again))
    if player_id := read_id(finding.player_ref):
        ways.append(button(words.plain("bot-staff-button-player"), OpenCard(player_id=player_id)))
    listed = OpenFindings(provider_id=finding.provider_id, page=0)
    ways.append(button(words.plain("bot-button-back"), listed))
    return [acts, ways]


def _turns(words: Words, provider_id: str, page: int, findings: int) -> Row:
    row = []
    if page:
        newer = OpenFindings(provider_id=provider_id, page=page - 1)
        row.append(button(words.plain("bot-staff-button-newer"), newer))
    if (page + 1) * PAGE < findings:
        older = OpenFindings(provider_id=provider_id, page=page + 1)
        row.append(button(words.plain("bot-button-older"), older))
    return row


def _run(words: Words, run: Run | None) -> str:
    """Say what the newest comparison came to, and both sides' sums in words."""
    if run is None:
        return words("bot-staff-run-none")
    span = {"since": f"{run.since:{MOMENT}}", "until": f"{run.until:{MOMENT}}"}
    if run.error is not None:
        return words("bot-staff-run-failed", **span, error=run.error[:TEXT_SHOWN_MAX])
    if run.ended_at is None:
        return words("bot-staff-run-open", **span)
    counts = {"ours": run.ours, "theirs": run.theirs, "differences": run.differences}
    shown = {name: str(number or 0) for name, number in counts.items()}
    sums = [
        words(
            "bot-staff-run-sums",
            currency=code,
            **{f"our_{name}": sides["ours"][name] for name in ("stakes", "wins", "ggr")},
            **{f"their_{name}": sides["theirs"][name] for name in ("stakes", "wins", "ggr")},
        )
        for code, sides in sorted((run.totals or {}).items())
    ]
    return "\n".join((words("bot-staff-run", **span, **shown), *sums))


def _what(words: Words, finding: Finding) -> str:
    return words.plain(f"bot-staff-what-{finding.what}")
