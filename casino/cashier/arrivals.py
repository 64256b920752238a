"""Money that arrived: credited once by the rail's own identifier, or filed with a reason.

Whatever a rail reports ends one way or the other. A report that could not be settled would stop
every deposit behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from casino import errors, events
from casino.cashier.rail import (
    ChainTransaction,
    Flaw,
    Ignored,
    Incoming,
    RailManifest,
    UnknownAsset,
)
from casino.money import CURRENCY_BY_ID, UNITS_MAX, Money
from casino.text import storable
from casino.wallet import Batch, Kind, Op, Outcome, Wallet
from db import models
from db.database import Transaction

log = structlog.get_logger(__name__)

MEMO_LENGTH = 10  # 50 random bits: not guessable, still typed without a mistake
MEMO_STORED_MAX = 128
SENDER_STORED_MAX = 96
NOTE_STORED_MAX = 200


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that was credited."""

    id: int
    rail: str
    amount: Money
    at: datetime
    external_id: str


async def settle(
    tx: Transaction, wallet: Wallet, manifest: RailManifest, seen: ChainTransaction
) -> tuple[str, str]:
    """Credit, file or ignore one transaction; return the outcome and a note for the record."""
    match seen.finding:
        case Ignored(reason):
            return "ignored", storable(reason, NOTE_STORED_MAX)
        case UnknownAsset(external_id, sender, note):
            await _file(manifest.id, external_id, Flaw.UNKNOWN_ASSET, sender=sender, note=note)
            return "filed", Flaw.UNKNOWN_ASSET.value
        case Incoming() as incoming:
            return await _assign(tx, wallet, manifest, incoming)


async def credit(
    tx: Transaction, wallet: Wallet, rail: str, player_id: int, incoming: Incoming
) -> Deposit:
    """Credit a player once per external id; a repeat returns the first deposit.

    Raises KeyReused for the same id with another amount, Bug for a balance out of range.
    """
    amount = incoming.amount
    op = Op(Kind.DEPOSIT, incoming.external_id, amount.units)
    batch = Batch(player_id, amount.currency, source_of(rail), (op,))
    applied = await wallet.transfer(tx, batch)
    if applied.items[0].outcome is Outcome.REPLAYED:
        return view(await models.Deposit.get(rail=rail, external_id=incoming.external_id))
    row = await models.Deposit.create(
        player_id=player_id,
        rail=rail,
        external_id=incoming.external_id,
        currency_id=amount.currency.id,
        units=amount.units,
        sender=_sender(incoming.sender),
    )
    await events.record(
        events.DepositCredited(
            player_id=player_id,
            deposit_id=row.id,
            rail=rail,
            currency=amount.currency.code,
            amount=amount.text(),
            balance=applied.balance.available.text(),
            external_id=incoming.external_id,
            at=row.created_at.isoformat(),
        )
    )
    return view(row)


def source_of(rail: str) -> str:
    """Name a rail in the ledger; a provider of the same name must not reach its transfers."""
    return f"rail:{rail}"


def view(row: models.Deposit) -> Deposit:
    """Show a stored deposit."""
    amount = Money(row.units, CURRENCY_BY_ID[row.currency_id])
    return Deposit(row.id, row.rail, amount, row.created_at, row.external_id)


async def _assign(
    tx: Transaction, wallet: Wallet, manifest: RailManifest, incoming: Incoming
) -> tuple[str, str]:
    owner = await _owner_of(incoming.memo)
    flaw = _flaw(manifest, incoming, known=owner is not None)
    if owner is not None and flaw is None:
        if await _credited_before(manifest.id, incoming.external_id, owner):
            return "ignored", "its id was credited to somebody before"
        try:
            await credit(tx, wallet, manifest.id, owner, incoming)
        except (errors.Bug, errors.PlayerError) as refused:
            # Refused before anything was written, so this transaction goes on.
            log.error("deposit not credited", external_id=incoming.external_id, why=repr(refused))  # noqa: TRY400 - the refusal says all
            flaw = Flaw.NOT_CREDITED
        else:
            return "credited", f"player {owner}"
    reason = flaw or Flaw.UNKNOWN_MEMO
    await _file(
        manifest.id,
        incoming.external_id,
        reason,
        amount=incoming.amount,
        memo=incoming.memo,
        sender=incoming.sender,
    )
    if not _is_small(manifest, incoming):  # dust is spam: filed, but nobody is woken
        await events.record(
            events.DepositFiled(
                player_id=None,
                rail=manifest.id,
                currency=incoming.amount.currency.code,
                amount=incoming.amount.text(),
                reason=reason.value,
                external_id=incoming.external_id,
            )
        )
    return "filed", reason.value


def _flaw(manifest: RailManifest, incoming: Incoming, *, known: bool) -> Flaw | None:
    if incoming.flaw is not None:
        return incoming.flaw
    if not incoming.memo:
        return Flaw.NO_MEMO
    if not known:
        return Flaw.UNKNOWN_MEMO
    if _is_small(manifest, incoming):
        return Flaw.BELOW_MINIMUM
    return Flaw.NOT_CREDITED if incoming.amount.units > UNITS_MAX else None


def _is_small(manifest: RailManifest, incoming: Incoming) -> bool:
    currency = incoming.amount.currency
    return incoming.amount < manifest.minimums.get(currency.code, Money(1, currency))


async def _owner_of(memo: str | None) -> int | None:
    # Anybody may send any text; ours are short, and the table would refuse to compare others.
    if not memo or len(memo) > MEMO_LENGTH or not memo.isascii() or not memo.isalnum():
        return None
    row = await models.DepositMemo.get_or_none(memo=memo.upper())
    return row.player_id if row else None


async def _credited_before(rail: str, external_id: str, player_id: int) -> bool:
    """Say whether another player has it: a rail's mistake, for a person to look at."""
    known = await models.Deposit.get_or_none(rail=rail, external_id=external_id)
    if known is None or known.player_id == player_id:
        return False
    log.error("a deposit's id came twice, for two players", rail=rail, external_id=external_id)
    return True


async def _file(
    rail: str,
    external_id: str,
    reason: Flaw,
    *,
    amount: Money | None = None,
    memo: str | None = None,
    sender: str | None = None,
    note: str = "",
) -> None:
    fits = amount is not None and amount.units <= UNITS_MAX
    if amount is not None and not fits:
        note = f"{amount} {note}"
    await models.FiledDeposit.get_or_create(
        rail=rail,
        external_id=external_id,
        defaults={
            "reason": reason.value,
            "currency_id": amount.currency.id if amount else None,
            "units": amount.units if amount is not None and fits else None,
            "memo": storable(memo, MEMO_STORED_MAX) if memo else None,
            "sender": _sender(sender),
            "note": storable(note, NOTE_STORED_MAX),
        },
    )


def _sender(sender: str | None) -> str | None:
    return storable(sender, SENDER_STORED_MAX) if sender else None
