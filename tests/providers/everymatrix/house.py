# ruff: noqa: ARG002 - a till answers for any provider
"""A till in memory, judging by the wallet's own ``decide``, that may have trouble at any point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Self

from casino.clock import SystemClock
from casino.money import CURRENCY_BY_ID, EUR, FUN, Currency, Money
from casino.play import GameCall, PlayerSession, Wiring
from casino.wallet import Answer, Balance, Item, Known, Outcome
from casino.wallet.operations import STAKES
from casino.wallet.rows import Transfer
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.settings import EverymatrixAccount
from tests.peers.everymatrix.vendor import LOGIN, OLD_PASSWORD, PASSWORD, Vendor
from tests.providers.book import Book
from tests.providers.till import EmptyTill

Trouble = Callable[[], Awaitable[None]]

SETTINGS: dict[str, object] = {
    "launch_url": "http://127.0.0.1:1/casino",
    "feed_url": "http://127.0.0.1:1/feed",
    "operator_id": "2001",
    "login_name": LOGIN,
    "password": PASSWORD,
    "password_previous": OLD_PASSWORD,
    "country": "MLT",
    "currencies": {"FUN": "FUN"},
}


class House(Book):
    """One player with a session; every question may be answered by trouble."""

    before: Trouble | None = None  # of everything
    after: Trouble | None = None  # of what settles

    @classmethod
    def with_player(cls) -> Self:
        house = cls(sessions={"s-1": 1001}, games={"g-1": 1})
        house.open(1001, Money.parse("100", FUN), Money.parse("100", EUR))
        return house

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        await self._trouble(self.before)
        answer = await super().settle(provider_id, call)
        await self._trouble(self.after)
        return answer

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        await self._trouble(self.before)
        return await super().balance(player_ref, currency)

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        await self._trouble(self.before)
        player = self.sessions.get(session_ref)
        if player is None:
            return None
        return PlayerSession(str(player), "Ada", "en", FUN, "g-1", alive=True)

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        await self._trouble(self.before)
        return next((_known(t) for t in self._of(player_ref) if t.key == key), None)

    async def stakes_of_round(
        self, provider_id: str, player_ref: str, currency: Currency, round_id: str
    ) -> list[Known]:
        await self._trouble(self.before)
        return [
            _known(t)
            for t in self._of(player_ref)
            if t.round_id == round_id and t.kind in STAKES and t.currency_id == currency.id
        ]

    def _of(self, player_ref: str) -> list[Transfer]:
        return [t for t in self.transfers if str(t.player_id) == player_ref]

    async def _trouble(self, trouble: Trouble | None) -> None:
        if trouble is not None:
            await trouble()


def _known(t: Transfer) -> Known:
    item = Item(Outcome.REPLAYED, t.id, t.playable_after, t.deficit_after)
    currency = CURRENCY_BY_ID[t.currency_id]
    moved = bool(t.cash_delta or t.bonus_delta)
    return Known(
        t.key,
        t.kind,
        t.amount,
        currency,
        t.round_id,
        t.reference,
        moved,
        reversed=False,
        item=item,
    )


def made(vendor: Vendor, **changed: Any) -> EverymatrixProvider:
    """Make an adapter for this vendor's servers, without a house behind it."""
    account = EverymatrixAccount.model_validate(vendor.settings() | {"timeout_s": 2} | changed)
    return EverymatrixProvider(Wiring("everymatrix", EmptyTill(), SystemClock()), account)
