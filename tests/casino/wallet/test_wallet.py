from __future__ import annotations

import asyncio

import asyncpg

from casino.money import FUN, TON, Money
from casino.players import Player
from casino.wallet import Applied, Batch, Kind, Op, Outcome, Refusal, Refused, Wallet


def bet(key: str, units: int, round_id: str = "r1") -> Op:
    return Op(Kind.BET, key, units, round_id)


def win(key: str, units: int, round_id: str = "r1") -> Op:
    return Op(Kind.WIN, key, units, round_id)


def batch(player: Player, *ops: Op, late_accepted: bool = True) -> Batch:
    return Batch(player.id, FUN, "test", ops, late_accepted=late_accepted)


async def cash(second: asyncpg.Connection, player: Player) -> int:
    return int(
        await second.fetchval(
            "SELECT cash FROM accounts WHERE player_id = $1 AND currency_id = $2",
            player.id,
            FUN.id,
        )
    )


async def test_a_bet_and_a_win_move_the_balance_and_commit_together(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    answer = await wallet.apply(batch(player, bet("b", 100), win("w", 250)))
    assert isinstance(answer, Applied)
    assert [i.outcome for i in answer.items] == [Outcome.APPLIED, Outcome.APPLIED]
    assert await cash(second, player) == 1_000_000_150 == answer.balance.cash
    assert (await wallet.audit()).ok


async def test_the_same_key_pays_once_and_answers_the_first_balance_again(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    first = await wallet.apply(batch(player, bet("b", 100)))
    await wallet.apply(batch(player, bet("b2", 1000)))
    again = await wallet.apply(batch(player, bet("b", 100)))
    assert isinstance(first, Applied)
    assert isinstance(again, Applied)
    assert again.items[0].outcome is Outcome.REPLAYED
    assert again.items[0].balance_units == first.items[0].balance_units
    assert again.items[0].transfer_id == first.items[0].transfer_id
    assert await cash(second, player) == 999_998_900


async def test_the_same_key_with_another_amount_is_refused(wallet: Wallet, player: Player) -> None:
    await wallet.apply(batch(player, bet("b", 100)))
    answer = await wallet.apply(batch(player, bet("b", 101)))
    assert isinstance(answer, Refused)
    assert answer.reason is Refusal.KEY_CONFLICT


async def test_two_stakes_at_once_never_overdraw(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(
        *(wallet.apply(batch(player, bet(f"b{n}", 300_000_000))) for n in range(10))
    )
    assert sum(isinstance(a, Applied) for a in answers) == 3
    assert await cash(second, player) == 100_000_000
    assert (await wallet.audit()).ok


async def test_concurrent_equal_requests_leave_one_entry_and_equal_answers(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(
        *(wallet.apply(batch(player, bet("same", 7))) for _ in range(12))
    )
    assert {a.items[0].balance_units for a in answers if isinstance(a, Applied)} == {999_999_993}
    assert await second.fetchval("SELECT count(*) FROM transfers WHERE key = 'same'") == 1


async def test_a_refused_batch_leaves_nothing(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    before = await second.fetchval("SELECT count(*) FROM transfers")
    answer = await wallet.apply(batch(player, win("w", 5), bet("b", 2_000_000_000)))
    assert isinstance(answer, Refused)
    assert answer.reason is Refusal.NOT_ENOUGH_MONEY
    assert await second.fetchval("SELECT count(*) FROM transfers") == before


async def test_a_rollback_before_its_bet_blocks_the_bet(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    back = await wallet.apply(batch(player, Op(Kind.REVERSAL, "back", reference="b")))
    late = await wallet.apply(batch(player, bet("b", 100)))
    assert isinstance(back, Applied)
    assert back.items[0].outcome is Outcome.TOMBSTONED
    assert isinstance(late, Applied)
    assert late.items[0].outcome is Outcome.LATE
    strict = await wallet.apply(batch(player, bet("b", 100), late_accepted=False))
    assert isinstance(strict, Refused)
    assert strict.reason is Refusal.LATE_ORIGINAL
    assert await cash(second, player) == 1_000_000_000
    assert (await wallet.audit()).ok


async def test_a_win_taken_back_after_it_was_spent_leaves_a_deficit_that_credits_pay_first(
    wallet: Wallet, player: Player
) -> None:
    await wallet.apply(batch(player, win("w", 500)))
    await wallet.apply(batch(player, bet("all", 1_000_000_500, "r2")))
    taken = await wallet.apply(batch(player, Op(Kind.REVERSAL, "back", reference="w")))
    assert isinstance(taken, Applied)
    assert taken.balance.cash == -500
    assert taken.balance.available == Money.zero(FUN)
    paid = await wallet.apply(batch(player, win("w2", 700, "r3")))
    assert isinstance(paid, Applied)
    assert paid.balance.available == Money(200, FUN)
    assert (await wallet.audit()).ok


async def test_a_partial_refund_returns_its_part_once(wallet: Wallet, player: Player) -> None:
    await wallet.apply(batch(player, bet("b", 100)))
    part = await wallet.apply(batch(player, Op(Kind.REVERSAL, "p", 40, reference="b")))
    more = await wallet.apply(batch(player, Op(Kind.REVERSAL, "q", 60, reference="b")))
    assert isinstance(part, Applied)
    assert isinstance(more, Applied)
    assert part.balance.cash == 999_999_940
    assert more.items[0].outcome is Outcome.ALREADY_ENDED
    assert more.balance.cash == 999_999_940


async def test_an_unknown_player_is_refused_and_no_account_appears(
    wallet: Wallet, second: asyncpg.Connection
) -> None:
    answer = await wallet.apply(Batch(9_999_999, FUN, "test", (bet("b", 1),)))
    assert answer == Refused(Refusal.UNKNOWN_PLAYER, None)
    assert await second.fetchval("SELECT count(*) FROM accounts WHERE player_id = 9999999") == 0


async def test_another_players_same_key_is_another_key(
    wallet: Wallet, player: Player, players: object
) -> None:
    from casino.players import Players, TelegramUser

    assert isinstance(players, Players)
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    one = await wallet.apply(batch(player, bet("b", 1)))
    two = await wallet.apply(batch(other, bet("b", 2)))
    assert isinstance(one, Applied)
    assert isinstance(two, Applied)
    assert two.items[0].outcome is Outcome.APPLIED


async def test_statement_pages_newest_first_over_currencies(
    wallet: Wallet, player: Player
) -> None:
    for n in range(5):
        await wallet.apply(batch(player, bet(f"b{n}", n + 1)))
        await wallet.apply(Batch(player.id, TON, "rail", (Op(Kind.DEPOSIT, f"d{n}", 10),)))
    whole = await wallet.statement(player.id, limit=50)
    assert len(whole) == 11
    assert [e.at for e in whole] == sorted((e.at for e in whole), reverse=True)
    pages, before = [], None
    while page := await wallet.statement(player.id, limit=3, before=before):
        pages += page
        before = page[-1].id
    assert pages == whole
    assert [e.currency for e in await wallet.statement(player.id, limit=9, currency=TON)] == [
        TON
    ] * 5
