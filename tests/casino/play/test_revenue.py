"""What the house won with each game, by day, against the other route: its own account."""

from __future__ import annotations

from datetime import datetime

from casino.money import FUN
from casino.play import (
    Catalogue,
)
from casino.play.revenue import revenue, standings
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database
from tests.casino.play.providers import entry
from tests.casino.play.reports import (
    DAY,
    ROUND,
    Book,
    ReportingProvider,
    bet,
)

# --- revenue


async def test_revenue_of_each_game_by_day_adds_up_to_the_houses_win(
    database: Database,
    book: Book,
    wallet: Wallet,
    player: Player,
    vendor: ReportingProvider,
    catalogue: Catalogue,
    now: datetime,
) -> None:
    vendor.entries = [entry("g1", "Reels"), entry("g2", "Sevens")]
    await catalogue.register()
    await catalogue.sync(vendor)
    one, two = sorted(game.id for game in await catalogue.games())
    await book.play(*ROUND[:3], game_id=one)
    await book.play(ROUND[3])  # a reversal names no game; its original does
    await book.play(bet("b3", 70), bet("b4", 11), game_id=two)
    await book.play(Op(Kind.GAME_CORRECTION_UP, "u", 8), Op(Kind.GAME_CORRECTION_DOWN, "d", 3))
    await book.move("b4", now - DAY)
    await wallet.apply(Batch(player.id, FUN, "elsewhere", (bet("b"),)))
    today = now.date()
    days = await revenue(database, ["agg"], today - DAY, today)
    assert [
        (d.day, d.title, d.stakes.units, d.wins.units, d.reversals.units, d.ggr.units, d.bets)
        for d in days
    ] == [
        (today - DAY, "Sevens", 11, 0, 0, 11, 1),
        (today, "Reels", 140, 250, 40, -150, 2),
        (today, "Sevens", 70, 0, 0, 70, 1),
        (today, None, 0, 5, 0, -5, 0),  # corrections that name no game
    ]
    received = await book.second.fetchval(
        "SELECT sum(units) FROM postings WHERE account = 'house:agg'"
    )
    assert sum(d.ggr.units for d in days) == int(received)
    [whole] = (await standings(database, ["agg"], today - DAY, today)).wholes
    assert whole.ggr.units == int(received)
    assert await revenue(database, ["agg"], today + DAY, today + DAY) == []
