"""The schedule: what the house does by itself, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from casino.backoffice import audit_and_file
from casino.clock import Clock
from casino.errors import TryLater
from casino.nursery import Nursery
from casino.players import SignIns
from casino.wallet import Wallet

AUDIT_EVERY_S = 600
CLEAN_EVERY_S = 3_600

log = structlog.get_logger(__name__)


def start_schedule(nursery: Nursery, wallet: Wallet, sign_ins: SignIns, clock: Clock) -> None:
    """Begin every repeated job; the nursery ends them."""

    async def audit() -> None:
        report = await audit_and_file(wallet, clock)
        if report.ok:
            log.info("book balances", transfers=report.transfers, accounts=report.accounts)
        else:
            log.critical("book does not balance", findings=list(report.findings[:10]))

    nursery.start(_repeat("audit", AUDIT_EVERY_S, audit), name="audit")
    nursery.start(_repeat("clean", CLEAN_EVERY_S, sign_ins.forget_old), name="clean")


async def _repeat(name: str, every_s: float, job: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await job()
        except TryLater as outage:
            log.warning("job put off", job=name, error=repr(outage))
        except Exception:  # a failed run must not end the job for ever
            log.exception("job failed", job=name)
