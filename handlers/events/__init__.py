"""Who is told what of the things that happened."""

from handlers.events.teller import Teller

__all__ = ["Teller"]
