"""The door that Telegram knocks on: verify the raw request, store it, only then say yes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import orjson
import structlog
from pydantic import SecretStr

from casino.inbox import Inbox

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
UPDATE_BYTES_MAX: Final = 1024 * 1024
EXTERNAL_ID_MAX: Final = 2**53

log = structlog.get_logger(__name__)


class Webhook:
    """Receives updates of one bot. Knows no web framework."""

    def __init__(self, source: str, secret: SecretStr | None, inbox: Inbox) -> None:
        """``source`` names the bot in the inbox; without a secret every request is refused."""
        self._source = source
        self._secret = secret.get_secret_value().encode() if secret else b""
        self._inbox = inbox

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Return the HTTP status for a request; 200 only when the update is stored for good.

        401: not from Telegram. 413 and 400: not an update. 503: Telegram shall send it again.
        """
        if not self._from_telegram(headers):
            log.warning("webhook request without the right secret refused")
            return HTTPStatus.UNAUTHORIZED
        if len(body) > UPDATE_BYTES_MAX:
            log.warning("webhook request refused: too large", bytes=len(body))
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        update_id = update_id_of(body)
        if update_id is None:
            log.warning("webhook request refused: not an update")
            return HTTPStatus.BAD_REQUEST
        try:
            await self._inbox.keep(self._source, str(update_id), body)
        except Exception:
            # Whatever it was, the update is not stored: never a 200, so that Telegram repeats it.
            log.exception("update not stored")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def _from_telegram(self, headers: Mapping[str, str]) -> bool:
        given = next((v for k, v in headers.items() if k.lower() == SECRET_HEADER), "")
        # Bytes: compare_digest raises for non-ASCII text, and header bytes may be anything.
        matches = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret)
        return matches and bool(self._secret)


def update_id_of(body: bytes) -> int | None:
    """Read an update's number, or None when this is no update."""
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if type(update_id) is not int or not 0 <= update_id < EXTERNAL_ID_MAX:
        return None
    return update_id
