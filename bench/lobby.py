"""The lobby of 20,000 games over HTTP: pages, facets, and searches as they are typed.

``python -m bench.lobby`` starts servers of its own. What is typed while it is measured was not
typed before: only what visitors of a real house would repeat too is remembered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import asyncpg

from bench.chance import Stream, zipf
from casino.play import Catalogue, Category, GameEntry, LateOriginals, Manifest, Volatility
from casino.play.lobby_popular import rank
from casino.play.provider import Call, LaunchRequest, Reply
from db.database import Database
from db.embedded import EmbeddedPostgres, EmbeddedRedis

GAMES = 20_000
STUDIOS = 150
VISITORS = 16
ASKED = 400  # requests of each kind by one visitor, and by all together
WARMED = 60
PAGE = 48
PROVIDER = "sandbox"
MAIN = Path(__file__).resolve().parents[1] / "main.py"
START_MAX_S, STOP_MAX_S, ANSWER_MAX_S = 60, 30, 30
KINDS = ("first", "category", "search", "typo", "facets")

_BEGINNINGS_TEXT = (
    "ba be bo bra da de dra fa fi fo ga go gra ha ja ka ki la lu ma mi mo na ra ro sa"
)
_BEGINNINGS = _BEGINNINGS_TEXT.split()
_MIDDLES_TEXT = "l n r s t v m d nd rt st ll ng mp lk x z ck ph"
_MIDDLES = _MIDDLES_TEXT.split()
_ENDS_TEXT = "a o i us er on is ix ar en um or y e ia"
_ENDS = _ENDS_TEXT.split()
_COMMON_TEXT = (
    "gold book fire fruit lucky wild mega star king queen dragon wolf pirate sweet bonanza "
    "gates olympus hot joker diamond magic power night moon sun treasure egypt dead legacy "
    "roulette blackjack crash rocket buffalo fortune tiger panda ocean jungle royal deluxe"
)
_COMMON = _COMMON_TEXT.split()
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class Listed:
    """A provider that lists made-up games."""

    def __init__(self, entries: Sequence[GameEntry]) -> None:
        """List these."""
        self.manifest = Manifest(PROVIDER, "Bench", LateOriginals.ACCEPT)
        self._entries = list(entries)

    async def catalogue(self) -> list[GameEntry]:
        """List them."""
        return self._entries

    async def launch(self, request: LaunchRequest) -> str:
        """Open nothing: nobody plays here."""
        raise NotImplementedError(request)

    async def answer(self, call: Call) -> Reply:
        """Answer nothing: nobody calls here."""
        raise NotImplementedError(call)

    async def close(self) -> None:
        """Hold nothing open."""


def made_up(games: int, seed: int = 4) -> list[GameEntry]:
    """Return games with titles of common and of rare words, from studios large and small."""
    stream = Stream(seed)
    rare = [
        _BEGINNINGS[n % len(_BEGINNINGS)]
        + _MIDDLES[n // len(_BEGINNINGS) % len(_MIDDLES)]
        + _ENDS[n // len(_BEGINNINGS) // len(_MIDDLES) % len(_ENDS)]
        for n in range(len(_BEGINNINGS) * len(_MIDDLES) * len(_ENDS))
    ]
    studios = zipf(STUDIOS, 1, games, stream)
    common = zipf(len(_COMMON), 0.6, 2 * games, stream)
    categories = [*[Category.SLOTS] * 16, *Category]
    found = []
    for n in range(games):
        words = [_COMMON[common[2 * n]], rare[stream.below(len(rare))]]
        if stream.below(2):
            words.append(_COMMON[common[2 * n + 1]])
        found.append(
            GameEntry(
                external_id=f"game-{n}",
                title=" ".join(words).title() + (f" {n % 1_000}" if stream.below(5) == 0 else ""),
                category=categories[stream.below(len(categories))],
                studio=f"{rare[studios[n]].title()} Gaming",
                image_url=f"https://img.example/{n}.png",
                rtp_ppm=940_000 + stream.below(40) * 1_000,
                has_demo=stream.below(4) > 0,
                has_free_spins=stream.below(2) > 0,
                volatility=list(Volatility)[stream.below(3)],
                tags=(_COMMON[stream.below(20)], _COMMON[20 + stream.below(20)]),
                features=("bonus-buy",) if stream.below(3) == 0 else ("megaways", "jackpot"),
                restricted_countries=("US", "GB"),
                released_on=f"20{15 + stream.below(11)}-0{1 + stream.below(9)}-15",
            )
        )
    return found


def typed(titles: Sequence[str], count: int, stream: Stream) -> list[str]:
    """Return what a search box asks for while titles are typed: one letter, two, up to eight."""
    found: list[str] = []
    while len(found) < count:
        title = titles[stream.below(len(titles))].lower()
        word = title.split()[stream.below(len(title.split()))]
        text = title if stream.below(2) else word
        found += [text[:n] for n in range(1, min(8, len(text)) + 1)]
    return found[:count]


def mistyped(titles: Sequence[str], count: int, stream: Stream) -> list[str]:
    """Return titles with a letter that is wrong, missing, doubled or in its neighbour's place."""
    found = []
    for _ in range(count):
        words = titles[stream.below(len(titles))].lower().split()[:2]
        n = max(range(len(words)), key=lambda n: len(words[n]))
        word = words[n]
        at = 1 + stream.below(max(1, len(word) - 2))
        words[n] = (
            word[:at] + _ALPHABET[stream.below(26)] + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )[stream.below(4)]
        found.append(" ".join(words))
    return found


