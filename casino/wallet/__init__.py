"""The shared wallet: one balance behind bot, Mini App, house games, providers and rails."""

from casino.wallet.audit import AuditReport
from casino.wallet.known import Known
from casino.wallet.operations import (
    Answer,
    Applied,
    Balance,
    Batch,
    Item,
    Kind,
    Op,
    Outcome,
    Refusal,
    Refused,
)
from casino.wallet.service import Entry, Wallet, refusal_error

__all__ = [
    "Answer",
    "Applied",
    "AuditReport",
    "Balance",
    "Batch",
    "Entry",
    "Item",
    "Kind",
    "Known",
    "Op",
    "Outcome",
    "Refusal",
    "Refused",
    "Wallet",
    "refusal_error",
]
