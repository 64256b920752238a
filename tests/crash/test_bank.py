"""Three processes on one database, staff among them: the bank test, and strict serialisability.

The journals of all three are on one clock, so "answered before sent" holds across processes.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedPostgres
from tests.crash import judge, oracle
from tests.crash.journal import read
from tests.crash.runs import load, new_database, populate
from tests.crash.test_killed import check_all

PROCESSES = 3
FEW = 10  # players; of many, hardly one calls just while he is frozen


async def bank(
    postgres: EmbeddedPostgres, folder: Path, seed: str, players: int, seconds: float
) -> None:
    url = await new_database(postgres)
    second = await asyncpg.connect(url)
    first = await populate(second, players, games=3, sessions=max(2, 40 // players))
    journals = [folder / f"load{n}" for n in range(PROCESSES)]
    same = ["--seed", seed, "--players", first, players, "--callers", 24, "--seconds", seconds]
    loads = [
        await load(url, journal, *same, "--name", n, "--inside", 0.1, *["--staff"][: n == 0])
        for n, journal in enumerate(journals)
    ]
    for running in loads:
        await running.end()
    assert judge.check_moves(await oracle.stored_rows(second)) > 0
    await (await load(url, folder / "again", "--again", *journals)).end()
    journals.append(folder / "again")
    await check_all(url, journals)
    calls, acts = read(journals)
    refusals = judge.check_staff(calls, acts)
    met = {"freeze", "end_session", "switch_off"} if players <= FEW else {"switch_off"}
    assert met <= refusals.keys(), "nobody met the staff"
    await judge.check_total(second, oracle.Asked(calls))
    await second.close()


async def test_three_processes_share_few_hot_players(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str
) -> None:
    await bank(postgres, house_dir, seed, 4, 3.0)


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("players", [2, 10, 1_000])
async def test_three_processes_share_their_players_for_long(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str, players: int
) -> None:
    await bank(postgres, house_dir, seed, players, 20.0)
