"""Work that takes longer than a chat may be held up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from casino.nursery import Nursery


class Errands:
    """Runs work beside the chats, at most one of a name at once in this process.

    What is under way when the process ends is not done again.
    """

    def __init__(self, nursery: Nursery) -> None:
        """Start with nothing under way."""
        self._nursery = nursery
        self._names: set[str] = set()

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Begin; False, and nothing begun, where one of this name is under way."""
        if name in self._names:
            return False
        self._names.add(name)
        self._nursery.start(self._run(name, work), name=name)
        return True

    async def _run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            self._names.discard(name)
