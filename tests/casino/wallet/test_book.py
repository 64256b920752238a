"""What stands between ``decide`` and the tables: it must read all that a decision depends on."""

from __future__ import annotations

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from msgspec.structs import replace

from casino.money import CURRENCIES, CURRENCY_BY_ID, FUN, TON
from casino.players import Player, Players, TelegramUser
from casino.wallet import Applied, Batch, Kind, Op, Refusal, Refused, Wallet
from casino.wallet.book import Book
from db.database import transaction
from tests.casino.support import broken_chains, count, give_bonus, pockets
from tests.casino.wallet.model import Model, Pocket
from tests.casino.wallet.plays import (
    DEAD_SESSION,
    GAME_OFF,
    GAME_ON,
    PLAYERS,
    SESSION,
    STRANGER,
    Freeze,
    Story,
    stories,
)
from tests.casino.wallet.shelf import plain

FROZEN = "UPDATE {} SET frozen = $2 WHERE {} = $1"


@pytest.fixture
async def stage(player: Player, second: asyncpg.Connection) -> Player:
    """A provider with one game on and one off, a session that lives and one that ended."""
    await second.execute("INSERT INTO providers (id, title, enabled) VALUES ('p', 'P', true)")
    for game, on in ((GAME_ON, True), (GAME_OFF, False)):
        await second.execute(
            "INSERT INTO games (id, provider_id, external_id, title, studio, category, has_demo,"
            " listed, enabled, created_at)"
            " VALUES ($1, 'p', $1::integer::text, 'G', 'S', 'slots', false, true, $2, now())",
            game,
            on,
        )
    for session, over in ((SESSION, False), (DEAD_SESSION, True)):
        await second.execute(
            "INSERT INTO game_sessions (id, ref, player_id, game_id, currency_id, surface,"
            " created_at, expires_at, ended_at)"
            " VALUES ($1, $1::bigint::text, $2, $3, 3, 'web', now(), now() + interval '1 day',"
            " CASE WHEN $4 THEN now() END)",
            session,
            player.id,
            GAME_ON,
            over,
        )
    return player


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # shrinking through a database takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
async def test_through_the_database_every_answer_is_the_models(
    wallet: Wallet,
    players: Players,
    stage: Player,
    second: asyncpg.Connection,
    story: Story,
) -> None:
    used = await count(second, "players")
    ids = {p: (await players.meet_telegram(TelegramUser(10 * used + p, "P"))).id for p in PLAYERS}
    ids[STRANGER] = 9_999_999
    model = Model(frozenset({GAME_OFF}), frozenset({DEAD_SESSION}))
    for (player, currency_id), (cash, bonus) in story.pockets.items():
        currency = CURRENCY_BY_ID[currency_id]
        await give_bonus(second, ids[player], currency, bonus)
        welcome = 1_000_000_000 if currency is FUN else 0
        to_cash = [Op(Kind.GRANT, "opening", cash)]
        if welcome:
            to_cash.insert(0, Op(Kind.CORRECTION_DOWN, "welcome back", welcome))
        await wallet.apply(Batch(ids[player], currency, f"opening {currency}", tuple(to_cash)))
        model.pockets[player, currency.code] = Pocket(cash, bonus)
    for step in story.steps:
        if isinstance(step, Freeze):
            for table, column in (("players", "id"), ("accounts", "player_id")):
                await second.execute(FROZEN.format(table, column), ids[step.player], step.on)
            for (player, _), pocket in model.pockets.items():
                if player == step.player:
                    pocket.frozen = step.on
        else:
            answer = await wallet.apply(replace(step, player_id=ids[step.player_id]))
            assert plain(answer) == model.apply(step)
    for (player, code), pocket in model.pockets.items():
        expected = (pocket.cash, pocket.bonus, pocket.held)
        assert await pockets(second, ids[player], CURRENCIES[code]) == expected
    assert await broken_chains(second) == []


async def test_a_win_knows_the_cash_of_its_round_when_its_own_batch_brings_bonus_in(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    """The account holds no bonus when the batch is read, and some when the win is split."""
    await wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, "g", 50),)))
    await give_bonus(second, player.id, TON, 50)
    for op in (Op(Kind.BET, "cash", 50, "r1"), Op(Kind.BET, "bonus", 50, "r0")):
        await wallet.apply(Batch(player.id, TON, "one", (op,)))
    assert await pockets(second, player.id, TON) == (0, 0, 0)
    together = (
        Op(Kind.REVERSAL, "x", reference="bonus"),
        Op(Kind.BET, "again", 50, "r1"),
        Op(Kind.WIN, "w", 100, "r1"),
    )
    await wallet.apply(Batch(player.id, TON, "one", together))
    assert await pockets(second, player.id, TON) == (50, 50, 0)


