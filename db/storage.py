"""PostgreSQL and Redis as this installation has them: given by address, or started here."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from redis.asyncio import Redis

from db.embedded import EmbeddedPostgres, EmbeddedRedis
from db.settings import StorageSettings

REDIS_TIMEOUT_S = 3


@contextlib.contextmanager
def storage(settings: StorageSettings, say: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of PostgreSQL and Redis; what is started here stops afterwards."""
    with contextlib.ExitStack() as stack:
        database_url, redis_url = settings.database_url, settings.redis_url
        if not database_url:
            say(f"PostgreSQL: starting in {settings.data_dir / 'postgres'}")
            postgres = EmbeddedPostgres(settings.data_dir)
            stack.callback(postgres.stop)
            database_url = postgres.url
        if not redis_url:
            say(f"Redis (Valkey): starting in {settings.data_dir / 'redis'}")
            redis = EmbeddedRedis(settings.data_dir)
            stack.callback(redis.stop)
            redis_url = redis.url
        yield database_url, redis_url


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
