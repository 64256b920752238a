"""Who may stake and who is paid all the same; then the whole way from launch to report."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from casino.clock import SystemClock
from casino.money import EUR, FUN, Money
from casino.play import Play, Visit
from casino.players import Player
from casino.surfaces import Surface
from casino.wallet import Batch, Kind, Op, Wallet
from casino.wallet.operations import Refusal, Refused
from providers.st8.provider import St8Provider
from tests.peers.st8.vendor import Vendor
from tests.providers.st8.conftest import Build, Ledger, Seat


def body(said: Any) -> dict[str, Any]:
    read = json.loads(said.body)
    assert isinstance(read, dict)
    return read


async def test_a_dead_session_takes_no_stake_but_settles_what_is_under_way(
    seat: Seat, play: Play, player: Player
) -> None:
    await seat.stake(1_000, "t-1")
    await play.end_session(player.id, seat.session)
    for kind in ("debit", "free_debit", "bonus_buy_debit"):
        said = await seat.debit(100, f"x-{kind}", kind)
        assert said.body == b'{"status":"session_expired"}'
    assert (await seat.win(500, "t-2")).balance == 99_500
    assert (await seat.debit(100, "t-3", "correction_debit")).balance == 99_400
    assert (await seat.cancel("t-1", "c-1", 1_000)).balance == 100_400
    assert (await seat.stake(1_000, "t-1")).outcome == "ok"  # a repeat: the first answer


async def test_a_frozen_player_keeps_wins_and_cancels(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await seat.stake(1_000, "t-1")
    await second.execute("UPDATE accounts SET frozen = true")
    assert (await seat.stake(100, "t-2")).body == b'{"status":"player_locked"}'
    assert (await seat.win(500, "t-3")).balance == 99_500
    assert (await seat.cancel("t-1", "c-1", 1_000)).balance == 100_500


async def test_a_game_that_is_off_takes_no_stake(seat: Seat, second: asyncpg.Connection) -> None:
    await seat.stake(1_000, "t-1")
    await second.execute("UPDATE games SET enabled = false")
    assert (await seat.stake(100, "t-2", "r-2")).body == b'{"status":"game_disabled"}'
    assert (await seat.stake(100, "t-3")).balance == 98_900  # its round had begun
    assert (await seat.win(500, "t-4", "r-2")).balance == 99_400


async def test_an_unknown_game_takes_no_stake(seat: Seat) -> None:
    said = await seat.debit(100, "t-1", game_code="nobody_knows")
    assert said.body == b'{"status":"game_disabled"}'
    assert (await seat.credit(100, "t-2", game_code="nobody_knows")).balance == 100_100


async def test_a_session_of_somebody_else_takes_no_stake(seat: Seat) -> None:
    said = await seat.debit(100, "t-1", token="somebody-elses")
    assert said.body == b'{"status":"session_expired"}'


@pytest.mark.parametrize("stranger", ["999999", "ann", "-1", "1" * 80])
async def test_an_unknown_player(seat: Seat, ledger: Ledger, stranger: str) -> None:
    before = await ledger.everything()
    seat.player = stranger
    profile = await seat.vendor.call("player_profile", player=stranger, site="tgcasino")
    balance = await seat.vendor.balance(stranger, session=seat.session, game=seat.game)
    for said in (
        profile,
        balance,
        await seat.stake(100, "t-1"),
        await seat.win(100, "t-2"),
        await seat.cancel("t-1", "c-1", 100),
        await seat.alone("payout", 100, "t-3"),
    ):
        assert said.body == b'{"status":"player_not_found"}'
    assert await ledger.everything() == before


async def test_another_currency_or_site(seat: Seat, ledger: Ledger) -> None:
    before = await ledger.everything()
    for currency in ("USD", "eur", "TON"):
        assert (await seat.debit(1, "t-1", currency=currency)).body == b'{"status":"unknown"}'
        assert (await seat.credit(1, "t-1", currency=currency)).body == b'{"status":"unknown"}'
    other = b'{"status":"site_disabled"}'
    assert (await seat.debit(1, "t-1", site="other")).body == other
    assert (await seat.alone("buyin", 1, "t-1", site="other")).body == other
    profile = await seat.vendor.call("player_profile", player=seat.player, site="other")
    assert profile.body == other
    assert await ledger.everything() == before
    # What is owed is owed, wherever it was won.
    assert (await seat.credit(1, "t-1", site="other")).balance == 100_001


async def test_a_cancel_in_another_currency_is_refused(
    seat: Seat, build: Build, ledger: Ledger
) -> None:
    build(currencies={"EUR": "EUR", "USD": "USD"})
    await seat.stake(1_000, "t-1")
    said = await seat.vendor.call(
        "cancel",
        player=seat.player,
        site="tgcasino",
        cancel_id="c-1",
        transaction_id="t-1",
        developer_code="std",
        amount="10.00",
        currency="USD",
    )
    assert said.body == b'{"status":"unknown"}'
    assert await ledger.cash() == 99_000


async def test_limits_are_spending_limits(
    seat: Seat, wallet: Wallet, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def limited(_batch: Batch) -> Refused:
        return Refused(limited_by.pop(), None)

    monkeypatch.setattr(wallet, "apply", limited)
    for reason, status in (
        (Refusal.LIMIT_REACHED, "spending_limit"),
        (Refusal.EXCLUDED, "player_locked"),
        (Refusal.BLOCKED, "player_locked"),
        (Refusal.OUT_OF_RANGE, "unknown"),
    ):
        limited_by = [reason]
        assert body(await seat.stake(100, "t-1")) == {"status": status}


async def test_a_grant_of_the_house_and_a_vendors_id_do_not_meet(
    seat: Seat, wallet: Wallet, player: Player
) -> None:
    # Keys are unique within their source: "grant" was the house's.
    assert (await seat.stake(100, "grant")).balance == 99_900
    await wallet.apply(Batch(player.id, EUR, "house", (Op(Kind.GRANT, "grant", 100_000),)))
    assert await seat.balance() == 99_900


async def test_from_a_launch_to_a_win_in_a_currency_of_six_decimals(
    seat: Seat, build: Build, play: Play, player: Player
) -> None:
    build(currencies={"EUR": "EUR", "FUNC": "FUN"})
    opened = (await play.catalogue.games())[0]
    visit = Visit(Surface.WEB, "mobile")
    launch = await play.launch(player, opened.id, FUN, demo=False, visit=visit)
    path, asked = seat.vendor.servers.asked[-1]
    assert (path, asked["token"], asked["player"]) == ("launch", launch.session_ref, seat.player)
    assert asked["currency"] == "FUNC"
    seat.session, seat.game = asked["token"], asked["game_code"]
    said = await seat.debit(0, "t-1", amount="0.000001", currency="FUNC")
    assert said.body == b'{"status":"ok","balance":"999.999999","currency":"FUNC"}'
    said = await seat.credit(0, "t-2", amount="2.5", currency="FUNC")
    assert said.body == b'{"status":"ok","balance":"1002.499999","currency":"FUNC"}'
    assert (await seat.debit(100, "t-3")).body == b'{"status":"session_expired"}'  # not of EUR


async def test_the_vendors_report_agrees_with_the_ledger(
    seat: Seat, provider: St8Provider, ledger: Ledger, clock: SystemClock
) -> None:
    since = clock.now()
    await seat.stake(1_000, "t-1")
    await seat.debit(500, "t-2", "free_debit")
    await seat.debit(300, "t-3", "bonus_buy_debit")
    await seat.credit(250, "t-4", "free_credit")
    await seat.win(700, "t-5")
    await seat.cancel("t-1", "c-1", 1_000)
    await seat.alone("payout", 50, "t-6")
    await seat.stake(1_000, "t-1")  # a repeat: neither side counts it again
    await seat.stake(999_999, "t-7")  # refused: on neither side
    until = clock.now() + timedelta(seconds=1)
    reported = [row async for row in provider.report(since, until)]
    assert [(r.kind.name.lower(), r.key, r.units) for r in reported] == [
        (kind, key, abs(cash)) for kind, key, cash in await ledger.entries()
    ]
    assert {r.player_ref for r in reported} == {seat.player}


async def test_free_bets_given_by_the_house_reach_the_vendor(
    seat: Seat, play: Play, player: Player, clock: SystemClock
) -> None:
    opened = (await play.catalogue.games())[0]
    valid_until = clock.now() + timedelta(days=1)
    ref = await play.free_spins.give(player, (opened.id,), 10, Money(20, EUR), valid_until)
    bonus = seat.vendor.servers.bonuses[ref]
    assert (bonus["players"], bonus["count"], bonus["value"]) == ([seat.player], 10, "0.20")
    assert (await play.free_spins.of_player(player.id))[0].status == "active"
    await play.free_spins.cancel(ref)
    assert bonus["status"] == "canceled"


async def test_the_vendors_own_forgery_and_slip(called: Vendor, seat: Seat) -> None:
    assert (await called.forged()).body == b'{"status":"auth_failed"}'
    assert (await called.malformed()).body == b'{"status":"unknown"}'
