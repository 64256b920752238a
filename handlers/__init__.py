"""Edges that react: Telegram screens, events of the outbox, the clock."""
