"""The checks of a certification, in the order in which they are made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.certify.desk import Desk, Failed, NotHere
from tests.providers.contract.wire import Spoil
from tests.providers.contract.world import STRANGER, fresh

Run = Callable[[Desk], Awaitable[None]]


class Check(NamedTuple):
    """One check; ``case`` is the name by which a vendor's side may say that it cannot be made."""

    title: str
    expected: str
    case: str
    run: Run


CHECKS: list[Check] = []


def check(title: str, expected: str, case: str) -> Callable[[Run], Run]:
    """List a check."""

    def keep(run: Run) -> Run:
        CHECKS.append(Check(title, expected, case, run))
        return run

    return keep


@check("Balance", "ok, with the balance", "balance-ok")
async def balance(desk: Desk) -> None:
    desk.insist(await desk.call("balance", desk.guest.balance()), "ok")


@check("Bet", "ok, balance less 10.00", "betwin-bet-and-win")
async def bet(desk: Desk) -> None:
    before = await desk.balance()
    desk.insist(await desk.call("bet 10.00", desk.guest.stake(10_00, fresh())), "ok")
    await desk.balance_is(before - 10_00)


@check("Win", "ok, balance up by 25.00", "betwin-bet-and-win")
async def win(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    desk.insist(await desk.call("bet 10.00", desk.guest.stake(10_00, key)), "ok")
    won = desk.guest.win(25_00, fresh(), stake_key=key, ends=True)
    desk.insist(await desk.call("win 25.00", won), "ok")
    await desk.balance_is(before + 15_00)


@check("Win of nothing", "ok, balance unchanged by it", "amount-zero")
async def win_of_nothing(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    await desk.call("bet 1.00", desk.guest.stake(1_00, key))
    won = desk.guest.win(0, fresh(), stake_key=key, ends=True)
    desk.insist(await desk.call("win 0.00", won), "ok")
    await desk.balance_is(before - 1_00)


@check("Repeated bet", "the first answer again, one debit", "betwin-duplicate-replay")
async def repeated_bet(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    first = await desk.call("bet 5.00", desk.guest.stake(5_00, key))
    again = await desk.call("the same bet", desk.guest.stake(5_00, key))
    desk.insist(again, "ok")
    if again.transaction != first.transaction:
        raise Failed("another transaction id")
    await desk.balance_is(before - 5_00)


@check("Repeated win", "ok, one credit", "betwin-duplicate-replay")
async def repeated_win(desk: Desk) -> None:
    before, key, payout = await desk.balance(), fresh(), fresh()
    await desk.call("bet 1.00", desk.guest.stake(1_00, key))
    for what in ("win 3.00", "the same win"):
        desk.insist(await desk.call(what, desk.guest.win(3_00, payout, stake_key=key)), "ok")
    await desk.balance_is(before + 2_00)


@check("Equal bets at once", "ok to all, one debit", "betwin-duplicate-replay")
async def equal_bets(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    calls = (desk.call("bet 2.00", desk.guest.stake(2_00, key)) for _ in range(4))
    for said in await asyncio.gather(*calls):
        desk.insist(said, "ok")
    await desk.balance_is(before - 2_00)


@check("Bet above the balance", "insufficient funds, nothing taken", "insufficient-funds")
async def too_much(desk: Desk) -> None:
    before = await desk.balance()
    said = await desk.call("bet above it", desk.guest.stake(before + 1, fresh()))
    desk.refused(said, "insufficient_funds")
    await desk.balance_is(before)


@check("Transaction id used again with another amount", "refused, nothing taken", "conflict")
async def conflict(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    await desk.call("bet 1.00", desk.guest.stake(1_00, key))
    desk.refused(await desk.call("bet 2.00, same id", desk.guest.stake(2_00, key)), "conflict")
    await desk.balance_is(before - 1_00)


@check("Rollback of a bet", "ok, the stake is back", "rollback-applies")
async def rollback(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    await desk.call("bet 4.00", desk.guest.stake(4_00, key))
    desk.insist(await desk.call("rollback", desk.guest.roll_back(key, 4_00, fresh())), "ok")
    await desk.balance_is(before)


@check("Repeated rollback", "one credit, however often", "rollback-replay")
async def repeated_rollback(desk: Desk) -> None:
    before, key, back = await desk.balance(), fresh(), fresh()
    await desk.call("bet 4.00", desk.guest.stake(4_00, key))
    for what, of in (("rollback", back), ("the same", back), ("under another id", fresh())):
        await desk.call(what, desk.guest.roll_back(key, 4_00, of))
    await desk.balance_is(before)


@check(
    "Rollback of an unknown bet, then the bet",
    "nothing moves; the late bet as the manifest says",
    "betwin-after-tombstone",
)
async def tombstone(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    early = await desk.call("rollback", desk.guest.roll_back(key, 4_00, fresh()))
    desk.insist(early, "ok", "not_found")
    late = await desk.call("the late bet 4.00", desk.guest.stake(4_00, key))
    desk.insist(late, "ok" if desk.late_accepted else "late_refused")
    await desk.balance_is(before)


@check("Rollback of a win that was spent", "ok, balance 0.00", "rollback-win-clamps-at-zero")
async def spent_win(desk: Desk) -> None:
    desk.guest = await desk.own_house().guest()
    key, payout, last = fresh(), fresh(), fresh()
    await desk.call("bet 10.00", desk.guest.stake(10_00, key))
    await desk.call("win 60.00", desk.guest.win(60_00, payout, stake_key=key))
    desk.insist(await desk.call("bet 150.00", desk.guest.stake(150_00, last)), "ok")
    undone = desk.guest.roll_back(payout, 60_00, fresh())
    desk.insist(await desk.call("rollback of the win", undone), "ok")
    await desk.balance_is(-60_00)
    paid = desk.guest.win(70_00, fresh(), stake_key=last)
    desk.insist(await desk.call("win 70.00", paid), "ok")
    await desk.balance_is(10_00)


@check("Answer lost, then repeated", "one debit", "betwin-duplicate-replay")
async def lost_answer(desk: Desk) -> None:
    before, key = await desk.balance(), fresh()
    desk.wire.spoil = Spoil.UNANSWERED
    await desk.call("bet 3.00, its answer lost", desk.guest.stake(3_00, key))
    desk.insist(await desk.call("the same bet", desk.guest.stake(3_00, key)), "ok")
    await desk.balance_is(before - 3_00)


@check("Wrong signature or credential", "refused", "signature-wrong")
async def forged(desk: Desk) -> None:
    before = await desk.balance()
    desk.refused(await desk.call("forged bet", desk.vendor.forged()), "bad_signature")
    await desk.balance_is(before)


@check("No signature", "refused, nothing taken", "signature-absent")
async def unsigned(desk: Desk) -> None:
    before = await desk.balance()
    desk.wire.spoil = Spoil.BARE
    said = await desk.call("bet without its headers", desk.guest.stake(1_00, fresh()))
    desk.refused(said, "bad_signature", "malformed")
    await desk.balance_is(before)


@check("Altered body", "refused, nothing taken", "altered-bytes")
async def altered(desk: Desk) -> None:
    before = await desk.balance()
    desk.wire.spoil = Spoil.ALTERED
    said = await desk.call("bet, one blank added", desk.guest.stake(1_00, fresh()))
    desk.refused(said, "bad_signature", "malformed")
    await desk.balance_is(before)


@check("Body cut in half", "refused, nothing taken", "malformed")
async def cut(desk: Desk) -> None:
    before = await desk.balance()
    desk.wire.spoil = Spoil.CUT
    said = await desk.call("half a bet", desk.guest.stake(1_00, fresh()))
    desk.refused(said, "bad_signature", "malformed")
    await desk.balance_is(before)


@check("Field missing", "refused", "malformed")
async def malformed(desk: Desk) -> None:
    before = await desk.balance()
    desk.refused(await desk.call("bet without a field", desk.vendor.malformed()), "malformed")
    await desk.balance_is(before)


@check("Unknown player", "refused", "player_unknown")
async def unknown_player(desk: Desk) -> None:
    if not desk.guest.id:
        raise NotHere("needs a player whose number is known")
    known = desk.guest.ref
    desk.guest.ref = known.replace(str(desk.guest.id), STRANGER)
    try:
        said = await desk.call("bet 1.00", desk.guest.stake(1_00, fresh()))
    finally:
        desk.guest.ref = known
    desk.refused(said, "player_unknown")


@check("Session over", "bet refused; win and rollback accepted", "session_dead")
async def session_over(desk: Desk) -> None:
    house = desk.own_house()
    desk.guest = await house.guest()
    key, other = fresh(), fresh()
    await desk.call("bet 10.00", desk.guest.stake(10_00, key))
    await desk.call("bet 20.00", desk.guest.stake(20_00, other))
    await house.end_session(desk.guest)
    late = await desk.call("bet after the end", desk.guest.stake(1_00, fresh()))
    desk.refused(late, "session_dead")
    won = desk.guest.win(5_00, fresh(), stake_key=key)
    desk.insist(await desk.call("win 5.00", won), "ok")
    back = desk.guest.roll_back(other, 20_00, fresh())
    desk.insist(await desk.call("rollback", back), "ok")
    await desk.balance_is(95_00)


@check("Player frozen", "bet refused; win accepted", "player_blocked")
async def frozen(desk: Desk) -> None:
    house = desk.own_house()
    desk.guest = await house.guest()
    key = fresh()
    await desk.call("bet 10.00", desk.guest.stake(10_00, key))
    await house.freeze(desk.guest)
    said = await desk.call("bet of a frozen player", desk.guest.stake(1_00, fresh()))
    desk.refused(said, "player_blocked")
    won = desk.guest.win(5_00, fresh(), stake_key=key)
    desk.insist(await desk.call("win 5.00", won), "ok")


@check("Game switched off", "bet refused", "game_off")
async def game_off(desk: Desk) -> None:
    house = desk.own_house()
    desk.guest = await house.guest()
    await house.switch_games_off()
    said = await desk.call("bet in a game that is off", desk.guest.stake(1_00, fresh()))
    desk.refused(said, "game_off")


@check("The book", "every balance is the sum of its entries", "audit")
async def book(desk: Desk) -> None:
    if finding := await desk.own_house().balances():
        raise Failed(finding)
