"""Free spins: asked for once, paid once, whoever is away in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, Money
from casino.play import Catalogue, EndedSpins, Game, Play, Provider, ProviderUnavailable
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused
from casino.players import Player
from casino.wallet import Applied, Kind, Refused
from tests.casino.play.providers import ListedProvider, entry, listed
from tests.casino.support import broken_chains, count, pockets
from tests.conftest import MovingClock

START = 1_000_000_000
STAKE = Money.parse("0.20", FUN)


class Generous(ListedProvider):
    """Gives free spins, unless told not to."""

    def __init__(self) -> None:
        super().__init__(listed().manifest)
        self.given: list[FreeSpinGrant] = []
        self.taken_back: list[str] = []
        self.trouble: Exception | None = None

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.given.append(grant)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.taken_back.append(grant.ref)


@pytest.fixture
async def generous(providers: dict[str, Provider], catalogue: Catalogue) -> Generous:
    provider = Generous()
    provider.entries = [entry("one"), entry("two")]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider


@pytest.fixture
async def games(generous: Generous, catalogue: Catalogue) -> list[Game]:
    assert generous.entries
    return await catalogue.games()


async def give(play: Play, player: Player, games: list[Game], clock: MovingClock) -> str:
    until = clock.now() + timedelta(days=7)
    return await play.free_spins.give(player, tuple(g.id for g in games), 10, STAKE, until)


async def status(second: asyncpg.Connection, ref: str) -> tuple[str, int | None]:
    row = await second.fetchrow("SELECT status, won_units FROM free_spins WHERE ref = $1", ref)
    return row["status"], row["won_units"]


async def test_they_are_asked_for_in_the_providers_words(
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    ref = await give(play, player, games, clock)
    (grant,) = generous.given
    assert (grant.ref, grant.player_ref, grant.quantity) == (ref, str(player.id), 10)
    assert grant.game_refs == ("one", "two")
    assert (grant.currency, grant.stake_units) == (FUN, STAKE.units)
    assert await status(second, ref) == ("active", None)
    assert [row.ref for row in await play.free_spins.of_player(player.id)] == [ref]


async def test_a_provider_that_is_away_is_asked_again_with_the_same_reference(
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    generous.trouble = ProviderUnavailable("away")
    ref = await give(play, player, games, clock)
    assert await status(second, ref) == ("issuing", None)
    with pytest.raises(ProviderUnavailable):
        await play.free_spins.issue_waiting()
    generous.trouble = None
    assert await play.free_spins.issue_waiting() == 1
    assert [grant.ref for grant in generous.given] == [ref]
    assert await status(second, ref) == ("active", None)
    assert await play.free_spins.issue_waiting() == 0


async def test_those_that_ran_out_before_anybody_gave_them_are_not_asked_for(
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    generous.trouble = ProviderUnavailable("away")
    ref = await give(play, player, games, clock)
    generous.trouble = None
    clock.advance(days=8)
    assert await play.free_spins.issue_waiting() == 0
    assert generous.given == []
    assert await status(second, ref) == ("expired", 0)


async def test_a_provider_that_refuses_is_asked_no_more(
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    generous.trouble = FreeSpinsRefused(why="no such bet")
    with pytest.raises(FreeSpinsRefused):
        await give(play, player, games, clock)
    assert await second.fetchval("SELECT status FROM free_spins") == "refused"
    assert await play.free_spins.issue_waiting() == 0


async def test_what_they_won_is_paid_once_however_often_it_is_said(
    play: Play,
    player: Player,
    games: list[Game],
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    ref = await give(play, player, games, clock)
    answers = await asyncio.gather(
        *(play.end_free_spins("agg", ref, EndedSpins.PLAYED, 700) for _ in range(5))
    )
    assert {a.items[0].balance_units for a in answers if isinstance(a, Applied)} == {START + 700}
    assert await pockets(second, player.id, FUN) == (START + 700, 0, 0)
    assert await count(second, "transfers", f"kind_id = {int(Kind.FREE_SPIN_WIN)}") == 1
    assert await status(second, ref) == ("played", 700)
    assert await broken_chains(second) == []


async def test_another_amount_for_the_same_spins_is_refused_and_nothing_changes(
    play: Play,
    player: Player,
    games: list[Game],
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    ref = await give(play, player, games, clock)
    await play.end_free_spins("agg", ref, EndedSpins.PLAYED, 700)
    again = await play.end_free_spins("agg", ref, EndedSpins.PLAYED, 900)
    assert isinstance(again, Refused)
    assert await status(second, ref) == ("played", 700)
    assert await pockets(second, player.id, FUN) == (START + 700, 0, 0)


@pytest.mark.parametrize(("provider", "ref"), [("agg", "nobody"), ("other", None), ("agg", "\0")])
async def test_spins_that_are_none_of_this_providers_are_nobodys(
    provider: str,
    ref: str | None,
    play: Play,
    player: Player,
    games: list[Game],
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    ours = await give(play, player, games, clock)
    assert await play.end_free_spins(provider, ref or ours, EndedSpins.PLAYED, 5) is None
    assert await pockets(second, player.id, FUN) == (START, 0, 0)


async def test_they_are_taken_back_once(
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
    second: asyncpg.Connection,
) -> None:
    ref = await give(play, player, games, clock)
    await play.free_spins.cancel(ref)
    await play.free_spins.cancel(ref)
    assert generous.taken_back == [ref]
    assert await status(second, ref) == ("cancelled", None)
    # What had been won before still comes.
    assert isinstance(await play.end_free_spins("agg", ref, EndedSpins.CANCELLED, 40), Applied)
    assert await status(second, ref) == ("cancelled", 40)
    with pytest.raises(errors.NotFound):
        await play.free_spins.cancel("nobody")


@pytest.mark.parametrize(
    ("quantity", "stake", "days"), [(0, "1", 1), (1_001, "1", 1), (1, "0", 1), (1, "1", -1)]
)
async def test_what_cannot_be_is_not_asked_for(
    quantity: int,
    stake: str,
    days: int,
    play: Play,
    player: Player,
    games: list[Game],
    generous: Generous,
    clock: MovingClock,
) -> None:
    until = clock.now() + timedelta(days=days)
    with pytest.raises(errors.Malformed):
        await play.free_spins.give(
            player, (games[0].id,), quantity, Money.parse(stake, FUN), until
        )
    assert generous.given == []


async def test_a_provider_without_free_spins_gives_none(
    play: Play,
    player: Player,
    providers: dict[str, Provider],
    catalogue: Catalogue,
    clock: MovingClock,
) -> None:
    provider = listed()
    provider.entries = [entry("plain")]
    providers["agg"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    with pytest.raises(errors.GameUnavailable):
        await give(play, player, await catalogue.games(), clock)
