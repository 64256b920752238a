"""Real PostgreSQL and Redis for every test; each test begins with an empty house."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from casino.backoffice import Backoffice
from casino.cashier import Cashier, PaymentRail
from casino.money import FUN, TON, USDT
from casino.play import Catalogue, HouseRounds, Play, Provider
from casino.players import Player, Players, SignIns, TelegramUser
from casino.surfaces import House, Mode
from casino.wallet import Wallet
from db.database import Database
from db.embedded import EmbeddedPostgres, EmbeddedRedis

DICTIONARIES = {"currencies", "transfer_kinds", "switches", "tortoise_migrations"}


class MovingClock:
    """A clock that moves only when told.

    It starts now: what the database compares with its own clock must not be long ago.
    """

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="croupier-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house_dir() -> Iterator[Path]:
    """A data folder for a house of its own.

    Not pytest's ``tmp_path``: another run closes that folder's parent to other users, and as root
    the embedded server is another user.
    """
    folder = Path(tempfile.mkdtemp(prefix="croupier-house-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    logging.getLogger("db.embedded").setLevel(logging.ERROR)
    server = EmbeddedPostgres(data_dir)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(data_dir: Path) -> Iterator[str]:
    server = EmbeddedRedis(data_dir)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def database_url(postgres: EmbeddedPostgres) -> str:
    """A database of its own for this run, so that a second run may share the server."""
    return postgres.url.replace("/postgres?", f"/tests_{secrets.token_hex(4)}?")


@pytest.fixture(scope="session")
def _migrated(postgres: EmbeddedPostgres, database_url: str) -> None:
    import asyncio

    async def prepare() -> None:
        name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
        connection = await asyncpg.connect(postgres.url)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        await Database(database_url).migrate()

    asyncio.run(prepare())


@pytest.fixture
async def second(_migrated: None, database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the test's own: it sees only what was really committed."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def database(second: asyncpg.Connection, database_url: str) -> AsyncIterator[Database]:
    await empty(second)
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


async def empty(connection: asyncpg.Connection) -> None:
    """Remove everything but the dictionaries.

    Rows are deleted with triggers and foreign keys off: for a handful of rows that is many times
    faster than TRUNCATE, which makes new files for every table.
    """
    tables = [
        row[0]
        for row in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        if row[0] not in DICTIONARIES
    ]
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(";".join(f"DELETE FROM {t}" for t in tables))  # noqa: S608


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def house() -> House:
    return House(Mode.DEMO, "http://127.0.0.1:8080", jettons=(USDT,))


@pytest.fixture
def wallet(database: Database) -> Wallet:
    return Wallet(database, (FUN, TON, USDT))


@pytest.fixture
def players(wallet: Wallet, clock: MovingClock, house: House) -> Players:
    return Players(wallet, clock, terms_version=house.terms_version, welcome=house.welcome)


@pytest.fixture
def providers() -> dict[str, Provider]:
    """The registry; a test puts in what it plays with, then registers the catalogue."""
    return {}


@pytest.fixture
def catalogue(database: Database, providers: dict[str, Provider]) -> Catalogue:
    return Catalogue(providers)


@pytest.fixture
def play(wallet: Wallet, catalogue: Catalogue, house: House, clock: MovingClock) -> Play:
    return Play(wallet, catalogue, house, clock)


@pytest.fixture
def house_rounds(wallet: Wallet, catalogue: Catalogue, house: House) -> HouseRounds:
    return HouseRounds(wallet, catalogue, house)


@pytest.fixture
def rails() -> dict[str, PaymentRail]:
    return {}


@pytest.fixture
def cashier(wallet: Wallet, rails: dict[str, PaymentRail], house: House) -> Cashier:
    return Cashier(wallet, rails, house)


@pytest.fixture
def sign_ins(database: Database, clock: MovingClock) -> SignIns:
    return SignIns(clock)


@pytest.fixture
def backoffice(
    database: Database,
    wallet: Wallet,
    players: Players,
    catalogue: Catalogue,
    clock: MovingClock,
) -> Backoffice:
    return Backoffice(database, wallet, players, catalogue, clock)


@pytest.fixture
async def player(players: Players) -> Player:
    """A player in a demo house: 1,000 FUN, nothing else."""
    return await players.meet_telegram(TelegramUser(4242, "Ada", language_code="en"))
