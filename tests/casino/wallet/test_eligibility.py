"""What a stake depends on is verified by the write: nothing is taken by a decision that is old."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest

from casino import errors
from casino.money import FUN
from casino.players import Player, Players, TelegramUser
from casino.wallet import Batch, Kind, Op, Outcome, Refusal, Wallet
from db import ledger
from db.database import Database, transaction
from tests.casino.support import broken_chains, count, until_blocked
from tests.casino.wallet.traffic import before_writing, bet, insist, outcome

GAME, OTHER_GAME, SESSION = 10, 11, 5

# What happens between the read and the write, and what a stake is then answered.
MEANWHILE = {
    "frozen": ("UPDATE accounts SET frozen = true", Refusal.FROZEN),
    "excluded": (
        "UPDATE accounts SET excluded_until = now() + interval '1 day'",
        Refusal.EXCLUDED,
    ),
    "blocked": ("UPDATE accounts SET blocked = true", Refusal.BLOCKED),
    "session ended": ("UPDATE game_sessions SET ended_at = now()", Refusal.SESSION_ENDED),
    "session expired": ("UPDATE game_sessions SET expires_at = now()", Refusal.SESSION_ENDED),
    "game off": ("UPDATE games SET enabled = false", Refusal.GAME_OFF),
    "provider off": ("UPDATE providers SET enabled = false", Refusal.GAME_OFF),
    "limit lowered": ("UPDATE limits SET units = 4", Refusal.LIMIT_REACHED),
    "limit set": (
        "INSERT INTO limits SELECT player_id, currency_id, true, 30, 4 FROM limits",
        Refusal.LIMIT_REACHED,
    ),
    "money gone": (
        "UPDATE accounts SET cash = 4, seq = seq + 1",  # the book is not looked at here
        Refusal.NOT_ENOUGH_MONEY,
    ),
}


@pytest.fixture
async def stage(wallet: Wallet, player: Player, second: asyncpg.Connection) -> Player:
    """Two games, a session and a limit far away; the wallet has met them all."""
    await second.execute("INSERT INTO providers (id, title, enabled) VALUES ('p', 'P', true)")
    for game in (GAME, OTHER_GAME):
        await second.execute(
            "INSERT INTO games (id, provider_id, external_id, title, studio, category, has_demo,"
            " listed, enabled, created_at) VALUES ($1, 'p', $1::integer::text, 'G', 'S', 'slots',"
            " false, true, true, now())",
            game,
        )
    await second.execute(
        "INSERT INTO game_sessions (id, ref, player_id, game_id, currency_id, surface,"
        " created_at, expires_at) VALUES ($1, 's', $2, $3, $4, 'web', now(),"
        " now() + interval '1 day')",
        SESSION,
        player.id,
        GAME,
        FUN.id,
    )
    await second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, $2, false, 1, 1000)",
        player.id,
        FUN.id,
    )
    await wallet.apply(play(player, Op(Kind.BET, "first", 0, "r0")))
    return player


def play(who: Player, *ops: Op, game: int = GAME) -> Batch:
    return Batch(who.id, FUN, "one", ops, game, SESSION)


def stake(who: Player, key: str, game: int = GAME) -> Batch:
    return play(who, Op(Kind.BET, key, 5, f"round of {key}"), game=game)


@pytest.mark.parametrize("what", MEANWHILE)
async def test_what_was_committed_between_read_and_write_decides_the_stake(
    what: str,
    wallet: Wallet,
    stage: Player,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sql, reason = MEANWHILE[what]
    done = before_writing(monkeypatch, lambda: second.execute(sql))
    assert outcome(await wallet.apply(stake(stage, "b"))) is reason
    assert done == ["work"]
    assert await count(second, "transfers", "key = 'b'") == 0


@pytest.mark.parametrize("what", MEANWHILE)
async def test_whatever_is_committed_between_read_and_write_credits_go_through(
    what: str,
    wallet: Wallet,
    stage: Player,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await wallet.apply(stake(stage, "b"))
    done = before_writing(monkeypatch, lambda: second.execute(MEANWHILE[what][0]))
    for op in (
        Op(Kind.WIN, "w", 7, "round of b"),
        Op(Kind.REVERSAL, "x", reference="b"),
        Op(Kind.FINISH, "f", round_id="round of b"),
        Op(Kind.DEPOSIT, "d", 5),
    ):
        answer = await wallet.apply(play(stage, op))
        assert outcome(answer) is Outcome.APPLIED
    assert done == ["work"]


async def test_another_engines_stake_between_read_and_write_counts_first(
    wallet: Wallet,
    database: Database,
    stage: Player,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = Wallet(database, (FUN,))
    all_of_it = bet(stage, "all", 1000)
    before_writing(monkeypatch, lambda: elsewhere.apply(all_of_it))
    assert outcome(await wallet.apply(stake(stage, "b"))) is Refusal.LIMIT_REACHED
    assert await count(second, "transfers", "key = 'all'") == 1
    assert await broken_chains(second) == []


async def test_what_is_lifted_between_read_and_write_leaves_the_refusal_of_its_time(
    wallet: Wallet, stage: Player, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE accounts SET frozen = true")
    assert outcome(await wallet.apply(stake(stage, "b"))) is Refusal.FROZEN
    await second.execute("UPDATE accounts SET frozen = false")
    await second.execute("UPDATE games SET enabled = false")
    assert outcome(await wallet.apply(stake(stage, "b"))) is Refusal.GAME_OFF
    await second.execute("UPDATE games SET enabled = true")
    assert outcome(await wallet.apply(stake(stage, "b"))) is Outcome.APPLIED


# --- a switch that is being flipped


@pytest.fixture
async def flipper(
    second: asyncpg.Connection, database_url: str
) -> AsyncIterator[asyncpg.Connection]:
    """A third connection: it flips while the second one looks."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("what", ["game off", "provider off"])
