"""Whose call it is, and whether they may stake: what is refused, and what never is."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from casino.money import FUN
from casino.play import Play
from casino.players import Player
from tests.providers.everymatrix.seat import START, Seat, failed, fresh


async def test_a_dead_session_takes_no_wager_but_ends_its_rounds(
    seat: Seat, play: Play, player: Player
) -> None:
    stake, payout = fresh(), fresh()
    await seat.stake(1000, stake)
    await play.end_session(player.id, seat.session)
    refused = await seat.stake(1000)
    assert failed(refused, 103, "User not found", "WalletDebit", seat.session)
    assert (await seat.stake(1000, stake)).code == 0  # it stood before
    assert (await seat.win(500, payout)).balance == START - 500
    assert (await seat.roll_back(500, payout)).balance == START - 1000
    assert (await seat.roll_back(1000, stake)).balance == START
    assert (await seat.status(stake)).fields["TransactionStatus"] == "Processed"
    assert await seat.balance() == START


async def test_a_dead_session_is_not_valid_where_it_is_to_be(
    seat: Seat, play: Play, player: Player
) -> None:
    valid: dict[str, Any] = {"ValidateSession": True}
    assert (await seat.vendor.account(seat.session, **valid)).code == 0
    assert (await seat.vendor.balance(seat.player, session=seat.session, **valid)).code == 0
    await play.end_session(player.id, seat.session)
    assert (await seat.vendor.account(seat.session, **valid)).code == 103
    assert (await seat.vendor.balance(seat.player, session=seat.session, **valid)).code == 103
    assert (await seat.vendor.account(seat.session)).code == 0


@pytest.mark.usefixtures("unchanged")
async def test_a_session_that_never_was_is_nobodys_whatever_is_asked(seat: Seat) -> None:
    nobody: dict[str, Any] = {"session": "no-such-session"}
    for said, request in (
        (await seat.vendor.account("no-such-session"), "GetAccount"),
        (await seat.vendor.balance(seat.player, **nobody), "GetBalance"),
        (await seat.stake(1, **nobody), "WalletDebit"),
        (await seat.win(1, **nobody), "WalletCredit"),
        (await seat.roll_back(1, fresh(), **nobody), "WalletCredit"),
        (await seat.status(fresh(), **nobody), "GetTransactionStatus"),
    ):
        assert failed(said, 103, "User not found", request, "no-such-session")


async def test_credits_need_no_session(seat: Seat) -> None:
    stake = fresh()
    await seat.stake(1000, stake)
    bare: dict[str, Any] = {"session": None, "AdditionalData": {"PlayerCurrency": "FUN"}}
    assert (await seat.win(500, **bare)).balance == START - 500
    assert (await seat.roll_back(1000, stake, **bare)).balance == START + 500
    assert (await seat.stake(1, **bare)).code == 101


@pytest.mark.usefixtures("unchanged")
async def test_players_that_are_none_of_ours(seat: Seat) -> None:
    bare: dict[str, Any] = {"session": None, "AdditionalData": {"PlayerCurrency": "FUN"}}
    for player in ("424242", "ann", "-1", "9" * 30):
        assert (await seat.win(1, player=player, **bare)).code == 103
        assert (await seat.vendor.balance(player, **bare)).code == 103
        assert (await seat.stake(1, player=player)).code == 103  # not whose session it is


@pytest.mark.usefixtures("unchanged")
async def test_currencies_that_do_not_fit(seat: Seat) -> None:
    for wire in ("EUR", "TON", "fun"):
        more: dict[str, Any] = {"AdditionalData": {"PlayerCurrency": wire, "GameSlug": seat.game}}
        said = await seat.stake(1, **more)
        assert failed(said, 106, "CurrencyNotSupported", "WalletDebit", seat.session)
        assert (await seat.win(1, **more)).code == 106
    assert (await seat.win(1, session=None)).code == 106  # of two, which?


async def test_a_frozen_player_keeps_wins_and_rollbacks(
    seat: Seat, second: asyncpg.Connection
) -> None:
    stake = fresh()
    await seat.stake(100, stake)
    await second.execute("UPDATE accounts SET frozen = true")
    refused = await seat.stake(100)
    assert failed(refused, 102, "UserIsBlocked", "WalletDebit", seat.session)
    assert (await seat.win(500)).balance == START + 400
    assert (await seat.roll_back(100, stake)).balance == START + 500


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ("blocked = true", 114, "UserNotActive"),
        ("excluded_until = now() + interval '1 day'", 113, "SelfExcluded"),
    ],
)
async def test_players_who_may_not_stake_keep_their_wins(
    seat: Seat, second: asyncpg.Connection, change: str, code: int, message: str
) -> None:
    await second.execute(f"UPDATE accounts SET {change}")  # noqa: S608 - a constant above
    refused = await seat.stake(100)
    assert failed(refused, code, message, "WalletDebit", seat.session)
    assert (await seat.win(500)).balance == START + 500


async def test_a_limit_that_the_wager_would_pass(
    seat: Seat, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO limits (player_id, currency_id, of_losses, days, units)"
        " VALUES ($1, $2, false, 1, 1000000)",
        player.id,
        FUN.id,
    )
    assert (await seat.stake(100)).code == 0
    refused = await seat.stake(1)
    assert failed(refused, 112, "MaxStakeLimitExceeded", "WalletDebit", seat.session)


async def test_a_game_that_is_off_takes_no_wager_but_ends_its_rounds(
    seat: Seat, second: asyncpg.Connection
) -> None:
    await seat.stake(100)
    await second.execute("UPDATE providers SET enabled = false")
    refused = await seat.stake(100, round_="r-2")
    assert failed(refused, 101, "UnknownError", "WalletDebit", seat.session)
    assert (await seat.stake(100)).code == 0  # the round had begun
    assert (await seat.win(500)).balance == START + 300


async def test_a_game_that_is_none_of_ours(seat: Seat) -> None:
    assert (await seat.stake(100, game="foreign")).code == 101
    assert (await seat.stake(100, game=None)).code == 0  # the one that was opened
    assert (await seat.win(100, game="foreign")).code == 0
