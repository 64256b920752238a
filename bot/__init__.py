"""Telegram plumbing: updates in, words out. What is said and done lives in ``handlers``."""
