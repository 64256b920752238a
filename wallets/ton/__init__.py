"""TON: native coins and jettons, identified by memo, read through lite servers."""

from wallets.ton.rail import TonRail
from wallets.ton.settings import TonSettings

__all__ = ["TonRail", "TonSettings"]
