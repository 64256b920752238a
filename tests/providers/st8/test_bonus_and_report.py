"""Free bets and the report of transactions, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from casino.money import EUR
from casino.play import ProviderUnavailable
from casino.play.capabilities import (
    FreeSpinsRefused,
    GivesFreeSpins,
    Reported,
    Reports,
)
from casino.wallet.operations import Kind
from providers.st8.provider import St8Provider
from tests.peers.st8.vendor import Vendor
from tests.providers.st8.asked import BEGINS, edit, grant, made, spans


@pytest.fixture
async def provider(vendor: Vendor) -> AsyncIterator[St8Provider]:
    provider = made(vendor)
    yield provider
    await provider.close()


async def test_free_bets_are_asked_for_once(provider: St8Provider, vendor: Vendor) -> None:
    assert isinstance(provider, GivesFreeSpins)
    await provider.issue_free_spins(grant())
    await provider.issue_free_spins(grant())
    assert list(vendor.servers.bonuses) == ["grant-1"]
    assert vendor.servers.asked[0] == (
        "bonus/create",
        {
            "bonus_id": "grant-1",
            "game_codes": ["std_game_1", "std_game_2"],
            "type": "free_bets",
            "value": "0.20",
            "currency": "EUR",
            "players": ["1001"],
            "count": 10,
            "site": "tgcasino",
            "start_time": "2026-02-01T12:00:00Z",
            "duration": 172_800,
        },
    )
    await provider.cancel_free_spins(grant())
    assert vendor.servers.asked[-1] == (
        "bonus/cancel",
        {"bonus_id": "grant-1", "site": "tgcasino"},
    )
    with pytest.raises(FreeSpinsRefused):  # what was taken back is not given again
        await provider.issue_free_spins(grant())


async def test_the_value_of_free_bets_may_be_that_of_all(vendor: Vendor) -> None:
    provider = made(vendor, free_bets_value="total")
    await provider.issue_free_spins(grant())
    assert vendor.servers.asked[0][1]["value"] == "2.00"
    await provider.close()


@pytest.mark.parametrize(
    ("status", "answer", "why"),
    [
        (200, {"status": "error"}, "error"),
        (200, {"status": "ok", "bonus": {"bonus_id": "b", "status": "error"}}, "error"),
        (200, {"status": "ok", "bonus": {"bonus_id": "b", "status": "expired"}}, "expired"),
        (400, {"status": "game_disabled"}, "game_disabled"),
        (422, "?", "http-422"),
    ],
)
async def test_free_bets_that_the_vendor_refuses(
    provider: St8Provider, vendor: Vendor, status: int, answer: Any, why: str
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return web.json_response(answer, status=status)

    vendor.servers.spoil = spoil
    with pytest.raises(FreeSpinsRefused) as raised:
        await provider.issue_free_spins(grant())
    assert raised.value.values_shown == {"why": why}


async def test_free_bets_that_the_vendor_does_not_know_cannot_be_taken_back(
    provider: St8Provider,
) -> None:
    with pytest.raises(FreeSpinsRefused):
        await provider.cancel_free_spins(grant())


def settled(key: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "transaction_id": key,
        "player": "1001",
        "kind": "debit",
        "provider_kind": "debit",
        "amount": "1.50",
        "currency": "EUR",
        "round": "r-1",
        "processed_at": at,
        **more,
    }


async def test_the_report_is_read_span_by_span_and_each_row_once(
    provider: St8Provider, vendor: Vendor
) -> None:
    assert isinstance(provider, Reports)
    vendor.servers.transactions = [
        settled("before", "2026-02-01T11:59:59.999"),
        settled("t-1", "2026-02-01T12:00:00"),
        settled("t-2", "2026-02-01T12:30:00.5Z", kind="credit", provider_kind="jackpot_credit"),
        settled("edge", "2026-02-01T13:00:00", provider_kind="free_debit"),
        settled("t-1", "2026-02-01T13:10:00", kind="cancel", cancel_id="c-1", round=None),
        settled("t-3", "2026-02-01T13:20:00", kind="payout", provider_kind="payout"),
        settled("t-4", "2026-02-01T13:20:01", kind="buyin", provider_kind=""),
        settled("t-5", "2026-02-01T13:20:02", provider_kind="brand_new"),
        settled("t-6", "2026-02-01T13:20:03", kind="correction_debit", provider_kind=""),
        settled("after", "2026-02-01T13:30:00"),
    ]
    found = [row async for row in provider.report(BEGINS, BEGINS + timedelta(minutes=90))]
    assert [(row.key, row.kind, row.units, row.round_ref) for row in found] == [
        ("t-1", Kind.BET, 150, "r-1"),
        ("t-2", Kind.JACKPOT, 150, "r-1"),
        ("edge", Kind.PROMO_BET, 0, "r-1"),
        ("c-1", Kind.REVERSAL, 150, None),
        ("t-3", Kind.PAYOUT, 150, "r-1"),
        ("t-4", Kind.BUY_IN, 150, "r-1"),
        ("t-5", Kind.BET, 150, "r-1"),
        ("t-6", Kind.GAME_CORRECTION_DOWN, 150, "r-1"),
    ]
    assert found[0] == Reported("t-1", "1001", EUR, Kind.BET, 150, "r-1", BEGINS)
    assert [asked for _, asked in vendor.servers.asked] == [
        {
            "start_time": "2026-02-01T12:00:00",
            "end_time": "2026-02-01T13:00:01",
            "currency": "EUR",
            "site": "tgcasino",
        },
        {
            "start_time": "2026-02-01T13:00:00",
            "end_time": "2026-02-01T13:30:01",
            "currency": "EUR",
            "site": "tgcasino",
        },
    ]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"amount": 1.5},
        {"amount": "-1.50"},
        {"amount": "0.001"},
        {"currency": "DOGE"},
        {"kind": "dance", "provider_kind": "dance"},
        {"processed_at": "yesterday"},
        {"kind": None},
        {"transaction_id": ""},
        {"player": None},
    ],
)
async def test_a_report_that_cannot_be_read_is_an_outage(
    provider: St8Provider, vendor: Vendor, spoilt: dict[str, Any]
) -> None:
    row = settled("t-1", "2026-02-01T12:00:00") | spoilt
    vendor.servers.spoil = edit(lambda right: right.update(transactions=[row]))
    with pytest.raises(ProviderUnavailable):
        await spans(provider)
