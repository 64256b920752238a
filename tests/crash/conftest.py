"""What crash tests share: a seed that a failure shows, a server that may be killed."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from db.embedded import EmbeddedPostgres
from tests.crash.runs import kill_what_is_left


@pytest.fixture
def seed() -> str:
    """A fresh seed for each run; a failure shows it, and CRASH_SEED repeats it."""
    seed = os.environ.get("CRASH_SEED") or secrets.token_hex(4)
    print(f"repeat this with CRASH_SEED={seed}")  # noqa: T201 - pytest shows it where a test fails
    return seed


@pytest.fixture(autouse=True)
async def _no_load_left() -> AsyncIterator[None]:
    yield
    await kill_what_is_left()


class MortalPostgres:
    """A server of a test's own that can be killed, with every process of it, and revived."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedPostgres(folder)

    def kill(self) -> None:
        """kill -9 of the server and of all that it started: no goodbye, no checkpoint."""
        parent = self.server.pid
        os.kill(parent, signal.SIGSTOP)  # so that it starts no others meanwhile
        own = [parent, *_children(parent)]
        for pid in own:
            os.kill(pid, signal.SIGKILL)
        while _is_there(parent) or any(_runs(pid) for pid in own):
            time.sleep(0.01)

    def revive(self) -> None:
        self.server.revive()


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def _runs(pid: int) -> bool:
    """Say whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _is_there(pid: int) -> bool:
    """Say whether a process runs or is yet to be buried: ``revive`` takes both for running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="session")
def mortal() -> Iterator[MortalPostgres]:
    logging.getLogger("db.embedded").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="croupier-crash-"))
    mortal = MortalPostgres(folder)
    yield mortal
    mortal.kill()  # nobody needs what a goodbye would save
    mortal.server.stop()
    shutil.rmtree(folder, ignore_errors=True)
