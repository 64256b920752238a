"""A small Bot API server of our own, over real HTTP, written from Telegram's documentation."""

from tests.peers.telegram.client import ChatUser, TelegramControl
from tests.peers.telegram.server import TelegramDouble

__all__ = ["ChatUser", "TelegramControl", "TelegramDouble"]