@pytest.mark.parametrize("committed", [True, False])
async def test_while_a_switch_is_being_flipped_stakes_wait_for_it(
    committed: bool,
    what: str,
    wallet: Wallet,
    stage: Player,
    flipper: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    flipping = flipper.transaction()
    await flipping.start()
    await flipper.execute(MEANWHILE[what][0])
    call = asyncio.ensure_future(wallet.apply(stake(stage, "b")))
    blocked = asyncio.ensure_future(until_blocked(second))
    await asyncio.wait([call, blocked], return_when=asyncio.FIRST_COMPLETED)
    blocked.cancel()
    assert not call.done()
    assert await count(second, "transfers", "key = 'b'") == 0
    await (flipping.commit() if committed else flipping.rollback())
    assert outcome(await call) is (Refusal.GAME_OFF if committed else Outcome.APPLIED)
    assert await count(second, "transfers", "key = 'b'") == (0 if committed else 1)


async def test_a_credit_does_not_wait_for_a_switch(
    wallet: Wallet, stage: Player, flipper: asyncpg.Connection
) -> None:
    async with flipper.transaction():
        await flipper.execute("UPDATE games SET enabled = false")
        answer = await wallet.apply(play(stage, Op(Kind.WIN, "w", 5, "r")))
        assert outcome(answer) is Outcome.APPLIED


async def test_a_flip_waits_for_the_stakes_that_were_decided_before_it(
    wallet: Wallet,
    players: Players,
    stage: Player,
    flipper: asyncpg.Connection,
    second: asyncpg.Connection,
) -> None:
    """Players stake on a game that goes off and on: while it is off, nothing more is stored."""
    crowd = [stage, *[await players.meet_telegram(TelegramUser(n, "P")) for n in range(10, 13)]]
    answers: list[object] = []
    news, stop = asyncio.Event(), asyncio.Event()

    async def keep_staking(who: Player) -> None:
        keys = itertools.count()
        while not stop.is_set():
            op = Op(Kind.BET, f"b{next(keys)}", 0)
            answers.append(outcome(await insist(wallet, Batch(who.id, FUN, "one", (op,), GAME))))
            news.set()

    async def flip(on: bool, answered: object) -> int:
        """Flip the switch and wait for such an answer; return what was stored by the flip."""
        await flipper.execute("UPDATE games SET enabled = $1", on)
        stored = await count(second, "transfers")
        answers.clear()
        while answered not in answers:
            news.clear()
            await news.wait()
        return stored

    staking = asyncio.gather(*map(keep_staking, crowd))
    for _ in range(5):
        stored = await flip(False, Refusal.GAME_OFF)
        assert await count(second, "transfers") == stored
        await flip(True, Outcome.APPLIED)
    stop.set()
    await staking
    assert await broken_chains(second) == []


async def test_games_read_before_a_flip_are_not_remembered_as_on_after_it(
    wallet: Wallet,
    stage: Player,
    players: Players,
    second: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two decide at once: one asked which games are on before the flip, the other after it."""
    other = await players.meet_telegram(TelegramUser(10, "Bob"))
    asked, answered = asyncio.Event(), asyncio.Event()
    real = ledger.read_games_on

    async def read_games_on(connection: asyncpg.Connection, ids: list[int]) -> set[int]:
        games = await real(connection, ids)
        if OTHER_GAME in ids:
            asked.set()
            await answered.wait()
        return games

    async def stake_after() -> None:
        async with transaction() as tx:
            await wallet.transfer(tx, stake(stage, "after"))

    monkeypatch.setattr(ledger, "read_games_on", read_games_on)
    before = asyncio.ensure_future(wallet.apply(stake(other, "before", OTHER_GAME)))
    await asked.wait()
    await second.execute("UPDATE games SET enabled = false WHERE id = $1", GAME)
    with pytest.raises(errors.GameUnavailable):
        await stake_after()
    answered.set()
    await before
    assert outcome(await wallet.apply(stake(stage, "later"))) is Refusal.GAME_OFF
    assert await count(second, "transfers", "key = 'later'") == 0
