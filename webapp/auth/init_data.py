"""Telegram's init data: proof, in a query string, of who opened the Mini App.

Source: Telegram's "Validating data received via the Mini App".
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import BaseModel, Field, ValidationError

from casino.errors import Unauthorised
from casino.players import TelegramUser

LENGTH_MAX = 4_096
FIELDS_MAX = 32
AGE_MAX = timedelta(hours=1)  # the app opens with fresh data
SKEW_MAX = timedelta(minutes=1)


class InitDataInvalid(Unauthorised):
    """The init data proves nothing: not signed by Telegram for this bot, malformed or too old."""

    code = "init-data-invalid"


@dataclass(frozen=True, slots=True)
class InitData:
    """What verified init data says."""

    user: TelegramUser
    start_param: str | None


class _User(BaseModel):
    id: Annotated[int, Field(gt=0, lt=2**63)]
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


def verify_init_data(raw: str, bot_token: str, now: datetime) -> InitData:
    """Check signature, uniqueness of keys and age. Raises InitDataInvalid."""
    if not bot_token or not 0 < len(raw) <= LENGTH_MAX:
        raise InitDataInvalid
    try:
        # Blank values belong to the signed text, so they must not be dropped.
        pairs = parse_qsl(
            raw, keep_blank_values=True, strict_parsing=True, max_num_fields=FIELDS_MAX
        )
        fields = dict(pairs)
        lines = "\n".join(f"{k}={v}" for k, v in sorted(pairs) if k != "hash").encode()
    except (ValueError, UnicodeError) as error:
        raise InitDataInvalid from error
    # A key given twice would let a forger put a user in front of a genuine string.
    if len(fields) != len(pairs):
        raise InitDataInvalid
    secret = hmac.digest(b"WebAppData", bot_token.encode(), hashlib.sha256)
    expected = hmac.new(secret, lines, hashlib.sha256).hexdigest().encode()
    given = fields.get("hash", "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(expected, given):
        raise InitDataInvalid
    _require_fresh(fields.get("auth_date", ""), now)
    try:
        user = _User.model_validate_json(fields.get("user", ""))
    except ValidationError as error:
        raise InitDataInvalid from error
    return InitData(TelegramUser(**user.model_dump()), fields.get("start_param"))


def _require_fresh(auth_date: str, now: datetime) -> None:
    if not (auth_date.isascii() and auth_date.isdigit() and len(auth_date) <= len("9999999999")):
        raise InitDataInvalid
    signed_at = datetime.fromtimestamp(int(auth_date), tz=now.tzinfo)
    if not -SKEW_MAX <= now - signed_at <= AGE_MAX:
        raise InitDataInvalid
