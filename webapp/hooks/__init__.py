"""Doors for other servers: providers' callbacks and Telegram's webhook."""
