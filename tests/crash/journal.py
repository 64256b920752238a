"""What a load says it asked and was answered: one JSON line each, written before anything else.

A killed process leaves what it wrote, at worst with its last line torn. Times are of the clock
that all processes of a machine share.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from casino.money import CURRENCIES
from casino.wallet import Answer, Applied, Batch, Kind, Op

Words = tuple[int, str, int | None, str | None, str | None, bool]  # an Op


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """A batch, before it is sent. ``call`` is unique in its journal."""

    call: int
    at: int
    player: int
    currency: str
    source: str
    ops: tuple[Words, ...]
    game: int | None = None
    session: int | None = None

    @property
    def batch(self) -> Batch:
        ops = tuple(Op(Kind(op[0]), *op[1:]) for op in self.ops)
        return Batch(
            self.player, CURRENCIES[self.currency], self.source, ops, self.game, self.session
        )


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """Its answer: items as (outcome, transfer, balance); cash, bonus, held and version."""

    call: int
    at: int
    items: tuple[tuple[str, str, int], ...] = ()
    refused: str | None = None
    balance: tuple[int, int, int, int] | None = None


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It was not answered; ``doubt``: it may be stored all the same."""

    call: int
    at: int
    doubt: bool
    error: str


class Act(msgspec.Struct, frozen=True, tag="act"):
    """Staff begin to do something: freeze, unfreeze, end_session, switch_off or switch_on."""

    call: int
    at: int
    what: str
    subject: int


class Acted(msgspec.Struct, frozen=True, tag="acted"):
    call: int
    at: int


Line = Sent | Answered | Failed | Act | Acted
_DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_ENCODER = msgspec.json.Encoder()


class Journal:
    """An append-only file, handed to the system line by line."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._calls = 0

    def _write(self, line: Line) -> None:
        os.write(self._file, _ENCODER.encode(line) + b"\n")

    def _next(self) -> int:
        self._calls += 1
        return self._calls

    def sent(self, batch: Batch) -> int:
        call = self._next()
        ops = tuple(
            (int(op.kind), op.key, op.amount, op.round_id, op.reference, op.ends_round)
            for op in batch.ops
        )
        self._write(
            Sent(
                call,
                time.monotonic_ns(),
                batch.player_id,
                batch.currency.code,
                batch.source,
                ops,
                batch.game_id,
                batch.session_id,
            )
        )
        return call

    def answered(self, call: int, answer: Answer) -> None:
        at, b = time.monotonic_ns(), answer.balance
        balance = None if b is None else (b.cash, b.bonus, b.held, b.version)
        if isinstance(answer, Applied):
            items = tuple((i.outcome.value, i.transfer_id, i.balance_units) for i in answer.items)
            self._write(Answered(call, at, items, None, balance))
        else:
            self._write(Answered(call, at, (), answer.reason.value, balance))

    def refused(self, call: int, reason: str) -> None:
        """Write down the refusal of a caller's own transaction, which shows no balance."""
        self._write(Answered(call, time.monotonic_ns(), (), reason))

    def failed(self, call: int, error: BaseException, *, doubt: bool) -> None:
        self._write(Failed(call, time.monotonic_ns(), doubt, type(error).__name__))

    def act(self, what: str, subject: int) -> int:
        call = self._next()
        self._write(Act(call, time.monotonic_ns(), what, subject))
        return call

    def acted(self, call: int) -> None:
        self._write(Acted(call, time.monotonic_ns()))


class Call(msgspec.Struct):
    """One sending of a batch, and what is known of its end."""

    sent: Sent
    answered: Answered | None = None
    failed: Failed | None = None

    @property
    def in_doubt(self) -> bool:
        """Say whether its sender cannot know what became of it."""
        return self.answered is None and (self.failed is None or self.failed.doubt)


class Done(msgspec.Struct, frozen=True):
    """An act of staff; ``acted`` is missing where nobody heard of its end."""

    act: Act
    acted: int | None


def read(paths: Iterable[Path]) -> tuple[list[Call], list[Done]]:
    """Put journals together: every call and every act, in the order of their beginnings."""
    calls: list[Call] = []
    acts: list[Done] = []
    for path in paths:
        own: dict[int, Call] = {}
        begun: dict[int, Act] = {}
        ended: dict[int, int] = {}
        for line in _lines(path):
            match line:
                case Sent():
                    own[line.call] = Call(line)
                case Answered():
                    own[line.call].answered = line
                case Failed():
                    own[line.call].failed = line
                case Act():
                    begun[line.call] = line
                case Acted():
                    ended[line.call] = line.at
        calls += own.values()
        acts += [Done(act, ended.get(n)) for n, act in begun.items()]
    calls.sort(key=lambda call: call.sent.at)
    acts.sort(key=lambda done: done.act.at)
    return calls, acts


def _lines(path: Path) -> list[Line]:
    whole, _, _torn = path.read_bytes().rpartition(b"\n")
    return [_DECODER.decode(line) for line in whole.split(b"\n") if line]
