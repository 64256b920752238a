"""The only place for detached work: supervised, named, cancelled at shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Nursery:
    """Holds tasks that outlive the call that started them."""

    def __init__(self) -> None:
        """Start empty."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> None:
        """Run ``work`` detached; a crash is logged with its traceback and ends only that task."""
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - the supervised exception
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self, grace_s: float = 5) -> None:
        """Cancel what still runs and wait for it to end, at most ``grace_s`` seconds."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                log.error("task did not end", task=task.get_name())

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task crashed", task=task.get_name(), exc_info=error)
