"""What holds for every protocol, whatever it calls things."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import permutations

import pytest

from tests.providers.contract.conftest import Ledger, expect, shows, unless_cannot
from tests.providers.contract.vendors import Said
from tests.providers.contract.wire import Spoil
from tests.providers.contract.world import FUNDS, Guest, World, fresh

STEPS = ("bet", "win", "rollback of the bet", "rollback of the win")


async def test_the_sum_of_entries_is_the_balance_at_every_step(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    stake, payout = fresh(), fresh()
    steps: list[tuple[Callable[[], Awaitable[Said]], int]] = [
        (lambda: guest.stake(30_00, stake), -30_00),
        (lambda: guest.win(45_50, payout, stake_key=stake), 45_50),
        (lambda: guest.stake(FUNDS * 10, fresh()), 0),
        (lambda: guest.roll_back(payout, 45_50, fresh()), -45_50),
        (lambda: guest.roll_back(stake, 30_00, fresh()), 30_00),
    ]
    expected = FUNDS
    for step, delta in steps:
        await step()
        expected += delta
        assert await ledger.cash(guest) == await ledger.sum_of(guest) == expected
        assert (await world.wallet.audit()).ok


async def test_a_round_ends_at_the_same_balance_in_any_order_with_duplicates(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    """A bet and a win that are both taken back leave nothing, in whatever order all four came."""
    unless_cannot(world.spoken, "any-order")
    # Where the way of a rollback depends on what it takes back, it cannot come before a win.
    fixed = "win-rollback-before-win" in world.spoken.cannot
    for order in permutations(range(len(STEPS))):
        if fixed and order.index(3) < order.index(1):
            continue
        stake, payout, back, undo, round_ = (fresh() for _ in range(5))
        for step in order:
            for _ in range(2):
                match step:
                    case 0:
                        await guest.stake(10_00, stake, round_=round_)
                    case 1:
                        await guest.win(25_00, payout, stake_key=stake, ends=True, round_=round_)
                    case 2:
                        await guest.roll_back(stake, 10_00, back, round_=round_)
                    case _:
                        await guest.roll_back(payout, 25_00, undo, round_=round_)
        assert await ledger.cash(guest) == FUNDS, [STEPS[step] for step in order]


async def test_bet_and_rollback_are_nothing_in_either_order_and_the_win_stands(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    unless_cannot(world.spoken, "any-order")
    expected = FUNDS
    for order in permutations(range(3)):
        stake, payout, back, round_ = (fresh() for _ in range(4))
        for step in order:
            if step == 0:
                await guest.stake(10_00, stake, round_=round_)
            elif step == 1:
                await guest.win(1_00, payout, stake_key=stake, ends=True, round_=round_)
            else:
                await guest.roll_back(stake, 10_00, back, round_=round_)
        expected += 1_00
        assert await ledger.cash(guest) == expected, [STEPS[step] for step in order]


async def test_a_replay_changes_nothing_and_gets_an_equal_reply(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    stake, payout, back = fresh(), fresh(), fresh()
    calls: list[Callable[[], Awaitable[Said]]] = [
        lambda: guest.stake(10_00, stake),
        lambda: guest.win(5_00, payout, stake_key=stake),
        lambda: guest.roll_back(stake, 10_00, back),
    ]
    first = [await call() for call in calls]
    entries, cash = await ledger.entries(), await ledger.cash(guest)
    for call, before in zip(calls, first, strict=True):
        world.wire.spoil = Spoil.TWICE
        again = await call()
        assert again.outcome == before.outcome == "ok"
        assert again.transaction == before.transaction
        assert again.balance == before.balance
    assert (await ledger.entries(), await ledger.cash(guest)) == (entries, cash)


async def test_a_refused_call_leaves_no_rows(world: World, guest: Guest, ledger: Ledger) -> None:
    key = fresh()
    for _ in range(2):
        expect(world, await guest.stake(FUNDS + 1, key), "insufficient_funds")
    assert await ledger.entries() == 1
    # And its key is free: the player has the money now.
    await guest.win(10_00, fresh(), round_=fresh())
    expect(world, await guest.stake(FUNDS + 1, key), "ok")
    assert await ledger.cash(guest) == 9_99


async def test_equal_requests_at_once_leave_one_entry_and_get_equal_replies(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    key = fresh()
    said = await asyncio.gather(*(guest.stake(7_00, key) for _ in range(5)))
    for one in said:
        expect(world, one, "ok")
        shows(one, FUNDS - 7_00)
    assert len({one.transaction for one in said}) == 1
    assert await ledger.entries() == 2
    assert await ledger.cash(guest) == FUNDS - 7_00


async def test_of_two_bets_from_two_integrations_that_cover_one_exactly_one_is_taken(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    vendor, _ = await world.door.switch_on("second")
    other = await world.open_game(guest.id, "second", vendor)
    for _ in range(3):
        key = fresh()  # two integrations may well use one key
        said = await asyncio.gather(guest.stake(70_00, key), other.stake(70_00, key))
        assert sorted(one.outcome == "ok" for one in said) == [False, True]
        loser = next(one for one in said if one.outcome != "ok")
        expect(world, loser, "insufficient_funds")
        assert await ledger.cash(guest) == FUNDS - 70_00
        await guest.win(70_00, fresh(), round_=fresh())


async def test_a_spent_win_that_is_taken_back_is_made_good_by_the_next_credit(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    stake, payout = fresh(), fresh()
    await guest.stake(FUNDS, stake)
    await guest.win(50_00, payout, stake_key=stake)
    last = fresh()
    await guest.stake(50_00, last)
    said = await guest.roll_back(payout, 50_00, fresh())
    expect(world, said, "ok")
    shows(said, -50_00)
    shows(await guest.balance(), -50_00)
    credited = await guest.win(60_00, fresh(), stake_key=last)
    shows(credited, 10_00)
    assert await ledger.cash(guest) == 10_00


@pytest.mark.parametrize("spoil", [Spoil.ALTERED, Spoil.CUT])
async def test_altered_bytes_are_refused(
    world: World, guest: Guest, ledger: Ledger, spoil: Spoil
) -> None:
    if spoil is Spoil.ALTERED:
        unless_cannot(world.spoken, "altered-bytes")
    world.wire.spoil = spoil
    said = await guest.stake(10_00, fresh())
    expect(world, said, "bad_signature", "malformed")
    assert said.outcome != "ok"
    assert await ledger.entries() == 1


async def test_wins_and_rollbacks_need_no_session_no_thawed_player_and_no_game(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    stake, other = fresh(), fresh()
    await guest.stake(10_00, stake)
    await guest.stake(10_00, other)
    await world.play.end_session(guest.id, guest.session)
    await ledger.freeze(guest)
    await ledger.second.execute("UPDATE games SET enabled = false")
    expect(world, await guest.win(30_00, fresh(), stake_key=stake), "ok")
    expect(world, await guest.roll_back(other, 10_00, fresh()), "ok")
    assert await ledger.cash(guest) == FUNDS + 20_00


async def test_one_id_of_two_players_is_two_transfers(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    """Keys are the player's own: what answers one player never answers for another."""
    other, key, payout = await world.guest(), fresh(), fresh()
    said = []
    for _ in range(2):
        for player, stake, win in ((guest, 10_00, 1_00), (other, 20_00, 2_00)):
            said += [
                await player.stake(stake, key),
                await player.win(win, payout, stake_key=key),
            ]
    assert {one.outcome for one in said} == {"ok"}
    assert [one.transaction for one in said[:4]] == [one.transaction for one in said[4:]]
    told = {one.transaction for one in said} - {None}
    assert len(told) in {0, 4}
    assert await ledger.moved() == 6
    assert await ledger.cash(guest) == FUNDS - 9_00
    assert await ledger.cash(other) == FUNDS - 18_00


async def test_a_rollback_never_reaches_another_players_stake(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    thief, stake = await world.guest(), fresh()
    await guest.stake(10_00, stake)
    expect(world, await thief.roll_back(stake, 10_00, fresh()), "ok", "not_found")
    assert await ledger.cash(thief) == FUNDS
    assert await ledger.cash(guest) == FUNDS - 10_00
    expect(world, await guest.roll_back(stake, 10_00, fresh()), "ok")
    assert await ledger.cash(guest) == FUNDS
