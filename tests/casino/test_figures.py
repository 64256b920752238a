"""A day's figures against sums done by hand and by another route."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

from casino.backoffice import Backoffice, Figures
from casino.cashier import Cashier, PaymentRail
from casino.clock import SystemClock
from casino.money import FUN, TON, Currency, Money
from casino.play import Catalogue
from casino.players import Player, Players, TelegramUser
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database
from tests.casino.cashier.rails import arrival, chain_rail, incoming
from tests.casino.support import give_bonus


@pytest.fixture
def backoffice(
    database: Database, wallet: Wallet, players: Players, catalogue: Catalogue
) -> Backoffice:
    """With the machine's clock: the rows of the ledger carry the database's time."""
    return Backoffice(database, wallet, players, catalogue, SystemClock())


@pytest.fixture
def today() -> date:
    return SystemClock().now().date()


async def of(backoffice: Backoffice, day: date, currency: Currency = FUN) -> Figures:
    figures = [f for f in await backoffice.figures(day) if f.stakes.currency is currency]
    assert len(figures) == 1
    return figures[0]


async def apply(wallet: Wallet, player: Player, *ops: Op, currency: Currency = FUN) -> None:
    await wallet.apply(Batch(player.id, currency, "one", ops))


def units(figures: Figures) -> tuple[int, int, int, int, int]:
    return (
        figures.stakes.units,
        figures.wins.units,
        figures.ggr.units,
        figures.bets,
        figures.players,
    )


async def test_an_empty_day_has_no_figures(backoffice: Backoffice, database: Database) -> None:
    assert await backoffice.figures() == []


async def test_stakes_and_wins_are_net_of_their_reversals(
    backoffice: Backoffice, wallet: Wallet, players: Players, player: Player, today: date
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    await apply(wallet, player, Op(Kind.BET, "b1", 100), Op(Kind.WIN, "w1", 250))
    await apply(wallet, player, Op(Kind.BET, "b2", 40), Op(Kind.REVERSAL, "x2", reference="b2"))
    await apply(wallet, player, Op(Kind.BET, "b3", 60), Op(Kind.REVERSAL, "x3", 20, None, "b3"))
    await apply(wallet, other, Op(Kind.WIN, "w4", 70), Op(Kind.REVERSAL, "x4", reference="w4"))
    await apply(wallet, other, Op(Kind.TIP, "t", 5), Op(Kind.JACKPOT, "j", 7))
    await apply(wallet, other, Op(Kind.REVERSAL, "x5", reference="late"), Op(Kind.BET, "late", 9))
    stakes, wins = 100 + 0 + 40 + 5, 250 + 0 + 7
    figures = await of(backoffice, today)
    assert units(figures) == (stakes, wins, stakes - wins, 4, 2)
    assert figures.deposits == Money.zero(FUN)  # the welcome grant is no deposit


async def test_a_reversed_reversal_counts_as_what_it_restored(
    backoffice: Backoffice, wallet: Wallet, player: Player, today: date
) -> None:
    """The stake stands again, so the house has it again."""
    await apply(
        wallet,
        player,
        Op(Kind.BET, "b", 100),
        Op(Kind.REVERSAL, "x", reference="b"),
        Op(Kind.REVERSAL, "y", reference="x"),
    )
    assert units(await of(backoffice, today)) == (100, 0, 100, 1, 1)


async def test_the_day_is_the_houses_win_as_the_ledger_has_it(
    backoffice: Backoffice,
    wallet: Wallet,
    player: Player,
    today: date,
    second: asyncpg.Connection,
) -> None:
    """By another route: what the house accounts of the postings received."""
    await give_bonus(second, player.id, FUN, 500)
    await apply(wallet, player, Op(Kind.BET, "all", 1_000_000_200, "r"))
    await apply(wallet, player, Op(Kind.WIN, "w", 333, "r"), Op(Kind.BET, "b", 90, "r2"))
    await apply(wallet, player, Op(Kind.REVERSAL, "x", 45, None, "b"))
    figures = await of(backoffice, today)
    house = await second.fetchval("SELECT sum(units) FROM postings WHERE account LIKE 'house:%'")
    assert figures.ggr.units == int(house)


async def test_deposits_are_the_cashiers_and_each_currency_stands_alone(
    backoffice: Backoffice,
    wallet: Wallet,
    cashier: Cashier,
    rails: dict[str, PaymentRail],
    player: Player,
    today: date,
) -> None:
    rails["ton"] = chain_rail()
    memo = (await cashier.deposit_target(player, "ton", TON)).memo
    for lt in (1, 2):
        await cashier.record("ton", arrival(lt, incoming(f"in-{lt}", memo, "1.5")))
    await apply(wallet, player, Op(Kind.BET, "b", 100), currency=TON)
    ton = await of(backoffice, today, TON)
    assert ton.deposits == Money.parse("3", TON)
    assert units(ton) == (100, 0, 100, 1, 1)
    assert units(await of(backoffice, today)) == (0, 0, 0, 0, 0)


async def test_corrections_and_holds_are_no_play(
    backoffice: Backoffice, wallet: Wallet, player: Player, today: date
) -> None:
    await apply(
        wallet,
        player,
        Op(Kind.CORRECTION_UP, "u", 5),
        Op(Kind.CORRECTION_DOWN, "d", 5),
        Op(Kind.REVERSAL, "xu", reference="u"),
        Op(Kind.HOLD, "h", 5),
        Op(Kind.CAPTURE, "c", 5, reference="h"),
        Op(Kind.FINISH, "f"),
    )
    assert units(await of(backoffice, today)) == (0, 0, 0, 0, 0)


async def test_a_providers_corrections_count_among_its_wins(
    backoffice: Backoffice,
    wallet: Wallet,
    player: Player,
    today: date,
    second: asyncpg.Connection,
) -> None:
    await apply(
        wallet,
        player,
        Op(Kind.BET, "b", 100),
        Op(Kind.WIN, "w", 70),
        Op(Kind.GAME_CORRECTION_UP, "u", 25),
        Op(Kind.GAME_CORRECTION_DOWN, "d", 40),
        Op(Kind.GAME_CORRECTION_DOWN, "d2", 5),
        Op(Kind.REVERSAL, "x", reference="d2"),
    )
    assert units(await of(backoffice, today)) == (100, 55, 45, 1, 1)
    accounts = "SELECT sum(units) FROM postings WHERE account LIKE $1"
    assert await second.fetchval(accounts, "house:%") == 45
    assert not await second.fetchval(accounts, "adjustments")


async def test_a_day_is_a_day_in_utc_and_midnight_belongs_to_the_next(
    backoffice: Backoffice,
    wallet: Wallet,
    player: Player,
    today: date,
    second: asyncpg.Connection,
) -> None:
    await apply(wallet, player, Op(Kind.BET, "b1", 1), Op(Kind.BET, "b2", 10))
    await apply(wallet, player, Op(Kind.BET, "b3", 100))
    moments = {"b1": "-1 microsecond", "b2": "0", "b3": "1 day -1 microsecond"}
    async with second.transaction():
        await second.execute("SET LOCAL session_replication_role = replica")
        for key, offset in moments.items():
            await second.execute(
                "UPDATE transfers SET created_at = ($2::date)::timestamp AT TIME ZONE 'UTC'"
                " + $3::text::interval WHERE key = $1",
                key,
                today,
                offset,
            )
    assert units(await of(backoffice, today))[0] == 110
    assert units(await of(backoffice, today - timedelta(days=1)))[0] == 1
    assert await backoffice.figures(today + timedelta(days=1)) == []
