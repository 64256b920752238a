"""A rail for play money: a player asks, and the cashier credits."""

from __future__ import annotations

import asyncio

from casino.cashier.rail import DepositBook, Method, RailManifest
from casino.errors import UnknownCurrency
from casino.money import FUN, Currency, Money

RAIL_ID = "sandbox"
MINIMUM = Money.parse("1", FUN)


class SandboxRail:
    """Deposits of FUN, the play money. Nothing arrives by itself."""

    @property
    def manifest(self) -> RailManifest:
        """What it declares."""
        return RailManifest(
            id=RAIL_ID,
            title="Play money",
            method=Method.INSTANT,
            currencies=(FUN,),
            minimums={FUN.code: MINIMUM},
            play_money=True,
        )

    async def deposit_address(self, currency: Currency) -> str:
        """Refuse: play money is sent nowhere, the cashier credits it on request."""
        raise UnknownCurrency(currency=currency.code)

    def deposit_uri(self, currency: Currency, address: str, memo: str) -> str:  # noqa: ARG002 - the contract's
        """Refuse, like ``deposit_address``."""
        raise UnknownCurrency(currency=currency.code)

    async def watch(self, book: DepositBook) -> None:  # noqa: ARG002 - the contract's
        """Wait: there is no chain to read, and the book is never written to."""
        await asyncio.Event().wait()

    def trouble(self) -> str | None:
        """Never any."""
        return None

    async def close(self) -> None:
        """Nothing to release."""
