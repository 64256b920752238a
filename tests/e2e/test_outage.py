"""The database goes, and comes back; Redis goes; money is never in doubt."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import redis
from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from tests.e2e.running import RunningHouse
from tests.peers.slotegrator.aggregator import Aggregator, game
from tests.peers.slotegrator.caller import MERCHANT_ID, MERCHANT_KEY, Caller

WAIT_S = 20.0


@pytest.fixture
def postgres_alone(house_dir: Path) -> Path:
    folder = house_dir / "database"
    folder.mkdir()
    return folder


class Outside:
    """A house on servers that the test may stop."""

    def __init__(
        self, house: RunningHouse, postgres: EmbeddedPostgres, redis: EmbeddedRedis
    ) -> None:
        self.house = house
        self.postgres = postgres
        self.redis = redis

    async def reasons(self) -> dict[str, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.house.url}/readyz") as answer,
        ):
            found: dict[str, str] = (await answer.json())["reasons"]
            assert (answer.status == 200) is (not found)
            return found

    async def until_reasons(self, names: set[str]) -> None:
        found: dict[str, str] = {}
        for _ in range(int(WAIT_S / 0.2)):
            found = await self.reasons()
            if set(found) == names:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"{found} instead of {names}")


@pytest.fixture
async def outside(house_dir: Path, postgres_alone: Path) -> AsyncIterator[Outside]:
    postgres, redis = EmbeddedPostgres(postgres_alone), EmbeddedRedis(postgres_alone)
    aggregator = Aggregator(SystemClock(), game(1))
    async with TestServer(aggregator.app()) as server:
        house = RunningHouse(
            house_dir,
            None,
            {
                "DATABASE_URL": postgres.url,
                "REDIS_URL": redis.url,
                "PROVIDERS": "house,slotegrator",
                "SLOTEGRATOR_URL": str(server.make_url("/v1")),
                "SLOTEGRATOR_MERCHANT_ID": MERCHANT_ID,
                "SLOTEGRATOR_MERCHANT_KEY": MERCHANT_KEY,
            },
        )
        await house.start()
        world = Outside(house, postgres, redis)
        yield world
        assert await house.stop() == 0
    world.postgres.stop()
    world.redis.stop()


async def test_the_database_goes_and_everything_recovers_by_itself(
    outside: Outside, postgres_alone: Path
) -> None:
    house = outside.house
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{house.url}/api/v1/auth/demo") as answer:
            signed_in = await answer.json()
        token, player_id = signed_in["access_token"], signed_in["player"]["id"]
        slot = await slot_of(house, token)
        launch = await house.ask(
            "POST",
            f"/games/{slot}/launch",
            token,
            json={"currency": "FUN", "mode": "real"},
            headers={"User-Agent": "Android Mobile"},  # the vendor's games are for phones
        )
        call = Caller(
            f"{house.url}/providers/slotegrator/",
            SystemClock(),
            session,
            {
                "player_id": player_id,
                "currency": "FUN",
                "session_id": launch["session_id"],
                "game_uuid": f"{1:032x}",
            },
        )
        first = secrets.token_hex(16)
        assert "transaction_id" in await call("bet", amount="10", transaction_id=first, type="bet")

        outside.postgres.stop()
        second = secrets.token_hex(16)
        failed = await call("bet", amount="10", transaction_id=second, type="bet")
        assert failed["error_code"] == "INTERNAL_ERROR"
        await outside.until_reasons({"database"})
        async with session.get(
            f"{house.url}/api/v1/wallet", headers={"Authorization": f"Bearer {token}"}
        ) as answer:
            assert answer.status == 503
            assert (await answer.json())["code"] == "try-later"

        outside.postgres = EmbeddedPostgres(postgres_alone)
        await outside.until_reasons(set())
        repeated = await call("bet", amount="10", transaction_id=second, type="bet")
        assert repeated["balance"] == Decimal(980)
        again = await call("bet", amount="10", transaction_id=first, type="bet")
        assert again["balance"] == Decimal(990)  # the first answer
        assert await call.balance() == Decimal(980)


async def test_without_redis_money_still_moves(outside: Outside) -> None:
    house = outside.house
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{house.url}/api/v1/auth/demo") as answer,
    ):
        token = (await answer.json())["access_token"]
    outside.redis.stop()
    await outside.until_reasons({"redis"})
    body: dict[str, Any] = {
        "currency": "FUN", "stake": "1", "direction": "under", "win_numbers": 5000
    }  # fmt: skip
    round_ = await house.ask(
        "POST",
        "/house/dice/bets",
        token,
        json=body,
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert round_["account"]["version"] > 1


async def slot_of(house: RunningHouse, token: str) -> str:
    for _ in range(int(WAIT_S / 0.2)):
        games = (await house.ask("GET", "/games", token))["games"]
        for each in games:
            if each["provider"] == "slotegrator":
                return str(each["id"])
        await asyncio.sleep(0.2)
    raise AssertionError("the provider's game did not appear")


async def test_servers_of_our_own_that_die_are_started_again(house_dir: Path) -> None:
    house = RunningHouse(house_dir, None, {})
    await house.start()
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{house.url}/api/v1/auth/demo") as answer,
        ):
            token = (await answer.json())["access_token"]
        postmaster = int((house_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        with redis.Redis(port=int((house_dir / "redis" / "port").read_text())) as client:
            valkey = int(client.info("server")["process_id"])
        for pid in (postmaster, valkey):
            os.kill(pid, signal.SIGKILL)
        for _ in range(int(WAIT_S / 0.2)):
            await asyncio.sleep(0.2)
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{house.url}/readyz") as answer,
            ):
                if answer.status == 200 and "starting it again" in house.log:
                    break
        wallet = await house.ask("GET", "/wallet", token)
        assert wallet["accounts"][0]["available"] == "1000"
    finally:
        assert await house.stop() == 0
    assert not (house_dir / "postgres" / "postmaster.pid").exists()
