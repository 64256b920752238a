"""Who may open which game, where, and in what."""

from __future__ import annotations

import asyncpg
import pytest

from casino import errors
from casino.backoffice import Backoffice, Staff
from casino.money import EUR, FUN, TON, USDT, Currency
from casino.play import Catalogue, Game, Launch, Play, Provider, ProviderUnavailable, Visit
from casino.players import Player, Players
from casino.surfaces import House, Mode, Surface
from casino.wallet import Wallet
from providers.house import HouseProvider
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.casino.support import count
from tests.conftest import MovingClock

STAFF = Staff(1, "Grace")


@pytest.fixture
async def aggregator(providers: dict[str, Provider], catalogue: Catalogue) -> ListedProvider:
    provider = listed()
    provider.entries = [entry("with-demo", has_demo=True), entry("real-only")]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


@pytest.fixture
async def game(aggregator: ListedProvider, catalogue: Catalogue) -> Game:
    return next(g for g in await catalogue.games() if g.external_id == "with-demo")


async def open_(
    play: Play,
    player: Player,
    game: Game,
    currency: Currency = FUN,
    *,
    demo: bool = False,
    surface: Surface = Surface.WEB,
) -> Launch:
    return await play.launch(player, game.id, currency, demo=demo, visit=Visit(surface, "desktop"))


async def test_a_launch_opens_a_session_and_tells_the_provider_what_comes_back(
    play: Play, player: Player, game: Game, aggregator: ListedProvider, second: asyncpg.Connection
) -> None:
    opened = await open_(play, player, game, surface=Surface.TELEGRAM)
    (request,) = aggregator.launched
    assert request.session_ref == opened.session_ref
    assert request.player_ref == str(player.id)
    assert (request.currency, request.demo, request.language) == ("FUN", False, "en")
    assert request.return_url.endswith(f"/app/exit.html?session={opened.session_ref}")
    assert opened.url == f"https://games.example/with-demo/{opened.session_ref}"
    row = await second.fetchrow("SELECT * FROM game_sessions")
    assert (row["ref"], row["player_id"], row["game_id"]) == (
        opened.session_ref,
        player.id,
        game.id,
    )
    assert (row["currency_id"], row["surface"]) == (FUN.id, "telegram")


async def test_each_launch_is_a_session_of_its_own_that_cannot_be_guessed(
    play: Play, player: Player, game: Game
) -> None:
    refs = {(await open_(play, player, game)).session_ref for _ in range(5)}
    assert len(refs) == 5
    assert {len(ref) for ref in refs} == {26}


async def test_a_demo_opens_no_session_and_only_where_there_is_one(
    play: Play, player: Player, game: Game, catalogue: Catalogue, second: asyncpg.Connection
) -> None:
    await open_(play, player, game, demo=True)
    assert await count(second, "game_sessions") == 0
    real_only = next(g for g in await catalogue.games() if not g.has_demo)
    with pytest.raises(errors.GameUnavailable):
        await open_(play, player, real_only, demo=True)


async def test_a_frozen_player_opens_nothing(
    play: Play, players: Players, backoffice: Backoffice, player: Player, game: Game
) -> None:
    await backoffice.freeze(STAFF, player.id, "asked for it")
    with pytest.raises(errors.AccountFrozen):
        await open_(play, await players.get(player.id), game)


@pytest.mark.parametrize("switch", ["game", "provider"])
async def test_what_is_switched_off_does_not_open(
    switch: str,
    play: Play,
    backoffice: Backoffice,
    player: Player,
    game: Game,
    second: asyncpg.Connection,
) -> None:
    if switch == "game":
        await backoffice.switch_game(STAFF, game.id, on=False)
    else:
        await backoffice.switch_provider(STAFF, "agg", on=False)
    with pytest.raises(errors.GameUnavailable):
        await open_(play, player, game)
    assert await count(second, "game_sessions") == 0


async def test_a_game_that_its_provider_no_longer_lists_does_not_open(
    play: Play, player: Player, game: Game, aggregator: ListedProvider, catalogue: Catalogue
) -> None:
    aggregator.entries = [entry("real-only")]
    await catalogue.sync(aggregator)
    with pytest.raises(errors.GameUnavailable):
        await open_(play, player, game)


async def test_a_provider_that_is_no_longer_wired_does_not_open(
    play: Play, player: Player, game: Game, providers: dict[str, Provider]
) -> None:
    del providers["agg"]
    with pytest.raises(errors.GameUnavailable):
        await open_(play, player, game)


async def test_the_houses_own_games_have_pages_of_their_own(
    play: Play, player: Player, providers: dict[str, Provider], catalogue: Catalogue
) -> None:
    providers["house"] = HouseProvider()
    await catalogue.register()
    await catalogue.sync(providers["house"])
    own = next(g for g in await catalogue.games() if g.own)
    with pytest.raises(errors.GameUnavailable):
        await open_(play, player, own)


@pytest.mark.parametrize("number", [0, -1, 2**31 - 1])
async def test_a_game_that_does_not_exist_is_not_found(
    number: int, play: Play, player: Player, aggregator: ListedProvider
) -> None:
    with pytest.raises(errors.NotFound):
        await play.launch(player, number, FUN, demo=False, visit=Visit(Surface.WEB, "mobile"))


@pytest.mark.parametrize("number", [2**31, 2**63, -(2**31) - 1])
async def test_a_number_too_large_for_any_game_is_not_found_either(
    number: int, catalogue: Catalogue, aggregator: ListedProvider
) -> None:
    with pytest.raises(errors.NotFound):
        await catalogue.game(number)


@pytest.mark.parametrize(
    ("mode", "currency", "allowed"),
    [
        (Mode.DEMO, FUN, True),
        (Mode.DEMO, TON, True),
        (Mode.DEMO, USDT, True),
        (Mode.DEMO, EUR, False),
        (Mode.TESTNET, FUN, False),
        (Mode.TESTNET, TON, True),
        (Mode.LIVE, FUN, False),
        (Mode.LIVE, EUR, False),
    ],
)
async def test_a_surface_offers_the_currencies_of_its_mode_and_no_others(
    mode: Mode,
    currency: Currency,
    allowed: bool,
    wallet: Wallet,
    catalogue: Catalogue,
    players: Players,
    player: Player,
    game: Game,
    clock: MovingClock,
) -> None:
    house = House(mode, "https://casino.example", jettons=(USDT,))
    play = Play(wallet, catalogue, house, clock)
    accepted = await players.accept_terms(player.id)
    if allowed:
        assert (await open_(play, accepted, game, currency)).url
    else:
        with pytest.raises(errors.UnknownCurrency):
            await open_(play, accepted, game, currency)


async def test_real_play_waits_for_the_terms(
    wallet: Wallet,
    catalogue: Catalogue,
    players: Players,
    player: Player,
    game: Game,
    clock: MovingClock,
) -> None:
    play = Play(wallet, catalogue, House(Mode.TESTNET, "https://casino.example"), clock)
    with pytest.raises(errors.TermsNotAccepted):
        await open_(play, player, game, TON)
    assert (await open_(play, await players.accept_terms(player.id), game, TON)).url


async def test_a_provider_that_is_away_says_so(
    play: Play, player: Player, game: Game, aggregator: ListedProvider
) -> None:
    aggregator.away = True
    with pytest.raises(ProviderUnavailable):
        await open_(play, player, game)
