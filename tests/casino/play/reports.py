"""A book at one provider, and a provider whose report says of it what a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg

from casino.money import FUN, TON, Currency
from casino.play import Capability, LateOriginals, Manifest, ProviderUnavailable
from casino.play.capabilities import Reported
from casino.play.findings import open_findings
from casino.play.reconciliation import Reconciled, Reconciler
from casino.players import Player
from casino.wallet import Applied, Batch, Kind, Op, Wallet
from tests.casino.play.providers import ListedProvider

DAY = timedelta(days=1)


@dataclass
class ReportingProvider(ListedProvider):
    """Reports what it is told to, as far as it was asked for."""

    rows: list[Reported] = field(default_factory=list)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    breaks_after: int | None = None
    instead: Callable[[], AsyncIterator[Reported]] | None = None

    def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        return self.instead() if self.instead else self._report(since, until)

    async def _report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        self.asked.append((since, until))
        if self.away:
            raise ProviderUnavailable(ProviderUnavailable.code)
        for n, row in enumerate(self.rows):
            if n == self.breaks_after:
                raise ProviderUnavailable(ProviderUnavailable.code)
            if since <= row.at < until:
                yield row


def reporting(provider_id: str) -> ReportingProvider:
    return ReportingProvider(
        Manifest(
            provider_id,
            provider_id.title(),
            LateOriginals.ACCEPT,
            capabilities=frozenset({Capability.REPORT}),
        )
    )


class Book:
    """Plays at "agg", and can say what an honest vendor would report of it."""

    def __init__(self, wallet: Wallet, player: Player, second: asyncpg.Connection) -> None:
        self.wallet = wallet
        self.player = player
        self.second = second

    async def play(self, *ops: Op, currency: Currency = FUN, game_id: int | None = None) -> None:
        for op in ops:
            answer = await self.wallet.apply(
                Batch(self.player.id, currency, "agg", (op,), game_id=game_id)
            )
            assert isinstance(answer, Applied)

    async def move(self, key: str, at: datetime) -> None:
        async with self.second.transaction():
            await self.second.execute("SET LOCAL session_replication_role = replica")
            await self.second.execute(
                "UPDATE transfers SET created_at = $2 WHERE key = $1", key, at
            )

    async def honest(self) -> list[Reported]:
        rows = await self.second.fetch(
            "SELECT t.* FROM transfers t JOIN sources s ON s.id = t.source_id"
            " WHERE s.name = 'agg' AND kind_id <> 41 ORDER BY position"
        )
        currencies = {FUN.id: FUN, TON.id: TON}
        return [
            Reported(
                r["key"],
                str(r["player_id"]),
                currencies[r["currency_id"]],
                Kind(r["kind_id"]),
                r["amount"],
                r["round_id"],
                r["created_at"],
            )
            for r in rows
        ]


async def compare(reconciler: Reconciler, now: datetime) -> Reconciled:
    return await reconciler.by_report("agg", now - DAY, now + DAY)


async def found() -> dict[str, str]:
    """What stands: what by key."""
    return {f.key: f.what for f in await open_findings("agg")}


def bet(key: str, units: int = 100, round_id: str = "r") -> Op:
    return Op(Kind.BET, key, units, round_id)


WIN = Op(Kind.WIN, "w", 250, "r")
ROUND = (bet("b"), WIN, bet("b2", 40), Op(Kind.REVERSAL, "x2", reference="b2"))