def paths(kind: str, titles: Sequence[str], count: int, seed: int) -> list[str]:
    """Return what is asked of the API, of one kind."""
    stream = Stream(seed)
    if kind == "first":
        return [f"/games?limit={PAGE}"] * count
    if kind == "category":
        names = [category.value for category in Category]
        return [f"/games?limit={PAGE}&category={names[n % len(names)]}" for n in range(count)]
    if kind == "facets":
        names = ["", *(f"?category={category.value}" for category in Category)]
        return [f"/games/facets{names[n % len(names)]}" for n in range(count)]
    texts = typed if kind == "search" else mistyped
    return [f"/games?limit={PAGE}&q={quote(text)}" for text in texts(titles, count, stream)]


class Visitor:
    """One connection that asks and waits, with as little work of its own as possible."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ask over an open connection."""
        self._reader, self._writer = reader, writer

    async def ask(self, path: str) -> bytes:
        """Return what is answered. Raises RuntimeError for anything but success."""
        self._writer.write(f"GET /api/v1{path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        length = next(int(f.split(b":")[1]) for f in fields if f.startswith(b"content-length:"))
        body = await self._reader.readexactly(length)
        if b" 200 " not in fields[0]:
            raise RuntimeError(f"{path}: {body[:300]!r}")
        return body

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@contextlib.asynccontextmanager
async def visitors(port: int, count: int) -> AsyncIterator[list[Visitor]]:
    """Open connections."""
    found = [
        Visitor(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))
        for _ in range(count)
    ]
    yield found
    for visitor in found:
        visitor.close()


async def timed(port: int, asked: Sequence[str], count: int) -> list[float]:
    """Have visitors share what is asked; return how long each answer took, in ms, in order."""
    took: list[float] = []
    waiting = iter(asked)

    async def visit(visitor: Visitor) -> None:
        for path in waiting:
            began = perf_counter()
            await visitor.ask(path)
            took.append((perf_counter() - began) * 1_000)

    async with asyncio.timeout(ANSWER_MAX_S * len(asked)), visitors(port, count) as opened:
        await asyncio.gather(*(visit(visitor) for visitor in opened))
    return sorted(took)


