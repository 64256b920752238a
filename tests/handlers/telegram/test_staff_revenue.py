"""GGR in the chat: by provider and game, for a period, and as a file."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date

import asyncpg
import pytest
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile
from teremok.session import MockedSession

from casino.money import FUN, Currency, Money
from casino.players import Players
from casino.wallet import Batch, Kind, Op, Wallet
from handlers.telegram.staff import revenue
from tests.bot.support import Person
from tests.conftest import MovingClock
from tests.handlers.telegram.vendors import Vendor


@pytest.fixture
async def today(
    guest: Person,
    vendor: Vendor,
    players: Players,
    wallet: Wallet,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> date:
    """Two games were played today, one of them with a stake and a win taken back."""
    clock.moment = await second.fetchval("SELECT now()")
    player = await players.by_telegram(guest.id)
    assert player is not None
    ids = {row["external_id"]: row["id"] for row in await second.fetch("SELECT * FROM games")}

    async def play(game: str | None, *ops: Op, source: str = "agg") -> None:
        game_id = ids[game] if game else None
        await wallet.apply(Batch(player.id, FUN, source, ops, game_id=game_id))

    def fun(text: str, currency: Currency = FUN) -> int:
        return Money.parse(text, currency).units

    await play("reels", Op(Kind.BET, "b", fun("8"), "r1"), Op(Kind.WIN, "w", fun("3"), "r1"))
    await play("reels", Op(Kind.BET, "b2", fun("5"), "r2"), Op(Kind.WIN, "w2", fun("2"), "r2"))
    await play(None, Op(Kind.REVERSAL, "x", reference="b2"))
    await play(None, Op(Kind.REVERSAL, "y", reference="w2"))
    await play("plain", Op(Kind.BET, "b3", fun("1"), "r3"))
    await play("dice", Op(Kind.BET, "b4", fun("4"), "r4"), source="paper")
    return clock.now().date()


async def test_a_provider_and_its_games_are_summed_up_net_of_reversals(
    staff: Person, today: date
) -> None:
    await staff.press("sv1:agg")
    await staff.tap("GGR")
    assert f"{today} to {today}" in staff.text
    whole, games = staff.text.split("<b>Games, the most played first</b>")
    assert "<b>agg</b> · FUN\nStakes: 9 · Wins: 3\nGGR: <b>6</b> · RTP: 33.33 %" in whole
    assert "Rounds: 3" in whole
    assert "<b>Reels &lt;b&gt;</b> · FUN\nStakes: 8 · Wins: 3\nGGR: <b>5</b>" in games
    assert games.index("Reels") < games.index("=Plain reels")
    assert "paper" not in staff.text


async def test_all_providers_side_by_side_and_every_period(staff: Person, today: date) -> None:
    await staff.press("so1:p")
    await staff.tap("GGR of all providers")
    assert staff.text.index("<b>agg</b>") < staff.text.index("<b>paper</b>")
    await staff.tap("Yesterday")
    assert "Nothing was played" in staff.text
    assert "• Yesterday •" in staff.button_texts()
    for period in ("7 days", "This month"):
        await staff.tap(period)
        assert "GGR: <b>6</b>" in staff.text


async def test_more_games_than_fit_are_counted(
    staff: Person, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revenue, "GAMES_SHOWN", 1)
    await staff.press("sr1:agg:d")
    assert "One more line is not shown" in staff.text


async def sent_file(
    staff: Person, session: MockedSession, data: str
) -> tuple[str, list[dict[str, str]], str]:
    await staff.press(data)
    found: list[SendDocument] = []
    while not found:
        await asyncio.sleep(0.005)
        found = [r for r in session.requests if isinstance(r, SendDocument)]
    session.requests.remove(found[0])
    document = found[0].document
    assert isinstance(document, BufferedInputFile)
    text = document.data.decode("utf-8-sig")
    return document.filename or "", list(csv.DictReader(io.StringIO(text))), str(found[0].caption)


async def test_the_file_has_every_game_by_day_and_no_formulas(
    staff: Person, today: date, session: MockedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await staff.press("sr1:agg:d")
    name, rows, caption = await sent_file(staff, session, staff.data_of("📄 As a file (CSV)"))
    assert name == f"revenue-agg-{today}-{today}.csv"
    assert "2 rows. Complete." in caption
    by_title = {row["title"]: row for row in rows}
    assert by_title.keys() == {"Reels <b>", "'=Plain reels"}
    reels = by_title["Reels <b>"]
    assert (reels["stakes"], reels["wins"], reels["reversals"]) == ("13", "5", "3")
    assert (reels["ggr"], reels["rounds"], reels["bets"]) == ("5", "2", "2")
    monkeypatch.setattr(revenue, "ROWS_MAX", 2)
    _, rows, caption = await sent_file(staff, session, "su1::w")
    assert len(rows) == 2
    assert "There are more" in caption
