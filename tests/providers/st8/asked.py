"""An adapter alone, and what the tests have it ask of the vendor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from casino.clock import SystemClock
from casino.money import EUR
from casino.play import LaunchRequest, Wiring
from casino.play.capabilities import (
    FreeSpinGrant,
    Reported,
)
from providers.st8.provider import St8Provider
from providers.st8.settings import St8Account
from tests.peers.st8.vendor import Vendor
from tests.providers.till import EmptyTill


def made(vendor: Vendor, **changed: Any) -> St8Provider:
    account = St8Account.model_validate(vendor.settings() | changed)
    return St8Provider(Wiring("st8", EmptyTill(), SystemClock()), account)


def request(**changed: Any) -> LaunchRequest:
    values = {
        "session_ref": "s-1",
        "player_ref": "1001",
        "player_name": "José",
        "game_external_id": "std_game_1",
        "currency": "EUR",
        "demo": False,
        "language": "ru",
        "device": "mobile",
        "return_url": "https://casino.example/back?x=1&y=a b",
        "deposit_url": "https://casino.example/wallet",
        "player_since": datetime(2026, 1, 31, 23, tzinfo=UTC),
        **changed,
    }
    return LaunchRequest(**values)


BEGINS = datetime(2026, 2, 1, 12, tzinfo=UTC)


def grant(**changed: Any) -> FreeSpinGrant:
    values = {
        "ref": "grant-1",
        "player_ref": "1001",
        "player_name": "José",
        "player_country": None,
        "player_since": BEGINS,
        "language": "en",
        "game_refs": ("std_game_1", "std_game_2"),
        "studio": "Studio",
        "currency": EUR,
        "quantity": 10,
        "stake_units": 20,
        "valid_from": BEGINS,
        "valid_until": BEGINS + timedelta(days=2),
        **changed,
    }
    return FreeSpinGrant(**values)


def edit(change: Any) -> Any:
    async def spoil(_path: str, right: Any) -> web.Response:
        change(right)
        return web.json_response(right)

    return spoil


async def spans(provider: St8Provider) -> list[Reported]:
    return [row async for row in provider.report(BEGINS, BEGINS + timedelta(hours=1))]
