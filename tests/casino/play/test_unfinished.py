"""The shelf of unfinished rounds; sessions cut, limited or over, and what still settles."""

from __future__ import annotations

import json
from datetime import timedelta

import asyncpg
import pytest

from casino import outbox
from casino.events import Event, SessionsCut
from casino.money import FUN, TON
from casino.play import Catalogue, GameCall, Play, Provider, Visit
from casino.players import Player, Players, TelegramUser
from casino.surfaces import Surface
from casino.wallet import Applied, Kind, Op, Refusal, Refused
from tests.casino.play.providers import entry, listed
from tests.casino.support import count, pockets
from tests.conftest import MovingClock

START = 1_000_000_000


@pytest.fixture
async def games(providers: dict[str, Provider], catalogue: Catalogue) -> dict[str, int]:
    for provider_id in ("agg", "mute"):
        provider = listed(provider_id)
        provider.entries = [entry("g1", "Reels"), entry("g2", "Sevens")]
        providers[provider_id] = provider
    await catalogue.register()
    for each in providers.values():
        await catalogue.sync(each)
    return {f"{g.provider_id}:{g.external_id}": g.id for g in await catalogue.games()}


async def launch(
    play: Play, player: Player, game_id: int, *, time_limit: timedelta | None = None
) -> str:
    opened = await play.launch(
        player,
        game_id,
        FUN,
        demo=False,
        visit=Visit(Surface.WEB, "mobile"),
        time_limit=time_limit,
    )
    return opened.session_ref


def bet(key: str, round_id: str | None = "r", units: int = 100) -> Op:
    return Op(Kind.BET, key, units, round_id)


def win(key: str, round_id: str = "r", units: int = 50, *, ends: bool = False) -> Op:
    return Op(Kind.WIN, key, units, round_id, ends_round=ends)


class Table:
    """A player at a game of a provider."""

    def __init__(self, play: Play, player: Player, session: str, provider: str = "agg") -> None:
        self.play = play
        self.player = player
        self.session = session
        self.provider = provider

    async def settle(self, *ops: Op) -> None:
        assert isinstance(await self.ask(*ops), Applied)

    async def ask(self, *ops: Op) -> Applied | Refused:
        call = GameCall(str(self.player.id), FUN, ops, self.session, "g1")
        return await self.play.settle(self.provider, call)

    async def shelf(self) -> list[str]:
        return [r.round_id for r in await self.play.unfinished(self.player.id)]


@pytest.fixture
async def table(play: Play, player: Player, games: dict[str, int]) -> Table:
    return Table(play, player, await launch(play, player, games["agg:g1"]))


# --- unfinished rounds


async def test_a_round_with_a_stake_and_no_end_is_on_the_shelf_until_it_ends(
    table: Table, games: dict[str, int]
) -> None:
    await table.settle(bet("b1", "done"), win("w1", "done", ends=True))
    assert await table.shelf() == []
    await table.settle(bet("b2", "open"))
    await table.settle(bet("b3", "open", 20), win("w2", "open", 5))
    (found,) = await table.play.unfinished(table.player.id)
    assert (found.provider_id, found.round_id) == ("agg", "open")
    assert (found.game_id, found.game_title) == (games["agg:g1"], "Reels")
    assert (found.staked.units, found.won.units) == (120, 5)
    await table.settle(Op(Kind.FINISH, "f", None, "open"))
    assert await table.shelf() == []


async def test_the_newest_comes_first_and_a_reversed_stake_is_none(table: Table) -> None:
    await table.settle(bet("b0", "done"), win("w0", "done", ends=True))
    await table.settle(bet("b1", "first"), bet("b2", "back"), bet("b3", "last"))
    await table.settle(Op(Kind.REVERSAL, "x", None, "back", "b2"))
    assert await table.shelf() == ["last", "first"]
    await table.settle(win("w1", "first"))
    assert await table.shelf() == ["first", "last"]


async def test_a_provider_that_never_ends_a_round_has_no_shelf(
    table: Table, play: Play, player: Player, games: dict[str, int], players: Players
) -> None:
    """A lost stake and one under way look alike there."""
    mute = Table(play, player, await launch(play, player, games["mute:g1"]), "mute")
    await mute.settle(bet("b1", "lost"))
    await table.settle(bet("b1", "open"))
    assert await table.shelf() == []
    bob = await players.meet_telegram(TelegramUser(77, "Bob"))
    theirs = Table(play, bob, await launch(play, bob, games["agg:g1"]))
    await theirs.settle(bet("b", "r"), win("w", "r", ends=True))
    assert await table.shelf() == ["open"]  # now it is known that this one says when they end
    assert await theirs.shelf() == []


async def test_money_without_a_round_and_old_rounds_stay_off_it(
    table: Table, second: asyncpg.Connection
) -> None:
    await table.settle(bet("b0", "done"), win("w0", "done", ends=True))
    await table.settle(bet("b1", None), bet("b2", "old"))
    assert await table.shelf() == ["old"]
    async with second.transaction():
        await second.execute("SET LOCAL session_replication_role = replica")
        await second.execute(
            "UPDATE transfers SET created_at = now() - interval '31 days' WHERE key = 'b2'"
        )
    assert await table.shelf() == []


