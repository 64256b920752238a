"""What a t.me link carried into ``/start``."""

from __future__ import annotations

import re
from typing import Final

from aiogram.types import Message

_START: Final = re.compile(
    r"/start(?:@\w{1,64})?(?:\s+(?P<payload>\S.*))?\s*", re.ASCII | re.DOTALL
)
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what Telegram lets a link carry


def is_start(message: Message) -> bool:
    """Whether the message is ``/start``, with or without a payload."""
    return _START.fullmatch(message.text or "") is not None


def start_payload(message: Message) -> str | None:
    """Return the payload of a genuine deep link; typed nonsense after ``/start`` is none."""
    match = _START.fullmatch(message.text or "")
    payload = (match["payload"] or "").strip() if match else ""
    return payload if _PAYLOAD.fullmatch(payload) else None
