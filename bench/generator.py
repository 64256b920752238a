"""The provider's side end to end, in a process of its own: ``python -m bench.generator``."""

from __future__ import annotations

import asyncio
import functools
import itertools
import sys
from array import array
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import cast

import msgspec
import uvloop

from bench.callbacks import Callback, Sign, callbacks, signer
from bench.load import ATTEMPTS_MAX, PAUSE_S, Figures, WrongAnswer, figures
from bench.workload import PLAYERS, draw_players, steps

_VISIT_MAX_S = 60
_AHEAD_PER_S = 30_000  # requests signed beforehand; a faster server has the rest signed meanwhile
_OK = b"HTTP/1.1 200 "
_LENGTH = b"\r\ncontent-length: "
_END = b"\r\n\r\n"
_SUCCESS = b'{"balance":'
_IN_DOUBT = b"HTTP/1.1 500 "
_NOTHING_DONE = b'"code":500,'


class Spec(msgspec.Struct):
    """What to send where. With ``visits``, every player bets that often, unmeasured."""

    port: int
    key: str
    first_player: int
    connections: int
    warm_s: float = 1
    seconds: float = 4
    seed: int = 1
    visits: int = 0


class Score:
    """What all connections share."""

    def __init__(self) -> None:
        """Measure what is answered from one moment to the other; both are set at the start."""
        self.measured_from = self.ends = 0.0
        self.took = array("d")
        self.stored = self.retried = 0


class Client(asyncio.Protocol):
    """One keep-alive connection: a request, its answer, the next request."""

    def __init__(self, supply: Iterator[Callback], score: Score) -> None:
        """``done`` is done when the supply or the time is over."""
        self._supply = supply
        self._score = score
        self._transport = cast("asyncio.Transport", None)
        self._resent = False
        self._request = b""
        self._attempts = 0
        self._first_answer = b""
        self._received = b""
        self._began = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write; ``send`` begins."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self) -> None:
        """Send the next request, or end."""
        self._began = perf_counter()
        callback = next(self._supply, None) if self._began < self._score.ends else None
        if callback is None:
            self._end(None)
            return
        self._resent = callback.resent
        self._request = callback.request
        self._attempts = 1
        self._transport.write(callback.request)

    def _send_again(self) -> None:
        self._attempts += 1
        self._score.retried += 1
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take an answer; anything but a success with a balance ends the run."""
        received = self._received + data if self._received else data
        head_end = received.find(_END)
        if head_end < 0:
            self._received = received
            return
        at = received[:head_end].lower().find(_LENGTH) + len(_LENGTH)
        stop = received.find(b"\r", at)
        answer = received[head_end + len(_END) :]
        if len(answer) < int(received[at:stop]):
            self._received = received
            return
        self._received = b""
        now = perf_counter()
        if not received.startswith(_OK) or not answer.startswith(_SUCCESS):
            later = received.startswith(_IN_DOUBT) or _NOTHING_DONE in answer
            if later and self._attempts < ATTEMPTS_MAX:  # as a provider does
                asyncio.get_running_loop().call_later(PAUSE_S, self._send_again)
                return
            self._end(WrongAnswer(received.decode(errors="replace")))
            return
        if not self._resent:
            self._first_answer = answer
            self._score.stored += 1
        elif _told(answer) != _told(self._first_answer):
            self._end(WrongAnswer(f"{answer!r} to a repeat of {self._first_answer!r}"))
            return
        if self._score.measured_from <= now < self._score.ends:
            self._score.took.append(now - self._began)
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        """Note an end that was not ours."""
        self._end(error or WrongAnswer("connection closed"))

    def _end(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
        self._transport.close()


async def run(spec: Spec) -> Figures:
    """Sign, connect, send until the time is over."""
    sign = signer(spec.key)
    if not spec.visits:
        draws = draw_players("uniform", spec.seed)
        ahead = int(_AHEAD_PER_S * (spec.warm_s + spec.seconds)) // spec.connections
        supplies = []
        for caller in range(spec.connections):
            asked = steps(draws, caller, spec.connections, spec.seed)
            supply = callbacks(asked, spec.first_player, sign)
            supplies.append(itertools.chain(list(itertools.islice(supply, ahead)), supply))
        score = await _send(spec, supplies, spec.warm_s, spec.seconds)
        return figures(score.took, spec.seconds, score.stored, score.retried)
    stored = 0
    for visit in range(spec.visits):
        score = await _send(spec, _visits(spec, sign, visit), 0, _VISIT_MAX_S)
        stored += score.stored
    return Figures(stored=stored)


def _visits(spec: Spec, sign: Sign, visit: int) -> list[Iterator[Callback]]:
    """Have every player bet once, each time over another connection."""
    supplies = []
    for caller in range(spec.connections):
        players = range((caller + visit) % spec.connections, PLAYERS, spec.connections)
        bets = (next(steps([player], 0, 1, spec.seed)) for player in players)
        supplies.append(callbacks(bets, spec.first_player, sign))
    return supplies


async def _send(
    spec: Spec, supplies: Sequence[Iterator[Callback]], warm_s: float, seconds: float
) -> Score:
    loop = asyncio.get_running_loop()
    score = Score()
    clients = [Client(supply, score) for supply in supplies]
    for client in clients:
        await loop.create_connection(functools.partial(_same, client), "127.0.0.1", spec.port)
    score.measured_from = perf_counter() + warm_s
    score.ends = score.measured_from + seconds
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
    return score


def _told(answer: bytes) -> bytes:
    """Cut off when it was answered: a repeat is told the same otherwise."""
    return answer[: answer.rfind(b',"processed_at"')]


def _same(client: Client) -> Client:
    return client


def main() -> None:
    """Read a spec from the command line, print figures."""
    spec = msgspec.json.decode(sys.argv[1], type=Spec)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(msgspec.json.encode(runner.run(run(spec))).decode())


if __name__ == "__main__":
    main()
