from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.load import Figures, WrongAnswer, closed_loop, count_loop
from bench.workload import BET, WIN, Step
from casino.errors import OutcomeUnknown, TryLater

STEPS = [Step(BET, 1, "b", "r"), Step(BET, 1, "b", "r", resent=True), Step(WIN, 1, "w", "r")]


class Book:
    """Stores keys; ``trouble`` comes before or after it does."""

    def __init__(self, trouble: Callable[[int], tuple[bool, Exception] | None]) -> None:
        self.keys: set[str] = set()
        self.calls = 0
        self._trouble = trouble

    async def apply(self, step: Step) -> bool:
        self.calls += 1
        trouble = self._trouble(self.calls)
        if trouble is not None and not trouble[0]:
            raise trouble[1]
        known = step.key in self.keys
        self.keys.add(step.key)
        if trouble is not None:
            raise trouble[1]
        return known


async def test_what_is_acknowledged_is_counted_and_a_resent_bet_is_not() -> None:
    book = Book(lambda _: None)
    found = await closed_loop(book.apply, [iter(STEPS)], 0, 60)
    assert (found.stored, found.retried, book.calls) == (2, 0, 3)


@pytest.mark.parametrize(
    ("stored", "error"), [(False, TryLater()), (True, OutcomeUnknown()), (False, OutcomeUnknown())]
)
async def test_what_failed_for_a_moment_is_sent_again_and_counted_once(
    stored: bool, error: Exception
) -> None:
    book = Book(lambda call: (stored, error) if call == 1 else None)
    found = await closed_loop(book.apply, [iter(STEPS)], 0, 60)
    assert (found.stored, found.retried) == (2, 1)
    assert book.keys == {"b", "w"}


async def test_a_repeat_that_nobody_sent_and_one_that_is_not_seen_end_the_run() -> None:
    for calls in ([STEPS[0], STEPS[0]], [STEPS[1]]):
        with pytest.raises(ExceptionGroup) as group:
            await closed_loop(Book(lambda _: None).apply, [iter(calls)], 0, 60)
        assert group.group_contains(WrongAnswer)


async def test_a_run_by_count_looks_at_memory_on_its_way() -> None:
    found: Figures = await count_loop(Book(lambda _: None).apply, [iter(STEPS)], [0, 2, 3])
    assert found.stored == 2
    assert len(found.rss_mb) == 3
    assert all(0 < mb < 100_000 for mb in found.rss_mb)
