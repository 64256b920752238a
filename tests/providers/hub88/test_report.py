"""What the aggregator says that it settled, read span by span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from casino.money import EUR, Currency
from casino.play import Capability, ProviderUnavailable
from casino.play.capabilities import Reported, Reports
from casino.wallet import Kind
from providers.hub88.provider import Hub88Provider
from tests.peers.hub88.aggregator import Aggregator
from tests.providers.hub88.conftest import NOON, Seat, answering, fresh


def row(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "transaction_uuid": f"t-{number}",
        "reference_transaction_uuid": None,
        "transaction_status": "TS_SUCCESS",
        "kind": "TK_BET",
        "user": "player-1001",
        "currency": "EUR",
        "amount": 150_000,
        "round": "r-1",
        "game_code": "std_game1",
        "inserted_at": "2026-03-01T12:30:00",
        **changed,
    }


def seen(key: str, kind: Kind = Kind.BET, units: int = 150, currency: Currency = EUR) -> Reported:
    return Reported(key, "1001", currency, kind, units, "r-1", NOON + timedelta(minutes=30))


async def report(client: Hub88Provider, hours: int = 1) -> list[Reported]:
    return [found async for found in client.report(NOON, NOON + timedelta(hours=hours))]


async def test_a_report_says_what_was_settled(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    aggregator.transactions = [
        row(1),
        row(2, kind="TK_WIN"),
        row(3, kind="TK_ROLLBACK"),
        row(4, kind="TK_FREE_BET"),
        row(5, kind="TK_FREE_WIN"),
        row(6, kind="TK_JP_WIN"),
        row(7, kind="TK_BONUS_WIN"),
        row(8, transaction_status="TS_DECLINED"),
        row(9, transaction_status="TS_ROLLEDBACK"),
        row(10, kind="TK_NEG_BET"),
        row(11, user="somebody"),
        row(12, currency="JPY"),
        row(13, amount=1),
        row(14, inserted_at="2026-03-01T13:00:00"),
    ]
    aggregator.transactions[1]["status"] = aggregator.transactions[1].pop("transaction_status")
    assert await report(client) == [
        seen("t-1"),
        seen("t-2", Kind.WIN),
        seen("t-3", Kind.REVERSAL),
        seen("t-4", Kind.PROMO_BET, 0),
        seen("t-5", Kind.FREE_SPIN_WIN),
        seen("t-6", Kind.JACKPOT),
        seen("t-7", Kind.PROMO_WIN),
    ]
    assert isinstance(client, Reports)
    assert Capability.REPORT in client.manifest.capabilities


async def test_a_report_is_read_span_by_span_and_each_row_once(
    client: Hub88Provider, aggregator: Aggregator
) -> None:
    times = ["12:00:00", "12:59:59", "13:00:00", "14:29:59", "14:30:00"]
    aggregator.transactions = [
        row(number, inserted_at=f"2026-03-01T{at}") for number, at in enumerate(times)
    ]
    until = NOON + timedelta(hours=2, minutes=30)
    found = [one.key async for one in client.report(NOON, until)]
    assert found == ["t-0", "t-1", "t-2", "t-3"]
    spans = [(asked["start_time"], asked["end_time"]) for _, asked in aggregator.asked]
    assert spans == [
        ("2026-03-01T12:00:00", "2026-03-01T13:00:00"),
        ("2026-03-01T13:00:00", "2026-03-01T14:00:00"),
        ("2026-03-01T14:00:00", "2026-03-01T14:30:00"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"transaction_uuid": None},
        {"amount": "150000"},
        {"amount": 1.5},
        {"inserted_at": "yesterday"},
        {"kind": None},
        {"user": 7},
    ],
)
async def test_a_report_that_cannot_be_read_is_an_outage(
    client: Hub88Provider, aggregator: Aggregator, changed: dict[str, Any]
) -> None:
    aggregator.spoil = answering(lambda: web.json_response([row(1), row(2) | changed]))
    with pytest.raises(ProviderUnavailable):
        await report(client)


async def test_a_report_has_an_end(client: Hub88Provider, aggregator: Aggregator) -> None:
    with pytest.raises(ProviderUnavailable):
        await report(client, hours=3_000)
    assert aggregator.asked == []


async def test_what_was_really_played_is_in_the_report(
    seat: Seat, provider: Hub88Provider
) -> None:
    stake, payout, undone, back = (fresh() for _ in range(4))
    await seat.bet(150, stake)
    await seat.win(725, payout, stake)
    await seat.bet(100, undone)
    await seat.rollback(back, undone)
    now = datetime.now(UTC)  # noqa: TID251 - the peer writes real times
    found = [
        (one.key, one.kind, one.units, one.player_ref)
        async for one in provider.report(now - timedelta(minutes=5), now + timedelta(minutes=5))
    ]
    player = str(seat.player_id)
    assert found == [
        (stake, Kind.BET, 150, player),
        (payout, Kind.WIN, 725, player),
        (undone, Kind.BET, 100, player),
        (back, Kind.REVERSAL, 0, player),
    ]
