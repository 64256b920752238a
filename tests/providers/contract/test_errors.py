"""Every reason to refuse, as the vendor understands the answer; and nothing is left behind."""

from __future__ import annotations

import asyncio

import pytest

from casino.errors import Busy, TryLater
from casino.money import EUR
from casino.play import LateOriginals
from tests.providers.contract.conftest import Ledger, expect, shows, unless_cannot
from tests.providers.contract.vendors import Said
from tests.providers.contract.world import FUNDS, STRANGER, Guest, World, fresh


async def nothing_left(ledger: Ledger, guest: Guest) -> None:
    assert await ledger.entries() == 1
    assert await ledger.cash(guest) == FUNDS


async def refused(world: World, said: Said, *outcomes: str) -> None:
    assert said.outcome != "ok", said
    expect(world, said, *outcomes)


async def test_ok(world: World, guest: Guest, ledger: Ledger) -> None:
    said = await guest.stake(1_00, fresh())
    expect(world, said, "ok")
    shows(said, FUNDS - 1_00)
    assert await ledger.cash(guest) == FUNDS - 1_00


async def test_insufficient_funds(world: World, guest: Guest, ledger: Ledger) -> None:
    said = await guest.stake(FUNDS + 1, fresh())
    await refused(world, said, "insufficient_funds")
    await nothing_left(ledger, guest)


async def test_player_unknown(world: World, guest: Guest, ledger: Ledger) -> None:
    unless_cannot(world.spoken, "player_unknown")
    guest.ref = guest.ref.replace(str(guest.id), STRANGER)
    await refused(world, await guest.stake(1_00, fresh()), "player_unknown")
    await nothing_left(ledger, guest)


async def test_player_blocked(world: World, guest: Guest, ledger: Ledger) -> None:
    await ledger.freeze(guest)
    await refused(world, await guest.stake(1_00, fresh()), "player_blocked")
    await nothing_left(ledger, guest)


async def test_session_dead(world: World, guest: Guest, ledger: Ledger) -> None:
    await world.play.end_session(guest.id, guest.session)
    await refused(world, await guest.stake(1_00, fresh()), "session_dead")
    await nothing_left(ledger, guest)


async def test_limit(world: World, guest: Guest, ledger: Ledger) -> None:
    await ledger.second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, $2, true, 7, 500)",
        guest.id,
        EUR.id,
    )
    await refused(world, await guest.stake(5_01, fresh()), "limit")
    await nothing_left(ledger, guest)


async def test_wrong_currency(world: World, guest: Guest, ledger: Ledger) -> None:
    unless_cannot(world.spoken, "wrong_currency")
    said = await world.vendor.odd(
        "wrong-currency", guest.ref, session=guest.session, game=guest.game
    )
    await refused(world, said, "wrong_currency")
    await nothing_left(ledger, guest)


@pytest.mark.parametrize("case", ["no-session", "no-game"])
async def test_a_stake_says_from_which_session_and_for_which_game(
    world: World, guest: Guest, ledger: Ledger, case: str
) -> None:
    unless_cannot(world.spoken, case)
    said = await world.vendor.odd(case, guest.ref, session=guest.session, game=guest.game)
    await refused(world, said, "malformed")
    await nothing_left(ledger, guest)


async def test_game_off(world: World, guest: Guest, ledger: Ledger) -> None:
    await ledger.second.execute("UPDATE games SET enabled = false")
    await refused(world, await guest.stake(1_00, fresh()), "game_off")
    await nothing_left(ledger, guest)


async def test_bad_signature(world: World, guest: Guest, ledger: Ledger) -> None:
    await guest.balance()  # so that the vendor knows a player
    await refused(world, await world.vendor.forged(), "bad_signature")
    await nothing_left(ledger, guest)


async def test_malformed(world: World, guest: Guest, ledger: Ledger) -> None:
    await guest.balance()  # so that the vendor knows a player
    await refused(world, await world.vendor.malformed(), "malformed")
    await nothing_left(ledger, guest)


async def test_id_used_again_with_other_content(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    key = fresh()
    await guest.stake(1_00, key)
    await refused(world, await guest.stake(2_00, key), "conflict")
    assert await ledger.cash(guest) == FUNDS - 1_00


async def test_original_unknown_and_its_late_action(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    stake = fresh()
    expect(world, await guest.roll_back(stake, 1_00, fresh()), "ok", "not_found")
    late = await guest.stake(1_00, stake)
    accepts = world.provider.manifest.late_originals is LateOriginals.ACCEPT
    expect(world, late, "ok" if accepts else "late_refused")
    assert await ledger.moved() == 1


@pytest.mark.parametrize("error", [TryLater(), Busy(), TimeoutError()])
async def test_our_failure_before_anything_was_done(
    world: World, guest: Guest, ledger: Ledger, error: Exception
) -> None:
    world.till.before = error
    await refused(world, await guest.stake(1_00, fresh()), "failure", "no_answer")
    assert (await guest.balance()).outcome != "ok"
    await nothing_left(ledger, guest)


async def test_an_unknown_outcome_makes_the_vendor_repeat_or_roll_back(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    """The stake was taken, and nobody knows: both ways out must end right."""
    repeated, returned = fresh(), fresh()
    world.till.after = TimeoutError()
    for key in (repeated, returned):
        said = await guest.stake(10_00, key)
        await refused(world, said, "failure", "no_answer")
    world.till.after = None
    assert await ledger.cash(guest) == FUNDS - 20_00
    expect(world, await guest.stake(10_00, repeated), "ok")
    expect(world, await guest.roll_back(returned, 10_00, fresh()), "ok")
    assert await ledger.cash(guest) == FUNDS - 10_00


async def test_an_account_that_is_locked_too_long_is_our_failure(
    world: World, guest: Guest, ledger: Ledger
) -> None:
    """A real wait in the real database: the answer says so, and what comes after it is right."""
    key = fresh()
    async with ledger.second.transaction():
        await ledger.second.execute("SELECT FROM accounts FOR UPDATE")
        said = await guest.stake(10_00, key)
    await refused(world, said, "failure", "no_answer")
    for _ in range(500):
        if (await guest.stake(10_00, key)).outcome == "ok":
            break
        await asyncio.sleep(0.02)  # what was refused may still be waiting for the lock
    else:
        pytest.fail("the account stayed locked")
    assert await ledger.cash(guest) == FUNDS - 10_00
