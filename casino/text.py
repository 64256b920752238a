"""Foreign text, made fit to be stored."""

from __future__ import annotations


def storable(text: str, length_max: int) -> str:
    """Cut to ``length_max`` and drop what PostgreSQL cannot hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()[:length_max]


def is_storable(text: str) -> bool:
    """Say whether PostgreSQL can hold the text as it is."""
    if text.isascii():  # nearly always, and asked of every key
        return "\0" not in text
    return storable(text, len(text)) == text
