"""Questions, wagers and results over real HTTP, against the real wallet."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from casino.money import FUN, Money
from casino.play import Play
from casino.players import Player
from casino.wallet import Kind, Wallet
from tests.providers.everymatrix.seat import START, Seat, failed, fresh


async def test_account_tells_whose_session_it_is(seat: Seat) -> None:
    said = await seat.vendor.account(seat.session)
    assert said.fields == {
        "ApiVersion": "1.0",
        "Request": "GetAccount",
        "ReturnCode": 0,
        "Message": "Success",
        "SessionId": seat.session,
        "ExternalUserId": seat.player,
        "Country": "MLT",
        "Currency": "FUN",
        "UserName": seat.player,
        "FirstName": "Ada",
        "LastName": "",
        "Alias": "Ada",
        "City": "",
        "Birthdate": "",
        "RCPeriod": 0,
        "AdditionalData": {},
    }


async def test_account_answers_in_the_word_it_was_asked_in(seat: Seat) -> None:
    said = await seat.vendor.account(seat.session, AccountId=seat.player)
    assert said.fields["AccountId"] == seat.player
    assert "ExternalUserId" not in said.fields


async def test_balance_by_session_and_by_name(seat: Seat) -> None:
    said = await seat.vendor.balance(seat.player, session=seat.session)
    assert said.body.endswith(
        b'"Balance":1000.000000,"RealMoney":1000.000000,"BonusMoney":0.000000,"Currency":"FUN"}'
    )
    named = await seat.vendor.balance(
        seat.player, session=None, AdditionalData={"PlayerCurrency": "FUN"}
    )
    assert named.balance == START
    assert "SessionId" not in named.fields


async def test_balance_is_real_and_bonus_together(
    seat: Seat, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "UPDATE accounts SET bonus = 5000000 WHERE player_id = $1 AND currency_id = $2",
        player.id,
        FUN.id,
    )
    fields = (await seat.vendor.balance(seat.player, session=seat.session)).fields
    assert (fields["Balance"], fields["RealMoney"], fields["BonusMoney"]) == (1005, 1000, 5)


async def test_a_wager_debits_once_and_its_repeat_is_the_same_to_the_byte(
    seat: Seat, words: str, wallet: Wallet
) -> None:
    key = fresh()
    first = await seat.stake(150, key)
    await seat.stake(10_000)
    again = await seat.stake(150, key)
    assert again.body == first.body
    fields = first.fields
    assert fields.pop("AccountTransactionId")
    account = {"newer": "ExternalUserId", "older": "AccountId"}[words]
    assert fields == {
        "ApiVersion": "1.0",
        "Request": {"newer": "WalletDebit", "older": "Wager"}[words],
        "ReturnCode": 0,
        "Message": "Success",
        "SessionId": seat.session,
        account: seat.player,
        "Currency": "FUN",
        "Balance": Decimal("998.50"),
        "RealMoneyAffected": Decimal("1.50"),
        "BonusMoneyAffected": Decimal(0),
    }
    assert await seat.balance() == START - 10_150
    assert (await wallet.audit()).ok


async def test_a_result_credits_once_and_its_repeat_is_the_same_to_the_byte(
    seat: Seat, words: str
) -> None:
    key = fresh()
    await seat.stake(100)
    first = await seat.win(725, key)
    await seat.win(1)
    again = await seat.win(725, key)
    assert again.body == first.body
    assert first.balance == START + 625
    assert first.fields["Request"] == {"newer": "WalletCredit", "older": "Result"}[words]
    assert first.fields["RealMoneyAffected"] == Decimal("7.25")


async def test_equal_calls_at_once_leave_one_entry_and_equal_replies(seat: Seat) -> None:
    stake, payout, back = fresh(), fresh(), fresh()
    for said in (
        await asyncio.gather(*(seat.stake(500, stake) for _ in range(6))),
        await asyncio.gather(*(seat.win(300, payout) for _ in range(6))),
        await asyncio.gather(*(seat.roll_back(500, stake, back) for _ in range(6))),
    ):
        assert {s.body for s in said} == {said[0].body}
        assert said[0].code == 0
    assert await seat.balance() == START + 300


async def test_a_wager_above_the_balance(seat: Seat, words: str) -> None:
    said = await seat.stake(START + 1)
    request = {"newer": "WalletDebit", "older": "Wager"}[words]
    assert failed(said, 104, "Insufficient funds", request, seat.session)
    assert await seat.balance() == START


async def test_two_wagers_for_money_that_covers_one(seat: Seat) -> None:
    said = await asyncio.gather(*(seat.stake(70_000, round_=fresh()) for _ in range(2)))
    assert sorted(s.code for s in said) == [0, 104]
    assert await seat.balance() == START - 70_000


async def test_a_transaction_that_comes_with_other_content(seat: Seat) -> None:
    key = fresh()
    await seat.stake(100, key)
    for said in (
        await seat.stake(101, key),
        await seat.stake(100, key, round_="r-2"),
        await seat.win(100, key),
        await seat.roll_back(100, key, key),
    ):
        assert said.code == 101
    assert await seat.balance() == START - 100


async def test_zero_amounts_are_stored(
    seat: Seat, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    assert (await seat.stake(0)).code == 0
    assert (await wallet.statement(player.id, limit=1))[0].kind is Kind.PROMO_BET
    key = fresh()
    assert (await seat.win(0, key, ends=True)).balance == START
    assert await second.fetchval("SELECT ends_round FROM transfers WHERE key = $1", key) is True
    assert (await seat.win(200)).balance == START + 200  # late, and still a win


@pytest.mark.parametrize(("status", "ends"), [("Close", True), ("Closed", True), ("Open", False)])
async def test_a_round_ends_when_it_is_said(
    seat: Seat, second: asyncpg.Connection, status: str, ends: bool
) -> None:
    key = fresh()
    await seat.stake(100, key, RoundStatus=status)
    assert await second.fetchval("SELECT ends_round FROM transfers WHERE key = $1", key) is ends


async def test_free_spins_are_a_kind_of_their_own(
    seat: Seat, wallet: Wallet, player: Player
) -> None:
    bonus: dict[str, Any] = {"AdditionalData": {"BonusId": "B-1", "GameSlug": seat.game}}
    key = fresh()
    with capture_logs() as logs:
        await seat.stake(0, **bonus)
        first = await seat.win(500, key, round_="r-free", **bonus)
        assert (await seat.win(500, key, round_="r-free", **bonus)).body == first.body
    kinds = [entry.kind for entry in await wallet.statement(player.id, limit=2)]
    assert kinds == [Kind.FREE_SPIN_WIN, Kind.PROMO_BET]
    assert not [line for line in logs if line.get("alert")]


async def test_a_result_without_a_wager_is_paid_and_somebody_is_told(seat: Seat) -> None:
    with capture_logs() as logs:
        assert (await seat.win(100, round_="r-none")).balance == START + 100
        assert (await seat.win(100, round_=None)).balance == START + 200
    alerts = [line for line in logs if line.get("alert")]
    assert [line["event"] for line in alerts] == ["win without a wager"] * 2


async def test_a_result_after_its_wager_alarms_nobody(seat: Seat, play: Play) -> None:
    await seat.stake(100)
    with capture_logs() as logs:
        await seat.win(100)
    assert not [line for line in logs if line["log_level"] != "debug"]


@pytest.mark.usefixtures("words")
async def test_status_says_what_is_stored(seat: Seat) -> None:
    stake, other, unknown = fresh(), fresh(), fresh()
    await seat.stake(100, stake)
    await seat.stake(START * 2, other)
    processed = (await seat.status(stake)).fields
    account = "AccountId" if seat.vendor.older else "ExternalUserId"
    assert processed == {
        "ApiVersion": "1.0",
        "Request": "GetTransactionStatus",
        "ReturnCode": 0,
        "Message": "Success",
        "SessionId": seat.session,
        account: seat.player,
        "TransactionId": stake,
        "TransactionStatus": "Processed",
    }
    assert (await seat.status(other)).fields["TransactionStatus"] == "Notexists"
    assert (await seat.status(unknown)).fields["TransactionStatus"] == "Notexists"
    back = fresh()
    await seat.roll_back(100, unknown, back)
    assert (await seat.status(back)).fields["TransactionStatus"] == "Processed"
    assert (await seat.status(unknown)).fields["TransactionStatus"] == "Notexists"


async def test_identifiers_may_be_numbers(seat: Seat) -> None:
    said = await seat.stake(100, TransactionId=900001, RoundId=17, ExternalUserId=int(seat.player))
    assert said.balance == START - 100
    assert (await seat.status("900001")).fields["TransactionStatus"] == "Processed"
    assert (await seat.roll_back(100, "900001")).balance == START


async def test_amounts_are_exact(seat: Seat, wallet: Wallet, player: Player) -> None:
    key = fresh()
    await seat.stake(0, key, Amount=Decimal("0.000001"))
    entry = (await wallet.statement(player.id, limit=1))[0]
    assert entry.delta == -Money(1, FUN)
    said = await seat.win(0, Amount="7.10")  # as text it means the same
    assert b'"Balance":1007.099999' in said.body
