"""The connection to PostgreSQL: opened once, migrated, checked, closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import (
    BaseDBAsyncClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connection, get_connections
from tortoise.migrations.api.migrate import migrate as run_migrations
from tortoise.transactions import in_transaction as orm_transaction

from db.lane import Lane
from db.schema_check import require_schema

log = logging.getLogger(__name__)

APP = "db"
CONNECT_TIMEOUT_S = 5
POOL_MIN, POOL_MAX = 2, 16
COMMAND_TIMEOUT_S = 10
LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 8_000
PING_TIMEOUT_S = 2

# A lane asks few questions, again and again, by key: one plan for each, found once. On a table
# that is empty but analysed a full scan looks as cheap as an index, and its plan would stay. Many
# wait behind a lane: it does not wait long for a lock.
LANE_SETTINGS = {
    "lock_timeout": "500",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


class CommitInDoubt(Exception):
    """The commit was cut off: the change may or may not have been made."""


# What a database that went away, or is too busy, raises. Edges translate these to "try later".
OUTAGES: tuple[type[BaseException], ...] = (
    CommitInDoubt,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)

CUT_OFF: tuple[type[BaseException], ...] = (*OUTAGES, asyncio.CancelledError)


def tortoise_config(url: str) -> dict[str, Any]:
    """Turn a ``postgresql://`` address (socket folders as ``?host=`` too) into an ORM config."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or "127.0.0.1"])[0]
    credentials: dict[str, Any] = {
        "host": host,
        "port": int(query.get("port", [str(parts.port or 5432)])[0]),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/") or "postgres",
        "minsize": POOL_MIN,
        "maxsize": POOL_MAX,
        "command_timeout": COMMAND_TIMEOUT_S,
        "timeout": CONNECT_TIMEOUT_S,
        "server_settings": {
            "application_name": "croupier",
            "lock_timeout": str(LOCK_TIMEOUT_MS),
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            # The promise "durable before answered" must not depend on how the server is set up.
            "synchronous_commit": "on",
        },
    }
    if sslmode := query.get("sslmode"):
        credentials["ssl"] = sslmode[0]
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
        },
        "apps": {
            APP: {
                "models": ["db.models"],
                "default_connection": "default",
                "migrations": "db.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


class Database:
    """An open pool. One per process; the ORM finds it by itself."""

    def __init__(self, url: str) -> None:
        """Remember where the database is; nothing is connected yet."""
        self._config = tortoise_config(url)
        self._lanes: list[Lane] = []

    async def migrate(self) -> None:
        """Bring the schema forward. Forward only."""
        await run_migrations(config=self._config, direction="forward")
        await Tortoise.close_connections()

    async def open(self) -> None:
        """Connect, and refuse a schema that misses what the money relies on."""
        await Tortoise.init(config=self._config, _enable_global_fallback=True)
        async with self.connection() as connection:
            await require_schema(connection)

    async def close(self) -> None:
        """Return every connection."""
        for lane in self._lanes:
            await lane.close()
        await Tortoise.close_connections()

    def lane(self) -> Lane:
        """Return a dedicated connection, opened on first use and closed with the database."""
        credentials = self._alone()
        credentials["server_settings"] = credentials["server_settings"] | LANE_SETTINGS
        credentials["command_timeout"] = None  # who takes turns on it has deadlines of its own
        lane = Lane(credentials)
        self._lanes.append(lane)
        return lane

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend one raw connection; inside a transaction it is the transaction's own."""
        async with get_connection("default").acquire_connection() as connection:
            yield connection

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection that is not of the pool.

        For whoever holds one of the pool already: if all who hold one waited for a second one,
        nobody would ever get it.
        """
        connection = await asyncpg.connect(**self._alone())
        try:
            yield connection
        finally:
            await connection.close()

    def _alone(self) -> dict[str, Any]:
        credentials = dict(self._config["connections"]["default"]["credentials"])
        del credentials["minsize"], credentials["maxsize"]
        return credentials

    async def ping(self) -> None:
        """Ask the database anything. Raises one of ``OUTAGES`` when it is away."""
        async with asyncio.timeout(PING_TIMEOUT_S), self.connection() as connection:
            await connection.fetchval("SELECT 1")


class Transaction:
    """One database transaction: models called inside it join it by themselves.

    ``raw`` is for hand-written SQL; ``after_commit`` runs callbacks once the change is durable.
    """

    def __init__(self, client: BaseDBAsyncClient, raw: asyncpg.Connection) -> None:
        """Wrap what ``transaction`` opened."""
        self.client = client
        self.raw = raw
        self.after_commit: list[Any] = []
        self.open = True


_current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)


def in_transaction() -> bool:
    """Say whether the caller is inside ``transaction()``."""
    tx = _current.get()
    return tx is not None and tx.open


@asynccontextmanager
async def transaction() -> AsyncIterator[Transaction]:
    """Open a transaction; leaving normally commits, an exception rolls back.

    Inside another one it is a savepoint, and its callbacks wait for the outer commit. Raises
    CommitInDoubt when the commit itself was cut off.
    """
    outer = _current.get()
    committing = False
    try:
        async with _begun() as client:
            async with client.acquire_connection() as raw:
                pass  # inside a transaction the connection is one and the same throughout
            tx = Transaction(client, raw)
            token = _current.set(tx)
            try:
                yield tx
            finally:
                tx.open = False
                _current.reset(token)
            committing = outer is None
    except CUT_OFF as cut_off:
        # A caller's deadline that ends a commit leaves as much doubt as a lost connection.
        if committing:
            raise CommitInDoubt from cut_off
        raise
    if outer is not None:
        outer.after_commit += tx.after_commit
        return
    for callback in tx.after_commit:
        try:
            callback()
        except Exception:  # the change stands, whatever a listener makes of it
            log.exception("callback after a commit failed")


@asynccontextmanager
async def _begun() -> AsyncIterator[BaseDBAsyncClient]:
    """Enter the ORM's transaction, and undo the entry where it fails half-way.

    When BEGIN fails, the ORM keeps the connection out of the pool for ever and leaves the task
    believing that it is inside a transaction.
    """
    context = orm_transaction("default")
    try:
        client = await context.__aenter__()
    except BaseException:
        if isinstance(context, TransactionContextPooled):
            await _abandon(context)
        raise
    try:
        yield client
    except BaseException as error:
        await _leave(context, type(error), error, error.__traceback__)
        raise
    else:
        await _leave(context, None, None, None)


async def _leave(context: TransactionContext, *why: Any) -> None:  # noqa: ANN401 - of __aexit__
    try:
        await context.__aexit__(*why)
    except BaseException:
        # A connection that breaks on its way back to the pool must not stay this task's own.
        if get_connection("default") is context.client:
            get_connections().reset(cast("TransactionContextPooled", context).token)
        raise


async def _abandon(context: TransactionContextPooled) -> None:
    client: Any = context.client
    # First, so that a connection that cannot be given back does not stay this task's own.
    if (token := getattr(context, "token", None)) is not None:
        get_connections().reset(token)
    if client._connection is not None:  # noqa: SLF001 - the ORM has no door for this
        await client._parent._pool.release(client._connection)  # noqa: SLF001
