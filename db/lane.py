"""A connection for one purpose: kept open, opened again when it is lost."""

from __future__ import annotations

from typing import Any

import asyncpg


class Lane:
    """One dedicated connection outside the pool, for work that takes turns by itself."""

    def __init__(self, credentials: dict[str, Any]) -> None:
        """Remember how to connect; nothing is connected yet."""
        self._credentials = credentials
        self._connection: asyncpg.Connection | None = None
        self._closed = False

    async def connection(self) -> asyncpg.Connection:
        """Return the open connection. Raises one of ``OUTAGES`` when there is none to be had."""
        if self._closed:
            raise asyncpg.InterfaceError("the database is closed")
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**self._credentials)
        return self._connection

    def drop(self) -> None:
        """Cut the connection: what it was asked last may or may not have been done."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Close for good."""
        self._closed = True
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close(timeout=2)
