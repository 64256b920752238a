"""What exists on Telegram's side: people, chats, messages, pressed buttons, pending updates."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Message:
    """One message of a chat, as it is now."""

    message_id: int
    chat: Json
    sender: Json
    date: int
    text: str | None = None
    html: str | None = None
    keyboard: list[list[Json]] = field(default_factory=list)
    edits: int = 0
    deleted: bool = False
    more: Json = field(default_factory=dict)  # photo, document, ...

    def as_telegram(self) -> Json:
        message = {
            "message_id": self.message_id,
            "from": self.sender,
            "chat": self.chat,
            "date": self.date,
            **self.more,
        }
        if self.text is not None:
            message["text"] = self.text
            if self.text.startswith("/"):
                length = len(self.text.split(maxsplit=1)[0])
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if self.keyboard:
            message["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.edits:
            message["edit_date"] = self.date
        return message

    def as_seen(self) -> Json:
        return {
            "message_id": self.message_id,
            "from_bot": bool(self.sender.get("is_bot")),
            "text": self.text,
            "html": self.html,
            "keyboard": self.keyboard,
            "edits": self.edits,
        }


@dataclass
class Callback:
    """A pressed button and what the presser got back."""

    id: str
    user_id: int
    data: str
    answered: bool = False
    text: str | None = None
    alert: bool = False
    expired: bool = False


@dataclass
class Fault:
    """What goes wrong on demand, the next ``times`` times."""

    method: str
    times: int = 1
    chat_id: int | None = None
    error_code: int | None = None
    description: str = "Internal Server Error"
    retry_after: int | None = None
    drop: bool = False  # do what was asked, then hang up without an answer
    delay_s: float = 0


@dataclass
class Call:
    """One call of the bot, as it came."""

    method: str
    params: Json
    at: float  # seconds on the loop's clock
    raw: str


class World:
    """One bot and everybody it knows."""

    def __init__(self, bot_id: int, username: str) -> None:
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Croupier",
            "username": username,
        }
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Json] = {}
        self.messages: dict[int, list[Message]] = {}
        self.blocked: set[int] = set()
        self.callbacks: dict[str, Callback] = {}
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.menu_buttons: dict[str, Json] = {}
        self.webhook: Json | None = None
        self.webhook_attempts: list[Json] = []
        self.allowed_updates: list[str] | None = None
        self.pending: list[Json] = []
        self.sent: dict[int, Json] = {}  # every update ever made, to repeat one on demand
        self.changed = asyncio.Condition()
        self._update_ids = itertools.count(500_000_001)
        self._message_ids = itertools.count(1)
        self._callback_ids = itertools.count(9_000_000_000_001)

    def user(self, user: Json | int) -> Json:
        """Find or make a person."""
        given = {"id": user} if isinstance(user, int) else user
        known = self.users.setdefault(
            given["id"], {"id": given["id"], "is_bot": False, "first_name": "Ada"}
        )
        known.update(given)
        return known

    def private_chat(self, user: Json) -> Json:
        chat = self.chats.setdefault(user["id"], {"id": user["id"], "type": "private"})
        chat.update({k: user[k] for k in ("first_name", "last_name", "username") if k in user})
        return chat

    def new_message(self, chat: Json, sender: Json, **fields: Any) -> Message:
        self.chats.setdefault(chat["id"], chat)
        message = Message(next(self._message_ids), chat, sender, now(), **fields)
        self.messages.setdefault(chat["id"], []).append(message)
        return message

    def message(self, chat_id: int, message_id: int) -> Message | None:
        return next((m for m in self.visible(chat_id) if m.message_id == message_id), None)

    def visible(self, chat_id: int) -> Iterator[Message]:
        return (m for m in self.messages.get(chat_id, []) if not m.deleted)

    def new_callback(self, user: Json, data: str) -> Callback:
        callback = Callback(str(next(self._callback_ids)), user["id"], data)
        self.callbacks[callback.id] = callback
        return callback

    async def push(self, kind: str, content: Json) -> int:
        """Queue an update for the bot; one it did not ask for is dropped, as Telegram does."""
        update_id = next(self._update_ids)
        if self.allowed_updates and kind not in self.allowed_updates:
            return update_id
        await self.push_raw({"update_id": update_id, kind: content})
        return update_id

    async def push_raw(self, update: Json) -> None:
        async with self.changed:
            self.pending.append(update)
            if isinstance(update.get("update_id"), int):
                self.sent[update["update_id"]] = update
            self.changed.notify_all()

    def take_fault(self, method: str, chat_id: Any) -> Fault | None:
        for fault in self.faults:
            if fault.method in {method, "*"} and fault.chat_id in {None, _number(chat_id)}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None


def now() -> int:
    return int(datetime.now(UTC).timestamp())  # noqa: TID251 - the double is outside the house


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
