"""What players and staff read: statements, balances, and identifiers from outside."""

from __future__ import annotations

import asyncpg
import pytest

from casino import errors
from casino.money import EUR, FUN, TON, USDT, Money
from casino.players import Player, Players, TelegramUser
from casino.wallet import Batch, Kind, Op, Wallet


async def test_balances_list_what_is_on_offer_first_and_then_what_was_ever_used(
    wallet: Wallet, player: Player
) -> None:
    await wallet.apply(Batch(player.id, EUR, "promo", (Op(Kind.GRANT, "g", 5),)))
    balances = await wallet.balances(player.id)
    assert [(b.currency, b.cash, b.version) for b in balances] == [
        (FUN, 1_000_000_000, 1),
        (TON, 0, 0),
        (USDT, 0, 0),
        (EUR, 5, 1),
    ]


async def test_an_entry_tells_its_kind_source_round_game_and_both_deltas(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute("INSERT INTO providers VALUES ('p', 'P', true)")
    game = await second.fetchval(
        "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed,"
        " enabled, created_at) VALUES ('p', 'g', 'Reels', 'S', 'slots', false, true, true, now())"
        " RETURNING id"
    )
    await wallet.apply(Batch(player.id, FUN, "p", (Op(Kind.BET, "b", 7, "r"),), game))
    await wallet.apply(Batch(player.id, FUN, "cashier", (Op(Kind.HOLD, "h", 100),)))
    hold, bet, welcome = await wallet.statement(player.id, limit=10)
    assert (bet.kind, bet.source, bet.round_id) == (Kind.BET, "p", "r")
    assert (bet.game_id, bet.game_title) == (game, "Reels")
    assert bet.delta == Money(-7, FUN)
    assert (hold.delta, hold.held_delta) == (Money(-100, FUN), Money(100, FUN))
    assert hold.balance_after == Money(1_000_000_000 - 107, FUN)
    assert (welcome.kind, welcome.game_id) == (Kind.GRANT, None)


async def test_a_deficit_shows_as_zero_in_the_statement(wallet: Wallet, player: Player) -> None:
    await wallet.apply(Batch(player.id, TON, "staff", (Op(Kind.CORRECTION_DOWN, "c", 5),)))
    (entry,) = await wallet.statement(player.id, limit=1)
    assert (entry.delta, entry.balance_after) == (Money(-5, TON), Money.zero(TON))


@pytest.mark.parametrize(
    ("before", "error"),
    [
        ("", errors.Malformed),
        ("1", errors.Malformed),
        ("a-b-c", errors.Malformed),
        ("{0}-3-1-1", errors.Malformed),
        ("{0}-3--1", errors.Malformed),
        ("{0}-3-１", errors.Malformed),
        ("{0}-3-" + "9" * 30, errors.Malformed),
        ("{0}-3-999999", errors.NotFound),
        ("{0}-99-1", errors.NotFound),
        ("1-3-1", errors.NotFound),
        ("\0", errors.Malformed),
    ],
)
async def test_a_position_that_is_not_this_players_is_refused(
    wallet: Wallet, player: Player, before: str, error: type[errors.PlayerError]
) -> None:
    with pytest.raises(error):
        await wallet.statement(player.id, limit=5, before=before.format(player.id))


async def test_another_players_entry_is_not_found(
    wallet: Wallet, player: Player, players: Players
) -> None:
    other = await players.meet_telegram(TelegramUser(5, "Bob"))
    (entry,) = await wallet.statement(other.id, limit=5)
    with pytest.raises(errors.NotFound):
        await wallet.statement(player.id, limit=5, before=entry.id)


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (100, 100), (10_000, 100)])
async def test_a_page_is_bounded(
    wallet: Wallet, player: Player, limit: int, expected: int
) -> None:
    ops = tuple(Op(Kind.BET, f"b{n}", 1) for n in range(100))
    await wallet.apply(Batch(player.id, FUN, "one", ops))
    await wallet.apply(Batch(player.id, FUN, "two", ops))
    assert len(await wallet.statement(player.id, limit=limit)) == expected


async def test_pages_through_one_batch_lose_and_repeat_nothing(
    wallet: Wallet, player: Player
) -> None:
    """All rows of a batch are written within the same moment."""
    ops = tuple(Op(Kind.BET, f"b{n}", 1) for n in range(30))
    await wallet.apply(Batch(player.id, FUN, "one", ops))
    await wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, "g", 1),)))
    seen: list[str] = []
    before = None
    while page := await wallet.statement(player.id, limit=7, before=before):
        seen += [entry.id for entry in page]
        before = seen[-1]
    assert len(seen) == len(set(seen)) == 32
    fun = [int(e.rsplit("-", 1)[1]) for e in seen if f"-{FUN.id}-" in e]
    assert fun == list(range(31, 0, -1))
