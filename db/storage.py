"""PostgreSQL and Redis as this installation has them: given by address, or started here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from redis.asyncio import Redis

from db.embedded import EmbeddedPostgres, EmbeddedRedis
from db.settings import StorageSettings

log = logging.getLogger(__name__)

REDIS_TIMEOUT_S = 3
LOOK_EVERY_S = 1.0


class Storage:
    """PostgreSQL and Redis, wherever they are; what is started here stops with ``stop``."""

    def __init__(self, settings: StorageSettings, say: Callable[[str], None]) -> None:
        """Start what is not given by address."""
        self._embedded: list[EmbeddedPostgres | EmbeddedRedis] = []
        self.database_url, self.redis_url = settings.database_url, settings.redis_url
        if not self.database_url:
            say(f"PostgreSQL: starting in {settings.data_dir / 'postgres'}")
            postgres = EmbeddedPostgres(settings.data_dir)
            self._embedded.append(postgres)
            self.database_url = postgres.url
        if not self.redis_url:
            say(f"Redis (Valkey): starting in {settings.data_dir / 'redis'}")
            redis = EmbeddedRedis(settings.data_dir)
            self._embedded.append(redis)
            self.redis_url = redis.url

    async def keep_running(self) -> None:
        """Start a server of ours again whenever it dies, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for server in self._embedded:
                try:
                    await asyncio.to_thread(server.revive)
                except Exception:  # whatever keeps it down, the next look tries again
                    log.exception("could not start a server again")

    def stop(self) -> None:
        """Stop what was started here; the data stays."""
        for server in reversed(self._embedded):
            server.stop()


@contextlib.contextmanager
def storage(settings: StorageSettings, say: Callable[[str], None]) -> Iterator[Storage]:
    """Have PostgreSQL and Redis for as long as the block runs."""
    opened = Storage(settings, say)
    try:
        yield opened
    finally:
        opened.stop()


def redis_client(url: str) -> Redis:
    """Connect lazily, with every wait bounded."""
    return Redis.from_url(
        url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
    )


def kept_secret(data_dir: Path, name: str) -> str:
    """Return a secret that this installation made for itself, readable by its owner only."""
    path = data_dir / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text()
