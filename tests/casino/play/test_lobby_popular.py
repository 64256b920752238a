"""What is popular follows the ledger."""

from __future__ import annotations

import asyncpg
import pytest

from casino.feed import Feed
from casino.money import FUN
from casino.play import Catalogue, Provider, lobby_popular
from casino.play.lobby import Lobby
from casino.play.lobby_games import Collection, Wanted
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database
from tests.casino.play.providers import ListedProvider, entry, listed


@pytest.fixture
async def games(providers: dict[str, Provider], catalogue: Catalogue) -> dict[str, int]:
    provider: ListedProvider = listed()
    provider.entries = [entry(f"g{n}", f"Game {n}") for n in range(4)]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return {g.title: g.id for g in await catalogue.games()}


async def play(wallet: Wallet, player: Player, game_id: int, *ops: Op) -> None:
    await wallet.apply(Batch(player.id, FUN, "staff", ops, game_id))


def stake(key: str, round_: str | None = None, kind: Kind = Kind.BET) -> Op:
    return Op(kind, key, 1, round_)


async def shown(catalogue: Catalogue, wanted: Wanted) -> list[str]:
    return [g.title for g in (await Lobby(catalogue.providers).page(wanted)).games]


async def test_rounds_are_counted_once_and_make_the_order(
    games: dict[str, int],
    catalogue: Catalogue,
    database: Database,
    wallet: Wallet,
    player: Player,
    second: asyncpg.Connection,
) -> None:
    for n in range(5):
        await play(wallet, player, games["Game 2"], stake(f"a{n}", f"r{n}"))
    for n in range(9):  # a table takes many stakes on one round
        await play(wallet, player, games["Game 1"], stake(f"b{n}", "roulette"))
    await play(wallet, player, games["Game 0"], stake("c1"), stake("c2"), stake("c3"))
    await play(wallet, player, games["Game 3"], Op(Kind.WIN, "w", 5, "w"))
    feed = Feed(database, lobby_popular.FOLLOWER, lobby_popular.count_rounds)
    while await second.fetchval("SELECT count(*) FROM game_days") == 0:
        await feed.step()
    while await feed.step():
        pass
    counted = await second.fetch("SELECT game_id, sum(rounds)::integer FROM game_days GROUP BY 1")
    assert dict(tuple(row) for row in counted) == {
        games["Game 2"]: 5,
        games["Game 1"]: 1,
        games["Game 0"]: 3,
    }
    await lobby_popular.rank()
    assert (await shown(catalogue, Wanted()))[:3] == ["Game 2", "Game 0", "Game 1"]
    popular = Wanted(collection=Collection.POPULAR)
    assert await shown(catalogue, popular) == ["Game 2", "Game 0", "Game 1"]


async def test_what_was_played_long_ago_is_not_popular_any_more_and_is_forgotten(
    games: dict[str, int], catalogue: Catalogue, second: asyncpg.Connection
) -> None:
    await second.executemany(
        "INSERT INTO game_days (day, game_id, rounds) VALUES"
        " ((now() AT TIME ZONE 'UTC')::date - $1::integer, $2, $3)",
        [(0, games["Game 1"], 3), (6, games["Game 2"], 9), (7, games["Game 3"], 999),
         (91, games["Game 0"], 9)],
    )  # fmt: skip
    await second.execute("UPDATE games SET popularity = 5 WHERE title = 'Game 3'")
    await lobby_popular.rank()
    popular = Wanted(collection=Collection.POPULAR)
    assert await shown(catalogue, popular) == ["Game 2", "Game 1"]
    assert await second.fetchval("SELECT count(*) FROM game_days") == 3


async def test_ranking_again_writes_nothing(
    games: dict[str, int],
    second: asyncpg.Connection,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await second.execute("INSERT INTO game_days SELECT current_date, id, id FROM games")
    monkeypatch.setattr(lobby_popular, "RANKED_AT_ONCE", 2)
    await lobby_popular.rank()
    ranked = await second.fetch("SELECT id, popularity, xmin::text FROM games ORDER BY id")
    assert all(row["popularity"] > 0 for row in ranked)
    await lobby_popular.rank()
    assert await second.fetch("SELECT id, popularity, xmin::text FROM games ORDER BY id") == ranked
