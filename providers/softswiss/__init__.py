"""SOFTSWISS Game Aggregator, both generations: signed JSON, one shared wallet."""

from casino.play import Provider, Wiring
from providers.softswiss.provider import provider_of
from providers.softswiss.settings import SoftswissSettings as Settings

__all__ = ["Settings", "create"]


def create(wiring: Wiring, settings: Settings) -> Provider:
    """Build one account's provider; nobody is contacted yet."""
    return provider_of(wiring, settings)
