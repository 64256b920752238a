"""How ``transfers`` is laid out: candidates, full to ten million rows, in turns on one server.

Three parts (``--parts``), each on a server of its own and over within about twelve minutes. A part
that is measured alone replaces its own figures in the results. Needs 40 GB of disk for a while.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from bench.storage_layouts import (
    ACCOUNTS,
    BATCH,
    FEED,
    LAYOUT_SETTINGS,
    LOADING,
    NAMES,
    PLAYERS,
    RARE,
    SETTINGS,
    Driver,
    Layout,
    layouts,
)
from db.embedded import EmbeddedPostgres

CHUNK = 500_000
INSERTED = 1_000_000  # up to here rows go in with the indexes in place
ROUNDS = 4
SETTINGS_ROUNDS = 3
BATCHES = 800  # a stretch: equal work, or a slow moment would pay more page images per operation
SETTINGS_BATCHES = 2_000
CYCLE = (800, 1_200, 2_000, 4_000)  # batches, one stretch after the other
LONGEST_S = 120  # whatever the machine
SETTINGS_WARM = 300  # batches after a restart, before anything counts
TICKS = os.sysconf("SC_CLK_TCK")
RESULTS = Path(__file__).parent / "results" / "storage.json"

Figures = dict[str, float]


class Server:
    """The server, and how it is set."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self._folder = folder
        self._server = EmbeddedPostgres(folder)

    async def connect(self, database: str = "postgres") -> asyncpg.Connection:
        """Open a connection of its own, which prefers indexes as the engine's should."""
        return await asyncpg.connect(
            self._server.url,
            database=database,
            command_timeout=900,
            server_settings={"enable_seqscan": "off"},
        )

    async def set(self, settings: dict[str, str]) -> None:
        """Set it so, and nothing else; name ``max_wal_size``, or it gets the embedded server's."""
        connection = await self.connect()
        await connection.execute("ALTER SYSTEM RESET ALL")
        for name, value in settings.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute("CHECKPOINT")
        await connection.close()

    async def restart(self, settings: dict[str, str]) -> None:
        """Set it so, and nothing else, from a clean start. Raises RuntimeError if it is not so."""
        await self.set(settings)
        self._server.stop()
        self._server = EmbeddedPostgres(self._folder)
        connection = await self.connect()
        for name, value in settings.items():
            if (found := await connection.fetchval(f"SHOW {name}")) != value:
                raise RuntimeError(f"{name} is {found}, not {value}")
        await connection.close()

    def stop(self) -> None:
        """Stop it."""
        self._server.stop()

    def cpu(self, of: int | None = None) -> float:
        """Return the CPU seconds used by all of the server's living children, or by one."""
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat.parent.name) == of or (of is None and int(fields[1]) == self._server.pid):
                used += int(fields[11]) + int(fields[12])
        return used / TICKS


async def measure(
    server: Server, layout: Layout, batches: int, write: str = "", warm: int = 10
) -> Figures:
    """Run one stretch that begins with a checkpoint, so that full-page images are paid.

    Without warming up it goes on where the last one ended.
    """
    connection = await server.connect(layout.name)
    driver = Driver(connection, layout, write or layout.write)
    for _ in range(warm):
        await driver.batch()
    if warm:
        await connection.execute("CHECKPOINT")
    before = await _counters(server, connection)
    took: list[float] = []
    began = last = time.perf_counter()
    while len(took) < batches and last < began + LONGEST_S:
        await driver.batch()
        now = time.perf_counter()
        took.append(now - last)
        last = now
    after = await _counters(server, connection)
    await connection.close()
    ops = len(took) * BATCH
    spent = {name: (after[name] - before[name]) / ops for name in before}
    return {
        "ops_per_second": round(ops / (last - began), 1),
        "batch_p99_ms": round(sorted(took)[int(len(took) * 0.99)] * 1_000, 2),
        "wal_bytes_per_op": round(spent["wal"], 1),
        "page_images_per_op": round(spent["images"], 4),
        "backend_cpu_us_per_op": round(spent["backend"] * 1e6, 2),
        "server_cpu_us_per_op": round(spent["server"] * 1e6, 2),
        "checkpoints": after["checkpoints"] - before["checkpoints"],
    }


async def _counters(server: Server, connection: asyncpg.Connection) -> Figures:
    await connection.execute("SELECT pg_stat_force_next_flush()")
    row = await connection.fetchrow(
        "SELECT pg_current_wal_insert_lsn() - '0/0' AS wal, wal_fpi AS images,"
        " pg_backend_pid() AS pid, (SELECT num_done FROM pg_stat_checkpointer) AS checkpoints"
        " FROM pg_stat_wal"
    )
    return {
        "wal": float(row["wal"]),
        "images": float(row["images"]),
        "checkpoints": float(row["checkpoints"]),
        "backend": server.cpu(row["pid"]),
        "server": server.cpu(),
    }


