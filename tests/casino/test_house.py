from __future__ import annotations

import asyncio
import hashlib

import asyncpg
import pytest

from casino import errors
from casino.money import FUN, Money
from casino.play import Catalogue, HouseRounds, Provider, fairness
from casino.players import Player
from casino.wallet import Wallet
from providers.house import HouseProvider
from providers.house.dice import Dice
from tests.conftest import MovingClock

CHOICES = {"direction": "under", "win_numbers": 4950}
STAKE = Money.parse("1", FUN)


@pytest.fixture
async def dice(providers: dict[str, Provider], catalogue: Catalogue) -> Dice:
    provider = HouseProvider()
    providers["house"] = provider
    await catalogue.register()
    await catalogue.sync(provider)
    return provider.games["dice"]


async def test_a_round_takes_the_stake_pays_the_outcome_and_moves_the_nonce(
    house_rounds: HouseRounds, dice: Dice, player: Player, second: asyncpg.Connection
) -> None:
    seeds = await fairness.current(player.id)
    round_, balance = await house_rounds.play(dice, player, STAKE, CHOICES, "k1")
    assert round_.nonce == seeds.nonce == 0
    assert (await fairness.current(player.id)).nonce == 1
    change = round_.payout.units - STAKE.units
    assert balance.cash == 1_000_000_000 + change
    assert await second.fetchval("SELECT count(*) FROM house_rounds") == 1


async def test_the_same_key_plays_once_even_at_the_same_moment(
    house_rounds: HouseRounds, dice: Dice, player: Player, second: asyncpg.Connection
) -> None:
    rounds = await asyncio.gather(
        *(house_rounds.play(dice, player, STAKE, CHOICES, "same") for _ in range(8))
    )
    assert len({r.id for r, _ in rounds}) == 1
    bets = "SELECT count(*) FROM transfers WHERE kind_id = 1"
    assert await second.fetchval(bets) == 1


async def test_the_same_key_with_another_stake_is_refused(
    house_rounds: HouseRounds, dice: Dice, player: Player
) -> None:
    await house_rounds.play(dice, player, STAKE, CHOICES, "k")
    with pytest.raises(errors.KeyReused):
        await house_rounds.play(dice, player, Money.parse("2", FUN), CHOICES, "k")


async def test_a_refused_stake_leaves_no_round_and_no_used_nonce(
    house_rounds: HouseRounds, dice: Dice, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(errors.NotEnoughMoney):
        await house_rounds.play(dice, player, Money.parse("5000", FUN), CHOICES, "k")
    assert (await fairness.current(player.id)).nonce == 0
    assert await second.fetchval("SELECT count(*) FROM house_rounds") == 0


async def test_the_published_proof_reproduces_every_stored_outcome(
    house_rounds: HouseRounds, dice: Dice, player: Player, clock: MovingClock
) -> None:
    for n in range(20):
        await house_rounds.play(dice, player, STAKE, CHOICES, f"k{n}")
    hidden = await house_rounds.rounds(player.id, game="dice", limit=50)
    assert {r.server_seed for r in hidden} == {None}
    revealed, _ = await fairness.rotate(player.id, "my own seed", clock)
    assert hashlib.sha256(revealed.server_seed.encode()).hexdigest() == revealed.server_seed_hash
    for r in await house_rounds.rounds(player.id, game="dice", limit=50):
        assert r.server_seed == revealed.server_seed
        again = dice.decide(r.server_seed, r.client_seed, r.nonce, r.stake, r.choices)
        assert again.outcome == r.outcome
        assert again.payout == r.payout


async def test_rotation_keeps_rounds_apart_and_takes_the_players_seed(
    house_rounds: HouseRounds, dice: Dice, player: Player, clock: MovingClock
) -> None:
    await house_rounds.play(dice, player, STAKE, CHOICES, "a")
    await fairness.rotate(player.id, "lucky", clock)
    round_, _ = await house_rounds.play(dice, player, STAKE, CHOICES, "b")
    assert (round_.client_seed, round_.nonce) == ("lucky", 0)


@pytest.mark.parametrize("seed", ["", "x" * 65, "a:b", "naïve", "tab\t"])
async def test_a_client_seed_that_could_be_misread_is_refused(
    seed: str, player: Player, clock: MovingClock
) -> None:
    with pytest.raises(errors.Malformed):
        await fairness.rotate(player.id, seed, clock)


async def test_the_house_book_balances_after_many_rounds(
    house_rounds: HouseRounds, dice: Dice, player: Player, wallet: Wallet
) -> None:
    await asyncio.gather(
        *(house_rounds.play(dice, player, STAKE, CHOICES, f"k{n}") for n in range(60))
    )
    report = await wallet.audit()
    assert report.ok, report.findings
