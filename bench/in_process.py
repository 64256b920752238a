"""One stretch of an in-process design, in a process of its own: ``python -m bench.in_process``."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import msgspec
import uvloop

from bench.handwritten import handwritten
from bench.load import Apply, Figures, WrongAnswer, closed_loop, count_loop
from bench.orm_design import orm_design
from bench.workload import BET, STAKE_UNITS, WIN, Step, draw_players, drawn, steps
from bench.world import GAME_ID, SOURCE, first_player_id, first_session_id
from casino.money import FUN
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from casino.wallet.operations import Outcome
from db.database import Database
from house.runtime import calm_collector


class Spec(msgspec.Struct):
    """What to run; ``counts`` instead of ``seconds`` asks for memory at these operations."""

    design: str  # wallet, handwritten or orm
    url: str
    callers: int
    skew: str = "uniform"
    warm_s: float = 1
    seconds: float = 4
    seed: int = 1
    ahead: int = 0  # steps drawn before the clock starts, by all callers together
    counts: list[int] = msgspec.field(default_factory=list)


@contextlib.asynccontextmanager
async def wallet(url: str) -> AsyncIterator[Apply]:
    """Open the wallet as the house does and ask it what ``casino.play`` asks."""
    database = Database(url)
    await database.open()
    first_player = await first_player_id(url)
    first_session = await first_session_id(url)
    book = Wallet(database, (FUN,))

    async def apply(step: Step) -> bool:
        if step.action == BET:
            op = Op(Kind.BET, step.key, STAKE_UNITS, step.round_id)
        elif step.action == WIN:
            op = Op(Kind.WIN, step.key, STAKE_UNITS, step.round_id, ends_round=True)
        else:
            op = Op(Kind.REVERSAL, step.key, STAKE_UNITS, step.round_id, step.reference)
        batch = Batch(
            first_player + step.player,
            FUN,
            SOURCE,
            (op,),
            GAME_ID,
            first_session + step.player if step.action == BET else None,
        )
        answer = await book.apply(batch)
        if not isinstance(answer, Applied):
            raise WrongAnswer(answer.reason)
        outcome = answer.items[0].outcome
        if outcome is not Outcome.APPLIED and outcome is not Outcome.REPLAYED:
            raise WrongAnswer(outcome)
        return outcome is Outcome.REPLAYED

    try:
        yield apply
    finally:
        await database.close()


_DESIGNS = {"wallet": wallet, "handwritten": handwritten, "orm": orm_design}


async def run(spec: Spec) -> Figures:
    """Run one stretch."""
    players = draw_players(spec.skew, spec.seed)
    ahead = spec.ahead // spec.callers
    callers = [
        drawn(steps(players, n, spec.callers, spec.seed), ahead) for n in range(spec.callers)
    ]
    async with _DESIGNS[spec.design](spec.url) as apply:
        calm_collector()
        if spec.counts:
            return await count_loop(apply, callers, spec.counts)
        return await closed_loop(apply, callers, spec.warm_s, spec.seconds)


def main() -> None:
    """Read a spec from the command line, print figures."""
    spec = msgspec.json.decode(sys.argv[1], type=Spec)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(msgspec.json.encode(runner.run(run(spec))).decode())


if __name__ == "__main__":
    main()