def quantile(ordered: Sequence[float], part: float) -> float:
    """Return the value below which this part of them lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def ask_all(port: int, titles: Sequence[str], asked: int) -> dict[str, float]:
    """Measure every kind, by one visitor and by many at once."""
    found: dict[str, float] = {}
    for kind in KINDS:
        await timed(port, paths(kind, titles, WARMED, 1), VISITORS)
        for count, name in ((1, ""), (VISITORS, f"_{VISITORS}")):
            took = await timed(port, paths(kind, titles, asked, 1 + count), count)
            found[f"lobby_{kind}{name}_p50_ms"] = round(quantile(took, 0.5), 2)
            found[f"lobby_{kind}{name}_p95_ms"] = round(quantile(took, 0.95), 2)
    for name in ("", f"_{VISITORS}"):
        found[f"lobby{name}_p95_ms"] = max(found[f"lobby_{kind}{name}_p95_ms"] for kind in KINDS)
    return found


async def found_again(port: int, titles: Sequence[str], count: int) -> float:
    """Return the part of mistyped titles whose game is on the first page of what is found."""
    stream = Stream(9)
    chosen = [titles[stream.below(len(titles))] for _ in range(count)]
    hits = 0
    async with visitors(port, 1) as (visitor,):
        for n, title in enumerate(chosen):
            text = mistyped([title], 1, Stream(n))[0]
            answer = json.loads(await visitor.ask(f"/games?limit={PAGE}&q={quote(text)}"))
            wanted = " ".join(title.lower().split()[:2])
            hits += any(game["title"].lower().startswith(wanted) for game in answer["games"])
    return hits / count


async def fill(url: str, entries: Sequence[GameEntry]) -> dict[str, float]:
    """Sync the games into a database, twice; give them a past; return what the syncs took."""
    provider = Listed(entries)
    database = Database(url)
    await database.migrate()
    await database.open()
    try:
        catalogue = Catalogue({PROVIDER: provider})
        await catalogue.register()
        took = []
        for _ in range(2):
            began = perf_counter()
            await catalogue.sync(provider)
            took.append(round(perf_counter() - began, 2))
        await _execute(
            url,
            "INSERT INTO game_days SELECT current_date, id, 1 + (id * 7919 % 1000) * (id % 7)"
            " FROM games WHERE id % 3 > 0",
        )
        await rank()
        await _execute(url, "VACUUM (ANALYZE) games")
    finally:
        await database.close()
    return {"lobby_first_sync_s": took[0], "lobby_next_sync_s": took[1]}


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.contextmanager
def served(folder: Path, database_url: str, redis_url: str) -> Iterator[int]:
    """Have ``main.py web`` serve the house in one process; yields its port."""
    folder.mkdir()
    with socket_free() as free:
        port = free
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = inherited | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder),
        "MODE": "demo",
        "PROVIDERS": PROVIDER,
        "WEB_PORT": str(port),
        "CALLBACK_PORT": "0",
    }
    said = folder / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(MAIN), "web"],
            env=environment,
            cwd=folder,  # where no .env is
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        _wait(process, port, said)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_MAX_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def socket_free() -> Iterator[int]:
    """Yield a port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    import socket

    give_up = time.monotonic() + START_MAX_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"not started: {said.read_text(errors='replace')[-2_000:]}")
        time.sleep(0.1)


def measure(games: int = GAMES, asked: int = ASKED) -> dict[str, float]:
    """Measure on servers of its own; times in ms, the syncs' in s.

    ``lobby_p95_ms`` is that of the slowest kind for one visitor, ``lobby_16_p95_ms`` for sixteen
    at once who never pause.
    """
    with tempfile.TemporaryDirectory(prefix="croupier-lobby-") as name:
        folder = Path(name)
        with contextlib.ExitStack() as stack:
            postgres = EmbeddedPostgres(folder)
            stack.callback(postgres.stop)
            redis = EmbeddedRedis(folder)
            stack.callback(redis.stop)
            asyncio.run(_execute(postgres.url, "CREATE DATABASE lobby"))
            url = postgres.url.replace("/postgres?", "/lobby?")
            entries = made_up(games)
            titles = [entry.title for entry in entries]
            found = asyncio.run(fill(url, entries))
            port = stack.enter_context(served(folder / "house", url, redis.url))
            found |= asyncio.run(ask_all(port, titles, asked))
            found["lobby_typos_found"] = round(asyncio.run(found_again(port, titles, 200)), 3)
    return found


def main() -> None:
    """Measure and show."""
    found = measure()
    print(f"{'':10}{'one visitor':>22}{f'{VISITORS} at once':>22}   (ms)")
    print(f"{'':10}{'p50':>11}{'p95':>11}{'p50':>11}{'p95':>11}")
    for kind in KINDS:
        names = [f"lobby_{kind}{n}_{p}_ms" for n in ("", f"_{VISITORS}") for p in ("p50", "p95")]
        print(f"{kind:10}" + "".join(f"{found[name]:11.2f}" for name in names))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
