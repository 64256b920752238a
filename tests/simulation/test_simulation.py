"""The simulation in short: a few seeds, that a seed repeats itself, and that a run can fail."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence

import asyncpg
import pytest
import structlog
from msgspec.structs import replace

from casino.wallet import Batch, Kind, book
from casino.wallet.decide import decide
from casino.wallet.rows import Decision, Stored
from db import ledger
from tests.simulation.plan import Plan
from tests.simulation.premises import Server
from tests.simulation.run import Failed, Settings, serving, simulate

Decide = Callable[[Stored, Sequence[Batch]], Decision]
write = ledger.write


def short(seed: int, *, steps: int = 25, faults: bool = False) -> Settings:
    return Settings(seed, players=20, steps=steps, faults=faults, crash_every=0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What the house says while its connections are cut is not about these tests."""
    logging.disable(logging.CRITICAL)
    with structlog.testing.capture_logs():
        yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_house_whose_connections_are_cut_owes_what_it_should(
    seed: int, server: Server
) -> None:
    summary = await simulate(short(seed, faults=True), server)
    assert summary.stored > 100
    assert summary.outcomes["cut"] > 0
    assert min(summary.outcomes[o] for o in ("replayed", "tombstoned", "not_enough_money")) > 0


async def test_a_seed_asks_the_same_in_every_run_and_another_one_does_not(server: Server) -> None:
    one, again = [await simulate(short(4, steps=10), server) for _ in range(2)]
    assert sum(one.sends.values()) > 100
    assert one.log == again.log == planned(4)
    assert one.log != planned(5)


def planned(seed: int) -> str:
    """What is asked where nobody answers at all: answers change nothing in it."""
    plan = Plan(seed, 20, faults=False)
    bursts = [*plan.arrivals(), *plan.bursts(10)]
    assert len(bursts) > 10
    return plan.log


def ignores_a_freeze(stored: Stored, batches: Sequence[Batch]) -> Decision:
    thawed = {k: replace(a, frozen=False) for k, a in stored.accounts.items()}
    return decide(replace(stored, accounts=thawed), batches)


def ignores_the_end_of_a_session(stored: Stored, batches: Sequence[Batch]) -> Decision:
    return decide(replace(stored, dead_sessions=frozenset()), batches)


def ignores_a_switch(stored: Stored, batches: Sequence[Batch]) -> Decision:
    return decide(replace(stored, games_off=frozenset()), batches)


def credits_a_repeated_win_once_more(stored: Stored, batches: Sequence[Batch]) -> Decision:
    def renamed(b: Batch) -> Batch:
        ops = tuple(
            replace(op, key=f"{op.key} again")
            if op.kind is Kind.WIN and (b.player_id, b.source, op.key) in stored.by_key
            else op
            for op in b.ops
        )
        return replace(b, ops=ops)

    return decide(stored, [renamed(b) for b in batches])


def forgets_tombstones(stored: Stored, batches: Sequence[Batch]) -> Decision:
    unended = {k: t for k, t in stored.by_reference.items() if t.amount}
    return decide(replace(stored, by_reference=unended), batches)


def answers_one_unit_too_much(stored: Stored, batches: Sequence[Batch]) -> Decision:
    decision = decide(stored, batches)
    answers = [
        replace(a, balance=replace(a.balance, cash=a.balance.cash + 1)) if a.balance else a
        for a in decision.answers
    ]
    return replace(decision, answers=tuple(answers))


def pays_wins_of_bonus_stakes_in_cash(stored: Stored, batches: Sequence[Batch]) -> Decision:
    return decide(replace(stored, round_stakes=dict.fromkeys(stored.round_stakes)), batches)


@pytest.mark.parametrize(
    "bug",
    [
        ignores_a_freeze,
        ignores_the_end_of_a_session,
        ignores_a_switch,
        credits_a_repeated_win_once_more,
        forgets_tombstones,
        answers_one_unit_too_much,
        pays_wins_of_bonus_stakes_in_cash,
    ],
)
async def test_a_wrong_decision_is_found(
    bug: Decide, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "decide", bug)
    with pytest.raises(Failed) as found:
        await simulate(short(6, steps=80), server)
    assert "seed 6, step" in str(found.value)
    assert "history of player" in str(found.value)
    assert (
        "once more: python -m tests.simulation"
        " --seed 6 --players 20 --steps 80 --crash-every 0 --no-faults" in str(found.value)
    )


async def test_an_answer_before_its_commit_is_found(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every twentieth write is forgotten, and its callers are told that it stands."""
    writes = itertools.count(1)

    async def forgetful(connection: asyncpg.Connection, *what: object) -> set[int]:
        if next(writes) % 20 == 0:
            return set()
        return await write(connection, *what)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(ledger, "write", forgetful)
    with pytest.raises(Failed, match="acknowledged"):
        await simulate(short(6, steps=80), server)


def test_the_standard_run_is_replayed_by_the_short_command() -> None:
    assert Settings(7).command == "make sim SEED=7"
    assert Settings(7, players=50).command == (
        "python -m tests.simulation --seed 7 --players 50 --steps 300 --crash-every 75"
    )
