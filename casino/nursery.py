"""The only place for detached work: supervised, named, cancelled at shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

CANCEL_AGAIN_S = 0.2


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
        pending = set(self._tasks)
        deadline = asyncio.get_running_loop().time() + grace_s
        while pending and asyncio.get_running_loop().time() < deadline:
            # More than once: a library may swallow a cancellation (redis-py does while it
            # connects), and its loop would then go on for ever.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
        for task in pending:
            log.error("task did not end", task=task.get_name())

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task crashed", task=task.get_name(), exc_info=error)
