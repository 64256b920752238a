"""A house as its operator starts it: ``main.py web``, in one or several processes."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.load import rss_mb
from bench.world import SOURCE

MAIN = Path(__file__).resolve().parents[1] / "main.py"
START_MAX_S = 60
STOP_MAX_S = 30


def account(key: str) -> dict[str, object]:
    """Return the settings of an account whose vendor is never asked for anything."""
    return {
        "generation": "v1",
        "url": "http://127.0.0.1:9",
        "casino_id": "bench",
        "auth_token": key,
        "currencies": {"FUN": "FUN"},
        "exponents": {"FUN": 6},
        "catalogue_providers": ["bench"],
    }


class NotStarted(RuntimeError):
    """The house did not open its doors; ``args`` holds what it said."""


class House:
    """Processes that answer callbacks, and what is needed to call them."""

    def __init__(self, port: int, key: str, process: subprocess.Popen[bytes]) -> None:
        """Know one that runs."""
        self.port, self.key = port, key
        self._process = process

    def rss_mb(self) -> list[float]:
        """Return the memory of each of its processes, in MB."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [rss_mb(parent), *(rss_mb(int(pid)) for pid in children)]


@contextlib.contextmanager
def house(folder: Path, database_url: str, redis_url: str, *, processes: int) -> Iterator[House]:
    """Have a house run, and answer callbacks on their own port."""
    folder.mkdir()
    web, callbacks = _free_port(), _free_port()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = inherited | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder),
        "MODE": "demo",
        "PROVIDERS": SOURCE,
        "WEB_PORT": str(web),
        "CALLBACK_PORT": str(callbacks),
        "WEB_WORKERS": str(processes),
    }
    for name, value in account(key := secrets.token_hex(32)).items():
        written = value if isinstance(value, str) else json.dumps(value)
        environment[f"{SOURCE.upper()}_{name.upper()}"] = written
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
        _wait(process, callbacks, processes, said)
        yield House(callbacks, key, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_MAX_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, listeners: int, said: Path) -> None:
    give_up = time.monotonic() + START_MAX_S
    while _listeners(port) < listeners:
        if process.poll() is not None or time.monotonic() > give_up:
            raise NotStarted(said.read_text(errors="replace")[-2_000:])
        time.sleep(0.1)


def _listeners(port: int) -> int:
    """Count the sockets that listen there: processes that share a port have one each."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = (line.split() for line in lines)
    return sum(s[1].endswith(f":{port:04X}") and s[3] == "0A" for s in sockets)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
