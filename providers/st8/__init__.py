"""St8: an aggregator of game studios, spoken to through JSON signed with elliptic-curve keys."""

from casino.play import Provider, Wiring
from providers.st8.provider import St8Provider
from providers.st8.settings import St8Settings as Settings

__all__ = ["Settings", "create"]


def create(wiring: Wiring, settings: Settings) -> Provider:
    """Build one account's provider; nobody is contacted yet."""
    return St8Provider(wiring, settings)