async def test_a_bonus_round_splits_its_win_and_reverses_exactly(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await wallet.apply(Batch(player.id, TON, "promo", (Op(Kind.GRANT, "g", 30),)))
    await give_bonus(second, player.id, TON, 100)
    await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.BET, "b", 90, "r"),)))
    assert await pockets(second, player.id, TON) == (0, 40, 0)
    await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.WIN, "w", 300, "r"),)))
    assert await pockets(second, player.id, TON) == (100, 240, 0)
    for key in ("w", "b"):
        back = Op(Kind.REVERSAL, f"x{key}", reference=key)
        await wallet.apply(Batch(player.id, TON, "one", (back,)))
    assert await pockets(second, player.id, TON) == (30, 100, 0)
    assert (await wallet.audit()).ok


async def test_another_players_round_and_another_sources_round_are_not_this_round(
    wallet: Wallet, players: Players, player: Player, second: asyncpg.Connection
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    for p in (player, other):
        await wallet.apply(Batch(p.id, TON, "promo", (Op(Kind.GRANT, "g", 100),)))
    await give_bonus(second, player.id, TON, 150)
    await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.BET, "b", 200, "r"),)))
    for batch in (
        Batch(other.id, TON, "one", (Op(Kind.WIN, "w", 10, "r"),)),
        Batch(player.id, TON, "two", (Op(Kind.WIN, "w", 10, "r"),)),
    ):
        await wallet.apply(batch)
    assert await pockets(second, other.id, TON) == (110, 0, 0)
    assert await pockets(second, player.id, TON) == (10, 50, 0)


async def test_batches_of_several_players_currencies_and_sources_are_settled_together(
    players: Players, player: Player, second: asyncpg.Connection
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    await give_bonus(second, other.id, TON, 100)
    book = Book()
    for source in ("one", "two"):
        await book.sources.learn(second, source)
    batches = [
        Batch(other.id, TON, "two", (Op(Kind.BET, "b", 60, "r"),)),
        Batch(player.id, FUN, "one", (Op(Kind.BET, "b", 100, "r"),)),
        Batch(9_999_999, FUN, "one", (Op(Kind.BET, "b", 100, "r"),)),
        Batch(player.id, TON, "two", (Op(Kind.WIN, "w", 7, "r"),)),
        Batch(other.id, TON, "two", (Op(Kind.BET, "b", 60, "r"), Op(Kind.WIN, "w", 30, "r"))),
        Batch(player.id, FUN, "one", (Op(Kind.BET, "b", 101, "r"),)),
        Batch(other.id, FUN, "one", (Op(Kind.BET, "b", 2_000_000_000, "r"),)),
    ]
    async with transaction() as tx:
        decision = await book.settle_locked(tx.raw, batches)
    assert [plain(answer) for answer in decision.answers] == [
        [("applied", 40)],
        [("applied", 999_999_900)],
        "unknown_player",
        [("applied", 7)],
        [("replayed", 40), ("applied", 70)],
        "key_conflict",
        "not_enough_money",
    ]
    assert await pockets(second, player.id, FUN) == (999_999_900, 0, 0)
    assert await pockets(second, player.id, TON) == (7, 0, 0)
    assert await pockets(second, other.id, TON) == (0, 70, 0)
    assert await pockets(second, other.id, FUN) == (1_000_000_000, 0, 0)
    assert await broken_chains(second) == []


async def test_the_database_is_asked_about_games_and_sessions_at_the_moment_of_the_stake(
    wallet: Wallet, stage: Player, second: asyncpg.Connection
) -> None:
    def stake(key: str, round_id: str) -> Batch:
        ops = (Op(Kind.BET, key, 1, round_id),)
        return Batch(stage.id, FUN, "p", ops, GAME_ON, SESSION)

    assert isinstance(await wallet.apply(stake("b1", "r")), Applied)
    await second.execute("UPDATE games SET enabled = false")
    assert isinstance(await wallet.apply(stake("b2", "r")), Applied)
    refused = await wallet.apply(stake("b3", "new"))
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.GAME_OFF
    await second.execute("UPDATE games SET enabled = true")
    await second.execute("UPDATE providers SET enabled = false")
    refused = await wallet.apply(stake("b3", "new"))
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.GAME_OFF
    await second.execute("UPDATE providers SET enabled = true")
    await second.execute("UPDATE game_sessions SET expires_at = now()")
    refused = await wallet.apply(stake("b3", "new"))
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.SESSION_ENDED
