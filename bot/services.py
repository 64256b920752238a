"""What handlers may ask of the house."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errands import Errands
from casino.backoffice import Backoffice, ProviderDesk
from casino.cashier import Cashier
from casino.players import Players
from casino.wallet import Wallet


@dataclass(frozen=True, slots=True)
class Services:
    """The casino's services, as every handler gets them."""

    players: Players
    wallet: Wallet
    cashier: Cashier
    backoffice: Backoffice
    desk: ProviderDesk
    errands: Errands
