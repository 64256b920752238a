"""Spins against the real wallet: well-behaved, misbehaving, and through outages."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from casino.money import FUN, TON, Money
from casino.play import Play
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from providers.sandbox.tables import Mode
from providers.slotegrator.provider import SlotegratorProvider
from tests.providers.sandbox.conftest import Line, Seat, sit, truth

SPINS = 6


async def play_some(seat: Seat, stake: str = "1", spins: int = SPINS) -> list[dict[str, Any]]:
    return [(await seat.spin(stake))["result"] for _ in range(spins)]


def net(results: list[dict[str, Any]]) -> Decimal:
    """What the shown results say that the balance moved."""
    played = [r for r in results if r["state"] in {"settled", "settling"}]
    return sum((Decimal(r["win"]) - Decimal(r["stake"]) for r in played), Decimal(0))


async def test_spins_move_the_shared_wallet_by_what_the_page_shows(
    seat: Seat, wallet: Wallet, player: Player
) -> None:
    results = await play_some(seat, spins=20)
    assert all(r["state"] == "settled" for r in results)
    assert await seat.settled() == await truth(wallet, player) == 1000 + net(results)


async def test_wins_are_shown_line_by_line(seat: Seat) -> None:
    for _ in range(60):
        result = (await seat.spin("5"))["result"]
        assert sum(Decimal(w["amount"]) for w in result["wins"]) == Decimal(result["win"])
        if result["wins"]:
            return
    raise AssertionError("sixty spins without a win: one in 10^14")


async def test_ton_is_played_to_the_last_nanoton(
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    http: aiohttp.ClientSession,
    aggregator_url: str,
    wallet: Wallet,
) -> None:
    grant = Op(Kind.GRANT, "g", Money.parse("1.000000001", TON).units)
    await wallet.apply(Batch(player.id, TON, "test", (grant,)))
    seat = await sit(play, player, http, aggregator_url, currency=TON, title="Ember Crown")
    assert await seat.settled() == Decimal("1.000000001")
    results = await play_some(seat, "0.05")
    expected = Decimal("1.000000001") + net(results)
    assert await seat.settled() == await truth(wallet, player, TON) == expected


@pytest.mark.parametrize("mode", list(Mode))
async def test_however_it_misbehaves_the_book_agrees_with_the_page(
    seat: Seat, wallet: Wallet, player: Player, line: Line, mode: Mode
) -> None:
    await seat.misbehave(mode)
    results = await play_some(seat)
    assert await seat.settled() == await truth(wallet, player) == 1000 + net(results)
    states = {r["state"] for r in results}
    actions = line.actions()
    match mode:
        case Mode.NONE:
            assert states == {"settled"}
            assert actions == ["bet", "win"] * SPINS
        case Mode.DUPLICATE:
            assert states == {"settled"}
            assert actions == ["bet", "bet", "bet", "win", "win"] * SPINS
        case Mode.DELAY:
            assert states == {"settling"}
            assert actions.count("win") == SPINS
        case Mode.REORDER:
            assert states == {"settled"}
            assert actions == ["win", "bet"] * SPINS
        case Mode.ROLLBACK_FIRST:
            assert states == {"void"}
            assert actions == ["rollback", "bet"] * SPINS
        case Mode.REFUND_FIRST:
            assert states == {"void"}
            assert actions == ["refund", "bet"] * SPINS
        case Mode.BAD_SIGNATURE:
            assert states == {"refused"}
            assert actions == ["bet"] * SPINS


async def test_good_manners_return(seat: Seat, wallet: Wallet, player: Player) -> None:
    for mode in (*Mode, Mode.NONE):
        await seat.misbehave(mode)
        await seat.spin()
    await seat.misbehave("none")
    before = await seat.settled()
    assert await seat.settled() == await truth(wallet, player) == before


async def test_a_bet_lost_on_the_way_is_refunded(
    seat: Seat, wallet: Wallet, player: Player, line: Line
) -> None:
    line.lost = ["bet", "refund", "refund"]
    assert (await seat.spin())["result"]["state"] == "void"
    assert await seat.settled() == await truth(wallet, player) == 1000
    assert line.actions() == ["bet", "refund", "refund", "refund"]
    refunds = [form for form in line.arrived if form["action"] == "refund"]
    assert len({form["transaction_id"] for form in refunds}) == 1
    assert [r.get("casino_request_retry_count") for r in refunds] == [None, "1", "2"]


async def test_a_bet_whose_answer_was_lost_is_refunded(
    seat: Seat, wallet: Wallet, player: Player, line: Line
) -> None:
    line.unanswered = ["bet"]
    assert (await seat.spin())["result"]["state"] == "void"
    assert await seat.settled() == await truth(wallet, player) == 1000


@pytest.mark.parametrize("lose", ["lost", "unanswered"])
async def test_a_win_is_repeated_under_its_own_id_until_it_is_paid_once(
    seat: Seat, wallet: Wallet, player: Player, line: Line, lose: str
) -> None:
    setattr(line, lose, ["win", "win", "win"])
    result = (await seat.spin())["result"]
    assert result["state"] == "settling"
    assert await seat.settled() == await truth(wallet, player) == 1000 + net([result])
    wins = [form for form in line.arrived if form["action"] == "win"]
    assert len({form["transaction_id"] for form in wins}) == 1
    assert len({form["round_id"] for form in wins}) == 1
    assert [form.get("casino_request_retry_count") for form in wins] == [None, "1", "2", "3"]


async def test_a_win_is_given_up_after_thirty_three_attempts(seat: Seat, line: Line) -> None:
    line.lost = ["win"] * 40
    await seat.spin()
    await seat.settled()
    assert line.actions().count("win") == 33


async def test_a_stake_above_the_balance_is_refused_and_nothing_is_spun(
    seat: Seat, wallet: Wallet, player: Player
) -> None:
    spent = Op(Kind.BET, "elsewhere", Money.parse("999.50", FUN).units)
    await wallet.apply(Batch(player.id, FUN, "test", (spent,)))
    answer = await seat.spin()
    assert answer["result"]["state"] == "no_money"
    assert "stops" not in answer["result"]
    assert await truth(wallet, player) == Decimal("0.5")


async def test_a_win_before_a_refused_bet_is_taken_back(
    seat: Seat, wallet: Wallet, player: Player, line: Line
) -> None:
    await seat.misbehave("reorder")
    line.lost = ["bet"] * 4
    for _ in range(4):
        assert (await seat.spin())["result"]["state"] == "void"
    assert await seat.settled() == await truth(wallet, player) == 1000


async def test_one_spin_at_a_time(seat: Seat, wallet: Wallet, player: Player) -> None:
    async def press() -> int:
        async with seat.http.post(seat.launch.url + "spin", json={"stake": "1"}) as response:
            return response.status

    statuses = await asyncio.gather(*(press() for _ in range(5)))
    assert statuses.count(200) >= 1
    assert set(statuses) <= {200, 409}
    assert 409 in statuses
    assert await seat.settled() == await truth(wallet, player)


async def test_an_ended_session_takes_no_stake(
    seat: Seat, play: Play, player: Player, wallet: Wallet
) -> None:
    await play.end_session(player.id, seat.launch.session_ref)
    assert (await seat.spin())["result"]["state"] == "refused"
    assert await truth(wallet, player) == 1000


async def test_self_validation_passes_against_this_house(
    seat: Seat, provider: SlotegratorProvider, wallet: Wallet, player: Player
) -> None:
    result = await provider.self_validate()
    assert result.success, result.log[-1]
    assert len(result.log) >= 20
    assert await truth(wallet, player) == 1000


async def test_self_validation_needs_a_game_opened_for_money(
    provider: SlotegratorProvider,
) -> None:
    result = await provider.self_validate()
    assert not result.success


@pytest.mark.parametrize(
    ("breakage", "step"),
    [
        ({"lost": ["bet"]}, "bet"),
        ({"unanswered": ["win"]}, "win"),
        ({"lost": ["rollback"]}, "rollback of the win and its bet"),
    ],
)
async def test_self_validation_finds_what_is_broken(
    seat: Seat,
    provider: SlotegratorProvider,
    line: Line,
    breakage: dict[str, list[str]],
    step: str,
) -> None:
    for name, actions in breakage.items():
        setattr(line, name, actions)
    result = await provider.self_validate()
    assert not result.success
    assert f"step: {step} · success: False" in result.log[-1]
