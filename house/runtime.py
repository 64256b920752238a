"""The event loop and the garbage collector, as a process that settles many bets wants them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

GENERATIONS = (50_000, 20, 50)


def run(work: Coroutine[Any, Any, int]) -> int:
    """Run on the fastest event loop there is."""
    try:
        from uvloop import new_event_loop
    except ImportError:  # there is none for Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def calm_collector() -> None:
    """Have the collector leave alone what was loaded, and look seldom at the rest.

    Call when everything is open. What a bet makes is short-lived and without cycles, so looking
    for garbage after every 700 objects finds none, and cost a tenth of the time of a callback.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
