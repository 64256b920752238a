"""The wallet in process against PostgreSQL's own yardstick, on the same server in the same run."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from casino.money import FUN
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from db.database import Database, transaction
from db.embedded import EmbeddedPostgres, postgres_program

CALLERS = 64
PLAYERS = 1_000
SECONDS = 4
ROUNDS = 3
RESULTS = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One measured stretch."""

    per_second: float
    p99_ms: float


async def measure(wallet: Wallet, players: list[int], run: int) -> Run:
    """Let callers bet and win in a closed loop; count what was acknowledged."""
    ends = time.perf_counter() + SECONDS
    took: list[float] = []

    async def caller(number: int) -> None:
        turn = 0
        while time.perf_counter() < ends:
            player_id = players[(number * 7_919 + turn * 104_729) % len(players)]
            name = f"{run}-{number}-{turn}"
            turn += 1
            for op in (
                Op(Kind.BET, f"b-{name}", 100, name),
                Op(Kind.WIN, f"w-{name}", 100, name, ends_round=True),
            ):
                began = time.perf_counter()
                answer = await wallet.apply(Batch(player_id, FUN, "bench", (op,)))
                took.append(time.perf_counter() - began)
                if not isinstance(answer, Applied):
                    raise RuntimeError(answer)  # noqa: TRY004 - a failed run, not a type

    await asyncio.gather(*(caller(n) for n in range(CALLERS)))
    took.sort()
    return Run(len(took) / SECONDS, took[int(len(took) * 0.99)] * 1_000)


async def prepare(wallet: Wallet) -> list[int]:
    """Make players with money."""
    async with transaction() as tx:
        rows = await tx.raw.fetch(
            "INSERT INTO players (name, language, frozen, created_at)"
            " SELECT 'bench ' || n, 'en', false, now() FROM generate_series(1, $1) n RETURNING id",
            PLAYERS,
        )
    players = [row["id"] for row in rows]
    for player_id in players:
        await wallet.apply(Batch(player_id, FUN, "bench", (Op(Kind.GRANT, "seed", 10**12),)))
    return players


def pgbench(url: str) -> float:
    """Run the server's own tpcb-like benchmark; transactions a second."""
    seconds = str(SECONDS)
    arguments = ["-n", "-M", "prepared", "-b", "tpcb-like", "-c", str(CALLERS), "-j", "2"]
    out = subprocess.run(  # noqa: S603 - our own binary, our own arguments
        [postgres_program("pgbench"), *arguments, "-T", seconds, url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return next(float(line.split()[2]) for line in out.splitlines() if line.startswith("tps"))


async def run() -> dict[str, object]:
    """Interleave both, three times, and compare medians."""
    with tempfile.TemporaryDirectory(prefix="croupier-bench-") as folder:
        server = EmbeddedPostgres(Path(folder))
        subprocess.run(  # noqa: S603, ASYNC221 - set-up, nothing else runs yet
            [postgres_program("pgbench"), "-i", "-q", "-s", "10", server.url],
            check=True,
            capture_output=True,
        )
        database = Database(server.url)
        await database.migrate()
        await database.open()
        wallet = Wallet(database, (FUN,))
        players = await prepare(wallet)
        ours: list[Run] = []
        theirs: list[float] = []
        for number in range(ROUNDS):
            ours.append(await measure(wallet, players, number))
            theirs.append(await asyncio.to_thread(pgbench, server.url))
        report = await wallet.audit()
        await database.close()
        server.stop()
    if not report.ok:
        raise RuntimeError(report.findings)
    wallet_per_second = statistics.median(r.per_second for r in ours)
    tpcb_per_second = statistics.median(theirs)
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}",
        "callers": CALLERS,
        "wallet_per_second": round(wallet_per_second),
        "wallet_p99_ms": round(statistics.median(r.p99_ms for r in ours), 1),
        "tpcb_per_second": round(tpcb_per_second),
        "wallet_uniform_vs_tpcb": round(wallet_per_second / tpcb_per_second, 2),
        "transfers_audited": report.transfers,
    }


def main() -> None:
    """Measure, show, keep."""
    result = asyncio.run(run())
    for name, value in result.items():
        print(f"{name:26} {value}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
