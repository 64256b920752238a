"""Everything that decides. No Telegram, no HTTP, no vendor."""
