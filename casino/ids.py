"""Identifiers that cannot be guessed and are easy to read back."""

from __future__ import annotations

import secrets

ID_DIGITS_MAX = 18

# Crockford's base 32 without letters that look like digits: one case, safe to type and to speak.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_token(length: int) -> str:
    """Return ``length`` random characters of a single-case alphabet (5 bits each)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def read_id(text: str) -> int | None:
    """Read a database number from foreign text, or None for what cannot be one."""
    # Eighteen digits always fit 63 bits; a longer number names nothing of ours.
    if text.isascii() and text.isdigit() and len(text) <= ID_DIGITS_MAX:
        return int(text)
    return None
