"""Every action of both generations over real HTTP, against the real wallet."""

from __future__ import annotations

import asyncio
import re
from itertools import permutations

import asyncpg
import pytest

from casino.play import Play
from casino.players import Player
from casino.wallet import Wallet
from tests.providers.softswiss.conftest import FUNDS, Seat

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


async def moved(second: asyncpg.Connection) -> list[tuple[int, str, int]]:
    """What providers moved: kind, key and the change of cash, oldest first."""
    rows = await second.fetch(
        "SELECT kind_id, key, cash_delta FROM transfers WHERE kind_id < 60 ORDER BY seq"
    )
    return [tuple(row) for row in rows]


async def test_balance(seat: Seat) -> None:
    said = await seat.vendor.balance(seat.player)
    assert (said.status, said.outcome, said.balance) == (200, "ok", FUNDS)
    assert list(said.json) == ["balance"]


async def test_a_bet_and_its_win_in_one_request(seat: Seat, second: asyncpg.Connection) -> None:
    said = await seat.moves(("bet", 150, "a-1"), ("win", 425, "a-2"), finished=True)
    assert (said.status, said.balance) == (200, FUNDS + 275)
    assert await moved(second) == [(1, "a-1", -150), (20, "a-2", 425)]
    ends = await second.fetch("SELECT key FROM transfers WHERE ends_round")
    assert [row["key"] for row in ends] == ["a-2"]


async def test_the_shape_of_the_answer(seat: Seat) -> None:
    answer = (await seat.moves(("bet", 150, "a-1"), ("win", 425, "a-2"))).json
    if seat.vendor.generation == "v1":
        assert answer["balance"] == FUNDS + 275
        assert answer["game_id"] == "r-1"
        theirs, ours, extra = "action_id", "tx_id", set()
    else:
        assert answer["balance"] == "1000.000275"
        assert answer["round_id_casino"] == "r-1"
        theirs, ours, extra = "id", "id_casino", {"bonus_amount"}
    items = answer["transactions"]
    assert [item[theirs] for item in items] == ["a-1", "a-2"]
    assert len({item[ours] for item in items}) == 2
    for item in items:
        assert set(item) == {theirs, ours, "processed_at"} | extra
        assert MOMENT.fullmatch(item["processed_at"])
        assert item.get("bonus_amount", "0.00") == "0.00"


async def test_a_repeat_gets_the_first_answer_but_for_the_time(
    seat: Seat, second: asyncpg.Connection
) -> None:
    first = await seat.moves(("bet", 150, "a-1"), ("win", 425, "a-2"))
    await seat.bet(1_000, "a-3")
    again = await seat.moves(("bet", 150, "a-1"), ("win", 425, "a-2"))
    assert (again.balance, again.transaction) == (first.balance, first.transaction)
    assert again.status == 200
    assert len(await moved(second)) == 3


async def test_a_repeat_with_something_new_ends_at_the_newest_balance(seat: Seat) -> None:
    await seat.bet(100, "a-1")
    said = await seat.moves(("win", 500, "a-2"), ("bet", 100, "a-1"))
    assert said.balance == FUNDS + 400


async def test_equal_requests_at_once_leave_one_entry(
    seat: Seat, second: asyncpg.Connection
) -> None:
    answers = await asyncio.gather(*(seat.bet(500, "a-1") for _ in range(6)))
    assert {(said.status, said.balance, said.transaction) for said in answers} == {
        (200, FUNDS - 500, answers[0].transaction)
    }
    assert await moved(second) == [(1, "a-1", -500)]


async def test_two_bets_for_money_that_covers_one(seat: Seat) -> None:
    most = FUNDS * 7 // 10
    answers = await asyncio.gather(*(seat.bet(most, key) for key in ("a-1", "a-2")))
    assert sorted(said.outcome for said in answers) == ["insufficient_funds", "ok"]
    assert await seat.balance() == FUNDS - most


async def test_one_action_that_fails_fails_all(seat: Seat, second: asyncpg.Connection) -> None:
    said = await seat.moves(("bet", 100, "a-1"), ("bet", FUNDS, "a-2"), ("win", 5, "a-3"))
    assert (said.outcome, said.balance) == ("insufficient_funds", FUNDS)
    assert await moved(second) == []
    assert (await seat.bet(100, "a-1")).balance == FUNDS - 100


