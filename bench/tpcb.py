"""PostgreSQL's own yardstick: pgbench's TPC-B-like transaction."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.load import Figures, figures
from db.embedded import postgres_program

DATABASE = "bench_tpcb"


def prepare(url: str, scale: int) -> None:
    """Create and fill its tables."""
    _pgbench(["-i", "-q", "-I", "dtGvp", "-s", str(scale), url])


def measure(url: str, callers: int, warm_s: float, seconds: float) -> Figures:
    """Run it; what ends within ``warm_s`` of the first answer is not measured."""
    # Whole seconds are all that it takes; what ends late is cut off with the rest of the log.
    whole = -int(-(warm_s + seconds) // 1) + 1
    with tempfile.TemporaryDirectory(prefix="croupier-bench-tpcb-") as folder:
        arguments = ["-n", "-M", "prepared", "-b", "tpcb-like", "-c", str(callers), "-j", "2"]
        log = ["-l", "--log-prefix", f"{folder}/log"]
        _pgbench([*arguments, *log, "-T", str(whole), url])
        lines = [line for path in Path(folder).iterdir() for line in path.read_text().splitlines()]
    return figures(latencies(lines, warm_s, seconds), seconds, 0)


def latencies(lines: Iterable[str], warm_s: float, seconds: float) -> list[float]:
    """Read a transaction log; return the seconds that each transaction of the stretch took."""
    # client, transaction, microseconds, script, and the moment of its end in s and us
    rows = [line.split() for line in lines]
    ended = [(int(row[4]) + int(row[5]) / 1e6, int(row[2]) / 1e6) for row in rows]
    starts = min(moment for moment, _ in ended) + warm_s
    return [took for moment, took in ended if starts <= moment < starts + seconds]


def _pgbench(arguments: list[str]) -> None:
    subprocess.run(  # noqa: S603 - the server's own program, our own arguments
        [postgres_program("pgbench"), *arguments], check=True, capture_output=True
    )
