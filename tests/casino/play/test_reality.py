"""What a player staked and won since a moment: summed up in the ledger, exact to the unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from casino.money import FUN, TON, Money
from casino.play import reality
from casino.play.reality import STRIDE, Played
from casino.players import Player, Players, TelegramUser
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from tests.casino.support import give_bonus

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def settle(wallet: Wallet, player: Player, *ops: Op) -> None:
    assert isinstance(await wallet.apply(Batch(player.id, FUN, "test", ops)), Applied)


async def written_at(second: asyncpg.Connection, player: Player) -> Sequence[datetime]:
    """When each transfer in FUN was written, the oldest first."""
    rows = await second.fetch(
        "SELECT created_at FROM transfers WHERE player_id = $1 AND currency_id = $2 ORDER BY seq",
        player.id,
        FUN.id,
    )
    return [row[0] for row in rows]


async def expected(second: asyncpg.Connection, player: Player, since: datetime) -> list[int]:
    """Staked, won, returned and net in FUN, by a whole read of the table."""
    row = await second.fetchrow(
        "SELECT sum(CASE WHEN kind_id < 20 THEN -d ELSE 0 END),"
        " sum(CASE WHEN kind_id BETWEEN 20 AND 39 THEN d ELSE 0 END),"
        " sum(CASE WHEN kind_id = 40 THEN d ELSE 0 END), sum(d)"
        " FROM (SELECT kind_id, cash_delta + bonus_delta AS d FROM transfers"
        "  WHERE player_id = $1 AND currency_id = $2 AND kind_id <= 40 AND created_at >= $3) t",
        player.id,
        FUN.id,
        since,
    )
    assert row is not None
    return [int(value or 0) for value in row]


def units(played: Played) -> list[int]:
    return [m.units for m in (played.staked, played.won, played.returned, played.net)]


async def test_stakes_wins_and_reversals_add_up_and_nothing_else_counts(
    wallet: Wallet, player: Player, players: Players, second: asyncpg.Connection
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Eve"))
    await settle(wallet, other, Op(Kind.BET, "b", 999, "r"))
    await give_bonus(second, player.id, TON, 500)  # a gift is no game
    assert await reality.played(player.id, LONG_AGO) == []
    await settle(wallet, player, Op(Kind.BET, "b1", 1_000, "r1"))
    await settle(wallet, player, Op(Kind.BET, "b2", 300, "r2"), Op(Kind.WIN, "w2", 120, "r2"))
    await settle(wallet, player, Op(Kind.JACKPOT, "j", 50, "r2"), Op(Kind.TIP, "t", 7, "r2"))
    await settle(wallet, player, Op(Kind.REVERSAL, "v", None, "r1", reference="b1"))
    await settle(wallet, player, Op(Kind.FINISH, "f", None, "r2", ends_round=True))
    (played,) = await reality.played(player.id, LONG_AGO)
    assert units(played) == [1_307, 170, 1_000, -137]
    assert units(played) == await expected(second, player, LONG_AGO)
    assert played.net == Money(-137, FUN)


async def test_bonus_money_counts_as_money_and_currencies_are_kept_apart(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await give_bonus(second, player.id, TON, 500)
    bet = Batch(player.id, TON, "test", (Op(Kind.BET, "b", 200, "r"), Op(Kind.WIN, "w", 90, "r")))
    assert isinstance(await wallet.apply(bet), Applied)
    await settle(wallet, player, Op(Kind.BET, "b2", 11, "r"))
    ton, fun = await reality.played(player.id, LONG_AGO)
    assert (ton.net.currency, units(ton)) == (TON, [200, 90, 0, -110])
    assert (fun.net.currency, units(fun)) == (FUN, [11, 0, 0, -11])


@pytest.mark.parametrize("back", [1, STRIDE - 1, STRIDE, STRIDE + 1, 3 * STRIDE, 4 * STRIDE])
async def test_it_begins_at_the_moment_however_much_lies_before(
    wallet: Wallet, player: Player, second: asyncpg.Connection, back: int
) -> None:
    for n in range(5):
        ops = (Op(Kind.BET, f"b{n}.{i}", i + 1, f"r{n}") for i in range(STRIDE))
        await settle(wallet, player, *ops)
    times = await written_at(second, player)
    assert len(times) == 5 * STRIDE + 1  # and the welcome
    since = times[-back]
    (played,) = await reality.played(player.id, since)
    assert units(played) == await expected(second, player, since)
    assert await reality.played(player.id, times[-1] + timedelta(microseconds=1)) == []


async def test_a_session_is_open_until_it_ends_or_expires_and_only_for_its_player(
    player: Player, players: Players, second: asyncpg.Connection
) -> None:
    await second.execute("INSERT INTO providers (id, title, enabled) VALUES ('p', 'P', true)")
    game = await second.fetchval(
        "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo, listed,"
        " enabled, created_at) VALUES ('p', 'g', 'G', 'S', 'slots', false, true, true, now())"
        " RETURNING id"
    )
    now = await second.fetchval(
        "INSERT INTO game_sessions (ref, player_id, game_id, currency_id, surface, created_at,"
        " expires_at) VALUES ('s', $1, $2, $3, 'web', now(), now() + interval '1 hour')"
        " RETURNING created_at",
        player.id,
        game,
        FUN.id,
    )
    other = await players.meet_telegram(TelegramUser(77, "Eve"))
    assert await reality.session_is_open(player.id, "s", now)
    assert not await reality.session_is_open(other.id, "s", now)
    assert not await reality.session_is_open(player.id, "t", now)
    assert not await reality.session_is_open(player.id, "s", now + timedelta(hours=1))
    await second.execute("UPDATE game_sessions SET ended_at = now()")
    assert not await reality.session_is_open(player.id, "s", now)
