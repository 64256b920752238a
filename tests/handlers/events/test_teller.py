"""What happened is told to whom it concerns, in their language, at least once."""

from __future__ import annotations

import pytest
from aiogram.methods import Response, SendMessage
from aiogram.types import ResponseParameters
from teremok.session import MockedSession

from bot.app import TelegramBot
from bot.outbound import TelegramAway
from casino import events
from casino.cashier import Flaw
from casino.players import Player, Players
from handlers.events import Teller
from tests.bot.support import ADMIN, Person, buttons_of


@pytest.fixture
def teller(telegram_bot: TelegramBot, players: Players) -> Teller:
    return Teller(telegram_bot.notifier, players, telegram_bot.texts, telegram_bot.mini_app)


@pytest.fixture
async def ada(guest: Person, players: Players) -> Player:
    player = await players.by_telegram(guest.id)
    assert player is not None
    return player


def credited(player_id: int) -> events.DepositCredited:
    return events.DepositCredited(
        player_id=player_id,
        deposit_id=1,
        rail="ton",
        currency="TON",
        amount="1.500000001",
        balance="2.5",
        external_id="0:abc",
        at="2026-11-24T12:00:00Z",
    )


def adjusted(player_id: int, amount: str) -> events.BalanceAdjusted:
    return events.BalanceAdjusted(
        player_id=player_id, currency="TON", amount=amount, reason="<lost> & found"
    )


def filed(reason: str, amount: str | None = "3") -> events.DepositFiled:
    return events.DepositFiled(
        player_id=None,
        rail="ton",
        currency="TON" if amount else None,
        amount=amount,
        reason=reason,
        external_id="0:abc<",
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["1.500000001 TON arrived", "+2 TON", "was frozen", "open again"]),
        ("ru", ["Поступило 1.500000001 TON", "+2 TON", "заморожен", "снова открыт"]),
    ],
)
async def test_a_player_is_told_in_the_players_language(
    teller: Teller, guest: Person, ada: Player, players: Players, language: str, words: list[str]
) -> None:
    await players.set_language(ada.id, language)
    for event, part in zip(
        (
            credited(ada.id),
            adjusted(ada.id, "2"),
            events.AccountFrozen(player_id=ada.id),
            events.AccountUnfrozen(player_id=ada.id),
        ),
        words,
        strict=True,
    ):
        await teller.tell(event)
        assert isinstance(guest.screen, SendMessage), "news is a message, not an edit"
        assert part in guest.text
        assert len(buttons_of(guest.screen)) >= 2


async def test_a_deposit_offers_to_play_and_names_the_balance(
    teller: Teller, guest: Person, ada: Player
) -> None:
    await teller.tell(credited(ada.id))
    assert "2.5 TON" in guest.text
    assert buttons_of(guest.screen)[0].web_app is not None


async def test_an_adjustment_is_told_with_sign_and_reason(
    teller: Teller, guest: Person, ada: Player
) -> None:
    await teller.tell(adjusted(ada.id, "-0.5"))
    assert "-0.5 TON" in guest.text
    assert "+" not in guest.text
    assert "&lt;lost&gt; &amp; found" in guest.text


@pytest.mark.parametrize("reason", [flaw.value for flaw in Flaw] + ["something new"])
async def test_staff_are_told_of_every_filed_deposit(
    teller: Teller, guest: Person, staff: Person, reason: str
) -> None:
    begin = len(guest.screens())
    await teller.tell(filed(reason))
    assert "A deposit needs a person" in staff.text
    assert "3 TON" in staff.text
    assert "0:abc&lt;" in staff.text
    assert len(guest.screens()) == begin, "nobody else"
    await teller.tell(filed(reason, None))
    assert "Amount: ?" in staff.text


async def test_nobody_to_tell_is_no_error(
    teller: Teller, session: MockedSession, players: Players
) -> None:
    demo = await players.meet_demo("browser", "en")
    begin = len(session.requests)
    for player_id in (demo.id, 999_999):
        await teller.tell(credited(player_id))
    assert len(session.requests) == begin


async def test_staff_who_never_wrote_or_blocked_the_bot_do_not_stop_the_news(
    teller: Teller, session: MockedSession
) -> None:
    for code, text in (
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was blocked by the user"),
    ):
        refusal = Response[bool](ok=False, error_code=code, description=text)
        session.add_result(SendMessage, refusal)
        await teller.tell(filed("no_memo"))
    assert [r.chat_id for r in session.requests if isinstance(r, SendMessage)] == [ADMIN, ADMIN]


async def test_a_busy_telegram_asks_the_outbox_to_come_back(
    teller: Teller, session: MockedSession, ada: Player
) -> None:
    refusal = Response[bool](
        ok=False,
        error_code=429,
        description="Too Many Requests: retry after 9",
        parameters=ResponseParameters(retry_after=9),
    )
    session.add_result(SendMessage, refusal)
    with pytest.raises(TelegramAway) as caught:
        await teller.tell(credited(ada.id))
    assert caught.value.after_s == 9


async def test_words_that_telegram_will_never_take_do_not_block_what_comes_after(
    teller: Teller, session: MockedSession, guest: Person, ada: Player
) -> None:
    refusal = Response[bool](
        ok=False, error_code=400, description="Bad Request: can't parse entities"
    )
    session.add_result(SendMessage, refusal)
    await teller.tell(credited(ada.id))
    await teller.tell(events.AccountUnfrozen(player_id=ada.id))
    assert "open again" in guest.text
