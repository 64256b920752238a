"""What tests of the engine share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from casino.players import Player, Players, TelegramUser
from casino.wallet import Wallet
from tests.casino.wallet.traffic import Traffic, bet


@pytest.fixture
async def crowd(wallet: Wallet, players: Players) -> list[Player]:
    """Four players whose wallet has learnt the source "one" and has its connection."""
    crowd = [await players.meet_telegram(TelegramUser(n, f"P{n}")) for n in range(1, 5)]
    await wallet.apply(bet(crowd[0], "first", 0))
    return crowd


@pytest.fixture
def traffic(crowd: list[Player], monkeypatch: pytest.MonkeyPatch) -> Traffic:
    return Traffic(monkeypatch)


@pytest.fixture
async def blocker(
    second: asyncpg.Connection, database_url: str
) -> AsyncIterator[asyncpg.Connection]:
    """A third connection: it holds locks while the second one looks."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture(params=["raise_exception", "unique_violation", "numeric_value_out_of_range"])
async def poisoned(
    request: pytest.FixtureRequest, crowd: list[Player], second: asyncpg.Connection
) -> AsyncIterator[None]:
    """The database cannot store one key, whatever the reason."""
    await second.execute(
        "CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION 'poison' USING ERRCODE = '{request.param}'; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON transfers FOR EACH ROW"
        " WHEN (NEW.key = 'poison') EXECUTE FUNCTION refuse_poison()"
    )
    yield
    await second.execute("DROP FUNCTION refuse_poison CASCADE")
