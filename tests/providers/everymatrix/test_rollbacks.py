"""Rollbacks of wagers and of wins, in both vocabularies, against the real wallet."""

from __future__ import annotations

from itertools import permutations

import asyncpg
import pytest

from casino.wallet import Wallet
from tests.providers.everymatrix.seat import START, Seat, failed, fresh


async def test_a_rollback_gives_a_wager_back_once(seat: Seat, words: str) -> None:
    stake, key = fresh(), fresh()
    await seat.stake(1000, stake)
    first = await seat.roll_back(1000, stake, key)
    assert first.balance == START
    assert first.fields["RealMoneyAffected"] == 10
    assert first.fields["Request"] == {"newer": "WalletCredit", "older": "Rollback"}[words]
    await seat.stake(1)
    assert (await seat.roll_back(1000, stake, key)).body == first.body
    again = await seat.roll_back(1000, stake)
    assert (again.code, again.fields["RealMoneyAffected"]) == (0, 0)
    assert again.transaction == first.transaction
    assert await seat.balance() == START - 1


async def test_a_rollback_takes_a_win_back_even_when_it_was_spent(
    seat: Seat, words: str, wallet: Wallet
) -> None:
    payout = fresh()
    await seat.win(5000, payout)
    await seat.stake(START + 5000)
    assert (await seat.roll_back(5000, payout)).balance == 0
    assert await seat.balance() == 0
    assert (await seat.win(6000)).balance == 1000
    assert (await wallet.audit()).ok


@pytest.mark.usefixtures("words")
async def test_a_rollback_of_something_unknown_is_not_found_and_blocks_it(
    seat: Seat, wallet: Wallet, second: asyncpg.Connection
) -> None:
    stake, key = fresh(), fresh()
    first = await seat.roll_back(1000, stake, key)
    request = "Rollback" if seat.vendor.older else "WalletCredit"
    assert failed(first, 108, "TransactionNotFound", request, seat.session)
    stored = await second.fetchrow("SELECT * FROM transfers WHERE reference = $1", stake)
    assert stored is not None
    assert (stored["key"], stored["cash_delta"]) == (key, 0)
    assert (await seat.roll_back(1000, stake, key)).body == first.body
    late = await seat.stake(1000, stake)
    request = "Wager" if seat.vendor.older else "WalletDebit"
    assert failed(late, 101, "UnknownError", request, seat.session)
    assert (await seat.roll_back(1000, stake)).code == 108
    assert await seat.balance() == START
    assert (await wallet.audit()).ok


@pytest.mark.parametrize("units", [999, 1001, 0])
async def test_a_rollback_of_another_amount(seat: Seat, units: int) -> None:
    stake = fresh()
    await seat.stake(1000, stake)
    assert (await seat.roll_back(units, stake)).code == 101
    assert await seat.balance() == START - 1000


async def test_a_rollback_in_the_wrong_direction(seat: Seat) -> None:
    stake, payout, back = fresh(), fresh(), fresh()
    await seat.stake(1000, stake)
    await seat.win(500, payout)
    assert (await seat.roll_back(1000, stake, of_win=True)).code == 101
    assert (await seat.roll_back(500, payout, of_win=False)).code == 101
    await seat.roll_back(1000, stake, back)
    assert (await seat.roll_back(1000, back, of_win=True)).code == 101
    assert await seat.balance() == START + 500


async def test_a_rollback_may_name_its_original_in_another_field(seat: Seat) -> None:
    stake = fresh()
    await seat.stake(1000, stake)
    said = await seat.roll_back(1000, None, ReversalTransactionId=stake, IsReversal=True)
    assert said.balance == START


@pytest.mark.usefixtures("words")
async def test_a_rollback_without_an_original_means_the_only_wager_of_the_round(
    seat: Seat,
) -> None:
    key = fresh()
    await seat.stake(1000, round_="r-7")
    await seat.win(300, round_="r-7")
    first = await seat.roll_back(1000, None, key, round_="r-7")
    assert first.balance == START + 300
    await seat.stake(400, round_="r-7")
    assert (await seat.roll_back(1000, None, key, round_="r-7")).body == first.body
    assert (await seat.roll_back(400, None, round_="r-7")).code == 101  # of two, which?
    assert (await seat.roll_back(400, None, round_="r-8")).code == 108
    assert (await seat.roll_back(400, None, round_=None)).code == 101
    assert await seat.balance() == START - 100


async def test_a_round_ends_at_the_same_balance_in_any_order_with_duplicates(
    seat: Seat, wallet: Wallet
) -> None:
    expected = START
    for order in permutations(range(3)):
        stake, payout, key, round_ = (fresh() for _ in range(4))
        steps = (
            lambda s=stake, r=round_: seat.stake(1000, s, round_=r),
            lambda p=payout, r=round_: seat.win(2500, p, round_=r, ends=True),
            lambda k=key, s=stake, r=round_: seat.roll_back(1000, s, k, round_=r),
        )
        for step in order:
            await steps[step]()
            await steps[step]()
        expected += 2500
        assert await seat.balance() == expected, order
    assert (await wallet.audit()).ok
