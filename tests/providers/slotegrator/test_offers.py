"""What the adapter asks beyond games: tables, free spins, vouchers, limits, jackpots, tags."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from casino.money import EUR, TON, USD, Money
from casino.play import ProviderUnavailable
from casino.play.capabilities import FreeSpinGrant, FreeSpinsRefused, Jackpot, Table
from providers.slotegrator import client
from providers.slotegrator.entries import GameRow, entry
from providers.slotegrator.offers import Voucher, chosen
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.rows import OfferedBets, TotalBet
from tests.conftest import MovingClock
from tests.peers.slotegrator.aggregator import Aggregator, game
from tests.peers.slotegrator.offers import TABLE, Offers
from tests.providers.book import serving
from tests.providers.slotegrator.test_client import made, request

GRANT = FreeSpinGrant(
    ref="FS1",
    player_ref="1001",
    player_name="Ada",
    player_country=None,
    player_since=datetime(2026, 1, 1, tzinfo=UTC),
    language="en",
    game_refs=("g-1",),
    studio="Studio",
    currency=EUR,
    quantity=20,
    stake_units=1_50,
    valid_from=datetime(2026, 1, 2, tzinfo=UTC),
    valid_until=datetime(2026, 1, 9, tzinfo=UTC),
)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def peer(clock: MovingClock) -> Offers:
    return Offers(clock)


@pytest.fixture
async def provider(peer: Offers, clock: MovingClock) -> AsyncIterator[SlotegratorProvider]:
    async with serving(peer.app()) as server:
        provider = made(server, clock)
        yield provider
        await provider.close()


# --- tables


@pytest.mark.parametrize("lobby", [[TABLE], TABLE])
async def test_tables_come_as_a_list_or_as_one(
    provider: SlotegratorProvider, peer: Offers, lobby: Any
) -> None:
    peer.lobby = lobby
    expected = Table("table-7", "Roulette 7", "Ada", open=True, limits=(("EUR", "0.5", "1000"),))
    assert await provider.tables("g-1", EUR) == [expected]
    assert peer.asked == [("games/lobby", {"game_uuid": "g-1", "currency": "EUR"})]


async def test_a_table_may_be_closed_and_say_little(
    provider: SlotegratorProvider, peer: Offers
) -> None:
    peer.lobby = [{"lobbyData": 9, "isOpen": 0, "limits": None}]
    assert await provider.tables("g-1", EUR) == [Table("9", "9", None, open=False)]
    peer.lobby = []
    assert await provider.tables("g-1", EUR) == []


@pytest.mark.parametrize("lobby", [None, "x", [{"name": "no data"}], [[]], 7])
async def test_a_lobby_that_cannot_be_read_is_an_outage(
    provider: SlotegratorProvider, peer: Offers, lobby: Any
) -> None:
    peer.lobby = lobby
    with pytest.raises(ProviderUnavailable):
        await provider.tables("g-1", EUR)
    with pytest.raises(ProviderUnavailable):
        await provider.tables("g-1", USD)


async def test_a_launch_names_the_table(clock: MovingClock) -> None:
    aggregator = Aggregator(clock, game(1, has_lobby=1))
    async with serving(aggregator.app()) as server:
        provider = made(server, clock)
        await provider.launch(request(table_ref="table-7"))
        await provider.launch(request(table_ref="table-7", demo=True))
        await provider.close()
    assert aggregator.asked[0][1]["lobby_data"] == "table-7"
    assert "lobby_data" not in aggregator.asked[1][1]


async def test_a_game_with_a_lobby_says_that_it_has_tables(clock: MovingClock) -> None:
    aggregator = Aggregator(clock, game(1, has_lobby=1), game(2))
    async with serving(aggregator.app()) as server:
        provider = made(server, clock)
        assert [e.has_tables for e in await provider.catalogue()] == [True, False]
        await provider.close()


@pytest.mark.parametrize(
    ("is_mobile", "devices"), [(1, ("mobile",)), (0, ("desktop",)), (None, ())]
)
def test_a_game_says_for_which_device_it_is(is_mobile: Any, devices: tuple[str, ...]) -> None:
    row = GameRow.model_validate(game(1, is_mobile=is_mobile))
    assert entry(row, "X").devices == devices


# --- free spins


def posted(peer: Offers) -> dict[str, str]:
    path, asked = peer.asked[-1]
    assert path == "freespins/set"
    return asked


async def test_free_spins_are_set_at_a_total_bet_on_offer(
    provider: SlotegratorProvider, peer: Offers
) -> None:
    await provider.issue_free_spins(GRANT)
    assert peer.asked[0] == ("freespins/bets", {"game_uuid": "g-1", "currency": "EUR"})
    assert posted(peer) == {
        "player_id": "1001",
        "player_name": "Ada",
        "currency": "EUR",
        "quantity": "20",
        "valid_from": "1767312000",
        "valid_until": "1767916800",
        "freespin_id": "FS1",
        "game_uuid": "g-1",
        "total_bet_id": "5",
    }


@pytest.mark.parametrize(
    ("units", "option", "named"),
    [
        (2_50, None, {"total_bet_id": "6"}),
        (2_50, "6", {"total_bet_id": "6"}),
        (20, None, {"bet_id": "b1", "denomination": "0.01"}),  # 2 a line, 10 lines, 0.01
        (2_00, "b1:0.10", {"bet_id": "b1", "denomination": "0.10"}),
    ],
)
async def test_the_stake_names_what_costs_exactly_that(
    provider: SlotegratorProvider,
    peer: Offers,
    units: int,
    option: str | None,
    named: dict[str, str],
) -> None:
    await provider.issue_free_spins(replace(GRANT, stake_units=units, option=option))
    stakes = {"total_bet_id", "bet_id", "denomination"}
    assert {k: v for k, v in posted(peer).items() if k in stakes} == named


@pytest.mark.parametrize(
    ("units", "option"), [(1_51, None), (1_50, "6"), (2_00, "b1:0.01"), (1, "nonsense")]
)
async def test_a_stake_that_is_not_on_offer_is_refused_before_it_is_asked(
    provider: SlotegratorProvider, peer: Offers, units: int, option: str | None
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(replace(GRANT, stake_units=units, option=option))
    assert [path for path, _ in peer.asked] == ["freespins/bets"]


@pytest.mark.parametrize(
    "bets",
    [
        {},
        {"total_bets": None, "bets": [], "denominations": None},
        {"total_bets": [{"bet_id": 1, "amount": "1.501"}]},
        {"total_bets": [{"bet_id": 1, "amount": "-1.50"}]},
    ],
)
async def test_offers_that_fit_nothing_are_a_refusal(
    provider: SlotegratorProvider, peer: Offers, bets: Any
) -> None:
    peer.bets = bets
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(GRANT)


@pytest.mark.parametrize(
    "bets", [[], None, {"total_bets": [{"bet_id": 1}]}, {"total_bets": [{"amount": "x"}]}]
)
async def test_offers_that_cannot_be_read_are_an_outage(
    provider: SlotegratorProvider, peer: Offers, bets: Any
) -> None:
    peer.bets = bets
    with pytest.raises(ProviderUnavailable):
        await provider.issue_free_spins(GRANT)


async def test_the_same_free_spins_are_given_once(
    provider: SlotegratorProvider, peer: Offers
) -> None:
    await provider.issue_free_spins(GRANT)
    await provider.issue_free_spins(GRANT)
    assert len(peer.given) == 1
    with pytest.raises(FreeSpinsRefused):  # the reference is taken, by other ones
        await provider.issue_free_spins(replace(GRANT, quantity=21))
    found = await provider.offers.find("FS1")
    assert found is not None
    assert (found.quantity_left, found.total_win) == (20, Decimal(0))


async def test_cancelled_free_spins_are_not_given_again(
    provider: SlotegratorProvider, peer: Offers
) -> None:
    await provider.issue_free_spins(GRANT)
    await provider.cancel_free_spins(GRANT)
    await provider.cancel_free_spins(GRANT)  # it is as it was asked
    assert peer.given["FS1"]["is_canceled"] == 1
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(GRANT)


async def test_what_was_never_given_cannot_be_cancelled(provider: SlotegratorProvider) -> None:
    with pytest.raises(FreeSpinsRefused) as refused:
        await provider.cancel_free_spins(GRANT)
    assert refused.value.values_shown == {"why": "Cannot be cancelled"}


@pytest.mark.parametrize("games", [(), ("g-1", "g-2")])
async def test_free_spins_are_for_one_game(
    provider: SlotegratorProvider, peer: Offers, games: tuple[str, ...]
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(replace(GRANT, game_refs=games))
    assert peer.asked == []


async def test_a_currency_that_is_not_played_is_no_offer(provider: SlotegratorProvider) -> None:
    with pytest.raises(ProviderUnavailable):
        await provider.issue_free_spins(replace(GRANT, currency=USD))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, FreeSpinsRefused),
        (404, FreeSpinsRefused),
        (422, FreeSpinsRefused),
        (401, ProviderUnavailable),
        (403, ProviderUnavailable),
        (429, ProviderUnavailable),
        (500, ProviderUnavailable),
    ],
)
async def test_a_no_is_told_from_an_outage(
    provider: SlotegratorProvider, peer: Offers, status: int, error: type[Exception]
) -> None:
    peer.refusal = status, "Quantity is too large"
    with pytest.raises(error) as raised:
        await provider.issue_free_spins(GRANT)
    if isinstance(raised.value, FreeSpinsRefused):
        assert raised.value.values_shown == {"why": "Quantity is too large"}


def test_a_stake_is_compared_in_minor_units() -> None:
    offered = OfferedBets(total_bets=[TotalBet(1, Decimal("0.000000001"))])
    assert chosen(offered, 1, TON, None) == {"total_bet_id": "1"}


# --- vouchers

VOUCHER = Voucher(
    ref="V1",
    player_ref="1001",
    title="Welcome",
    balance=Money(10_00, EUR),
    winnings_max=Money(500_00, EUR),
    valid_until=datetime(2026, 1, 9, tzinfo=UTC),
    table_ids=("t7", "t8"),
    terms="All of them",
    terms_short="Some",
)


async def test_vouchers_are_set_read_and_cancelled(
    provider: SlotegratorProvider, peer: Offers
) -> None:
    assert await provider.offers.voucher("V1") is None
    await provider.offers.set_voucher(VOUCHER)
    assert peer.asked[-1] == (
        "freevouchers/set",
        {
            "player_id": "1001",
            "title": "Welcome",
            "currency": "EUR",
            "initial_balance": "10",
            "max_winnings": "500",
            "valid_until": "1767916800",
            "voucher_id": "V1",
            "short_terms": "Some",
            "terms_and_conds": "All of them",
            "table_ids[0]": "t7",
            "table_ids[1]": "t8",
        },
    )
    found = await provider.offers.voucher("V1")
    assert found is not None
    assert (found.state, found.playable, found.winnings) == ("Active", Decimal(10), Decimal(0))
    await provider.offers.cancel_voucher("V1", forfeited=True)
    assert peer.asked[-1][1] == {"voucher_id": "V1", "reason": "Forfeited"}
    with pytest.raises(FreeSpinsRefused):
        await provider.offers.cancel_voucher("V1")
    assert peer.asked[-1][1]["reason"] == "Canceled"


@pytest.mark.parametrize("tables", [(), ("t",) * 51])
async def test_a_voucher_names_tables(
    provider: SlotegratorProvider, peer: Offers, tables: tuple[str, ...]
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.offers.set_voucher(replace(VOUCHER, table_ids=tables))
    assert peer.asked == []


# --- limits, jackpots, tags


async def test_limits_and_tags(provider: SlotegratorProvider) -> None:
    (limit,) = await provider.limits()
    assert (limit.amount, limit.currency, limit.providers) == (Decimal(1000), "EUR", ["S"])
    (left,) = await provider.free_spin_limits()
    assert (left.quantity, left.currency) == (50, "EUR")
    assert [(tag.code, tag.label) for tag in await provider.tags()] == [("new", "New")]


async def test_jackpots_are_cut_to_the_currency_and_asked_once_a_minute(
    provider: SlotegratorProvider, peer: Offers, clock: MovingClock
) -> None:
    expected = [Jackpot("Grand", EUR, 12345_67)]
    assert await provider.jackpots() == expected
    clock.advance(seconds=59)
    assert await provider.jackpots() == expected
    assert len(peer.asked) == 1
    clock.advance(seconds=1)
    peer.jackpots = []
    assert await provider.jackpots() == []
    assert len(peer.asked) == 2


# --- politeness


async def _catalogue_against(
    clock: SystemClock, waits: list[str | None]
) -> tuple[Exception | int, Aggregator]:
    """Read the list while the first calls are answered "too many" with these waits."""
    aggregator = Aggregator(clock, game(1))

    async def spoil(_path: str, _right: Any) -> web.Response | None:
        if not waits:
            return None
        wait = waits.pop(0)
        return web.Response(status=429, headers={} if wait is None else {"Retry-After": wait})

    aggregator.spoil = spoil
    server: TestServer
    async with serving(aggregator.app()) as server:
        provider = made(server, clock)
        try:
            return len(await provider.catalogue()), aggregator
        except ProviderUnavailable as error:
            return error, aggregator
        finally:
            await provider.close()


async def test_too_many_calls_wait_as_long_as_they_are_told_to() -> None:
    got, aggregator = await _catalogue_against(SystemClock(), ["0", "0"])
    assert got == 1
    assert len(aggregator.asked) == 3


@pytest.mark.parametrize("waits", [[None], ["3600"], ["soon"], ["-1"], ["0"] * 3])
async def test_patience_ends(waits: list[str | None]) -> None:
    got, aggregator = await _catalogue_against(SystemClock(), list(waits))
    assert isinstance(got, ProviderUnavailable)
    assert len(aggregator.asked) == len(waits) <= client.PATIENCE_PAGES