def medians(runs: Sequence[Figures]) -> dict[str, object]:
    """Return the median of every figure, and how far apart the speeds were."""
    speeds = [run["ops_per_second"] for run in runs]
    middle: dict[str, object] = {
        name: round(statistics.median(run[name] for run in runs), 4) for name in runs[0]
    }
    return {**middle, "ops_per_second_from": min(speeds), "ops_per_second_to": max(speeds)}


async def create(server: Server, layout: Layout) -> None:
    """Make a database of one layout."""
    connection = await server.connect()
    await connection.execute(f"CREATE DATABASE {layout.name}")
    await connection.close()
    connection = await server.connect(layout.name)
    await connection.execute(f"CREATE SEQUENCE ledger_positions; {ACCOUNTS}")
    for statement in layout.tables:
        await connection.execute(statement)
    await connection.close()


async def fill(server: Server, layout: Layout, rows: int) -> Figures:
    """Empty it and store that many rows; return the seconds and the sizes.

    A million goes in with the indexes in place. Beyond, they are built afterwards, with leaves as
    full as random insertion leaves them.
    """
    connection = await server.connect(layout.name)
    tables = ["transfers", "transfer_keys"] if layout.name == "month" else ["transfers"]
    await connection.execute(f"TRUNCATE {', '.join(tables)}, accounts")
    for index in layout.indexes:
        await connection.execute(f"DROP INDEX IF EXISTS {_name(index)}")
    began = time.perf_counter()
    if rows <= INSERTED:
        await _index(connection, layout)
    for start in range(0, rows, CHUNK):
        for past in layout.past:
            await connection.execute("SET work_mem = '64MB'")
            await connection.execute("SET synchronous_commit = off")
            await connection.fetch(past, start, min(start + CHUNK, rows), rows)
    if rows > INSERTED:
        await _index(connection, layout)
    seconds = time.perf_counter() - began
    await connection.execute(
        "INSERT INTO accounts (player_id, currency_id, cash, seq)"
        " SELECT p, 3, 1000000000000, $1::bigint FROM generate_series(1, $2::integer) p",
        rows // PLAYERS,
        PLAYERS,
    )
    await connection.execute(f"SELECT setval('ledger_positions', {rows + 1})")
    await connection.execute(f"ANALYZE {', '.join(tables)}, accounts")
    sizes = await connection.fetch(
        "SELECT regexp_replace(relname, '_[0-9].*', '') AS name, relkind = 'i' AS of_index,"
        " sum(pg_relation_size(oid)) / 1e6 AS mb FROM pg_class"
        " WHERE relname LIKE 'transfer%' AND relkind IN ('r', 'i') GROUP BY 1, 2 ORDER BY 1"
    )
    await connection.execute("CHECKPOINT")
    await connection.close()
    heap = sum(float(row["mb"]) for row in sizes if not row["of_index"])
    return {
        "seconds": round(seconds, 1),
        "heap_mb": round(heap, 1),
        "indexes_mb": round(sum(float(row["mb"]) for row in sizes) - heap, 1),
        **{f"{r['name']}_mb": round(float(r["mb"]), 1) for r in sizes if r["of_index"]},
    }


async def _index(connection: asyncpg.Connection, layout: Layout) -> None:
    await connection.execute("SET maintenance_work_mem = '512MB'")
    for index in layout.indexes:
        where = " WHERE " if " WHERE " in index else ""
        head, _, condition = index.partition(" WHERE ")
        full = 90 if index == FEED else 70  # positions grow: nothing is split there
        await connection.execute(f"CREATE {head} WITH (fillfactor = {full}){where}{condition}")


def _name(index: str) -> str:
    return index.partition("INDEX ")[2].partition(" ")[0]


async def compare_layouts(server: Server, among: list[Layout], rows: int) -> dict[str, object]:
    """Measure every layout, full to so many rows, in turns."""
    await server.set(LOADING)
    filled = {layout.name: await fill(server, layout, rows) for layout in among}
    await server.set(LAYOUT_SETTINGS)
    print("filled", rows, json.dumps(filled), flush=True)
    runs: dict[str, list[Figures]] = {layout.name: [] for layout in among}
    for number in range(ROUNDS):
        for layout in among:
            if not rows and number:
                await fill(server, layout, 0)
            runs[layout.name].append(await measure(server, layout, BATCHES))
            print(rows, layout.name, json.dumps(runs[layout.name][-1]), flush=True)
    return {name: {**medians(runs[name]), "stored": filled[name]} for name in runs}


