"""Tables of live lobbies: what is asked of a provider, how often, and what is kept of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from casino import errors
from casino.money import FUN, TON, Currency, Money
from casino.play import Catalogue, Play, Provider, ProviderUnavailable, Visit
from casino.play import tables as lobbies
from casino.play.capabilities import Table
from casino.play.eligibility import TableNotChosen, TableUnavailable
from casino.play.lobby_games import Game
from casino.play.tables import OfferedTable
from casino.players import Player
from casino.surfaces import Surface
from tests.casino.play.lobbies import LobbyProvider, table, with_lobby
from tests.casino.play.providers import entry, listed

HERE = Visit(Surface.WEB, "mobile")


@pytest.fixture
async def lobby(providers: dict[str, Provider], catalogue: Catalogue) -> LobbyProvider:
    provider = with_lobby(entry("plain", has_demo=True))
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


@pytest.fixture
async def games(lobby: LobbyProvider, catalogue: Catalogue) -> dict[str, Game]:
    return {game.external_id: game for game in await catalogue.games()}


async def seen(play: Play, games: dict[str, Game], currency: Currency = FUN) -> list[OfferedTable]:
    return list(await play.tables(games["roulette"].id, currency, HERE))


async def test_limits_are_those_of_the_currency_as_the_wire_calls_it(
    play: Play, games: dict[str, Game]
) -> None:
    first, second = await seen(play, games, TON)
    assert (first.ref, first.title, first.dealer, first.open) == ("a", "Table a", "Ada", True)
    assert (first.least, first.most) == (Money.parse("0.5", TON), Money.parse("100", TON))
    assert not second.open
    assert (await seen(play, games))[0].most == Money.parse("50", FUN)


async def test_what_a_provider_says_is_bounded(
    play: Play, games: dict[str, Game], lobby: LobbyProvider
) -> None:
    lobby.seats = [
        Table("\0", "no ref", None, open=True),
        Table("x" * 513, "long ref", None, open=True),
        Table("", "empty ref", None, open=True),
        Table("a", "\0" + "T" * 500, "", open=True, limits=(("FUN", "NaN", "-1"),)),
        Table("b", "B", "D" * 500, open=True, limits=(("FUN", "0", "0.0000001"),)),
        *[table(str(n)) for n in range(1_000)],
    ]
    tables = await seen(play, games)
    assert len(tables) == lobbies.TABLES_MAX - 3
    assert tables[0] == OfferedTable("a", "T" * 100, None, open=True, least=None, most=None)
    assert (len(tables[1].dealer or ""), tables[1].least, tables[1].most) == (100, None, None)


async def test_those_who_ask_together_share_one_answer(
    play: Play, games: dict[str, Game], lobby: LobbyProvider
) -> None:
    lobby.gate = asyncio.Event()
    asking = [asyncio.ensure_future(seen(play, games)) for _ in range(9)]
    await lobby.called.wait()
    asking[0].cancel()  # one who leaves takes nothing from the others
    lobby.gate.set()
    first, *others = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert all(isinstance(other, list) and len(other) == 2 for other in others)
    assert lobby.asked == [("roulette", "FUN")]
    await seen(play, games)
    assert len(lobby.asked) == 1
    await seen(play, games, TON)
    assert lobby.asked[1:] == [("roulette", "TON")]


async def test_an_outage_is_told_and_not_remembered(
    play: Play, games: dict[str, Game], lobby: LobbyProvider
) -> None:
    lobby.away = True
    with pytest.raises(ProviderUnavailable):
        await seen(play, games)
    lobby.away = False
    assert await seen(play, games)


async def test_failures_open_the_breaker_and_then_nobody_is_asked(
    play: Play, games: dict[str, Game], lobby: LobbyProvider
) -> None:
    lobby.away = True
    for _ in range(7):
        with pytest.raises(ProviderUnavailable):
            await seen(play, games)
    assert len(lobby.asked) == 5
    assert play.health.unavailable() == ("agg",)


async def test_a_provider_that_never_answers_is_not_waited_for(
    play: Play, games: dict[str, Game], lobby: LobbyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobbies, "ASK_S", 0.0)
    lobby.gate = asyncio.Event()
    with pytest.raises(ProviderUnavailable):
        await seen(play, games)


@pytest.mark.parametrize(
    ("ref", "refusal"),
    [
        (None, TableNotChosen),
        ("b", TableUnavailable),
        ("nowhere", TableUnavailable),
        ("a\0", TableUnavailable),
    ],
)
async def test_only_an_open_table_is_opened(
    ref: str | None,
    refusal: type[errors.PlayerError],
    play: Play,
    player: Player,
    games: dict[str, Game],
    lobby: LobbyProvider,
) -> None:
    with pytest.raises(refusal):
        await play.launch(player, games["roulette"].id, FUN, demo=False, visit=HERE, table_ref=ref)
    assert lobby.launched == []


async def test_a_table_that_is_not_remembered_is_asked_for_again(
    play: Play,
    player: Player,
    games: dict[str, Game],
    lobby: LobbyProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await seen(play, games)
    lobby.seats.append(table("new"))
    game = games["roulette"]
    with pytest.raises(TableUnavailable):  # asked a moment ago
        await play.launch(player, game.id, FUN, demo=False, visit=HERE, table_ref="new")
    monkeypatch.setattr(lobbies, "FRESH_S", 0.0)
    await play.launch(player, game.id, FUN, demo=False, visit=HERE, table_ref="new")
    assert [request.table_ref for request in lobby.launched] == ["new"]
    assert len(lobby.asked) == 2


async def test_a_game_without_tables_has_none_to_list_and_takes_none(
    play: Play,
    player: Player,
    games: dict[str, Game],
    lobby: LobbyProvider,
    providers: dict[str, Provider],
) -> None:
    plain = games["plain"]
    with pytest.raises(errors.GameUnavailable):
        await play.tables(plain.id, FUN, HERE)
    for demo in (True, False):
        with pytest.raises(errors.Malformed):
            await play.launch(player, plain.id, FUN, demo=demo, visit=HERE, table_ref="a")
    # Its catalogue says so, but it cannot name them.
    dumb = listed()
    providers["agg"] = dumb
    with pytest.raises(errors.GameUnavailable):
        await play.tables(games["roulette"].id, FUN, HERE)
    with pytest.raises(errors.GameUnavailable):
        await play.launch(player, games["roulette"].id, FUN, demo=False, visit=HERE, table_ref="a")
    assert dumb.launched == []


@pytest.mark.parametrize(
    ("sandbox", "allow"),
    [
        ("allow-top-navigation", "microphone"),
        ("allow-top-navigation-by-user-activation", "microphone"),
        ("allow-downloads allow-top-navigation", "microphone"),
        ("allow-downloads", "camera *; microphone"),
        ("allow-downloads", ""),
    ],
)
def test_no_provider_can_ask_for_a_way_out_of_its_frame(sandbox: str, allow: str) -> None:
    with pytest.raises(ValueError, match="no frame may get"):
        replace(listed().manifest, frame_sandbox=(sandbox,), frame_allow=(allow,))
