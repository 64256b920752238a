"""Points pytonlib at a chain peer in another process.

In a casino process, before the TON rail is used: ``install("http://127.0.0.1:PORT")``. Or start
any script with it installed: ``python -m tests.peers.ton.remote URL main.py serve``.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import aiohttp

from tests.peers.ton.answers import Answer
from tests.peers.ton.wrapper import PYTONLIB_CLIENT, library


def install(url: str) -> None:
    """Make every client that pytonlib opens from now on ask the peer at ``url``."""

    async def ask(query: Answer, server: int) -> Answer:
        # A session a query: the peer is near, and nothing needs closing when the loop ends.
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/tonlib", json={"server": server, "query": query}) as response,
        ):
            response.raise_for_status()
            answer: Answer = await response.json()
            return answer

    vars(PYTONLIB_CLIENT)["TonLib"] = library(ask)


def main(arguments: list[str]) -> None:
    """Run a script with the peer installed: URL, script, its arguments."""
    url, script, *rest = arguments
    install(url)
    sys.argv = [script, *rest]
    sys.path.insert(0, str(Path(script).resolve().parent))
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
