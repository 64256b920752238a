"""What buttons carry: at most 64 bytes; a changed shape gets a new prefix, never a reused one.

A button may be pressed months after it was shown, by an old client or by a hand-made request, so
every field is bounded and whatever does not parse falls through to the kind fallback answer.
"""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import AfterValidator, Field, StringConstraints

from casino.backoffice import Period


def _is_day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Id = Annotated[int, Field(ge=1, lt=2**63)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,24}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9.]{1,16}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{12}$")]
Number = Annotated[int, Field(ge=0, lt=2**63)]  # zero: not chosen yet
Small = Annotated[int, Field(ge=0, le=9_999)]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_is_day),
]
CodeOrNone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,24}$")]
Place = Annotated[str, StringConstraints(pattern=r"^[0-9-]{0,48}$")]


class Screen(enum.StrEnum):
    """The screens that a button can open."""

    MENU = "m"
    WALLET = "w"
    DEPOSIT = "d"
    HISTORY = "y"
    HELP = "h"
    LANGUAGE = "l"
    PRIVACY = "p"
    PLAY = "g"
    SUPPORT = "s"


class OpenScreen(CallbackData, prefix="o1"):
    """Open a screen in place of the present one."""

    screen: Screen


class OlderHistory(CallbackData, prefix="y1"):
    """Show the operations before an entry; empty for the newest."""

    before: Place


class ChooseLanguage(CallbackData, prefix="l1"):
    """Speak this language from now on."""

    language: Code


class ConfirmAge(CallbackData, prefix="a1"):
    """The first of two steps before anything else."""

    adult: bool


class AcceptTerms(CallbackData, prefix="t1"):
    """The second of two steps before anything else."""

    accepted: bool


class GatePrivacy(CallbackData, prefix="p1"):
    """Read the privacy notice before accepting; back to the terms when closed."""

    opened: bool


class ChooseMethod(CallbackData, prefix="d1"):
    """Deposit this way."""

    rail: Code
    currency: Code


class TakePlayMoney(CallbackData, prefix="i1"):
    """Credit play money, once per key; the key was made with the screen."""

    rail: Code
    currency: Code
    amount: Amount
    key: Key


class WriteToStaff(CallbackData, prefix="w1"):
    """Write a letter to staff."""


class StaffScreen(enum.StrEnum):
    """The staff screens that need no argument."""

    HOME = "h"
    FIND = "f"
    PROVIDERS = "p"
    GAMES = "g"
    FIGURES = "n"
    AUDIT = "a"


class OpenStaff(CallbackData, prefix="so1"):
    """Open a staff screen."""

    screen: StaffScreen


class OpenCard(CallbackData, prefix="sc1"):
    """Show a player to staff."""

    player_id: Id


class AskFreeze(CallbackData, prefix="sf1"):
    """Ask for the reason to freeze or unfreeze."""

    player_id: Id
    frozen: bool


class AskAdjustment(CallbackData, prefix="sa1"):
    """Choose currency and direction; an empty currency asks for both."""

    player_id: Id
    currency: CodeOrNone
    upwards: bool


class ConfirmAdjustment(CallbackData, prefix="sk1"):
    """Perform the adjustment that was shown; the key was made with the confirmation."""

    key: Key


class SwitchProvider(CallbackData, prefix="sp1"):
    """Switch a provider; the wanted state, never a flip, so that a double tap is harmless."""

    provider_id: Code
    enabled: bool


class SwitchGame(CallbackData, prefix="sg1"):
    """Switch a game; the wanted state, never a flip."""

    game_id: Id
    enabled: bool


class OpenProvider(CallbackData, prefix="sv1"):
    """Show a provider to staff."""

    provider_id: Code


class SyncProvider(CallbackData, prefix="sy1"):
    """Take over its list of games now."""

    provider_id: Code


class SelfValidate(CallbackData, prefix="st1"):
    """Have it test our callbacks; first what that means, then, confirmed, the test."""

    provider_id: Code
    confirmed: bool


class AskSpins(CallbackData, prefix="sw1"):
    """Ask for which of its games free spins shall be given."""

    provider_id: Code


class ChooseSpins(CallbackData, prefix="sh1"):
    """Free spins for a game, a player and a currency; what is zero is asked for."""

    game_id: Id
    player_id: Number
    currency_id: Small


class SkipOption(CallbackData, prefix="sx1"):
    """Free spins whose stake needs no further name."""


class ConfirmSpins(CallbackData, prefix="sj1"):
    """Give the free spins that were shown; the key was made with the confirmation."""

    key: Key


class OpenAwards(CallbackData, prefix="se1"):
    """List a player's free spins."""

    player_id: Id


class AskForfeit(CallbackData, prefix="sd1"):
    """Ask for the reason to take free spins back."""

    award_id: Id


class OpenFindings(CallbackData, prefix="sl1"):
    """List what differs from a provider's reports, a page of it."""

    provider_id: Code
    page: Small


class OpenFinding(CallbackData, prefix="si1"):
    """Show one difference."""

    finding_id: Id


class AskResolve(CallbackData, prefix="sm1"):
    """Ask what became of a difference."""

    finding_id: Id


class CompareDay(CallbackData, prefix="sq1"):
    """Compare a day with the provider's report of it; which day is decided with the button."""

    provider_id: Code
    day: Day


class OpenRevenue(CallbackData, prefix="sr1"):
    """Show what a provider earned, or all of them."""

    provider_id: CodeOrNone
    period: Period


class SendRevenue(CallbackData, prefix="su1"):
    """Send the same as a file."""

    provider_id: CodeOrNone
    period: Period
