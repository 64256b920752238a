"""``make bench``: everything in one run on one server, in rounds, and only ratios are promised."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

import msgspec

from bench import generator, in_process, lobby, stock, tpcb, world
from bench.chart import chart
from bench.house import House, house
from bench.load import Figures, together
from bench.machine import calibrate, machine
from bench.report import Spread, latencies, ratios, spread, stretches, table
from db.embedded import EmbeddedPostgres, EmbeddedRedis

CALLERS = 128  # the issue's; peers are also given half as many, where they are at their best
FEWER = 64
RIVALS = 3  # processes that want the same players
ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "latest.json"
CHART = ROOT / "docs" / "images" / "bench.svg"
CHILD_MAX_S = 600
AHEAD_PER_S = 40_000  # steps drawn before a stretch, for each of its seconds
SCALE = 100  # of pgbench: 10 million accounts
# Bets that look up every session: of two processes on one port nobody knows which one is asked.
VISITS = {1: 1, 2: 4}
VISITORS = 64

TITLES = {
    "wallet_uniform": "wallet, 10,000 players, 128 callers",
    "wallet_zipf": "wallet, zipf(1.1) players, 128 callers",
    "wallet_hot": "wallet, one player, 128 callers",
    "wallet_contended": "wallet, 3 processes, 4 players, 126 callers",
    "wallet_lone": "wallet, one caller",
    "stored_100k": "wallet, 100 thousand transfers stored",
    "stored_1m": "wallet, 1 million transfers stored",
    "stored_10m": "wallet, 10 million transfers stored",
    "http_1": "signed HTTP, one process, 128 connections",
    "http_2": "signed HTTP, two processes, 128 connections",
    "tpcb_128": "pgbench tpcb-like, 128 clients",
    "tpcb_64": "pgbench tpcb-like, 64 clients",
    "tpcb_lone": "pgbench tpcb-like, one client",
    "handwritten": "hand-written transaction, 128 callers",
    "orm": "ORM transaction, 128 callers",
}


class Size(msgspec.Struct, frozen=True):
    """How much is measured; times in seconds."""

    rounds: int
    warm_s: float
    seconds: float
    lone_s: float
    scale: int  # of pgbench
    stored: dict[str, int]
    counts: list[int]  # operations at which memory is looked at


FULL = Size(
    rounds=3,
    warm_s=1,
    seconds=4,
    lone_s=2,
    scale=SCALE,
    stored={"stored_1m": 1_000_000, "stored_10m": 10_000_000},
    counts=[0, 250_000, 500_000, 1_000_000],
)
QUICK = Size(
    rounds=1,
    warm_s=0.5,
    seconds=1,
    lone_s=0.5,
    scale=10,
    stored={"stored_100k": 100_000},
    counts=[0, 10_000, 20_000],
)


class Bench:
    """One server and everything that is measured on it."""

    def __init__(self, size: Size, url: str, redis_url: str, folder: Path) -> None:
        """Measure nothing yet."""
        self.size = size
        self._url = url
        self._redis_url = redis_url
        self._folder = folder
        self._houses: dict[str, tuple[House, str]] = {}
        self._stored: dict[str, int] = {}  # transfers that must be in a database kept for long
        self._first_player = 0
        self._seed = 0

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """Have everything in place that rounds share."""
        tell("preparing: tables")
        asyncio.run(world.make_template(self._url))
        self._first_player = asyncio.run(
            world.first_player_id(world.named(self._url, world.TEMPLATE))
        )
        for name, rows in self.size.stored.items():
            began = perf_counter()
            url = asyncio.run(world.copy_template(self._url, f"bench_{name}"))
            asyncio.run(stock.fill(url, rows, self._first_player))
            self._stored[name] = rows + world.OPENED
            tell(f"preparing: {rows:,} transfers stored in {perf_counter() - began:.0f} s")
        began = perf_counter()
        asyncio.run(world.execute(self._url, f"CREATE DATABASE {tpcb.DATABASE}"))
        tpcb.prepare(world.named(self._url, tpcb.DATABASE), self.size.scale)
        tell(f"preparing: pgbench's tables in {perf_counter() - began:.0f} s")
        with contextlib.ExitStack() as stack:
            for processes in (1, 2):
                self._open_house(stack, processes)
            yield

    def _open_house(self, stack: contextlib.ExitStack, processes: int) -> None:
        name = f"http_{processes}"
        began = perf_counter()
        url = asyncio.run(world.copy_template(self._url, f"bench_{name}"))
        folder = self._folder / name
        opened = stack.enter_context(house(folder, url, self._redis_url, processes=processes))
        self._houses[name] = opened, url
        self._stored[name] = world.OPENED
        # Sessions last for many spins: every process has looked up each before it is measured.
        self._send(name, VISITS[processes])
        tell(f"preparing: {processes} web in {perf_counter() - began:.0f} s")

    def stretches(self) -> dict[str, Callable[[], Figures]]:
        """Name what each round measures."""

        def in_own(design: str, callers: int, **spec: object) -> Callable[[], Figures]:
            return lambda: self._in_process(design, callers, **spec)

        def by_pgbench(callers: int, seconds: float) -> Callable[[], Figures]:
            return lambda: self._tpcb(callers, seconds)

        lone_s = self.size.lone_s
        # What is compared stands close together: the machine drifts.
        return {
            **{name: partial(self._kept, name) for name in self.size.stored},
            "wallet_uniform": in_own("wallet", CALLERS),
            "wallet_hot": in_own("wallet", CALLERS, skew="hot"),
            "tpcb_128": by_pgbench(CALLERS, self.size.seconds),
            **{name: partial(self._http, name) for name in self._houses},
            "tpcb_64": by_pgbench(FEWER, self.size.seconds),
            "handwritten": in_own("handwritten", CALLERS),
            "wallet_zipf": in_own("wallet", CALLERS, skew="zipf"),
            "orm": in_own("orm", CALLERS),
            "wallet_contended": self._contended,
            "wallet_lone": in_own("wallet", 1, seconds=lone_s),
            "tpcb_lone": by_pgbench(1, lone_s),
        }

    def memory(self) -> Figures:
        """Watch one process over many operations."""
        return self._in_process("wallet", CALLERS, counts=self.size.counts)

    def houses_rss_mb(self) -> dict[str, list[float]]:
        """Return the memory of each web process now."""
        return {name: opened.rss_mb() for name, (opened, _) in self._houses.items()}

    def prove_kept(self) -> None:
        """Audit the databases that were kept over the rounds."""
        for name, stored in self._stored.items():
            tell(f"audit: {name}, {stored:,} transfers")
            asyncio.run(world.prove(world.named(self._url, f"bench_{name}"), stored))

    def _in_process(self, design: str, callers: int, **spec: object) -> Figures:
        url = asyncio.run(world.copy_template(self._url, "bench_stretch"))
        figures = self._child(design, url, callers, **spec)
        if design == "wallet":
            asyncio.run(world.prove(url, figures.stored + world.OPENED))
        else:
            asyncio.run(world.prove_peer(url, figures.stored))
        return figures

    def _contended(self) -> Figures:
        """Have several processes want the same few players at once."""
        url = asyncio.run(world.copy_template(self._url, "bench_stretch"))
        specs = [self._spec("wallet", url, CALLERS // RIVALS, skew="few") for _ in range(RIVALS)]
        self._checkpoint()
        with ThreadPoolExecutor(RIVALS) as beside:
            figures = together(list(beside.map(partial(run_child, "bench.in_process"), specs)))
        asyncio.run(world.prove(url, figures.stored + world.OPENED))
        return figures

    def _kept(self, name: str) -> Figures:
        url = world.named(self._url, f"bench_{name}")
        figures = self._child("wallet", url, CALLERS)
        self._stored[name] += figures.stored
        found = asyncio.run(world.count_transfers(url))
        if found != self._stored[name]:
            raise world.BookWrong(f"{found} transfers, {self._stored[name]} acknowledged")
        return figures

    def _child(self, design: str, url: str, callers: int, **spec: object) -> Figures:
        self._checkpoint()
        return run_child("bench.in_process", self._spec(design, url, callers, **spec))

    def _spec(self, design: str, url: str, callers: int, **spec: object) -> in_process.Spec:
        self._seed += 1
        timing = {"warm_s": self.size.warm_s, "seconds": self.size.seconds}
        asked = {"design": design, "url": url, "callers": callers, "seed": self._seed, **timing}
        wanted = msgspec.convert(asked | spec, in_process.Spec)
        if not wanted.counts:
            wanted.ahead = int(AHEAD_PER_S * (wanted.warm_s + wanted.seconds)) // (
                1 if callers > 1 else 10
            )
        return wanted

    def _tpcb(self, callers: int, seconds: float) -> Figures:
        self._checkpoint()
        url = world.named(self._url, tpcb.DATABASE)
        return tpcb.measure(url, callers, self.size.warm_s, seconds)

    def _http(self, name: str) -> Figures:
        self._checkpoint()
        figures = self._send(name, 0)
        _, url = self._houses[name]
        asyncio.run(world.prove(url, self._stored[name]))
        return figures

    def _send(self, name: str, visits: int) -> Figures:
        self._seed += 1
        opened, _ = self._houses[name]
        spec = generator.Spec(
            port=opened.port,
            key=opened.key,
            first_player=self._first_player,
            connections=VISITORS if visits else CALLERS,
            warm_s=self.size.warm_s,
            seconds=self.size.seconds,
            seed=self._seed,
            visits=visits,
        )
        figures = run_child("bench.generator", spec)
        self._stored[name] += figures.stored
        return figures

    def _checkpoint(self) -> None:
        """Begin every stretch alike: the first change of each page is logged as a whole page."""
        asyncio.run(world.execute(self._url, "CHECKPOINT"))


def run_child(module: str, spec: msgspec.Struct) -> Figures:
    """Run one stretch in a process of its own. Raises RuntimeError with what it said."""
    child = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", module, msgspec.json.encode(spec).decode()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=CHILD_MAX_S,
        check=False,
    )
    if child.returncode:
        raise RuntimeError(f"{module} failed: {child.stderr[-3_000:]}")
    return msgspec.json.decode(child.stdout, type=Figures)


def run(size: Size) -> tuple[dict[str, object], str, dict[str, Spread]]:
    """Measure everything; return the result, the table and the ratios."""
    began = perf_counter()
    rounds: dict[str, list[Figures]] = {}
    loops: list[float] = []
    with tempfile.TemporaryDirectory(prefix="croupier-bench-") as name:
        folder = Path(name)
        with contextlib.ExitStack() as stack:
            postgres = EmbeddedPostgres(folder)
            stack.callback(postgres.stop)
            redis = EmbeddedRedis(folder)
            stack.callback(redis.stop)
            settings = asyncio.run(world.require_durable(postgres.url))
            bench = Bench(size, postgres.url, redis.url, folder)
            stack.enter_context(bench.prepared())
            houses_before = bench.houses_rss_mb()
            for number in range(size.rounds):
                in_turns = list(bench.stretches().items())
                for title, measure in in_turns if number % 2 == 0 else reversed(in_turns):
                    loops.append(calibrate())
                    figures = measure()
                    rounds.setdefault(title, []).append(figures)
                    tell(
                        f"round {number + 1}: {TITLES[title]:46}{figures.per_second:9,.0f}/s"
                        f"  p99 {figures.p99_ms:8.2f} ms"
                        + (f"  sent again: {figures.retried}" if figures.retried else "")
                    )
            houses_after = bench.houses_rss_mb()
            tell(f"memory: {size.counts[-1]:,} operations in one process; meanwhile, audits")
            with ThreadPoolExecutor(1) as beside:  # nothing is timed any more
                watched = beside.submit(bench.memory)
                bench.prove_kept()
                memory = watched.result()
    tell("lobby: 20,000 games")
    shown = lobby.measure()
    ratio = ratios(rounds)
    result: dict[str, object] = {
        **{key: value.median for key, value in ratio.items()},
        **latencies(rounds),
        "lobby_p95_ms": shown["lobby_p95_ms"],
        "lobby_16_p95_ms": shown["lobby_16_p95_ms"],
        "lobby": shown,
        "memory": {  # resident, in MB, of each process
            "at_operations": dict(zip(map(str, size.counts), memory.rss_mb, strict=True)),
            "web_at_first": houses_before,
            "web_at_last": houses_after,
        },
        "cal_ms": spread(loops, 1),  # of the fixed loop, before every stretch
        "sent_again": {
            name: count for name, each in rounds.items() if (count := sum(f.retried for f in each))
        },
        "rounds": size.rounds,
        "seconds_per_stretch": size.seconds,
        "minutes": round((perf_counter() - began) / 60, 1),
        "machine": machine() | {"cal": round(statistics.median(loops), 1)},
        "postgres": settings,
        "pgbench_scale": size.scale,
        "ratios": ratio,
        "stretches": stretches(rounds),
    }
    return result, table(rounds, TITLES), ratio


def tell(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, show, keep. ``--quick`` takes one short round and keeps nothing."""
    parser = argparse.ArgumentParser(prog="main.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, nothing is kept")
    quick = parser.parse_args(list(arguments)).quick
    result, shown, ratio = run(QUICK if quick else FULL)
    built = msgspec.to_builtins(result)
    print(shown)
    print(f"memory in MB: {built['memory']}")
    print(json.dumps({k: v for k, v in built.items() if k not in {"ratios", "stretches"}}))
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(built, indent=2) + "\n")
        CHART.write_text(chart(ratio, note(built)))


def note(result: dict[str, object]) -> str:
    """Write the line below the chart."""
    on = result["machine"]
    postgres = result["postgres"]
    if not isinstance(on, dict) or not isinstance(postgres, dict):
        raise TypeError(result)
    return (
        f"{CALLERS} callers, {on['cores']} cores shared by client and server, PostgreSQL"
        f" {postgres['server_version']}, fsync and synchronous_commit on;"
        f" median of {result['rounds']} rounds, worst to best"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
