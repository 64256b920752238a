"""Hub88: an aggregator of game studios, spoken to through JSON signed with RSA."""

from casino.play import Provider, Wiring
from providers.hub88.provider import Hub88Provider
from providers.hub88.settings import Hub88Settings as Settings

__all__ = ["Settings", "create"]


def create(wiring: Wiring, settings: Settings) -> Provider:
    """Build one account's provider; nobody is contacted yet."""
    return Hub88Provider(wiring, settings)
