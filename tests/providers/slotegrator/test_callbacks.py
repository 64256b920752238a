"""Every action of the protocol over real HTTP, against the real wallet."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import permutations

import asyncpg
import pytest

from casino.money import FUN, Money
from casino.play import Play
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from tests.peers.slotegrator.caller import Caller, fresh

FUNDS_REFUSED = {
    "error_code": "INSUFFICIENT_FUNDS",
    "error_description": "Not enough money",
}


async def bet(call: Caller, amount: str, key: str, **more: str | None) -> dict[str, object]:
    fields = {"type": "bet", "round_id": "r-1", **more}
    return await call("bet", amount=amount, transaction_id=key, **fields)


async def win(call: Caller, amount: str, key: str, **more: str | None) -> dict[str, object]:
    fields = {"type": "win", "round_id": "r-1", **more}
    return await call("win", amount=amount, transaction_id=key, **fields)


async def refund(call: Caller, amount: str, key: str, of: str) -> dict[str, object]:
    return await call("refund", amount=amount, transaction_id=key, bet_transaction_id=of)


async def rollback(
    call: Caller, key: str, *items: tuple[str, str, str], **more: str
) -> dict[str, object]:
    listed = [
        {"action": action, "amount": amount, "transaction_id": item, "type": action}
        for action, amount, item in items
    ]
    fields = {"type": "rollback", "provider_round_id": "pr-1", "round_id": "r-1", **more}
    return await call("rollback", transaction_id=key, rollback_transactions=listed, **fields)


async def test_balance(call: Caller) -> None:
    assert await call("balance") == {"balance": Decimal("1000.0000")}
    assert await call("balance", session_id=None) == {"balance": Decimal("1000.0000")}


async def test_a_bet_debits_once_and_its_repeat_answers_the_same(
    call: Caller, wallet: Wallet
) -> None:
    key = fresh()
    first = await bet(call, "1.50", key)
    await bet(call, "100", fresh())
    again = await bet(call, "1.50", key, casino_request_retry_count="1")
    assert first["balance"] == Decimal("998.5")
    assert again == first
    assert await call.balance() == Decimal("898.5")
    assert (await wallet.audit()).ok


async def test_equal_bets_at_once_leave_one_entry_and_equal_replies(call: Caller) -> None:
    key = fresh()
    replies = await asyncio.gather(*(bet(call, "5", key) for _ in range(6)))
    assert all(reply == replies[0] for reply in replies)
    assert await call.balance() == 995


async def test_a_bet_above_the_balance_is_the_funds_error(call: Caller) -> None:
    assert await bet(call, "1000.000001", fresh()) == FUNDS_REFUSED
    assert await call.balance() == 1000


async def test_two_bets_for_money_that_covers_one(call: Caller) -> None:
    replies = await asyncio.gather(*(bet(call, "700", fresh()) for _ in range(2)))
    assert FUNDS_REFUSED in replies
    assert await call.balance() == 300


@pytest.mark.parametrize(("kind", "stored"), [("bet", Kind.BET), ("tip", Kind.TIP)])
async def test_bets_and_tips(
    call: Caller, wallet: Wallet, player: Player, kind: str, stored: Kind
) -> None:
    assert (await bet(call, "2", fresh(), type=kind))["balance"] == 998
    entry = (await wallet.statement(player.id, limit=1))[0]
    assert (entry.kind, entry.delta) == (stored, -Money.parse("2", FUN))


async def test_a_free_spin_with_an_amount_debits_nothing(
    call: Caller, wallet: Wallet, player: Player
) -> None:
    key = fresh()
    first = await bet(call, "3", key, type="freespin", freespin_id="f-1")
    assert first["balance"] == 1000
    assert await bet(call, "3", key, type="freespin", freespin_id="f-1") == first
    entry = (await wallet.statement(player.id, limit=1))[0]
    assert (entry.kind, entry.delta.units) == (Kind.PROMO_BET, 0)


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("win", Kind.WIN),
        ("jackpot", Kind.JACKPOT),
        ("freespin", Kind.FREE_SPIN_WIN),
        ("bonus", Kind.PROMO_WIN),
        ("promo", Kind.PROMO_WIN),
        ("prize_drop", Kind.PROMO_WIN),
        ("pragmatic_prize_drop", Kind.PROMO_WIN),
        ("unaccounted_promo", Kind.PROMO_WIN),
        ("loyalty_win", Kind.PROMO_WIN),
        ("tournament", Kind.TOURNAMENT_WIN),
        ("pragmatic_tournament", Kind.TOURNAMENT_WIN),
    ],
)
async def test_every_win_credits_once_even_without_a_round_session_or_game(
    call: Caller, wallet: Wallet, player: Player, kind: str, stored: Kind
) -> None:
    key = fresh()
    bare = {"round_id": None, "session_id": None, "game_uuid": None, "type": kind}
    first = await win(call, "7.25", key, **bare)
    assert first["balance"] == Decimal("1007.25")
    assert await win(call, "7.25", key, **bare) == first
    assert (await wallet.statement(player.id, limit=1))[0].kind is stored


async def test_a_win_of_nothing_is_a_win(call: Caller) -> None:
    reply = await win(call, "0", fresh(), finished="1")
    assert reply["balance"] == 1000
    assert reply["transaction_id"]


async def test_a_win_is_paid_whatever_became_of_session_player_and_game(
    call: Caller, play: Play, player: Player
) -> None:
    await bet(call, "1", fresh())
    await play.end_session(player.id, call.player["session_id"])
    assert (await bet(call, "1", fresh()))["error_code"] == "INTERNAL_ERROR"
    assert (await win(call, "5", fresh(), game_uuid="another-game"))["balance"] == 1004
    assert (await win(call, "5", fresh(), session_id="another-session"))["balance"] == 1009


async def test_a_refund_returns_a_bet_once(call: Caller) -> None:
    stake, first, second = fresh(), fresh(), fresh()
    await bet(call, "10", stake)
    refunded = await refund(call, "10", first, of=stake)
    assert refunded["balance"] == 1000
    assert await refund(call, "10", first, of=stake) == refunded
    assert (await refund(call, "10", second, of=stake))["balance"] == 1000


async def test_a_partial_refund_returns_its_own_amount_and_never_more_than_the_bet(
    call: Caller,
) -> None:
    small, large = fresh(), fresh()
    await bet(call, "10", small)
    assert (await refund(call, "4", fresh(), of=small))["balance"] == 994
    await bet(call, "10", large)
    assert (await refund(call, "25", fresh(), of=large))["balance"] == 994


async def test_a_refund_before_its_bet_blocks_the_bet(call: Caller, wallet: Wallet) -> None:
    stake, key = fresh(), fresh()
    early = await refund(call, "10", key, of=stake)
    assert early["balance"] == 1000
    assert early["transaction_id"]
    late = await bet(call, "10", stake)
    assert late["balance"] == 1000
    assert await bet(call, "10", stake) == late
    assert await refund(call, "10", key, of=stake) == early
    assert (await wallet.audit()).ok


async def test_a_rollback_undoes_only_what_it_lists_and_names_all_of_it(call: Caller) -> None:
    stake, other, payout, unknown, key = (fresh() for _ in range(5))
    await bet(call, "10", stake)
    await bet(call, "5", other)
    await win(call, "40", payout)
    items = (("bet", "10", stake), ("win", "40", payout), ("win", "3", unknown))
    done = await rollback(call, key, *items)
    assert done["balance"] == 995
    assert done["rollback_transactions"] == [stake, payout, unknown]
    assert done["transaction_id"]
    assert await rollback(call, key, *items) == done
    assert (await win(call, "3", unknown))["balance"] == 995
    assert (await rollback(call, fresh(), *items))["balance"] == 995


async def test_a_rollback_may_list_one_transaction_twice(call: Caller) -> None:
    stake = fresh()
    await bet(call, "10", stake)
    done = await rollback(call, fresh(), ("bet", "10", stake), ("bet", "10", stake))
    assert done["balance"] == 1000
    assert done["rollback_transactions"] == [stake]


async def test_a_rolled_back_refund_takes_the_stake_again(call: Caller) -> None:
    stake, returned = fresh(), fresh()
    await bet(call, "10", stake)
    await refund(call, "10", returned, of=stake)
    assert (await rollback(call, fresh(), ("refund", "10", returned)))["balance"] == 990


async def test_a_rolled_back_win_that_was_spent_leaves_a_debt_that_credits_pay_first(
    call: Caller, wallet: Wallet
) -> None:
    payout = fresh()
    await win(call, "50", payout)
    await bet(call, "1050", fresh())
    assert (await rollback(call, fresh(), ("win", "50", payout)))["balance"] == 0
    assert await call.balance() == 0
    assert (await win(call, "60", fresh()))["balance"] == 10
    assert (await wallet.audit()).ok


async def test_a_round_ends_at_the_same_balance_in_any_order_with_duplicates(
    call: Caller, wallet: Wallet
) -> None:
    expected = Decimal(1000)
    for order in permutations(range(3)):
        stake, payout, key, round_id = (fresh() for _ in range(4))
        steps = (
            lambda s=stake, r=round_id: bet(call, "10", s, round_id=r),
            lambda p=payout, r=round_id: win(call, "25", p, round_id=r, finished="1"),
            lambda k=key, s=stake, r=round_id: rollback(call, k, ("bet", "10", s), round_id=r),
        )
        for step in order:
            await steps[step]()
            await steps[step]()
        expected += 25
        assert await call.balance() == expected, order
    assert (await wallet.audit()).ok


async def test_finished_closes_the_round_and_late_wins_still_count(
    call: Caller, second: asyncpg.Connection
) -> None:
    await bet(call, "1", fresh())
    key = fresh()
    await win(call, "2", key, finished="1")
    closed = await second.fetchval("SELECT ends_round FROM transfers WHERE key = $1", key)
    assert closed is True
    assert (await win(call, "2", fresh()))["balance"] == 1003


async def test_the_balance_is_cut_towards_zero_at_the_agreed_places(
    call: Caller, wallet: Wallet, player: Player
) -> None:
    grant = Op(Kind.GRANT, "g", Money.parse("0.999999", FUN).units)
    await wallet.apply(Batch(player.id, FUN, "test", (grant,)))
    assert await call.balance() == Decimal("1000.9999")


async def test_bonus_money_may_be_staked_so_it_is_in_the_balance(
    call: Caller, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "UPDATE accounts SET bonus = 5000000 WHERE player_id = $1 AND currency_id = $2",
        player.id,
        FUN.id,
    )
    assert await call.balance() == 1005


async def test_a_wallet_that_is_busy_too_long_takes_no_stake_and_recovers(
    call: Caller, wallet: Wallet, second: asyncpg.Connection
) -> None:
    stake, payout = fresh(), fresh()
    async with second.transaction():
        await second.execute("SELECT FROM accounts FOR UPDATE")
        answers = await asyncio.gather(bet(call, "10", stake), win(call, "3", payout))
    assert [a["error_code"] for a in answers] == ["INTERNAL_ERROR", "INTERNAL_ERROR"]
    assert (await win(call, "3", payout, casino_request_retry_count="1"))["balance"] == 1003
    for _ in range(200):
        if await second.fetchval("SELECT count(*) FROM transfers WHERE reference = $1", stake):
            break
        await asyncio.sleep(0.05)
    assert (await refund(call, "10", fresh(), of=stake))["balance"] == 1003
    assert (await bet(call, "1", fresh()))["balance"] == 1002
    assert (await wallet.audit()).ok
