"""Run the simulation: ``python -m tests.simulation --seed 7``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from typing import NoReturn

import structlog

from tests.simulation.run import Failed, Settings, serving, simulate


def _drop(_logger: object, _method: str, _event: structlog.typing.EventDict) -> NoReturn:
    raise structlog.DropEvent


def main() -> int:
    """Simulate once; 1 where an obligation was not kept."""
    standard = Settings(0)
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--players", type=int, default=standard.players)
    parser.add_argument("--steps", type=int, default=standard.steps)
    parser.add_argument("--crash-every", type=int, default=standard.crash_every)
    parser.add_argument("--no-faults", action="store_true", help="leave the database alone")
    given = parser.parse_args()
    settings = Settings(
        given.seed, given.players, given.steps, not given.no_faults, given.crash_every
    )
    # What the house says while its database is killed under it would fill the screen.
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    try:
        with serving() as server:
            summary = asyncio.run(simulate(settings, server))
    except Failed as failed:
        sys.stdout.write(f"{failed}\n")
        return 1
    sys.stdout.write(f"seed {settings.seed}: the book balances\n{summary.text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
