"""Rails for these tests: they declare, and never watch anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from casino.cashier import (
    ChainTransaction,
    DepositBook,
    Flaw,
    Ignored,
    Incoming,
    Method,
    RailManifest,
    UnknownAsset,
)
from casino.money import FUN, TON, USDT, Currency, Money

ACCOUNT = "0:" + "ab" * 32
CHAIN_MINIMUM = Money.parse("0.1", TON)


@dataclass
class DeclaredRail:
    """A rail that is nothing but its manifest."""

    manifest: RailManifest
    words: str | None = None
    closed: list[str] = field(default_factory=list)

    async def deposit_address(self, currency: Currency) -> str:
        return f"address-of-{currency}"

    def deposit_uri(self, currency: Currency, address: str, memo: str) -> str:
        return f"pay:{address}?{memo}&{currency}"

    async def watch(self, book: DepositBook) -> None:
        raise AssertionError(f"nobody watches in these tests: {book}")

    def trouble(self) -> str | None:
        return self.words

    async def close(self) -> None:
        self.closed.append(self.manifest.id)


def chain_rail(minimums: Mapping[str, Money] | None = None) -> DeclaredRail:
    least = {"TON": CHAIN_MINIMUM} if minimums is None else minimums
    return DeclaredRail(RailManifest("ton", "TON", Method.MEMO, (TON, USDT), least))


def play_rail(currency: Currency = FUN, *, play_money: bool = True) -> DeclaredRail:
    least = {currency.code: Money.parse("1", currency)}
    return DeclaredRail(
        RailManifest("sandbox", "Play money", Method.INSTANT, (currency,), least, play_money)
    )


def arrival(lt: int, finding: Incoming | UnknownAsset | Ignored) -> ChainTransaction:
    return ChainTransaction(ACCOUNT, lt, f"{lt:064x}", datetime(2026, 11, 24, tzinfo=UTC), finding)


def incoming(
    external_id: str,
    memo: str | None,
    text: str = "1.5",
    *,
    currency: Currency = TON,
    flaw: Flaw | None = None,
    sender: str | None = "0:" + "cd" * 32,
) -> Incoming:
    return Incoming(external_id, Money.parse(text, currency), memo, sender, flaw)
