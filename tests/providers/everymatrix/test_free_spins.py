"""Free spins, asked of the vendor's bonus API."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from casino.money import BTC, EUR
from casino.play import ProviderUnavailable
from casino.play.capabilities import (
    FreeSpinGrant,
    FreeSpinsRefused,
    GivesFreeSpins,
)
from providers.everymatrix.provider import EverymatrixProvider
from tests.peers.everymatrix.servers import BONUS_PASSWORD, Servers, game
from tests.peers.everymatrix.vendor import Vendor
from tests.providers.everymatrix.house import made


def grant(**changed: Any) -> FreeSpinGrant:
    values: dict[str, Any] = {
        "ref": "FS-1",
        "player_ref": "1001",
        "player_name": "José",
        "player_country": None,
        "player_since": datetime(2026, 1, 1, tzinfo=UTC),
        "language": "en",
        "game_refs": ("game-1", "game-2"),
        "studio": "Studio",
        "currency": EUR,
        "quantity": 10,
        "stake_units": 20,
        "valid_from": datetime(2026, 1, 2, tzinfo=UTC),
        "valid_until": datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        **changed,
    }
    return FreeSpinGrant(**values)


NAMED = {
    "BonusSource": 2,
    "OperatorUserId": "1001",
    "GameIds": ["9001", "9002"],
    "BonusId": "FS-1",
    "DomainId": "2001",
}


async def test_free_spins_are_given_and_taken_back(
    alone: EverymatrixProvider, servers: Servers
) -> None:
    assert isinstance(alone, GivesFreeSpins)
    await alone.issue_free_spins(grant(option="3"))
    await alone.cancel_free_spins(grant())
    assert servers.asked == ["types=game"]  # read once, for the games' names there
    assert servers.awarded == [
        (
            "RGS_Matrix/AwardBonus",
            NAMED
            | {
                "NumberOfFreeRounds": 10,
                "FreeRoundsEndDate": "02/03/2026 04:05:06",
                "UserDetails": {
                    "OperatorUserId": "1001",
                    "Firstname": "José",
                    "Lastname": "",
                    "Alias": "José",
                    "CountryAlpha3Code": "MLT",
                    "Currency": "EUR",
                },
                "AdditionalParameters": {"BetValue": "0.20", "BetLevel": "3"},
            },
        ),
        ("RGS_Matrix/ForfeitBonus", NAMED),
    ]


@pytest.mark.parametrize(("field", "name"), [("gameID", "101"), ("gameCode", "code-1")])
async def test_the_bonus_api_may_call_games_otherwise(
    vendor: Vendor, servers: Servers, field: str, name: str
) -> None:
    provider = made(vendor, bonus_game_field=field, domain_id="30")
    await provider.catalogue()
    await provider.issue_free_spins(grant(game_refs=("game-1",)))
    assert servers.awarded[0][1]["GameIds"] == [name]
    assert servers.awarded[0][1]["DomainId"] == "30"
    await provider.close()


@pytest.mark.parametrize(
    "changed",
    [{"game_refs": ("game-1", "game-9")}, {"game_refs": ("game-1", "game-3")}, {"currency": BTC}],
)
async def test_free_spins_that_cannot_be_asked_for(
    alone: EverymatrixProvider, servers: Servers, changed: dict[str, Any]
) -> None:
    servers.games.append(game(3, vendor="Another"))
    with pytest.raises(FreeSpinsRefused):
        await alone.issue_free_spins(grant(**changed))
    assert servers.awarded == []


async def test_without_a_bonus_api_there_are_no_free_spins(vendor: Vendor) -> None:
    provider = made(vendor, bonus_url=None, bonus_login=None, bonus_password=None)
    with pytest.raises(FreeSpinsRefused):
        await provider.issue_free_spins(grant())
    await provider.close()


def _bonus(status: int, text: str) -> Any:
    async def spoil(request: web.Request) -> web.StreamResponse | None:
        return web.Response(status=status, text=text) if request.method == "POST" else None

    return spoil


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (400, '{"Message": "no such\\ngame"}', "no suchgame"),
        (404, "", "HTTP 404"),
        (200, '{"Success": false, "Message": "expired"}', "expired"),
        (200, '{"error": "x"}', "x"),
        (200, '{"ErrorCode": 12}', "12"),
        (422, "[]", "HTTP 422"),
    ],
)
async def test_a_refusal_is_one(
    alone: EverymatrixProvider, servers: Servers, status: int, text: str, why: str
) -> None:
    servers.spoil = _bonus(status, text)
    with pytest.raises(FreeSpinsRefused) as refused:
        await alone.issue_free_spins(grant())
    assert refused.value.values_shown == {"why": why}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "{}"),
        (401, ""),
        (429, ""),
        (302, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, "x" * 70_000),
    ],
)
async def test_anything_else_is_an_outage(
    alone: EverymatrixProvider, servers: Servers, status: int, text: str
) -> None:
    servers.spoil = _bonus(status, text)
    with capture_logs() as logs, pytest.raises(ProviderUnavailable):
        await alone.issue_free_spins(grant())
    assert BONUS_PASSWORD not in json.dumps(logs, default=str)


async def test_wrong_credentials_there_are_an_outage(vendor: Vendor) -> None:
    provider = made(vendor, bonus_password="wrong-password")
    with pytest.raises(ProviderUnavailable):
        await provider.cancel_free_spins(grant())
    await provider.close()


async def test_an_empty_answer_is_a_yes(alone: EverymatrixProvider, servers: Servers) -> None:
    servers.spoil = _bonus(201, "")
    await alone.issue_free_spins(grant())


async def test_silence_is_an_outage(vendor: Vendor, servers: Servers) -> None:
    async def spoil(request: web.Request) -> None:
        if request.method == "POST":
            await asyncio.sleep(60)

    servers.spoil = spoil
    provider = made(vendor, timeout_s=0.3)
    with pytest.raises(ProviderUnavailable):
        await provider.issue_free_spins(grant())
    await provider.close()
