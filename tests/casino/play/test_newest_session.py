"""Protocols whose callbacks name no session: the player's open one with that provider counts."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from casino.money import FUN, TON
from casino.play import Catalogue, GameCall, Play, Provider, Visit
from casino.players import Player, Players, TelegramUser
from casino.surfaces import Surface
from casino.wallet import Answer, Applied, Kind, Op, Refusal, Refused, Wallet
from db import models
from tests.casino.play.providers import entry, listed
from tests.casino.support import count, pockets
from tests.conftest import MovingClock

START = 1_000_000_000


@pytest.fixture
async def games(providers: dict[str, Provider], catalogue: Catalogue) -> dict[str, int]:
    """Two providers that name no sessions, with two games each."""
    for provider_id in ("agg", "other"):
        provider = listed(provider_id)
        provider.manifest = replace(provider.manifest, names_sessions=False)
        provider.entries = [entry(f"{provider_id}-{n}") for n in (1, 2)]
        providers[provider_id] = provider
    await catalogue.register()
    for provider_id in ("agg", "other"):
        await catalogue.sync(providers[provider_id])
    return {g.external_id: g.id for g in await catalogue.games()}


async def launch(play: Play, player: Player, game_id: int) -> str:
    visit = Visit(Surface.WEB, "mobile")
    return (await play.launch(player, game_id, FUN, demo=False, visit=visit)).session_ref


async def bet(play: Play, player: Player, key: str, game: str = "agg-1") -> Answer:
    op = Op(Kind.BET, key, 100, "r")
    return await play.settle("agg", GameCall(str(player.id), FUN, (op,), None, game))


def refused(answer: Answer) -> Refusal:
    assert isinstance(answer, Refused), answer
    return answer.reason


async def test_a_stake_needs_an_open_session_and_a_win_none(
    play: Play, games: dict[str, int], player: Player, second: asyncpg.Connection
) -> None:
    assert refused(await bet(play, player, "b1")) is Refusal.SESSION_ENDED
    win = GameCall(str(player.id), FUN, (Op(Kind.WIN, "w", 5, "r"),), None, "agg-1")
    assert isinstance(await play.settle("agg", win), Applied)
    await launch(play, player, games["agg-1"])
    assert isinstance(await bet(play, player, "b1"), Applied)
    # A lobby may lead to another game of the same provider.
    assert isinstance(await bet(play, player, "b2", "agg-2"), Applied)
    assert await pockets(second, player.id, FUN) == (START - 195, 0, 0)


async def test_a_session_that_ended_counts_no_more_and_the_next_one_does(
    play: Play, games: dict[str, int], player: Player, second: asyncpg.Connection
) -> None:
    first = await launch(play, player, games["agg-1"])
    assert isinstance(await bet(play, player, "b1"), Applied)
    await play.end_session(player.id, first)
    assert refused(await bet(play, player, "b2")) is Refusal.SESSION_ENDED
    await launch(play, player, games["agg-2"])
    assert isinstance(await bet(play, player, "b2"), Applied)
    assert await count(second, "transfers", "kind_id = 1") == 2


async def test_a_session_that_ended_elsewhere_is_found_out_by_the_write(
    play: Play, games: dict[str, int], player: Player, second: asyncpg.Connection
) -> None:
    """What is remembered still says that the first one is open."""
    first = await launch(play, player, games["agg-1"])
    assert isinstance(await bet(play, player, "b1"), Applied)
    await launch(play, player, games["agg-2"])
    await second.execute("UPDATE game_sessions SET ended_at = now() WHERE ref = $1", first)
    assert isinstance(await bet(play, player, "b2"), Applied)
    await second.execute("UPDATE game_sessions SET ended_at = now()")
    assert refused(await bet(play, player, "b3")) is Refusal.SESSION_ENDED
    assert await pockets(second, player.id, FUN) == (START - 200, 0, 0)


async def test_another_players_another_providers_and_another_currencys_do_not_count(
    play: Play,
    games: dict[str, int],
    player: Player,
    players: Players,
    wallet: Wallet,
    clock: MovingClock,
) -> None:
    someone = await players.meet_telegram(TelegramUser(7, "Bob"))
    await launch(play, someone, games["agg-1"])
    await launch(play, player, games["other-1"])
    await models.GameSession.create(
        ref="ton",
        player_id=player.id,
        game_id=games["agg-1"],
        currency_id=TON.id,
        surface="web",
        expires_at=clock.now().replace(year=clock.now().year + 1),
    )
    assert refused(await bet(play, player, "b1")) is Refusal.SESSION_ENDED
    await launch(play, player, games["agg-1"])
    assert isinstance(await bet(play, player, "b1"), Applied)
    clock.advance(days=2)
    assert refused(await bet(play, player, "b2")) is Refusal.SESSION_ENDED
    assert (await wallet.balance(player.id, FUN)).cash == START - 100