async def test_actions_are_executed_in_order(seat: Seat) -> None:
    said = await seat.moves(("win", 10, "a-1"), ("bet", FUNDS + 10, "a-2"))
    assert (said.outcome, said.balance) == ("ok", 0)
    said = await seat.moves(("bet", 10, "a-3"), ("win", 10, "a-4"))
    assert said.outcome == "insufficient_funds"


async def test_nothing_is_moved_and_remembered_too(seat: Seat, second: asyncpg.Connection) -> None:
    said = await seat.moves(("bet", 0, "a-1"), ("win", 0, "a-2"), finished=True)
    assert (said.status, said.balance) == (200, FUNDS)
    assert said.transaction
    assert await moved(second) == [(1, "a-1", 0), (20, "a-2", 0)]


async def test_a_win_before_its_bet_is_paid(seat: Seat) -> None:
    assert (await seat.win(300, "a-2")).balance == FUNDS + 300
    assert (await seat.bet(100, "a-1")).balance == FUNDS + 200


async def test_a_round_is_finished_once_and_wins_come_later_too(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await seat.bet(100, "a-1")
    first = await seat.vendor.finish(seat.player, "r-1")
    again = await seat.vendor.finish(seat.player, "r-1")
    assert (first.status, first.balance) == (again.status, again.balance) == (200, FUNDS - 100)
    assert [key for kind, key, _ in await moved(second) if kind == 41] == ["finish:r-1"]
    assert (await seat.win(7, "a-2")).balance == FUNDS - 93


async def test_a_rollback_gives_a_bet_back_once(seat: Seat, second: asyncpg.Connection) -> None:
    await seat.bet(100, "a-1")
    first = await seat.undo(("b-1", "a-1"), finished=True)
    assert (first.status, first.balance) == (200, FUNDS)
    assert first.transaction
    await seat.bet(30, "a-2")
    again = await seat.undo(("b-1", "a-1"), finished=True)
    assert (again.balance, again.transaction) == (first.balance, first.transaction)
    other = await seat.undo(("b-2", "a-1"))
    assert (other.status, other.balance) == (200, FUNDS - 30)
    assert [delta for _, _, delta in await moved(second)] == [-100, 100, -30]


async def test_a_rolled_back_bet_that_is_repeated_is_not_taken_again(seat: Seat) -> None:
    first = await seat.bet(100, "a-1")
    await seat.undo(("b-1", "a-1"))
    again = await seat.bet(100, "a-1")
    assert (again.balance, again.transaction) == (first.balance, first.transaction)
    assert await seat.balance() == FUNDS


async def test_rolling_back_what_never_came_succeeds_without_an_id_every_time(
    seat: Seat,
) -> None:
    for key in ("b-1", "b-1", "b-2"):
        said = await seat.undo((key, "a-1"))
        assert (said.status, said.balance, said.transaction) == (200, FUNDS, "")


async def test_the_late_original_is_accepted_and_moves_nothing(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await seat.undo(("b-1", "a-1"), ("b-2", "a-2"))
    late = await seat.moves(("bet", 100, "a-1"), ("win", 900, "a-2"))
    assert (late.status, late.balance) == (200, FUNDS)
    assert {delta for _, _, delta in await moved(second)} == {0}
    # The late ones were not stored: their rollbacks still name nothing.
    assert (await seat.undo(("b-1", "a-1"))).transaction == ""


async def test_a_bet_of_nothing_that_is_rolled_back_has_an_id(seat: Seat) -> None:
    await seat.bet(0, "a-1")
    first = await seat.undo(("b-1", "a-1"))
    assert first.transaction
    assert (await seat.undo(("b-1", "a-1"))).transaction == first.transaction


async def test_a_win_is_taken_back_though_it_was_spent(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await seat.win(500, "a-1")
    await seat.bet(FUNDS + 400, "a-2", "r-2")
    said = await seat.undo(("b-1", "a-1"))
    assert (said.status, said.balance) == (200, 0)
    assert (await second.fetchval("SELECT cash FROM accounts WHERE currency_id = 3")) == -400
    assert (await seat.win(1_000, "a-3", "r-2")).balance == 600


async def test_several_rollbacks_in_one_request(seat: Seat) -> None:
    await seat.moves(("bet", 100, "a-1"), ("win", 40, "a-2"))
    said = await seat.undo(("b-1", "a-1"), ("b-2", "a-2"), ("b-3", "a-9"))
    assert said.balance == FUNDS
    ids = [t.get("tx_id", t.get("id_casino")) for t in said.json["transactions"]]
    assert [bool(ours) for ours in ids] == [True, True, False]


async def test_any_order_of_a_round_ends_at_the_same_balance(seat: Seat, wallet: Wallet) -> None:
    for number, order in enumerate(permutations(("bet", "win", "unbet", "unwin"))):
        bet, win, where = f"a-{number}", f"w-{number}", {"round_": f"r-{number}"}
        for step in order:
            for _ in range(2):
                if step == "bet":
                    said = await seat.bet(100, bet, **where)
                elif step == "win":
                    said = await seat.win(70, win, **where)
                else:
                    original = bet if step == "unbet" else win
                    said = await seat.undo((f"{step}-{number}", original), **where)
                assert said.status == 200
        assert await seat.balance() == FUNDS, order
    assert (await wallet.audit()).ok


async def test_wins_and_rollbacks_ask_for_neither_session_nor_game_nor_player(
    seat: Seat, play: Play, player: Player, second: asyncpg.Connection
) -> None:
    await seat.bet(100, "a-1")
    await play.end_session(player.id, seat.session)
    assert (await seat.bet(100, "a-2", "r-2")).outcome == "player_unknown"
    await second.execute("UPDATE games SET enabled = false")
    await second.execute("UPDATE accounts SET frozen = true")
    assert (await seat.win(50, "a-3", "r-2", game="acceptance:gone")).balance == FUNDS - 50
    assert (await seat.undo(("b-1", "a-1"))).balance == FUNDS + 50
    assert (await seat.vendor.finish(seat.player, "r-2")).status == 200


async def test_a_key_signs_until_it_is_rotated_out(seat: Seat) -> None:
    seat.vendor.key = "test-auth-token-0"
    assert (await seat.bet(100, "a-1")).balance == FUNDS - 100
    seat.vendor.key = "test-auth-token-2"
    assert (await seat.bet(100, "a-2")).outcome == "bad_signature"


@pytest.mark.parametrize("generation", ["v2"])
@pytest.mark.parametrize("changed", [{"echoes_session": True}, {"echoes_session": False}])
async def test_a_session_on_the_wire_counts_where_it_is_said_to_be_ours(
    seat: Seat, changed: dict[str, object]
) -> None:
    foreign = await seat.bet(100, "a-1", session="of-the-vendor")
    assert foreign.outcome == ("player_unknown" if changed["echoes_session"] else "ok")


@pytest.mark.parametrize("generation", ["v2"])
async def test_promotions(seat: Seat, second: asyncpg.Connection) -> None:
    vendor = seat.vendor
    first = await vendor.promo("Win", seat.player, 700, event_id="e-1", id="p-1")
    again = await vendor.promo("Win", seat.player, 700, event_id="e-1", id="p-1")
    assert (first.status, first.balance) == (200, FUNDS + 700)
    assert (again.balance, again.transaction) == (first.balance, first.transaction)
    assert set(first.json) == {"balance", "id", "id_casino", "bonus_amount", "processed_at"}
    cup = await vendor.promo("Win", seat.player, 5, event_id="e-2", event_type="Tournament")
    assert (cup.json["id"], cup.balance) == ("e-2", FUNDS + 705)
    assert await moved(second) == [(23, "p-1", 700), (24, "e-2", 5)]


@pytest.mark.parametrize("generation", ["v2"])
async def test_a_promotions_bet_is_a_stake(seat: Seat, second: asyncpg.Connection) -> None:
    named = {"game_id": "test", "provider": "acceptance", "session_id": seat.session}
    vendor = seat.vendor
    said = await vendor.promo("Bet", seat.player, 100, event_id="e-1", **named)
    assert (said.outcome, said.balance) == ("ok", FUNDS - 100)
    assert await moved(second) == [(4, "e-1", -100)]
    # Without a game and a session nobody could say whether it may be taken.
    assert (await vendor.promo("Bet", seat.player, 100, event_id="e-2")).outcome != "ok"
