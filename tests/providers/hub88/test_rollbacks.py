"""What a rollback takes back, once, and what it keeps out when it comes first."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from casino.money import FUN
from casino.wallet import Kind, Wallet
from tests.providers.hub88.conftest import Seat, fresh, transfers


async def test_a_rollback_returns_a_bet_once_under_any_id(
    seat: Seat, second: asyncpg.Connection
) -> None:
    stake, key = fresh(), fresh()
    await seat.bet(1_000, stake)
    first = await seat.rollback(key, stake, request_uuid="q")
    assert first.json == {
        "status": "RS_OK",
        "user": seat.user,
        "request_uuid": "q",
        "currency": "EUR",
        "balance": 10_000_000,
    }
    assert (await seat.rollback(key, stake, request_uuid="q")).body == first.body
    assert (await seat.rollback(fresh(), stake)).balance == 10_000
    assert await transfers(second) == [
        (Kind.BET, -1_000, stake),
        (Kind.REVERSAL, 1_000, key),
    ]


async def test_rollbacks_at_once_return_a_bet_once(seat: Seat) -> None:
    stake = fresh()
    await seat.bet(1_000, stake)
    said = await asyncio.gather(*(seat.rollback(fresh(), stake) for _ in range(5)))
    assert [one.balance for one in said] == [10_000] * 5


async def test_a_rolled_back_win_that_was_spent_leaves_a_debt_that_credits_pay_first(
    seat: Seat, wallet: Wallet
) -> None:
    stake, payout = fresh(), fresh()
    await seat.bet(100, stake)
    await seat.win(5_000, payout, stake)
    await seat.bet(14_900, fresh())
    assert (await seat.rollback(fresh(), payout)).balance == 0
    assert await seat.balance() == 0
    assert (await seat.win(6_000, fresh(), stake)).balance == 1_000
    assert (await wallet.audit()).ok


@pytest.mark.parametrize("named", [{}, {"currency": "EUR"}, {"token": None}])
async def test_a_rollback_before_its_bet_blocks_the_bet(
    seat: Seat, second: asyncpg.Connection, named: dict[str, Any]
) -> None:
    stake, key = fresh(), fresh()
    early = await seat.rollback(key, stake, request_uuid="q", **named)
    assert (early.outcome, early.balance) == ("ok", 10_000)
    late = await seat.bet(1_000, stake, request_uuid="q")
    assert late.json == {
        "status": "RS_ERROR_UNKNOWN",
        "user": seat.user,
        "request_uuid": "q",
    }
    assert (await seat.rollback(key, stake, request_uuid="q", **named)).body == early.body
    assert (await seat.win(100, fresh(), stake)).outcome == "not_found"
    assert await transfers(second) == [(Kind.REVERSAL, 0, key)]


async def test_a_rollback_that_names_no_currency_of_anything_known_blocks_the_bet_in_all(
    seat: Seat, second: asyncpg.Connection
) -> None:
    stake = fresh()
    assert (await seat.rollback(fresh(), stake, token="t" * 26)).outcome == "ok"
    await second.execute("UPDATE game_sessions SET currency_id = $1", FUN.id)
    assert (await seat.bet(1, stake, currency="FUN")).outcome == "failure"


@pytest.mark.parametrize("policy", [{"currencies": {"AFUN": "FUN", "EUR": "EUR"}}])
async def test_a_rollback_that_names_neither_currency_nor_session_finds_those_of_its_bet(
    seat: Seat,
) -> None:
    stake = fresh()
    await seat.bet(1_000, stake)
    said = await seat.rollback(fresh(), stake, token=None)
    assert (said.json["currency"], said.balance) == ("EUR", 10_000)


@pytest.mark.parametrize("policy", [{"late_originals": "accept_noop"}])
async def test_a_late_bet_moves_nothing_where_it_is_accepted(seat: Seat) -> None:
    stake = fresh()
    await seat.rollback(fresh(), stake)
    assert (await seat.bet(1_000, stake)).balance == 10_000
    assert (await seat.win(100, fresh(), stake)).outcome == "not_found"


@pytest.mark.parametrize("policy", [{"unknown_rollback": "not_found"}])
async def test_a_rollback_of_nothing_is_remembered_where_it_is_called_unknown(
    seat: Seat,
) -> None:
    stake, key = fresh(), fresh()
    for _ in range(2):
        assert (await seat.rollback(key, stake)).outcome == "not_found"
    assert (await seat.rollback(fresh(), stake)).outcome == "not_found"
    assert (await seat.bet(1_000, stake)).outcome == "failure"
    known, reversal = fresh(), fresh()
    await seat.bet(1_000, known)
    for _ in range(2):
        assert (await seat.rollback(reversal, known)).balance == 10_000
    assert (await seat.rollback(fresh(), known)).balance == 10_000


async def test_a_late_win_is_refused_without_money(seat: Seat) -> None:
    stake, payout = fresh(), fresh()
    await seat.bet(100, stake)
    await seat.rollback(fresh(), payout)
    assert (await seat.win(500, payout, stake)).outcome == "failure"
    assert await seat.balance() == 9_900


async def test_a_rollback_in_another_currency_than_its_bet_changes_nothing(seat: Seat) -> None:
    stake = fresh()
    await seat.bet(100, stake)
    assert (await seat.rollback(fresh(), stake, currency="FUN")).outcome == "failure"
    assert await seat.balance() == 9_900


async def test_a_repeated_rollback_of_another_bet_is_a_duplicate(seat: Seat) -> None:
    first, other, key = fresh(), fresh(), fresh()
    await seat.bet(100, first)
    await seat.bet(100, other)
    await seat.rollback(key, first)
    said = await seat.rollback(key, other)
    assert said.json["status"] == "RS_ERROR_DUPLICATE_TRANSACTION"
    assert await seat.balance() == 9_900
