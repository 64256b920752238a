"""Further processes beside this one: started, started again when they die, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import structlog

from casino.nursery import Nursery

log = structlog.get_logger(__name__)

PAUSE_S, PAUSE_MAX_S = 1.0, 30.0
SETTLED_S = 30.0  # one that lived so long did not die of how it was started
STOP_S = 15.0

Command = Callable[[int], Sequence[str]]


class Workers:
    """Keeps processes running, by number. Each holds the far end of a pipe as its stdin.

    When this process ends, however it ends, the pipe closes, and ``when_parent_ends`` tells them.
    They get sessions of their own: Ctrl-C reaches this process alone, which then ends them.
    """

    def __init__(
        self, command: Command, environment: Mapping[str, str], *, pause_s: float = PAUSE_S
    ) -> None:
        """``command`` is what process number n runs, under this environment."""
        self._command = command
        self._environment = environment
        self._pause_s = pause_s
        self._nursery = Nursery()
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = False

    @property
    def pids(self) -> dict[int, int]:
        """Which number runs as which process."""
        return {number: process.pid for number, process in self._running.items()}

    def start(self, numbers: Sequence[int]) -> None:
        """Start these and keep them running."""
        for number in numbers:
            self._nursery.start(self._keep(number), name=f"web process {number}")

    async def stop(self, grace_s: float = STOP_S) -> None:
        """Ask all to stop, wait, and kill those that do not."""
        self._stopping = True
        for process in list(self._running.values()):
            _signal(process.terminate)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                for process in list(self._running.values()):
                    await process.wait()
        for process in list(self._running.values()):
            if process.returncode is None:
                log.error("web process does not stop: killed", pid=process.pid)
                _signal(process.kill)
                await process.wait()
        await self._nursery.close()

    async def _keep(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        pause_s = self._pause_s
        while True:
            began = loop.time()
            status = await self._run(number)
            if self._stopping:
                return
            if loop.time() - began > SETTLED_S:
                pause_s = self._pause_s
            log.error("web process ended", number=number, status=status, again_in_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, PAUSE_MAX_S)

    async def _run(self, number: int) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command(number),
            stdin=asyncio.subprocess.PIPE,
            env=dict(self._environment),
            start_new_session=True,
        )
        self._running[number] = process
        try:
            if self._stopping:
                _signal(process.terminate)
            return await process.wait()
        finally:
            if process.returncode is not None:
                del self._running[number]


@contextlib.asynccontextmanager
async def workers(
    command: Command, environment: Mapping[str, str], count: int
) -> AsyncIterator[Workers]:
    """Have processes 1 to ``count`` run for as long as the block does."""
    running = Workers(command, environment)
    running.start(range(1, count + 1))
    try:
        yield running
    finally:
        await running.stop()


def when_parent_ends(stop: Callable[[], None]) -> None:
    """Call ``stop`` once the process that started this one is gone."""
    loop = asyncio.get_running_loop()
    pipe = sys.stdin.fileno()

    def read() -> None:
        if not os.read(pipe, 1):
            loop.remove_reader(pipe)
            stop()

    loop.add_reader(pipe, read)


def _signal(send: Callable[[], None]) -> None:
    with contextlib.suppress(ProcessLookupError):
        send()
