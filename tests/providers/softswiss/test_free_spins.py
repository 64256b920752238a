"""Free spins: given and taken back at the aggregator, paid once when it says how they ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from aiohttp import web

from casino.money import FUN, TON, Money
from casino.play import Play, ProviderUnavailable
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused
from casino.players import Player
from providers.softswiss.provider import SoftswissProvider
from tests.peers.softswiss.vendor import GAME, Vendor
from tests.providers.softswiss.conftest import FUNDS, Seat


def asked(vendor: Vendor, ending: str) -> dict[str, Any]:
    """Return the last request to a path."""
    return [said for path, said in vendor.aggregator.asked if path.endswith(ending)][-1]


@pytest.fixture
async def issue(seat: Seat, play: Play, player: Player, generation: str) -> str:
    """Ten free spins of 0.20 FUN as the aggregator knows them."""
    game = (await play.catalogue.games())[0]
    option = "3" if generation == "v1" else None
    until = datetime.now(UTC) + timedelta(days=7)  # noqa: TID251 - judged by the database's clock
    stake = Money.parse("0.20", FUN)
    await play.free_spins.give(player, (game.id,), 10, stake, until, option=option)
    return next(iter(seat.vendor.aggregator.issues))


async def test_what_the_aggregator_is_asked(
    seat: Seat, issue: str, player: Player, generation: str
) -> None:
    said = asked(seat.vendor, "ssue")
    assert said["issue_id"] == issue
    assert issue.endswith(f"-FUN-{player.id}")
    assert (said["games"], said["freespins_quantity"]) == ([GAME], 10)
    assert said["valid_until"].endswith("Z")
    if generation == "v1":
        assert (said["bet_level"], said["currency"]) == (3, "FUN")
        assert said["user"]["id"] == str(player.id)
    else:
        assert (said["bet_amount"], said["player"]["currency"]) == ("0.200000", "FUN")


async def test_what_they_won_is_paid_once(
    seat: Seat, issue: str, second: asyncpg.Connection
) -> None:
    first = await seat.vendor.end_spins(issue, 5_000_000)
    assert (first.status, first.balance) == (200, FUNDS + 5_000_000)
    await seat.bet(100, "a-1")
    again = await seat.vendor.end_spins(issue, 5_000_000)
    assert (again.status, again.balance) == (200, FUNDS + 5_000_000)
    assert await seat.balance() == FUNDS + 5_000_000 - 100
    assert await second.fetchval("SELECT status FROM free_spins") == "played"
    assert await second.fetchval("SELECT won_units FROM free_spins") == 5_000_000


async def test_another_amount_for_the_same_spins_is_refused(
    seat: Seat, issue: str, generation: str
) -> None:
    await seat.vendor.end_spins(issue, 5)
    said = await seat.vendor.end_spins(issue, 6)
    assert said.outcome == ("malformed" if generation == "v1" else "conflict")
    assert await seat.balance() == FUNDS + 5


async def test_spins_that_won_nothing_end_too(
    seat: Seat, issue: str, second: asyncpg.Connection
) -> None:
    said = await seat.vendor.end_spins(issue, 0)
    assert (said.status, said.balance) == (200, FUNDS)
    assert await second.fetchval("SELECT status FROM free_spins") == "played"


async def test_they_are_paid_whatever_became_of_the_player(
    seat: Seat, issue: str, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE accounts SET frozen = true")
    await second.execute("UPDATE games SET enabled = false")
    assert (await seat.vendor.end_spins(issue, 7)).balance == FUNDS + 7


@pytest.mark.parametrize("generation", ["v1"])
@pytest.mark.parametrize(
    ("status", "ours"), [("canceled", "cancelled"), ("expired", "expired"), ("played", "played")]
)
async def test_every_end_of_v1_pays_what_was_won(
    seat: Seat, issue: str, second: asyncpg.Connection, status: str, ours: str
) -> None:
    said = await seat.vendor.end_spins(issue, 9, status)
    assert said.balance == FUNDS + 9
    assert await second.fetchval("SELECT status FROM free_spins") == ours


@pytest.mark.parametrize("generation", ["v1"])
async def test_spins_under_way_pay_nothing_yet(
    seat: Seat, issue: str, second: asyncpg.Connection
) -> None:
    said = await seat.vendor.end_spins(issue, 9, "active")
    assert (said.status, said.balance) == (200, FUNDS)
    assert await second.fetchval("SELECT status FROM free_spins") == "active"


@pytest.mark.parametrize("unknown", ["NOBODYS-FUN-1", "x", "-FUN-1", "NOBODYS--1", "NOBODYS-FUN-"])
async def test_spins_that_nobody_gave_are_refused(
    seat: Seat, unknown: str, second: asyncpg.Connection
) -> None:
    said = await seat.vendor.end_spins(unknown, 9)
    assert (said.status, said.outcome) == (400, "malformed")
    assert await seat.balance() == FUNDS


async def test_an_issue_in_a_currency_that_is_not_played(seat: Seat) -> None:
    assert (await seat.vendor.end_spins("NOBODYS-GBP-1", 9)).outcome == "wrong_currency"


async def test_they_are_taken_back(
    seat: Seat, issue: str, play: Play, second: asyncpg.Connection
) -> None:
    await play.free_spins.cancel(issue.partition("-")[0])
    assert seat.vendor.aggregator.issues == {}
    assert await second.fetchval("SELECT status FROM free_spins") == "cancelled"


def a_grant(player: Player, **changed: Any) -> FreeSpinGrant:
    grant = FreeSpinGrant(
        ref="R1",
        player_ref=str(player.id),
        player_name="Ada",
        player_country="CW",
        player_since=datetime(2025, 1, 2, tzinfo=UTC),
        language="en",
        game_refs=(GAME,),
        studio="acceptance",
        currency=FUN,
        quantity=5,
        stake_units=100,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=datetime(2026, 1, 8, 12, 0, tzinfo=UTC),
        option="1",
    )
    return replace(grant, **changed)


async def test_a_repeat_gives_none_twice(
    provider: SoftswissProvider, vendor: Vendor, player: Player
) -> None:
    grant = a_grant(player)
    await provider.issue_free_spins(grant)
    await provider.issue_free_spins(grant)
    assert len(vendor.aggregator.issues) == 1
    said = asked(vendor, "ssue")
    assert said["valid_until"] == "2026-01-08T12:00:00Z"
    assert said["bet_level"] == 1
    who = said["user" if vendor.generation == "v1" else "player"]
    since = "2025-01-02" if vendor.generation == "v1" else "2025-01-02T00:00:00Z"
    assert (who["country"], who["registered_at"]) == ("CW", since)


async def test_what_the_aggregator_refuses(
    provider: SoftswissProvider, vendor: Vendor, player: Player
) -> None:
    with pytest.raises(FreeSpinsRefused) as refused:
        await provider.issue_free_spins(a_grant(player, game_refs=("acceptance:none",)))
    assert refused.value.values_shown == {"why": "601 Freespins are not possible in this game"}
    with pytest.raises(FreeSpinsRefused):
        await provider.cancel_free_spins(a_grant(player, ref="NEVER"))


@pytest.mark.parametrize("option", ["high", "1.5", "-1", "٣", ""])
async def test_a_bet_level_is_a_number(
    provider: SoftswissProvider, vendor: Vendor, player: Player, option: str
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(a_grant(player, option=option))
    assert vendor.aggregator.asked == []


@pytest.mark.parametrize("generation", ["v1"])
async def test_v1_cannot_say_what_a_spin_is_worth(
    provider: SoftswissProvider, player: Player
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(a_grant(player, option=None))


@pytest.mark.parametrize("generation", ["v1"])
async def test_a_currency_without_an_exponent_is_not_sent(
    provider: SoftswissProvider, vendor: Vendor, player: Player
) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.issue_free_spins(a_grant(player, currency=TON))
    assert vendor.aggregator.asked == []


@pytest.mark.parametrize(("status", "code"), [(403, 403), (400, 410), (500, 500), (400, 503)])
async def test_a_fault_of_the_account_or_the_vendor_is_an_outage(
    provider: SoftswissProvider, vendor: Vendor, player: Player, status: int, code: int
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        answer: dict[str, Any] = {"code": code, "message": "no"}
        if vendor.generation == "v2":
            answer = {"code": "x", "msg": "no", "meta": {"api_code": str(code)}}
        return web.json_response(answer, status=status)

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.issue_free_spins(a_grant(player))