async def compare_feeds(server: Server, layout: Layout) -> dict[str, object]:
    """Measure what the change feed's index costs, by how positions are drawn."""
    per_batch = layout.write.replace(f"({NAMES}", f"({NAMES}, position", 1).replace(
        "k.kind = 20", "k.kind = 20, (SELECT nextval('ledger_positions'))", 1
    )
    writes = {"none": layout.write, "row": layout.write, "batch": per_batch}
    runs: dict[str, list[Figures]] = {name: [] for name in writes}
    for _ in range(ROUNDS):
        for name, write in writes.items():
            connection = await server.connect(layout.name)
            await connection.execute("DROP INDEX IF EXISTS transfers_position")
            if name != "none":
                await connection.execute(f"CREATE {FEED}")
            await connection.close()
            runs[name].append(await measure(server, layout, BATCHES, write))
            print("feed", name, json.dumps(runs[name][-1]), flush=True)
    return {name: medians(of) for name, of in runs.items()}


async def compare_settings(server: Server, layout: Layout, batches: int) -> dict[str, object]:
    """Measure longer stretches, which meet their own checkpoints, by how the server is set."""
    runs: dict[str, list[Figures]] = {name: [] for name in SETTINGS}
    for _ in range(SETTINGS_ROUNDS):
        for name, settings in SETTINGS.items():
            await server.restart(settings)
            runs[name].append(await measure(server, layout, batches, warm=SETTINGS_WARM))
            print("settings", name, json.dumps(runs[name][-1]), flush=True)
    return {name: {**medians(of), "settings": SETTINGS[name]} for name, of in runs.items()}


async def follow_cycle(server: Server, among: list[Layout]) -> dict[str, object]:
    """Measure on and on after one checkpoint: the longer a cycle, the fewer page images."""
    await server.restart(RARE)
    followed: dict[str, object] = {}
    for layout in among:
        runs: list[Figures] = []
        for batches in CYCLE:
            warm = 0 if runs else 10
            runs.append({"batches": batches, **await measure(server, layout, batches, warm=warm)})
            print("cycle", layout.name, json.dumps(runs[-1]), flush=True)
        followed[layout.name] = runs
    return followed


async def plans_on_empty(server: Server, layout: Layout) -> dict[str, bool]:
    """Say when look-ups planned on an empty but analysed table would scan all of it later."""
    await fill(server, layout, 0)
    connection = await server.connect(layout.name)
    scans = {}
    for seqscan in ("on", "off"):
        await connection.execute(
            f"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = {seqscan};"
            f" PREPARE reading AS {layout.read}"
        )
        rows = await connection.fetch("EXPLAIN EXECUTE reading ('{}', '{}')")
        scans[f"enable_seqscan_{seqscan}"] = any("Seq Scan on transf" in row[0] for row in rows)
        print(*(row[0] for row in rows), sep="\n", flush=True)
        await connection.execute("DEALLOCATE reading")
    await connection.close()
    return scans


async def main(
    parts: Sequence[str], stored: Sequence[int], winner: str, settings_batches: int
) -> dict[str, object]:
    """Measure these parts on a server of its own, which is deleted afterwards."""
    candidates = layouts()
    best = next(layout for layout in candidates if layout.name == winner)
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="croupier-storage-") as folder:
        server = Server(Path(folder))
        try:
            await server.restart(LAYOUT_SETTINGS)
            for layout in candidates:
                await create(server, layout)
            if "layouts" in parts:
                figures["full_scan_planned_on_empty"] = await plans_on_empty(server, candidates[0])
                figures["layouts_by_rows"] = {
                    str(rows): await compare_layouts(server, candidates, rows) for rows in stored
                }
                figures["layout_settings"] = LAYOUT_SETTINGS
            else:
                await server.set(LOADING)
                await fill(server, best, max(stored))
                await server.set(LAYOUT_SETTINGS)
            if "feed" in parts:
                figures["feed_index"] = await compare_feeds(server, best)
            if "cycle" in parts and "layouts" in parts:  # which fills more than the best one
                figures["cycle"] = await follow_cycle(server, candidates[:2])
            if "settings" in parts:
                figures["settings"] = await compare_settings(server, best, settings_batches)
                figures["settings_batches"] = settings_batches
            connection = await server.connect()
            version = await connection.fetchval("SHOW server_version")
            await connection.close()
        finally:
            server.stop()
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, PostgreSQL {version}",
        "players": PLAYERS,
        "batch": BATCH,
        "batches": BATCHES,
        "rounds": ROUNDS,
        "best": winner,
        **figures,
    }


if __name__ == "__main__":
    parts = ("layouts", "feed", "cycle", "settings")
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--parts", nargs="+", choices=parts, default=parts)
    arguments.add_argument("--stored", nargs="+", type=int, default=[0, 1_000_000, 10_000_000])
    arguments.add_argument("--best", default="digest", help="for the feed and the settings")
    arguments.add_argument("--settings-batches", type=int, default=SETTINGS_BATCHES)
    arguments.add_argument("--results", type=Path, default=RESULTS)
    given = arguments.parse_args()
    measured = asyncio.run(main(given.parts, given.stored, given.best, given.settings_batches))
    kept = json.loads(given.results.read_text()) if given.results.exists() else {}
    given.results.write_text(json.dumps({**kept, **measured}, indent=2) + "\n")
    print(json.dumps(measured, indent=2))
