"""Every callback over real HTTP, signed by OpenSSL, against the real wallet."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from casino.money import EUR
from casino.wallet import Wallet
from tests.providers.st8.conftest import Build, Ledger, Seat


def body(said: Any) -> dict[str, Any]:
    read = json.loads(said.body)
    assert isinstance(read, dict)
    return read


async def test_a_profile(seat: Seat) -> None:
    said = await seat.vendor.call("player_profile", player=seat.player, site="tgcasino")
    assert said.status == 200
    assert body(said) == {
        "status": "ok",
        "id": seat.player,
        "jurisdiction": "CW",
        "default_currency": "EUR",
    }


async def test_a_balance(seat: Seat) -> None:
    said = await seat.vendor.balance(seat.player, session=seat.session, game=seat.game)
    assert said.body == b'{"status":"ok","balance":"1000.00","currency":"EUR"}'


async def test_a_debit_is_taken_once_and_its_repeat_is_answered_equally(
    seat: Seat, ledger: Ledger, wallet: Wallet
) -> None:
    first = await seat.stake(150, "t-1")
    assert first.body == b'{"status":"ok","balance":"998.50","currency":"EUR"}'
    await seat.stake(1_000, "t-2")
    again = await seat.stake(150, "t-1")
    assert again.body == first.body
    assert await seat.balance() == 98_850
    assert await ledger.entries() == [("bet", "t-1", -150), ("bet", "t-2", -1_000)]
    assert (await wallet.audit()).ok


async def test_equal_debits_at_once_leave_one_entry(seat: Seat, ledger: Ledger) -> None:
    said = await asyncio.gather(*(seat.stake(500, "t-1") for _ in range(6)))
    assert {one.body for one in said} == {b'{"status":"ok","balance":"995.00","currency":"EUR"}'}
    assert await ledger.entries() == [("bet", "t-1", -500)]


async def test_two_debits_for_money_that_covers_one(seat: Seat) -> None:
    said = await asyncio.gather(*(seat.stake(70_000, f"t-{n}") for n in range(2)))
    assert sorted(one.outcome for one in said) == ["insufficient_funds", "ok"]
    assert await seat.balance() == 30_000


async def test_not_enough_money_is_the_status_alone(seat: Seat, ledger: Ledger) -> None:
    before = await ledger.everything()
    said = await seat.stake(100_001, "t-1")
    assert said.body == b'{"status":"not_enough_money"}'
    assert await ledger.everything() == before
    assert (await seat.stake(100_000, "t-1")).balance == 0


async def test_unknown_extra_fields_are_ignored(seat: Seat) -> None:
    said = await seat.debit(100, "t-1", provider="odd", bonus={"a": [1]}, brand_new={"x": None})
    assert said.balance == 99_900


@pytest.mark.parametrize(
    ("kind", "stored", "taken"),
    [
        ("debit", "bet", 200),
        ("free_debit", "promo_bet", 0),
        ("bonus_buy_debit", "bonus_buy", 200),
        ("correction_debit", "game_correction_down", 200),
    ],
)
async def test_every_kind_of_debit(
    seat: Seat, ledger: Ledger, kind: str, stored: str, taken: int
) -> None:
    first = await seat.debit(200, "t-1", kind)
    assert first.balance == 100_000 - taken
    assert (await seat.debit(200, "t-1", kind)).body == first.body
    assert await ledger.entries() == [(stored, "t-1", -taken)]


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("credit", "win"),
        ("free_credit", "free_spin_win"),
        ("bonus_buy_credit", "win"),
        ("jackpot_credit", "jackpot"),
        ("promo_credit", "promo_win"),
        ("correction_credit", "game_correction_up"),
    ],
)
async def test_every_kind_of_credit_without_session_game_or_round(
    seat: Seat, ledger: Ledger, kind: str, stored: str
) -> None:
    bare = {"token": ..., "game_code": ..., "round": None, "round_closed": None}
    first = await seat.credit(725, "t-1", kind, **bare)
    assert first.balance == 100_725
    assert (await seat.credit(725, "t-1", kind, **bare)).body == first.body
    assert await ledger.entries() == [(stored, "t-1", 725)]


async def test_a_free_bet_with_an_amount_raises_an_alert_and_one_without_none(seat: Seat) -> None:
    with capture_logs() as logs:
        await seat.debit(0, "t-1", "free_debit")
    assert not [line for line in logs if line.get("alert")]
    with capture_logs() as logs:
        await seat.debit(200, "t-2", "free_debit")
    alerts = [line for line in logs if line.get("alert")]
    assert [line["amount"] for line in alerts] == ["2 EUR"]
    assert await seat.balance() == 100_000


async def test_a_correction_may_go_below_zero_and_shows_it(
    seat: Seat, ledger: Ledger, wallet: Wallet
) -> None:
    await seat.stake(100_000, "t-1")
    first = await seat.debit(3_000, "t-2", "correction_debit", token=..., round=None)
    assert first.body == b'{"status":"ok","balance":"-30.00","currency":"EUR"}'
    assert (await seat.debit(3_000, "t-2", "correction_debit", token=...)).outcome == "failure"
    assert (
        await seat.debit(3_000, "t-2", "correction_debit", token=..., round=None)
    ).body == first.body
    assert await seat.balance() == -3_000
    assert (await seat.stake(1, "t-3")).outcome == "insufficient_funds"
    assert (await seat.win(5_000, "t-4")).balance == 2_000
    assert await ledger.cash() == 2_000
    assert (await wallet.audit()).ok


async def test_a_correction_is_cancelled_like_any_other(seat: Seat, wallet: Wallet) -> None:
    await seat.stake(100_000, "t-1")
    await seat.debit(3_000, "t-2", "correction_debit")
    assert (await seat.cancel("t-2", "c-1", 3_000)).balance == 0
    await seat.credit(4_000, "t-3", "correction_credit")
    assert (await seat.cancel("t-3", "c-2", 4_000)).balance == 0
    assert (await wallet.audit()).ok


async def test_bonus_money_counts_into_what_is_shown(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE accounts SET bonus = 500 WHERE currency_id = $1", EUR.id)
    assert await seat.balance() == 100_500
    assert (await seat.stake(100_200, "t-1")).balance == 300
    # Cash 0 and bonus 3.00: after a correction of 10.00 the sum of both is shown.
    assert (await seat.debit(1_000, "t-2", "correction_debit")).balance == -700
    assert await seat.balance() == -700


async def test_zero_amounts(seat: Seat, ledger: Ledger) -> None:
    assert (await seat.stake(0, "t-1")).balance == 100_000
    assert (await seat.win(0, "t-2", ends=True)).balance == 100_000
    assert (await seat.cancel("t-1", "c-1", 0)).balance == 100_000
    assert [key for _, key, _ in await ledger.entries()] == ["t-1", "t-2", "c-1"]


async def test_a_credit_ends_its_round(seat: Seat, second: asyncpg.Connection) -> None:
    await seat.stake(100, "t-1")
    await seat.win(100, "t-2", ends=True)
    rows = await second.fetch(
        "SELECT key, ends_round, round_id FROM transfers WHERE key LIKE 't-%'"
    )
    assert {tuple(row) for row in rows} == {("t-1", False, "r-1"), ("t-2", True, "r-1")}


async def test_a_cancel_gives_a_debit_back_once(seat: Seat, ledger: Ledger) -> None:
    await seat.stake(1_000, "t-1")
    first = await seat.cancel("t-1", "c-1", 1_000)
    assert first.body == b'{"status":"ok","balance":"1000.00","currency":"EUR"}'
    await seat.stake(1, "t-2")
    assert (await seat.cancel("t-1", "c-1", 1_000)).body == first.body
    assert (await seat.cancel("t-1", "c-2", 1_000)).balance == 99_999  # cancelled before
    assert await ledger.entries() == [
        ("bet", "t-1", -1_000),
        ("reversal", "c-1", 1_000),
        ("bet", "t-2", -1),
    ]


async def test_cancels_at_once_give_back_once(seat: Seat, ledger: Ledger) -> None:
    await seat.stake(1_000, "t-1")
    said = await asyncio.gather(*(seat.cancel("t-1", "c-1", 1_000) for _ in range(4)))
    assert {one.balance for one in said} == {100_000}
    assert len(await ledger.entries()) == 2


async def test_a_cancel_takes_a_credit_back_even_when_it_was_spent(
    seat: Seat, ledger: Ledger, wallet: Wallet
) -> None:
    await seat.win(5_000, "t-1")
    await seat.stake(105_000, "t-2")
    taken = await seat.cancel("t-1", "c-1", 5_000)
    assert taken.balance == -5_000
    assert await ledger.cash() == -5_000
    assert (await seat.win(8_000, "t-3")).balance == 3_000
    assert (await wallet.audit()).ok


async def test_a_cancel_gives_back_no_more_than_was_taken(seat: Seat) -> None:
    await seat.stake(1_000, "t-1")
    assert (await seat.cancel("t-1", "c-1", 400)).balance == 99_400
    await seat.stake(1_000, "t-2")
    assert (await seat.cancel("t-2", "c-2", 9_000)).balance == 99_400


@pytest.mark.parametrize("late", ["debit", "credit", "buyin", "payout"])
async def test_a_cancel_before_its_original_blocks_it(
    seat: Seat, ledger: Ledger, wallet: Wallet, late: str
) -> None:
    early = await seat.cancel("t-1", "c-1", 1_000)
    assert early.body == b'{"status":"ok","balance":"1000.00","currency":"EUR"}'

    async def original() -> bytes:
        if late in {"buyin", "payout"}:
            return (await seat.alone(late, 1_000, "t-1", token=seat.session)).body
        return (await seat.vendor.call(late, **seat.fields(1_000, "t-1", late))).body

    assert await original() == b'{"status":"unknown"}'
    assert await original() == b'{"status":"unknown"}'
    assert (await seat.cancel("t-1", "c-1", 1_000)).body == early.body
    assert await ledger.entries() == [("reversal", "c-1", 0)]
    assert await seat.balance() == 100_000
    assert (await wallet.audit()).ok


async def test_what_the_vendor_wants_of_late_originals_is_a_setting(
    seat: Seat, build: Build, ledger: Ledger
) -> None:
    build(late_original="transaction_not_found")
    await seat.cancel("t-1", "c-1", 1_000)
    assert (await seat.stake(1_000, "t-1")).body == b'{"status":"transaction_not_found"}'
    build(late_original="ok")
    late = await seat.stake(1_000, "t-1")
    assert late.body == b'{"status":"ok","balance":"1000.00","currency":"EUR"}'
    assert await ledger.entries() == [("reversal", "c-1", 0)]


async def test_what_a_cancel_of_nothing_is_told_is_a_setting(
    seat: Seat, build: Build, ledger: Ledger
) -> None:
    build(cancel_of_unknown="transaction_not_found")
    for key in ("c-1", "c-1", "c-2"):
        said = await seat.cancel("t-1", key, 1_000)
        assert said.body == b'{"status":"transaction_not_found"}'
    assert (await seat.stake(1_000, "t-1")).outcome == "failure"
    assert await ledger.entries() == [("reversal", "c-1", 0)]
    # What was there is cancelled as ever, first and again.
    await seat.stake(1_000, "t-2")
    first = await seat.cancel("t-2", "c-3", 1_000)
    assert first.balance == 100_000
    assert (await seat.cancel("t-2", "c-3", 1_000)).body == first.body
    assert (await seat.cancel("t-2", "c-4", 1_000)).balance == 100_000


async def test_a_key_with_other_content_is_refused(seat: Seat, ledger: Ledger) -> None:
    await seat.stake(1_000, "t-1")
    before = await ledger.everything()
    for said in (
        await seat.stake(1_001, "t-1"),
        await seat.stake(1_000, "t-1", "r-2"),
        await seat.win(1_000, "t-1"),
        await seat.debit(1_000, "t-1", "bonus_buy_debit"),
        await seat.cancel("t-2", "t-1", 1_000),
    ):
        assert said.body == b'{"status":"unknown"}'
    assert await ledger.everything() == before


async def test_a_buyin_without_a_session_is_refused(
    seat: Seat, build: Build, ledger: Ledger
) -> None:
    before = await ledger.everything()
    assert (await seat.alone("buyin", 1_000, "t-1")).body == b'{"status":"session_expired"}'
    build(buyin_without_session="unknown")
    assert (await seat.alone("buyin", 1_000, "t-1")).body == b'{"status":"unknown"}'
    foreign = await seat.alone("buyin", 1_000, "t-1", token="foreign")
    assert foreign.body == b'{"status":"session_expired"}'
    assert await ledger.everything() == before


async def test_a_buyin_that_names_a_session_is_a_stake(seat: Seat, ledger: Ledger) -> None:
    first = await seat.alone("buyin", 1_000, "t-1", token=seat.session)
    assert first.balance == 99_000
    assert (await seat.alone("buyin", 1_000, "t-1", token=seat.session)).body == first.body
    assert (await seat.alone("buyin", 99_001, "t-2", token=seat.session)).outcome == (
        "insufficient_funds"
    )
    assert (await seat.cancel("t-1", "c-1", 1_000)).balance == 100_000
    assert await ledger.entries() == [("buy_in", "t-1", -1_000), ("reversal", "c-1", 1_000)]


async def test_a_payout_needs_neither_session_nor_round(seat: Seat, ledger: Ledger) -> None:
    first = await seat.alone("payout", 1_000, "t-1")
    assert first.balance == 101_000
    assert (await seat.alone("payout", 1_000, "t-1")).body == first.body
    assert await ledger.entries() == [("payout", "t-1", 1_000)]
