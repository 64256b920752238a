"""A house run as an operator runs it: a process of its own, driven from outside only."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
START_S = 60.0
STOP_S = 30.0
LOOK_EVERY_S = 0.1


def free_ports(count: int) -> list[int]:
    """Find ports that nobody uses at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class RunningHouse:
    """One casino process over one data folder; may be killed and started again."""

    def __init__(self, data_dir: Path, chain_url: str | None, settings: Mapping[str, str]) -> None:
        self.port, self.sandbox_port, self.callback_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = data_dir / "house.log"
        self._command = [str(ROOT / "main.py"), "serve"]
        if chain_url is not None:
            self._command = ["-m", "tests.peers.ton.remote", chain_url, *self._command]
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "DATA_DIR": str(data_dir),
            "WEB_PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "CALLBACK_PORT": str(self.callback_port),
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start and wait until it says that it is ready."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        async with aiohttp.ClientSession() as session:
            for _ in range(int(START_S / LOOK_EVERY_S)):
                if self._process.returncode is not None:
                    break
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(LOOK_EVERY_S)
        raise AssertionError(f"the house did not start:\n{self.log[-4000:]}")

    async def kill(self) -> None:
        """End it without warning, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop and wait; returns its exit status."""
        if self._process is None or self._process.returncode is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_S):
            return await self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def ask(self, method: str, path: str, token: str, **more: Any) -> Any:
        """Call the API as a signed-in client."""
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}/api/v1{path}", headers=headers, **more) as answer,
        ):
            assert answer.status < 300, (answer.status, await answer.text())
            return await answer.json()
