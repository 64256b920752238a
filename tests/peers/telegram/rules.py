"""What Telegram refuses, in its own words."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

from teremok.validation import ApiRuleViolation, validate_html

TEXT_UNITS_MAX = 4096
TOAST_UNITS_MAX = 200
CALLBACK_BYTES_MAX = 64
COPY_TEXT_MAX = 256
COMMANDS_MAX = 100

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
BLOCKED = "Forbidden: bot was blocked by the user"
TERMINATED = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
    " the webhook first"
)

_BUTTON_KINDS = ("url", "callback_data", "web_app", "copy_text", "switch_inline_query", "pay")
_BUTTON_SCHEMES = ("http", "https", "tg", "ton")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def shown_text(text: Any, parse_mode: Any) -> str:
    """Return what the reader sees, or refuse the text as Telegram does."""
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    plain = text
    if parse_mode:
        if str(parse_mode).upper() != "HTML":
            raise bad("unsupported parse_mode")
        try:
            validate_html(text)
        except ApiRuleViolation as violation:
            raise ApiError(400, violation.description) from None
        plain = html.unescape(re.sub(r"<[^>]*>", "", text))
    if units(plain) > TEXT_UNITS_MAX:
        raise bad("message is too long")
    return plain


def inline_keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """Return the rows of an inline keyboard, each button checked."""
    if not markup:
        return []
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = markup.get("inline_keyboard")
    if rows is None:
        raise bad("only inline keyboards are known here")
    for button in (button for row in rows for button in row):
        _check_button(button)
    return list(rows)


def _check_button(button: dict[str, Any]) -> None:
    kinds = [kind for kind in _BUTTON_KINDS if button.get(kind) is not None]
    if not button.get("text") or len(kinds) != 1:
        raise bad("can't parse inline keyboard button: exactly one optional field must be used")
    value = button[kinds[0]]
    match kinds[0]:
        case "callback_data" if not 1 <= len(value.encode()) <= CALLBACK_BYTES_MAX:
            raise bad("BUTTON_DATA_INVALID")
        case "copy_text" if not 1 <= len(value["text"]) <= COPY_TEXT_MAX:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        case "url" if urlsplit(value).scheme not in _BUTTON_SCHEMES or not urlsplit(value).netloc:
            raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
        case "web_app" if urlsplit(value["url"]).scheme not in {"http", "https"}:
            raise bad(f"inline keyboard button Web App URL '{value['url']}' is invalid")


def commands(value: Any) -> list[dict[str, str]]:
    """Return a list of commands, each checked."""
    listed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(listed, list) or len(listed) > COMMANDS_MAX:
        raise bad("can't parse commands")
    for command in listed:
        if not _COMMAND.fullmatch(command.get("command", "")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return listed


def units(text: str) -> int:
    """Telegram counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
