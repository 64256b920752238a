"""Money from outside: rails, deposit methods, crediting and filing."""

from casino.cashier.arrivals import Deposit
from casino.cashier.deposits import (
    AmountOutOfRange,
    Cashier,
    DepositMethod,
    DepositTarget,
)
from casino.cashier.rail import (
    ChainTransaction,
    Cursor,
    DepositBook,
    Flaw,
    Ignored,
    Incoming,
    Method,
    PaymentRail,
    RailManifest,
    UnknownAsset,
)

__all__ = [
    "AmountOutOfRange",
    "Cashier",
    "ChainTransaction",
    "Cursor",
    "Deposit",
    "DepositBook",
    "DepositMethod",
    "DepositTarget",
    "Flaw",
    "Ignored",
    "Incoming",
    "Method",
    "PaymentRail",
    "RailManifest",
    "UnknownAsset",
]