async def test_only_the_newest_transfers_are_looked_at(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casino.play import unfinished

    await table.settle(bet("b1", "far"), bet("b2", "near"), win("w", "other", ends=True))
    assert await table.shelf() == ["near", "far"]
    shorter = unfinished._UNFINISHED.replace(f"LIMIT {unfinished.SPAN}", "LIMIT 2")  # noqa: SLF001
    monkeypatch.setattr(unfinished, "_UNFINISHED", shorter)
    assert await table.shelf() == ["near"]


# --- sessions that are cut


async def test_a_cut_refuses_stakes_and_never_what_is_owed(
    table: Table, play: Play, player: Player, games: dict[str, int], second: asyncpg.Connection
) -> None:
    await table.settle(bet("b1"), bet("b2", "r2"))
    other = Table(play, player, await launch(play, player, games["mute:g1"]), "mute")
    assert await play.cut_sessions(player.id, "session-limit") == 2
    for each in (table, other):
        answer = await each.ask(bet("late"))
        assert isinstance(answer, Refused)
        assert answer.reason is Refusal.SESSION_ENDED
    await table.settle(win("w1"), Op(Kind.REVERSAL, "x", None, "r2", "b2"))
    assert await pockets(second, player.id, FUN) == (START - 50, 0, 0)
    again = Table(play, player, await launch(play, player, games["agg:g1"]))
    await again.settle(bet("b3"))


async def test_a_cut_is_told_once_with_every_session(
    table: Table, play: Play, player: Player, players: Players, second: asyncpg.Connection
) -> None:
    bob = await players.meet_telegram(TelegramUser(77, "Bob"))
    assert await play.cut_sessions(bob.id, "exclusion") == 0
    assert await play.cut_sessions(player.id, "exclusion") == 1
    assert await play.cut_sessions(player.id, "exclusion") == 0
    (row,) = await second.fetch("SELECT name, player_id, body FROM outbox")
    assert (row["name"], row["player_id"]) == ("sessions-cut", player.id)
    assert json.loads(row["body"]) == {"reason": "exclusion", "sessions": [table.session]}
    told: list[Event] = []

    async def tell(event: Event) -> None:
        told.append(event)

    await outbox.relay_once(tell)
    assert told == [SessionsCut(player.id, "exclusion", [table.session])]
    assert await count(second, "outbox", "told_at IS NOT NULL") == 1


async def test_a_cut_between_reading_and_writing_a_stake_wins(
    table: Table, play: Play, player: Player, second: asyncpg.Connection
) -> None:
    """The account's guard moves with the cut: what was decided before is not written after."""
    await table.settle(bet("b1"))
    before = await second.fetchval(
        "SELECT guard FROM accounts WHERE player_id = $1 AND currency_id = $2", player.id, FUN.id
    )
    await play.cut_sessions(player.id, "session-limit")
    after = await second.fetchval(
        "SELECT guard FROM accounts WHERE player_id = $1 AND currency_id = $2", player.id, FUN.id
    )
    assert after > before


# --- sessions that are over


async def test_a_session_limit_ends_stakes_and_nothing_else(
    play: Play,
    player: Player,
    games: dict[str, int],
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    limit = timedelta(minutes=30)
    table = Table(play, player, await launch(play, player, games["agg:g1"], time_limit=limit))
    ends = await second.fetchval("SELECT expires_at FROM game_sessions")
    assert ends == clock.now() + limit
    await table.settle(bet("b1"))
    clock.advance(minutes=30)
    answer = await table.ask(bet("b2"))
    assert isinstance(answer, Refused)
    assert answer.reason is Refusal.SESSION_ENDED
    await table.settle(win("w1"))


async def test_a_limit_longer_than_a_session_changes_nothing(
    play: Play,
    player: Player,
    games: dict[str, int],
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    await launch(play, player, games["agg:g1"], time_limit=timedelta(days=9))
    ends = await second.fetchval("SELECT expires_at FROM game_sessions")
    assert ends == clock.now() + timedelta(hours=24)


async def test_months_later_a_session_still_tells_whose_it_was_and_settles_what_is_owed(
    table: Table, play: Play, player: Player, clock: MovingClock, second: asyncpg.Connection
) -> None:
    await table.settle(bet("b1"), bet("b2", "r2"))
    clock.advance(days=150)
    await second.execute(
        "UPDATE game_sessions SET expires_at = now() - interval '149 days',"
        " created_at = now() - interval '150 days'"
    )
    found = await play.session("agg", table.session)
    assert found is not None
    assert (found.player_ref, found.currency, found.game_ref) == (str(player.id), FUN, "g1")
    assert not found.alive
    assert await play.session("mute", table.session) is None
    await table.settle(win("w1"), Op(Kind.REVERSAL, "x", None, "r2", "b2"))
    answer = await table.ask(bet("b3"))
    assert isinstance(answer, Refused)
    assert answer.reason is Refusal.SESSION_ENDED
    assert await pockets(second, player.id, FUN) == (START - 50, 0, 0)
    assert await pockets(second, player.id, TON) == (0, 0, 0)
