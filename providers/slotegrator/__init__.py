"""Slotegrator GIS: an aggregator of game studios, spoken to through signed forms."""

from casino.play import Provider, Wiring
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorSettings as Settings

__all__ = ["Settings", "create"]


def create(wiring: Wiring, settings: Settings) -> Provider:
    """Build one account's provider; nobody is contacted yet."""
    return SlotegratorProvider(wiring, settings)
