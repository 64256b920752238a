"""Every table that services reach through the ORM. The ledger's own tables are in ``db/sql``."""

from db.models.cashier import ChainCursor, ChainEntry, Deposit, DepositMemo, FiledDeposit
from db.models.play import FreeSpins, Game, GameSession, HouseRound, Provider, SeedPair
from db.models.players import Identity, Player, SeenInitData, SignIn
from db.models.reconciliation import ReconciliationFinding, ReconciliationRun
from db.models.records import AuditEntry, Finding, InboxMessage, OutboxEvent

__all__ = [
    "AuditEntry",
    "ChainCursor",
    "ChainEntry",
    "Deposit",
    "DepositMemo",
    "FiledDeposit",
    "Finding",
    "FreeSpins",
    "Game",
    "GameSession",
    "HouseRound",
    "Identity",
    "InboxMessage",
    "OutboxEvent",
    "Player",
    "Provider",
    "ReconciliationFinding",
    "ReconciliationRun",
    "SeedPair",
    "SeenInitData",
    "SignIn",
]
