"""kill -9 in mid-load, of the process that asks and of the server that stores.

Nothing acknowledged is lost, nothing is done twice, whatever is in doubt is settled by a repeat.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from casino.wallet.audit import audit
from db.embedded import EmbeddedPostgres
from tests.crash import oracle
from tests.crash.conftest import MortalPostgres
from tests.crash.journal import read
from tests.crash.runs import UNTIL_KILLED, load, new_database, populate

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")


async def check_stored(url: str, journals: list[Path]) -> None:
    """Hold what is stored to what was acknowledged, before anything is repeated.

    A load that still runs has been told, before we look, of nothing that we do not see.
    """
    second = await asyncpg.connect(url)
    before, _ = read(journals)
    rows = await oracle.stored_rows(second)
    after, _ = read(journals)
    oracle.check_acknowledged(oracle.Asked(before), rows)
    oracle.check_asked(oracle.Asked(after), rows)
    await second.close()


async def check_all(url: str, journals: list[Path]) -> None:
    """Hold what is stored to every journal, those of the repeats among them."""
    second = await asyncpg.connect(url)
    calls, _ = read(journals)
    asked, rows = oracle.Asked(calls), await oracle.stored_rows(second)
    oracle.check_acknowledged(asked, rows)
    oracle.check_asked(asked, rows)
    oracle.check_settled(asked)
    oracle.check_repeats(asked)
    oracle.check_real_time(asked, rows)
    oracle.check_replay(asked, rows)
    report = await audit(second)
    assert report.ok, report.findings
    assert report.transfers == len(rows)
    await second.close()


async def some_players(url: str, count: int) -> tuple[int, int]:
    second = await asyncpg.connect(url)
    first = await populate(second, count)
    await second.close()
    return first, count


async def kill_loads(
    postgres: EmbeddedPostgres, folder: Path, seed: str, answers: list[int], players: int
) -> None:
    """Kill one load after the other; each repeats, as callers do, what the last one left."""
    url = await new_database(postgres)
    whose = await some_players(url, players)
    journals: list[Path] = []
    for n, many in enumerate(answers):
        journals.append(folder / f"killed{n}")
        running = await load(
            url,
            journals[-1],
            "--seed",
            seed,
            "--name",
            n,
            "--inside",
            0.05,
            "--players",
            *whose,
            *UNTIL_KILLED,
        )
        await running.until_answered(many)
        await running.kill()
        calls, _ = read(journals[-1:])
        assert any(call.in_doubt for call in calls)
        await check_stored(url, journals)
    await (await load(url, folder / "again", "--again", *journals)).end()
    await check_all(url, [*journals, folder / "again"])


async def kill_server(
    mortal: MortalPostgres, folder: Path, seed: str, answers: list[int], players: int
) -> None:
    """Kill the server under a load, which goes on as soon as there is one again."""
    url = await new_database(mortal.server)
    whose = await some_players(url, players)
    journal, again = folder / "load", folder / "again"
    running = await load(
        url, journal, "--seed", seed, "--inside", 0.05, "--players", *whose, *UNTIL_KILLED
    )
    for many in answers:
        await running.until_answered(many)
        await asyncio.to_thread(mortal.kill)
        await asyncio.to_thread(mortal.revive)
        await check_stored(url, [journal])
    await running.until_answered(answers[-1] + 500)
    await running.kill()
    calls, _ = read([journal])
    assert any(call.in_doubt for call in calls)
    await (await load(url, again, "--again", journal)).end()
    await check_all(url, [journal, again])


async def test_kill_9_of_a_process_in_mid_load(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str
) -> None:
    await kill_loads(postgres, house_dir, seed, [2_000], 5)


async def test_kill_9_of_the_server_in_mid_load(
    mortal: MortalPostgres, house_dir: Path, seed: str
) -> None:
    await kill_server(mortal, house_dir, seed, [2_000], 5)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("players", [1, 5, 1_000])
async def test_kill_9_of_processes_again_and_again(
    postgres: EmbeddedPostgres, house_dir: Path, seed: str, players: int
) -> None:
    await kill_loads(postgres, house_dir, seed, [500, 5_000, 1_500, 20_000, 3_000], players)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("players", [1, 5, 1_000])
async def test_kill_9_of_the_server_again_and_again(
    mortal: MortalPostgres, house_dir: Path, seed: str, players: int
) -> None:
    await kill_server(mortal, house_dir, seed, [2_000, 6_000, 12_000, 20_000], players)
