"""What the bot answers: one router per screen."""

from handlers.telegram.routers import build_routers

__all__ = ["build_routers"]
