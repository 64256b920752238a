"""Callers in a closed loop: each sends its next call when the one before is answered."""

from __future__ import annotations

import asyncio
import os
from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

import msgspec

from bench.workload import Step
from casino.errors import TryLater

# Performs one step; returns whether it was answered as a repeat. Anything but success raises.
Apply = Callable[[Step], Awaitable[bool]]

ATTEMPTS_MAX = 20
PAUSE_S = 0.05

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Figures(msgspec.Struct):
    """What one stretch gave. ``stored`` counts every acknowledged first, of the warm-up too."""

    per_second: float = 0
    p50_ms: float = 0
    p99_ms: float = 0
    max_ms: float = 0
    stored: int = 0
    retried: int = 0  # calls that had to be sent again: refused for a moment, or in doubt
    rss_mb: list[float] = msgspec.field(default_factory=list)


class WrongAnswer(RuntimeError):
    """A design did not do what was asked; its speed is worth nothing."""


async def closed_loop(
    apply: Apply, callers: Sequence[Iterator[Step]], warm_s: float, seconds: float
) -> Figures:
    """Let every caller go through its steps; what is answered after ``warm_s`` is measured."""
    took = array("d")
    stored = retried = 0
    measured_from = perf_counter() + warm_s
    ends = measured_from + seconds

    async def call(steps: Iterator[Step]) -> None:
        nonlocal stored, retried
        for step in steps:
            began = perf_counter()
            if began >= ends:
                return
            again = await _insist(apply, step)
            now = perf_counter()
            retried += again
            stored += not step.resent
            if measured_from <= now < ends:
                took.append(now - began)

    async with asyncio.TaskGroup() as group:
        for steps in callers:
            group.create_task(call(steps))
    return figures(took, seconds, stored, retried)


async def count_loop(
    apply: Apply, callers: Sequence[Iterator[Step]], stops: Sequence[int]
) -> Figures:
    """Run until the last of ``stops`` operations; note this process's memory at each of them."""
    done = stored = retried = 0
    rss: list[float] = []

    async def call(steps: Iterator[Step]) -> None:
        nonlocal done, stored, retried
        for step in steps:
            if done >= stops[-1]:
                return
            again = await _insist(apply, step)  # first: others count while this one waits
            retried += again
            stored += not step.resent
            done += 1
            if len(rss) < len(stops) and done >= stops[len(rss)]:
                rss.append(rss_mb())

    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for steps in callers:
            group.create_task(call(steps))
    speed = done / (perf_counter() - began)
    return Figures(per_second=speed, stored=stored, retried=retried, rss_mb=rss)


async def _insist(apply: Apply, step: Step) -> int:
    """Do what a provider does: send it again until it is known to be done. Returns how often."""
    for again in range(ATTEMPTS_MAX):
        try:
            repeated = await apply(step)
        except TryLater:
            await asyncio.sleep(PAUSE_S)
            continue
        # One that was in doubt may have been stored the first time.
        if repeated is not step.resent and not (repeated and again):
            raise WrongAnswer(f"repeat: {repeated}, resent: {step.resent}")
        return again
    raise WrongAnswer(f"not done after {ATTEMPTS_MAX} attempts")


def figures(took: Sequence[float], seconds: float, stored: int, retried: int = 0) -> Figures:
    """Sum up latencies in seconds."""
    if not took:
        raise WrongAnswer("nothing was answered")
    ordered = sorted(took)
    return Figures(
        per_second=len(ordered) / seconds,
        p50_ms=ordered[len(ordered) // 2] * 1_000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1_000,
        max_ms=ordered[-1] * 1_000,
        stored=stored,
        retried=retried,
    )


def together(processes: Sequence[Figures]) -> Figures:
    """Sum up processes that worked at the same time; latencies are those of the slowest."""
    return Figures(
        per_second=sum(f.per_second for f in processes),
        p50_ms=max(f.p50_ms for f in processes),
        p99_ms=max(f.p99_ms for f in processes),
        max_ms=max(f.max_ms for f in processes),
        stored=sum(f.stored for f in processes),
        retried=sum(f.retried for f in processes),
    )


def rss_mb(pid: int | str = "self") -> float:
    """Return the resident memory of a process in MB (10**6 bytes)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * _PAGE_BYTES / 1e6, 1)
