"""Loads as processes: begun, killed, waited for; and a database for each test."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from db.database import Database
from db.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
WAIT_S = 300.0
UNTIL_KILLED = ("--seconds", 600)  # a slow machine shall not end a load that is to be killed
LOOK_EVERY_S = 0.02

begun: list[asyncio.subprocess.Process] = []  # by the test at hand


_templates: dict[str, str] = {}  # by server: a database that has the schema and nothing else


async def new_database(server: EmbeddedPostgres) -> str:
    """Create a database with the schema and return where it is."""
    connection = await asyncpg.connect(server.url)
    name = f"crash_{secrets.token_hex(4)}"
    if server.url not in _templates:
        template = f"{name}_template"
        await connection.execute(f'CREATE DATABASE "{template}"')
        await Database(_named(server, template)).migrate()
        _templates[server.url] = template
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_templates[server.url]}"')
    await connection.close()
    return _named(server, name)


def _named(server: EmbeddedPostgres, name: str) -> str:
    return server.url.replace("/postgres?", f"/{name}?")


async def populate(
    second: asyncpg.Connection, players: int, *, games: int = 0, sessions: int = 0
) -> int:
    """Store players, games, and sessions of each player; return the first player."""
    ids = [
        row[0]
        for row in await second.fetch(
            "INSERT INTO players (name, language, frozen, created_at)"
            " SELECT 'p ' || n, 'en', false, now() FROM generate_series(1, $1) n RETURNING id",
            players,
        )
    ]
    if games:
        await second.execute(
            "INSERT INTO providers (id, title, enabled) VALUES ('one', 'One', true)"
        )
        await second.execute(
            "INSERT INTO games (provider_id, external_id, title, studio, category, has_demo,"
            " listed, enabled, created_at) SELECT 'one', n, n, 's', 'slots', false, true, true,"
            " now() FROM generate_series(1, $1) n",
            games,
        )
        await second.execute(
            "INSERT INTO game_sessions (ref, player_id, game_id, currency_id, surface,"
            " created_at, expires_at)"
            " SELECT p.id || '-' || n, p.id, (SELECT min(id) FROM games), 3, 'web', now(),"
            " now() + interval '1 day' FROM players p, generate_series(1, $1) n",
            sessions,
        )
    return int(min(ids))


@dataclass
class Load:
    """A process that loads the wallet, and the journal it writes."""

    process: asyncio.subprocess.Process
    journal: Path
    command: Sequence[str] = field(default=())

    async def until_answered(self, answers: int) -> None:
        """Wait until so many answers are in its journal."""
        async with asyncio.timeout(WAIT_S):
            while self._answers() < answers:
                assert self.process.returncode is None, await self._why()
                await asyncio.sleep(LOOK_EVERY_S)

    def _answers(self) -> int:
        return self.journal.read_bytes().count(b'"answered"') if self.journal.exists() else 0

    async def kill(self) -> None:
        """Kill it at once, in the middle of whatever it does."""
        self.process.kill()
        await self.process.wait()

    async def end(self) -> None:
        """Wait until it has ended by itself, without an error."""
        async with asyncio.timeout(WAIT_S):
            why = await self._why()
        assert self.process.returncode == 0, why

    async def _why(self) -> str:
        _, errors = await self.process.communicate()
        return f"{' '.join(self.command)}\n{errors.decode()[-4000:]}"


async def load(url: str, journal: Path, *arguments: object) -> Load:
    """Start a load."""
    command = [sys.executable, "-m", "tests.crash.load", "--url", url, "--journal", str(journal)]
    command += [str(a) for a in arguments]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    begun.append(process)
    return Load(process, journal, command)


async def kill_what_is_left() -> None:
    """Leave no load behind, however its test ended."""
    while begun:
        process = begun.pop()
        if process.returncode is None:
            process.kill()
            await process.wait()
