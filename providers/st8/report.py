"""The vendor's report of transactions, read back span by span."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from casino.money import Currency, InvalidAmount, Money
from casino.play import ProviderUnavailable
from casino.play.capabilities import Reported
from casino.wallet.operations import Kind
from providers.st8.callback import CREDIT_KINDS, DEBIT_KINDS
from providers.st8.client import St8Client
from providers.st8.rows import TransactionRow
from providers.st8.settings import St8Account

ALONE = {"buyin": Kind.BUY_IN, "payout": Kind.PAYOUT, "cancel": Kind.REVERSAL}


async def report(
    client: St8Client, account: St8Account, since: datetime, until: datetime
) -> AsyncIterator[Reported]:
    """Yield what was settled from ``since`` until before ``until``, each once.

    Raises ProviderUnavailable.
    """
    for wire in account.currencies:
        earlier: set[str] = set()  # of the span before: whether ends belong to spans is not known
        start = since
        while start < until:
            end = min(start + timedelta(seconds=account.report_span_s), until)
            # The wire knows whole seconds only; what is outside is dropped below.
            rows = await client.transactions(start, end + timedelta(seconds=1), wire)
            reported = [_reported(row, wire, account) for row in rows]
            for one in reported:
                if since <= one.at < until and one.key not in earlier:
                    yield one
            earlier = {one.key for one in reported}
            start = end


def _reported(row: TransactionRow, wire: str, account: St8Account) -> Reported:
    kind = _kind(row)
    if kind is None:
        raise ProviderUnavailable("transactions", f"unknown kind {row.kind!r}")
    currency = account.currency_of(row.currency or wire)
    if currency is None:
        raise ProviderUnavailable("transactions", f"unknown currency {row.currency!r}")
    return Reported(
        key=(row.cancel_id or row.transaction_id) if kind is Kind.REVERSAL else row.transaction_id,
        player_ref=row.player,
        currency=currency,
        kind=kind,
        # What a free bet would have cost is not taken.
        units=0 if kind is Kind.PROMO_BET else _units(row.amount, currency),
        round_ref=row.round,
        at=row.processed_at,
    )


def _kind(row: TransactionRow) -> Kind | None:
    if row.kind in ALONE:
        return ALONE[row.kind]
    # A finer word that is new must not stop the comparison: as what it was sent it shows up.
    kinds = DEBIT_KINDS | CREDIT_KINDS
    return kinds.get(row.provider_kind) or kinds.get(row.kind)


def _units(amount: str, currency: Currency) -> int:
    try:
        return Money.parse(amount, currency).units
    except InvalidAmount as error:
        raise ProviderUnavailable("transactions", str(error)) from error
