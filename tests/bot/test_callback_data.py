"""Buttons: at most 64 bytes at their longest, one prefix each, nothing foreign gets in."""

from __future__ import annotations

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from hypothesis import strategies as st

from bot import callback_data as module
from bot.callback_data import (
    AcceptTerms,
    AskAdjustment,
    AskForfeit,
    AskFreeze,
    AskResolve,
    AskSpins,
    ChooseLanguage,
    ChooseMethod,
    ChooseSpins,
    CompareDay,
    ConfirmAdjustment,
    ConfirmAge,
    ConfirmSpins,
    GatePrivacy,
    OlderHistory,
    OpenAwards,
    OpenCard,
    OpenFinding,
    OpenFindings,
    OpenProvider,
    OpenRevenue,
    OpenScreen,
    OpenStaff,
    Screen,
    SelfValidate,
    SendRevenue,
    SkipOption,
    StaffScreen,
    SwitchGame,
    SwitchProvider,
    SyncProvider,
    TakePlayMoney,
    WriteToStaff,
)
from casino.backoffice import Period

BIGGEST = 2**63 - 1
CODE = "x" * 24
KEY = "0" * 12

LONGEST = [
    OpenScreen(screen=Screen.MENU),
    OlderHistory(before="9" * 19 + "-7-" + "9" * 19),
    ChooseLanguage(language=CODE),
    ConfirmAge(adult=True),
    AcceptTerms(accepted=True),
    GatePrivacy(opened=True),
    ChooseMethod(rail=CODE, currency=CODE),
    TakePlayMoney(rail="sandbox", currency="FUN", amount="9" * 16, key=KEY),
    WriteToStaff(),
    OpenStaff(screen=StaffScreen.HOME),
    OpenCard(player_id=BIGGEST),
    AskFreeze(player_id=BIGGEST, frozen=True),
    AskAdjustment(player_id=BIGGEST, currency=CODE, upwards=False),
    ConfirmAdjustment(key=KEY),
    SwitchProvider(provider_id=CODE, enabled=True),
    SwitchGame(game_id=BIGGEST, enabled=False),
    OpenProvider(provider_id=CODE),
    SyncProvider(provider_id=CODE),
    SelfValidate(provider_id=CODE, confirmed=True),
    AskSpins(provider_id=CODE),
    ChooseSpins(game_id=BIGGEST, player_id=BIGGEST, currency_id=9_999),
    SkipOption(),
    ConfirmSpins(key=KEY),
    OpenAwards(player_id=BIGGEST),
    AskForfeit(award_id=BIGGEST),
    OpenFindings(provider_id=CODE, page=9_999),
    OpenFinding(finding_id=BIGGEST),
    AskResolve(finding_id=BIGGEST),
    CompareDay(provider_id=CODE, day="2026-11-24"),
    OpenRevenue(provider_id=CODE, period=Period.MONTH),
    SendRevenue(provider_id=CODE, period=Period.WEEK),
]

KINDS = [
    kind
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, CallbackData) and kind is not CallbackData
]


def test_every_kind_is_tried() -> None:
    assert {type(button) for button in LONGEST} == set(KINDS)


def test_prefixes_are_unique_and_carry_a_version() -> None:
    prefixes = [kind.__prefix__ for kind in KINDS]
    assert len(set(prefixes)) == len(prefixes)
    assert all(prefix[-1].isdigit() for prefix in prefixes)


@pytest.mark.parametrize("button", LONGEST, ids=lambda b: type(b).__name__)
def test_it_fits_and_comes_back_the_same(button: CallbackData) -> None:
    packed = button.pack()
    assert len(packed.encode()) <= 64
    assert type(button).unpack(packed) == button


@given(st.sampled_from(KINDS), st.text(max_size=64))
def test_garbage_is_refused_in_the_one_way_that_filters_expect(
    kind: type[CallbackData], garbage: str
) -> None:
    for text in (garbage, f"{kind.__prefix__}:{garbage}"):
        try:
            button = kind.unpack(text)
        except (TypeError, ValueError):
            continue
        assert kind.unpack(button.pack()) == button


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775808", "1.5", "1e3", "x", ""])
def test_numbers_stay_within_the_database(number: str) -> None:
    with pytest.raises(ValueError, match="player_id"):
        OpenCard.unpack(f"sc1:{number}")


@pytest.mark.parametrize(
    "day", ["0001-01-01", "2026-02-30", "20260101", "2026-1-1", "today", "", "20٢6-01-01"]
)
def test_a_day_is_one_of_the_calendar_and_of_this_century(day: str) -> None:
    with pytest.raises(ValueError, match="day"):
        CompareDay.unpack(f"sq1:agg:{day}")
