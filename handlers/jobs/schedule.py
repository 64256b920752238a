"""The schedule: what the house does by itself, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from casino.backoffice import audit_and_file
from casino.clock import Clock
from casino.errors import TryLater
from casino.nursery import Nursery
from casino.play.free_spins import FreeSpins
from casino.play.reconciliation import Reconciler
from casino.players import SignIns
from casino.wallet import Wallet

AUDIT_EVERY_S = 600
CLEAN_EVERY_S = 3_600
ISSUE_EVERY_S = 60  # free spins that a provider could not be asked for
RECONCILE_EVERY_S = 1_800  # looks whether a day is over and not compared yet

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Whose work is repeated."""

    wallet: Wallet
    sign_ins: SignIns
    reconciler: Reconciler
    free_spins: FreeSpins
    clock: Clock


def start_schedule(nursery: Nursery, jobs: Jobs) -> None:
    """Begin every repeated job; the nursery ends them."""

    async def audit() -> None:
        report = await audit_and_file(jobs.wallet, jobs.clock)
        if report.ok:
            log.info("book balances", transfers=report.transfers, accounts=report.accounts)
        else:
            log.critical("book does not balance", findings=list(report.findings[:10]))

    async def reconcile() -> None:
        await jobs.reconciler.catch_up()

    async def issue() -> None:
        await jobs.free_spins.issue_waiting()

    nursery.start(_repeat("audit", AUDIT_EVERY_S, audit), name="audit")
    nursery.start(_repeat("clean", CLEAN_EVERY_S, jobs.sign_ins.forget_old), name="clean")
    nursery.start(_repeat("free spins", ISSUE_EVERY_S, issue), name="free spins")
    nursery.start(_repeat("reconcile", RECONCILE_EVERY_S, reconcile), name="reconcile")


async def _repeat(name: str, every_s: float, job: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await job()
        except TryLater as outage:
            log.warning("job put off", job=name, error=repr(outage))
        except Exception:  # a failed run must not end the job for ever
            log.exception("job failed", job=name)
