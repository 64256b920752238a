"""The rail contract: what every way for money to enter or leave implements, in our words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from casino.money import Currency, Money


class Method(enum.StrEnum):
    """How a player deposits through a rail."""

    MEMO = "memo"  # send to our address with a personal memo
    INSTANT = "instant"  # play money, credited at once


class Flaw(enum.StrEnum):
    """Why money that arrived belongs to nobody yet. It is filed, never dropped."""

    NO_MEMO = "no_memo"
    UNKNOWN_MEMO = "unknown_memo"
    BAD_ENCODING = "bad_encoding"
    ENCRYPTED = "encrypted"
    BELOW_MINIMUM = "below_minimum"
    UNKNOWN_ASSET = "unknown_asset"
    NOT_CREDITED = "not_credited"  # the ledger refused it: out of range, or the id was used


@dataclass(frozen=True, slots=True)
class RailManifest:
    """What a rail declares about itself."""

    id: str
    title: str
    method: Method
    currencies: tuple[Currency, ...]
    minimums: Mapping[str, Money]  # by currency code: smaller deposits are filed, not credited
    play_money: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that arrived. ``external_id`` names it for ever, in the rail's own words."""

    external_id: str
    amount: Money
    memo: str | None
    sender: str | None = None
    flaw: Flaw | None = None  # what the rail itself found wrong; the cashier adds its own


@dataclass(frozen=True, slots=True)
class UnknownAsset:
    """A token that is none of ours, or claims to be: never credited, kept for staff."""

    external_id: str
    sender: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A transaction that brought no money: our own send, a bounce, excess gas."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChainTransaction:
    """One transaction of a watched account, classified."""

    account: str  # raw address
    lt: int
    hash: str  # hex
    at: datetime
    finding: Incoming | UnknownAsset | Ignored


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last transaction of an account that was settled."""

    lt: int
    hash: str


class DepositBook(Protocol):
    """Where a watching rail reports; implemented by ``casino.cashier.DepositLedger``."""

    async def cursor(self, rail: str, account: str) -> Cursor | None:
        """Return the last settled transaction, or None for an account never read."""

    async def record(self, rail: str, transaction: ChainTransaction) -> bool:
        """Settle one transaction and move the cursor, in one database transaction.

        Oldest first. Returns False when it was settled before: nothing changed.
        """


class PaymentRail(Protocol):
    """A way for money to enter or leave."""

    @property
    def manifest(self) -> RailManifest:
        """What it declares."""

    async def deposit_address(self, currency: Currency) -> str:
        """Return the address that takes deposits of this currency, as players should see it."""

    def deposit_uri(self, currency: Currency, address: str, memo: str) -> str:
        """Return the link that opens a wallet with address and memo filled in (shown as QR)."""

    async def watch(self, book: DepositBook) -> None:
        """Report every movement to the book until cancelled. Outages are waited out inside."""

    def trouble(self) -> str | None:
        """Say in words why deposits are not seen at the moment, or None."""

    async def close(self) -> None:
        """Release connections."""
