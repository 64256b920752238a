"""Twenty-four cases that a vendor's certification has in common; their names are the protocol's.

They are the names of a published list of conformance cases, so that two reports can be compared.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from casino.money import EUR
from casino.play import LateOriginals
from tests.providers.contract.conftest import Ledger, expect, shows, unless_cannot
from tests.providers.contract.vendors import BatchVendor, Said
from tests.providers.contract.wire import Spoil
from tests.providers.contract.world import FUNDS, Guest, World, fresh

NAMES = (
    "balance-ok",
    "signature-wrong",
    "signature-absent",
    "key-order-hostile",
    "unicode-escape",
    "body-too-large",
    "amount-zero",
    "amount-scale-overflow",
    "amount-exponent-bomb",
    "currency-lowercase",
    "betwin-bet-and-win",
    "insufficient-funds",
    "betwin-duplicate-replay",
    "batch-second-fails-atomic",
    "rollback-unknown-original",
    "betwin-after-tombstone",
    "rollback-replay",
    "rollback-applies",
    "rollback-win-clamps-at-zero",
    "finish-ok",
    "finish-duplicate",
    "handler-panics",
    "unknown-fields-tolerated",
    "bet-limit-carries-balance",
)

Case = Callable[[World, Guest, Ledger], Awaitable[None]]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    def keep(function: Case) -> Case:
        CASES[name] = function
        return function

    return keep


@pytest.mark.parametrize("name", NAMES)
async def test_case(name: str, world: World, guest: Guest, ledger: Ledger) -> None:
    unless_cannot(world.spoken, name)
    await CASES[name](world, guest, ledger)
    assert await ledger.sum_of(guest) == await ledger.cash(guest)


@case("balance-ok")
async def balance_ok(world: World, guest: Guest, _ledger: Ledger) -> None:
    said = await guest.balance()
    expect(world, said, "ok")
    assert said.balance == FUNDS


async def refused(world: World, guest: Guest, ledger: Ledger, said: Said, *outcomes: str) -> None:
    """Insist that a call was refused and left nothing."""
    expect(world, said, *outcomes)
    assert said.outcome != "ok"
    assert await ledger.entries() == 1  # what the player began with
    assert await ledger.cash(guest) == FUNDS


@case("signature-wrong")
async def signature_wrong(world: World, guest: Guest, ledger: Ledger) -> None:
    await guest.balance()  # so that the vendor knows a player whom it could rob
    await refused(world, guest, ledger, await world.vendor.forged(), "bad_signature")


@case("signature-absent")
async def signature_absent(world: World, guest: Guest, ledger: Ledger) -> None:
    world.wire.spoil = Spoil.BARE
    said = await guest.stake(1_00, fresh())
    await refused(world, guest, ledger, said, "bad_signature", "malformed")


async def odd(world: World, guest: Guest, name: str) -> Said:
    """Have the vendor send something odd."""
    return await world.vendor.odd(name, guest.ref, session=guest.session, game=guest.game)


def taken(name: str) -> None:
    async def run(world: World, guest: Guest, ledger: Ledger) -> None:
        expect(world, await odd(world, guest, name), "ok")
        assert await ledger.cash(guest) == FUNDS - 1_00

    CASES[name] = run


for _name in ("key-order-hostile", "unicode-escape", "unknown-fields-tolerated"):
    taken(_name)


def not_taken(name: str, *outcomes: str) -> None:
    async def run(world: World, guest: Guest, ledger: Ledger) -> None:
        said = await odd(world, guest, name)
        await refused(world, guest, ledger, said, *outcomes)

    CASES[name] = run


not_taken("amount-scale-overflow", "malformed")
not_taken("amount-exponent-bomb", "malformed")
not_taken("currency-lowercase", "malformed", "wrong_currency")


@case("body-too-large")
async def body_too_large(world: World, guest: Guest, ledger: Ledger) -> None:
    said = await odd(world, guest, "body-too-large")
    # Too large for a protocol is malformed, or not even looked at.
    await refused(world, guest, ledger, said, "malformed", "bad_signature", "failure")
    world.wire.spoil = Spoil.SWOLLEN
    said = await guest.stake(1_00, fresh())
    await refused(world, guest, ledger, said, "malformed", "bad_signature", "failure")


@case("amount-zero")
async def amount_zero(world: World, guest: Guest, ledger: Ledger) -> None:
    stake, key = fresh(), fresh()
    expect(world, await guest.stake(0, fresh(), round_=fresh()), "ok", "malformed")
    await guest.stake(1_00, stake)
    first = await guest.win(0, key, stake_key=stake, ends=True)
    expect(world, first, "ok")
    shows(first, FUNDS - 1_00)
    expect(world, await guest.win(0, key, stake_key=stake, ends=True), "ok")
    assert await ledger.cash(guest) == FUNDS - 1_00


@case("betwin-bet-and-win")
async def bet_and_win(world: World, guest: Guest, ledger: Ledger) -> None:
    stake = fresh()
    staked = await guest.stake(10_00, stake)
    expect(world, staked, "ok")
    shows(staked, FUNDS - 10_00)
    won = await guest.win(25_00, fresh(), stake_key=stake, ends=True)
    expect(world, won, "ok")
    shows(won, FUNDS + 15_00)
    assert await ledger.cash(guest) == FUNDS + 15_00


@case("insufficient-funds")
async def insufficient_funds(world: World, guest: Guest, ledger: Ledger) -> None:
    said = await guest.stake(FUNDS + 1, fresh())
    await refused(world, guest, ledger, said, "insufficient_funds")
    shows(said, FUNDS)
    expect(world, await guest.stake(FUNDS, fresh()), "ok")
    assert await ledger.cash(guest) == 0


@case("betwin-duplicate-replay")
async def duplicate_replay(world: World, guest: Guest, ledger: Ledger) -> None:
    stake, payout = fresh(), fresh()
    first = await guest.stake(10_00, stake)
    won = await guest.win(25_00, payout, stake_key=stake)
    entries = await ledger.entries()
    for _ in range(3):
        again = await guest.stake(10_00, stake)
        assert (again.outcome, again.transaction) == (first.outcome, first.transaction)
        again = await guest.win(25_00, payout, stake_key=stake)
        assert (again.outcome, again.transaction) == (won.outcome, won.transaction)
    assert await ledger.entries() == entries
    assert await ledger.cash(guest) == FUNDS + 15_00


@case("batch-second-fails-atomic")
async def batch_is_atomic(world: World, guest: Guest, ledger: Ledger) -> None:
    assert isinstance(world.vendor, BatchVendor), "it says neither how nor why not"
    stakes = [(fresh(), 60_00), (fresh(), 60_00)]
    where = {"round_": guest.round_, "session": guest.session, "game": guest.game}
    said = await world.vendor.batch(guest.ref, stakes, **where)
    await refused(world, guest, ledger, said, "insufficient_funds")


@case("rollback-unknown-original")
async def rollback_of_the_unknown(world: World, guest: Guest, ledger: Ledger) -> None:
    said = await guest.roll_back(fresh(), 10_00, fresh())
    expect(world, said, "ok", "not_found")
    shows(said, FUNDS)
    assert await ledger.moved() == 1
    assert await ledger.entries() == 2  # it is remembered


@case("betwin-after-tombstone")
async def bet_after_its_tombstone(world: World, guest: Guest, ledger: Ledger) -> None:
    stake = fresh()
    await guest.roll_back(stake, 10_00, fresh())
    late = await guest.stake(10_00, stake)
    accepted = world.provider.manifest.late_originals is LateOriginals.ACCEPT
    expect(world, late, "ok" if accepted else "late_refused")
    assert (late.outcome == "ok") == accepted
    again = await guest.stake(10_00, stake)
    assert again.outcome == late.outcome
    assert await ledger.moved() == 1
    assert await ledger.cash(guest) == FUNDS


@case("rollback-applies")
async def rollback_applies(world: World, guest: Guest, ledger: Ledger) -> None:
    stake = fresh()
    await guest.stake(10_00, stake)
    said = await guest.roll_back(stake, 10_00, fresh())
    expect(world, said, "ok")
    shows(said, FUNDS)
    assert await ledger.cash(guest) == FUNDS


@case("rollback-replay")
async def rollback_replay(world: World, guest: Guest, ledger: Ledger) -> None:
    stake, key = fresh(), fresh()
    await guest.stake(10_00, stake)
    first = await guest.roll_back(stake, 10_00, key)
    again = await guest.roll_back(stake, 10_00, key)
    assert (again.outcome, again.transaction) == (first.outcome, first.transaction)
    await guest.roll_back(stake, 10_00, fresh())  # under another key it moves nothing either
    assert await ledger.cash(guest) == FUNDS


@case("rollback-win-clamps-at-zero")
async def rollback_of_a_spent_win(world: World, guest: Guest, ledger: Ledger) -> None:
    stake, payout, last = fresh(), fresh(), fresh()
    await guest.stake(10_00, stake)
    await guest.win(60_00, payout, stake_key=stake)
    expect(world, await guest.stake(150_00, last), "ok")
    said = await guest.roll_back(payout, 60_00, fresh())
    expect(world, said, "ok")
    shows(said, -60_00)
    assert await ledger.cash(guest) == -60_00
    shows(await guest.balance(), -60_00)
    expect(world, await guest.stake(1, fresh()), "insufficient_funds")
    await guest.win(70_00, fresh(), stake_key=last)
    assert await ledger.cash(guest) == 10_00


@case("finish-ok")
async def finish_ok(world: World, guest: Guest, ledger: Ledger) -> None:
    stake = fresh()
    await guest.stake(10_00, stake)
    expect(world, await guest.win(5_00, fresh(), stake_key=stake, ends=True), "ok")
    late = await guest.win(1_00, fresh(), stake_key=stake)
    expect(world, late, "ok")
    assert await ledger.cash(guest) == FUNDS - 4_00


@case("finish-duplicate")
async def finish_duplicate(world: World, guest: Guest, ledger: Ledger) -> None:
    stake, end = fresh(), fresh()
    await guest.stake(10_00, stake)
    first = await guest.win(5_00, end, stake_key=stake, ends=True)
    again = await guest.win(5_00, end, stake_key=stake, ends=True)
    assert (again.outcome, again.transaction) == (first.outcome, first.transaction)
    assert await ledger.cash(guest) == FUNDS - 5_00


@case("handler-panics")
async def handler_panics(world: World, guest: Guest, ledger: Ledger) -> None:
    key = fresh()
    world.till.before = RuntimeError("a bug of ours")
    said = await guest.stake(10_00, key)
    await refused(world, guest, ledger, said, "failure", "no_answer")
    world.till.before = None
    expect(world, await guest.stake(10_00, key), "ok")
    assert await ledger.cash(guest) == FUNDS - 10_00


@case("bet-limit-carries-balance")
async def bet_limit(world: World, guest: Guest, ledger: Ledger) -> None:
    await limit(ledger.second, guest, 50_00)
    said = await guest.stake(50_01, fresh())
    await refused(world, guest, ledger, said, "limit")
    shows(said, FUNDS)
    expect(world, await guest.stake(50_00, fresh()), "ok")


async def limit(second: asyncpg.Connection, guest: Guest, units: int) -> None:
    """Let the player stake so much a day and no more."""
    await second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, $2, false, 1, $3)",
        guest.id,
        EUR.id,
        units,
    )


def test_every_case_is_there() -> None:
    assert set(CASES) == set(NAMES)
    assert len(CASES) == 24
