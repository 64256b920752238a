"""Several processes behind one port: they share it, come back when they die, and end together."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from house.workers import Workers
from tests.e2e.running import ROOT, RunningHouse, free_ports
from tests.peers.telegram.server import TelegramDouble

WAIT_S = 30.0
LOOK_EVERY_S = 0.05

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")

# Says when it is ready, ends when its parent does; "stubborn" ones do not listen to SIGTERM.
CHILD = """
import asyncio, pathlib, signal, sys
from house.workers import when_parent_ends

async def main():
    stop = asyncio.Event()
    if sys.argv[2] == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    when_parent_ends(stop.set)
    pathlib.Path(sys.argv[1]).touch()
    await stop.wait()

asyncio.run(main())
"""
PARENT = """
import asyncio, os, pathlib, sys
from house.workers import workers

async def main():
    child = pathlib.Path(sys.argv[1]).read_text()
    command = lambda n: [sys.executable, "-c", child, f"{sys.argv[2]}/{n}", "meek"]
    async with workers(command, os.environ, 2):
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def until(true: object, what: str) -> None:
    assert callable(true)
    for _ in range(int(WAIT_S / LOOK_EVERY_S)):
        if true():
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise AssertionError(f"not in time: {what}")


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(parent: int) -> dict[int, list[str]]:
    """Every process that this one started, with its command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                of = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if of == parent:
                    found[int(folder.name)] = (folder / "cmdline").read_text().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def crew(tmp_path: Path, character: str = "meek") -> Workers:
    def command(number: int) -> list[str]:
        return [sys.executable, "-c", CHILD, str(tmp_path / str(number)), character]

    return Workers(command, {**os.environ, "PYTHONPATH": str(ROOT)}, pause_s=0.1)


async def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    workers = crew(tmp_path)
    workers.start([1, 2])
    try:
        await until(lambda: len(list(tmp_path.iterdir())) == 2, "both started")
        before = workers.pids
        (tmp_path / "1").unlink()
        os.kill(before[1], signal.SIGKILL)
        await until((tmp_path / "1").exists, "started again")
        assert workers.pids[1] != before[1]
        assert workers.pids[2] == before[2]
    finally:
        pids = workers.pids
        await workers.stop()
    assert len(pids) == 2
    assert not any(map(runs, pids.values()))


async def test_one_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    workers = crew(tmp_path, "stubborn")
    workers.start([1])
    await until((tmp_path / "1").exists, "started")
    (pid,) = workers.pids.values()
    await workers.stop(grace_s=0.3)
    assert not runs(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
async def test_nobody_outlives_a_parent_however_it_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    source, marks = tmp_path / "child.py", tmp_path / "marks"
    source.write_text(CHILD)
    marks.mkdir()
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(source), str(marks)),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    await until(lambda: len(list(marks.iterdir())) == 2, "both started")
    pids = list(children(parent.pid))
    assert len(pids) == 2
    parent.send_signal(number)
    await parent.wait()
    await until(lambda: not any(map(runs, pids)), "the children ended")


# --- a whole house


class Pair:
    """A house whose web is served by two processes."""

    def __init__(self, house: RunningHouse, watch_port: int) -> None:
        self.house = house
        self._watch = watch_port

    def second(self) -> int:
        """The process that the first one started."""
        found = children(self.house.pid).items()
        pids = [pid for pid, command in found if "--number" in command]
        return pids[0] if pids else 0

    async def connections(self, number: int) -> int:
        """How many connections of providers this process holds; -1 when it does not answer."""
        url = f"http://127.0.0.1:{self._watch + number}/metrics"
        try:
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                lines = (await answer.text()).splitlines()
        except aiohttp.ClientError:
            return -1
        name = "croupier_callback_connections "
        return next(int(float(li.removeprefix(name))) for li in lines if li.startswith(name))

    async def both_listen(self) -> None:
        for _ in range(int(WAIT_S / LOOK_EVERY_S)):
            if min([await self.connections(n) for n in (0, 1)]) >= 0:
                return
            await asyncio.sleep(LOOK_EVERY_S)
        raise AssertionError(f"they do not both listen:\n{self.house.log[-4000:]}")


@pytest.fixture
async def pair(house_dir: Path) -> AsyncIterator[Pair]:
    while True:
        (watch_port,) = free_ports(1)
        if watch_port < 60_000:
            break
    settings = {"WEB_WORKERS": "2", "WEB_WATCH_PORT": str(watch_port)}
    house = RunningHouse(house_dir, None, settings)
    await house.start()
    pair = Pair(house, watch_port)
    await pair.both_listen()
    yield pair
    await house.stop()


async def test_two_processes_share_the_ports_and_end_together(pair: Pair, house_dir: Path) -> None:
    port = pair.house.callback_port
    peers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(64)]
    asked = b"POST /providers/sandbox/ HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
    for reader, writer in peers:
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
    held = [await pair.connections(number) for number in (0, 1)]
    assert sum(held) == 64
    assert min(held) > 0
    async with aiohttp.ClientSession() as session:
        for _ in range(20):
            async with session.get(
                f"{pair.house.url}/readyz", headers={"Connection": "close"}
            ) as answer:
                assert answer.status == 200
    second = pair.second()
    assert await pair.house.stop() == 0, pair.house.log[-6000:]
    assert not runs(second)
    for _, writer in peers:
        writer.close()
    assert "Stopped." in pair.house.log
    assert pair.house.log.count("Croupier runs") == 1
    assert not (house_dir / "postgres" / "postmaster.pid").exists()
    assert not (house_dir / "redis" / "port").exists()


async def test_a_web_process_that_is_killed_comes_back(pair: Pair) -> None:
    killed = pair.second()
    os.kill(killed, signal.SIGKILL)
    await until(lambda: pair.second() not in {0, killed}, "another one")
    await pair.both_listen()
    assert "web process ended" in pair.house.log


async def test_a_killed_house_leaves_no_web_process_behind(pair: Pair) -> None:
    second = pair.second()
    assert runs(second)
    await pair.house.kill()
    await until(lambda: not runs(second), "it ended")


async def test_every_process_knows_what_the_bot_is_called(house_dir: Path) -> None:
    token = "4242:token-of-a-bot-that-is-not"
    async with TelegramDouble(token=token) as telegram:
        settings = {"WEB_WORKERS": "2", "BOT_TOKEN": token, "BOT_API_URL": telegram.url}
        house = RunningHouse(house_dir, None, settings)
        await house.start()

        async def told() -> list[str | None]:
            """What many fresh connections hear: each process gets about half of them."""
            async with aiohttp.ClientSession() as session:
                found = []
                for _ in range(40):
                    url, once = f"{house.url}/api/v1/config", {"Connection": "close"}
                    async with session.get(url, headers=once) as answer:
                        found.append((await answer.json())["bot_username"])
                return found

        try:
            await until(lambda: "--number" in str(children(house.pid)), "both started")
            names = await told()
            for _ in range(int(WAIT_S / LOOK_EVERY_S)):
                if None not in names:
                    break
                await asyncio.sleep(LOOK_EVERY_S)
                names = await told()
            assert len(set(names)) == 1
            assert names[0]
        finally:
            await house.stop()


async def test_a_second_house_does_not_slip_into_the_first_ones_port(
    pair: Pair, house_dir: Path
) -> None:
    folder = house_dir / "other"
    folder.mkdir()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "main.py", "serve"),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(folder),
            "WEB_PORT": str(pair.house.port),
            "WEB_WORKERS": "2",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{pair.house.port}" in out.decode()
