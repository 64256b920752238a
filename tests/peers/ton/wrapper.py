"""A stand-in for pytonlib's C library, used under the unmodified pytonlib.

pytonlib makes one ``TonLib`` per lite server and puts JSON queries to it. Given this instead, all
of pytonlib's own code still runs: its requests, its reading of answers, its errors.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.peers.ton.answers import Answer
from tests.peers.ton.chain import DEAD, SILENCE, Chain
from wallets.ton.tonlib import TonlibNoResponse

# Imported by name and after wallets.ton.tonlib, which is what makes pytonlib importable.
PYTONLIB_CLIENT = importlib.import_module("pytonlib.client")
_parse_error = importlib.import_module("pytonlib.tonlibjson").parse_tonlib_error

Ask: TypeAlias = Callable[[Answer, int], Awaitable[Answer]]


class Wrapper:
    """Answers for one lite server; raises what pytonlib's own wrapper raises."""

    def __init__(self, ask: Ask, server: int) -> None:
        self._ask = ask
        self._server = server
        self._state = "working"

    async def execute(self, query: Answer, timeout: float = 10) -> Answer:  # noqa: ASYNC109 - pytonlib's
        if self._state != "working":
            raise RuntimeError(f"TonLib failed with state: {self._state}")
        answer = await self._ask(json.loads(json.dumps(query)), self._server)
        if answer == DEAD:
            self._state = "stuck"  # for good: only a new client helps
            raise RuntimeError(f"TonLib failed with state: {self._state}")
        if answer == SILENCE:
            await asyncio.sleep(timeout)
            raise TonlibNoResponse
        error: Exception | None = _parse_error(answer)
        if error is not None:
            raise error
        return answer

    async def close(self) -> None:
        self._state = "finished"


def library(ask: Ask) -> Callable[..., Wrapper]:
    """Return what to put in the place of ``pytonlib.client.TonLib``."""

    def make(_loop: object, ls_index: int, *_: object) -> Wrapper:
        return Wrapper(ask, ls_index)

    return make


def local(chain: Chain) -> Callable[..., Wrapper]:
    """Return a library that asks a chain in this process."""

    async def ask(query: Answer, server: int) -> Answer:
        return chain.answer(query, server)

    return library(ask)
