"""Every action of the protocol over real HTTP, against the real wallet."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from casino.money import EUR, FUN
from casino.play import Play
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from tests.providers.hub88.conftest import CENT, Seat, fresh, transfers


async def test_balance_is_in_the_sessions_currency(seat: Seat) -> None:
    asked: dict[str, Any] = {"user": seat.user, "token": seat.session, "game_code": seat.game}
    said = await seat.vendor.call("user/balance", request_uuid="q-1", **asked)
    assert said.status == 200
    assert said.json == {
        "status": "RS_OK",
        "user": seat.user,
        "request_uuid": "q-1",
        "currency": "EUR",
        "balance": 10_000_000,
    }


async def test_user_info(seat: Seat) -> None:
    said = await seat.vendor.call("user/info", user=seat.user, request_uuid="q-2")
    assert said.json == {
        "status": "RS_OK",
        "user": seat.user,
        "request_uuid": "q-2",
        "country": "XX",
    }


async def test_a_bet_debits_once_and_its_repeat_echoes_the_repeats_request(
    seat: Seat, second: asyncpg.Connection, wallet: Wallet
) -> None:
    key = fresh()
    first = await seat.bet(150, key, request_uuid="q-1")
    assert first.json == {
        "status": "RS_OK",
        "user": seat.user,
        "request_uuid": "q-1",
        "currency": "EUR",
        "balance": 9_850_000,
    }
    await seat.bet(1_000, fresh())
    again = await seat.bet(150, key, request_uuid="q-2")
    assert again.json == first.json | {"request_uuid": "q-2"}
    assert await seat.balance() == 8_850
    assert len(await transfers(second)) == 2
    assert (await wallet.audit()).ok


async def test_equal_bets_at_once_leave_one_entry_and_equal_replies(
    seat: Seat, second: asyncpg.Connection
) -> None:
    key = fresh()
    said = await asyncio.gather(*(seat.bet(500, key, request_uuid="q") for _ in range(6)))
    assert {one.body for one in said} == {said[0].body}
    assert await transfers(second) == [(Kind.BET, -500, key)]


async def test_a_bet_above_the_balance_says_the_balance(
    seat: Seat, second: asyncpg.Connection
) -> None:
    said = await seat.bet(10_001, fresh(), request_uuid="q")
    assert said.json == {
        "status": "RS_ERROR_NOT_ENOUGH_MONEY",
        "user": seat.user,
        "request_uuid": "q",
        "currency": "EUR",
        "balance": 10_000_000,
    }
    assert await transfers(second) == []


async def test_two_bets_for_money_that_covers_one(seat: Seat) -> None:
    said = await asyncio.gather(*(seat.bet(7_000, fresh()) for _ in range(2)))
    assert sorted(one.outcome for one in said) == ["insufficient_funds", "ok"]
    assert await seat.balance() == 3_000


async def test_a_bet_of_nothing_is_a_bet(seat: Seat, second: asyncpg.Connection) -> None:
    key = fresh()
    assert (await seat.bet(0, key)).balance == 10_000
    assert await transfers(second) == [(Kind.BET, 0, key)]


async def test_a_free_bet_with_an_amount_debits_nothing_and_alarms(
    seat: Seat, second: asyncpg.Connection
) -> None:
    key = fresh()
    free = {"is_free": True, "reward_uuid": fresh()}
    with capture_logs() as logs:
        first = await seat.bet(300, key, request_uuid="q", **free)
    assert [line["amount"] for line in logs if line.get("alert")] == ["3 EUR"]
    assert first.balance == 10_000
    assert (await seat.bet(300, key, request_uuid="q", **free)).body == first.body
    assert await transfers(second) == [(Kind.PROMO_BET, 0, key)]


async def test_a_game_chosen_inside_the_session_is_the_one_that_is_settled(
    seat: Seat, second: asyncpg.Connection
) -> None:
    key = fresh()
    assert (await seat.bet(100, key, game_code="std_game2")).outcome == "ok"
    named = await second.fetchval(
        "SELECT g.external_id FROM transfers t JOIN games g ON g.id = t.game_id WHERE t.key = $1",
        key,
    )
    assert named == "std_game2"


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({}, Kind.WIN),
        ({"is_free": True}, Kind.FREE_SPIN_WIN),
        ({"is_free": True, "reward_uuid": "w-1"}, Kind.FREE_SPIN_WIN),
        ({"is_supplier_promo": True, "is_free": True}, Kind.PROMO_WIN),
        ({"is_aggregated": True}, Kind.WIN),
    ],
)
async def test_every_win_credits_once(
    seat: Seat, second: asyncpg.Connection, flags: dict[str, Any], kind: Kind
) -> None:
    stake, key = fresh(), fresh()
    await seat.bet(100, stake)
    first = await seat.win(725, key, stake, request_uuid="q", **flags)
    assert first.balance == 10_625
    assert (await seat.win(725, key, stake, request_uuid="q", **flags)).body == first.body
    assert (await transfers(second))[1:] == [(kind, 725, key)]


@pytest.mark.parametrize(
    "flags",
    [
        {"is_free": True, "reward_uuid": "w-1"},
        {"is_supplier_promo": True, "is_free": True},
        {"is_supplier_promo": True},
    ],
)
async def test_rewards_and_promotions_are_won_without_a_bet(
    seat: Seat, flags: dict[str, Any]
) -> None:
    assert (await seat.win(100, fresh(), None, **flags)).balance == 10_100
    assert (await seat.win(100, fresh(), fresh(), **flags)).balance == 10_200


async def test_a_win_of_nothing_closes_the_round(seat: Seat, second: asyncpg.Connection) -> None:
    stake, key = fresh(), fresh()
    await seat.bet(100, stake)
    assert (await seat.win(0, key, stake, round_closed=True)).balance == 9_900
    closed = await second.fetchval("SELECT ends_round FROM transfers WHERE key = $1", key)
    assert closed is True


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("flags", [{}, {"is_free": True}, {"reward_uuid": "w-1"}])
async def test_a_win_whose_bet_is_unknown_is_not_paid(seat: Seat, flags: dict[str, Any]) -> None:
    said = await seat.win(500, fresh(), fresh(), request_uuid="q", **flags)
    assert said.json == {
        "status": "RS_ERROR_TRANSACTION_DOES_NOT_EXIST",
        "user": seat.user,
        "request_uuid": "q",
    }
    bare = await seat.win(500, fresh(), None, **flags)
    assert bare.json["status"] == "RS_ERROR_WRONG_SYNTAX"


async def test_a_win_whose_bet_was_rolled_back_is_not_paid_but_an_earlier_one_keeps_its_answer(
    seat: Seat,
) -> None:
    stake, key = fresh(), fresh()
    await seat.bet(100, stake)
    paid = await seat.win(300, key, stake, request_uuid="q")
    await seat.rollback(fresh(), stake)
    assert (await seat.win(300, fresh(), stake)).outcome == "not_found"
    assert (await seat.win(300, key, stake, request_uuid="q")).body == paid.body
    assert (await seat.win(301, key, stake)).outcome == "conflict"
    assert await seat.balance() == 10_300


async def test_a_win_is_no_bet_of_another_win(seat: Seat) -> None:
    stake, key = fresh(), fresh()
    await seat.bet(100, stake)
    await seat.win(300, key, stake)
    assert (await seat.win(300, fresh(), key)).outcome == "not_found"


@pytest.mark.parametrize("policy", [{"wins_need_bets": False}])
async def test_wins_need_no_bets_where_the_account_says_so(seat: Seat) -> None:
    assert (await seat.win(500, fresh(), fresh())).balance == 10_500
    assert (await seat.win(500, fresh(), None)).balance == 11_000


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 2 * CENT},
        {"round": "r-2"},
        {"currency": "FUN"},
        {"is_free": True},
    ],
)
async def test_the_same_id_with_other_content_is_a_duplicate(
    seat: Seat, second: asyncpg.Connection, changed: dict[str, Any]
) -> None:
    key = fresh()
    await seat.bet(1, key)
    said = await seat.bet(1, key, request_uuid="q", **changed)
    assert said.json == {
        "status": "RS_ERROR_DUPLICATE_TRANSACTION",
        "user": seat.user,
        "request_uuid": "q",
    }
    assert (await seat.win(1, key, key)).outcome == "conflict"
    assert (await seat.rollback(key, fresh())).outcome == "conflict"
    assert await transfers(second) == [(Kind.BET, -1, key)]


async def test_a_dead_session_takes_no_stake_but_pays_wins_and_rollbacks(
    seat: Seat, play: Play, player: Player
) -> None:
    stake, other = fresh(), fresh()
    await seat.bet(100, stake)
    await seat.bet(100, other)
    await play.end_session(player.id, seat.session)
    said = await seat.bet(100, fresh(), request_uuid="q")
    assert said.json == {
        "status": "RS_ERROR_TOKEN_EXPIRED",
        "user": seat.user,
        "request_uuid": "q",
    }
    assert (await seat.win(500, fresh(), stake)).balance == 10_300
    assert (await seat.win(500, fresh(), stake, token="t" * 26)).balance == 10_800
    assert (await seat.win(500, fresh(), stake, game_code="no_such_game")).balance == 11_300
    assert (await seat.rollback(fresh(), other)).balance == 11_400
    assert await seat.balance() == 11_400


async def test_a_promotion_of_a_studio_is_noted_after_the_session_too(
    seat: Seat, play: Play, player: Player, second: asyncpg.Connection
) -> None:
    await play.end_session(player.id, seat.session)
    promo = {"is_supplier_promo": True, "is_free": True}
    key = fresh()
    assert (await seat.bet(0, key, **promo)).balance == 10_000
    assert (await seat.bet(0, key, **promo)).balance == 10_000
    assert (await seat.win(900, fresh(), key, **promo)).balance == 10_900
    assert (await transfers(second))[0] == (Kind.PROMO_WIN, 0, key)
    stranger = await seat.bet(0, fresh(), token="t" * 26, **promo)
    assert stranger.json["status"] == "RS_ERROR_INVALID_TOKEN"


async def test_a_round_ends_at_the_same_balance_in_any_order_with_duplicates(
    seat: Seat, wallet: Wallet
) -> None:
    expected = 10_000
    for order in permutations(range(3)):
        stake, payout, key, round_id = (fresh() for _ in range(4))
        reward = {"is_free": True, "reward_uuid": "w-1", "round": round_id}
        steps = (
            lambda s=stake, r=round_id: seat.bet(1_000, s, round=r),
            lambda p=payout, f=reward: seat.win(25, p, None, **f),
            lambda k=key, s=stake, r=round_id: seat.rollback(k, s, round=r),
        )
        for step in order:
            await steps[step]()
            await steps[step]()
        expected += 25
        assert await seat.balance() == expected, order
    assert (await wallet.audit()).ok


async def test_the_balance_is_cut_towards_zero_at_five_places(
    seat: Seat, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.GRANT, "dust", 19),)))
    await second.execute("UPDATE game_sessions SET currency_id = $1", FUN.id)
    asked: dict[str, Any] = {"user": seat.user, "token": seat.session, "game_code": seat.game}
    said = await seat.vendor.call("user/balance", **asked)
    assert (said.json["currency"], said.json["balance"]) == ("FUN", 100_000_001)


async def test_bonus_money_may_be_staked_so_it_is_in_the_balance(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE accounts SET bonus = 500 WHERE currency_id = $1", EUR.id)
    assert await seat.balance() == 10_500
