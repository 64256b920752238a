"""EveryMatrix CasinoEngine: an aggregator that plays against a wallet outside of it."""

from casino.play import Provider, Wiring
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.settings import EverymatrixSettings as Settings

__all__ = ["Settings", "create"]


def create(wiring: Wiring, settings: Settings) -> Provider:
    """Build one account's provider; nobody is contacted yet."""
    return EverymatrixProvider(wiring, settings)
