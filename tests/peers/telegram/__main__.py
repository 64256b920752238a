"""Run the double by itself: ``python -m tests.peers.telegram --port 8081``."""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.peers.telegram.server import TelegramDouble


async def run(port: int, token: str | None, username: str) -> None:
    """Serve until a signal comes."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with TelegramDouble(port=port, token=token, username=username) as double:
        print(f"Telegram double at {double.url}", flush=True)  # noqa: T201 - a command line
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", help="the only token that is accepted; any when left out")
    parser.add_argument("--username", default="croupier_bot")
    given = parser.parse_args()
    asyncio.run(run(given.port, given.token, given.username))
