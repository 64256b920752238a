"""The connection is cut at a chosen point: what the server did and what it said come apart."""

from __future__ import annotations

import random  # noqa: TID251 - the points are drawn from a seed
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from casino.money import FUN
from casino.wallet import Applied, Batch, Kind, Op, Outcome, Wallet
from db.database import Database
from db.embedded import EmbeddedPostgres
from tests.crash.cutter import Cutter, Point
from tests.crash.journal import read
from tests.crash.runs import UNTIL_KILLED, load, new_database
from tests.crash.test_killed import check_all, check_stored, some_players


@asynccontextmanager
async def cut(
    url: str, choose: Callable[[bool], Point | None]
) -> AsyncIterator[tuple[str, Cutter]]:
    """Put a cutter before a server; yields where to connect."""
    server = parse_qs(urlsplit(url).query)["host"][0]
    folder = Path(tempfile.mkdtemp(prefix="crc-"))  # a socket's path must be short
    cutter = Cutter(Path(server) / ".s.PGSQL.5432", folder, choose)
    await cutter.start()
    try:
        yield url.replace(server, str(folder)), cutter
    finally:
        await cutter.stop()
        shutil.rmtree(folder)


class Next:
    """Cuts the next write, or read, at one point, once."""

    def __init__(self) -> None:
        self.point: Point | None = None
        self.write = True

    def __call__(self, write: bool) -> Point | None:
        if self.point is None or write is not self.write:
            return None
        point, self.point = self.point, None
        return point


@pytest.fixture
def chosen() -> Next:
    return Next()


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("point", list(Point))
async def test_one_stake_whose_connection_is_cut_is_taken_once_and_answered_at_once(
    postgres: EmbeddedPostgres, chosen: Next, point: Point, write: bool
) -> None:
    url = await new_database(postgres)
    player, _ = await some_players(url, 1)
    async with cut(url, chosen) as (through, cutter):
        database = Database(through)
        await database.open()
        wallet = Wallet(database, (FUN,))
        await wallet.apply(Batch(player, FUN, "one", (Op(Kind.GRANT, "g", 1_000),)))
        chosen.point, chosen.write = point, write
        bet = Batch(player, FUN, "one", (Op(Kind.BET, "b", 100, "r"),))
        answer = await wallet.apply(bet)
        assert cutter.cuts == {(point, write): 1}
        assert isinstance(answer, Applied)
        lost = write and point is Point.AFTER  # it was stored, and only the answer was lost
        expected = Outcome.REPLAYED if lost else Outcome.APPLIED
        assert [(i.outcome, i.balance_units) for i in answer.items] == [(expected, 900)]
        again = await wallet.apply(bet)
        assert isinstance(again, Applied)
        assert again.items[0].transfer_id == answer.items[0].transfer_id
        await database.close()
    second = await asyncpg.connect(url)
    assert await second.fetchval("SELECT count(*) FROM transfers WHERE kind_id = 1") == 1
    assert await second.fetchval("SELECT cash FROM accounts") == 900
    await second.close()


async def cut_a_load(
    postgres: EmbeddedPostgres, folder: Path, seed: str, answers: int, often: float
) -> None:
    """Cut the connections of a load at drawn points, reads and writes, the pool's too."""
    url = await new_database(postgres)
    whose = await some_players(url, 5)
    draw = random.Random(seed)  # noqa: S311
    calm = True

    def choose(_write: bool) -> Point | None:
        if calm or draw.random() > often:
            return None
        return draw.choice(list(Point))

    journal, again = folder / "load", folder / "again"
    async with cut(url, choose) as (through, cutter):
        running = await load(
            through, journal, "--seed", seed, "--inside", 0.05, "--players", *whose, *UNTIL_KILLED
        )
        await running.until_answered(100)
        calm = False
        await running.until_answered(answers)
        await running.kill()
    assert cutter.cuts[Point.AFTER, True] > 0
    assert cutter.cuts[Point.BEFORE, True] > 0
    calls, _ = read([journal])
    assert any(
        call.answered and any(item[0] == "replayed" for item in call.answered.items)
        for call in calls
    )
    await check_stored(url, [journal])
    await (await load(url, again, "--again", journal)).end()
    await check_all(url, [journal, again])


async def test_connections_cut_at_drawn_points_in_mid_load(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str
) -> None:
    await cut_a_load(postgres, house_dir, seed, 2_000, 0.05)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("often", [0.01, 0.1, 0.3])
async def test_connections_cut_all_the_time(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str, often: float
) -> None:
    await cut_a_load(postgres, house_dir, seed, 20_000, often)
