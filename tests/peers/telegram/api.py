"""The Bot API methods that the bot uses, with Telegram's answers and refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.peers.telegram import rules
from tests.peers.telegram.rules import ApiError, bad
from tests.peers.telegram.world import Json, Message, World

LONG_POLL_S_MAX = 50
UPDATES_MAX = 100


class BotApi:
    """Answers method calls on a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._polls = 0
        self._methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "editMessageText": self._edit_message_text,
            "editMessageReplyMarkup": self._edit_reply_markup,
            "deleteMessage": self._delete_message,
            "answerCallbackQuery": self._answer_callback_query,
            "setMyCommands": self._set_my_commands,
            "getMyCommands": self._get_my_commands,
            "deleteMyCommands": self._delete_my_commands,
            "setChatMenuButton": self._set_chat_menu_button,
            "getChatMenuButton": self._get_chat_menu_button,
            "sendChatAction": self._send_chat_action,
            "getChat": self._get_chat,
        }

    async def call(self, name: str, params: Json) -> Any:
        """Perform one method. Raises ApiError."""
        method = {k.lower(): v for k, v in self._methods.items()}.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        return await method(params)

    async def _get_me(self, _params: Json) -> Json:
        return {**self._world.bot, "can_join_groups": True, "has_main_web_app": False}

    async def _get_updates(self, params: Json) -> list[Json]:
        world = self._world
        if world.webhook is not None:
            raise ApiError(409, rules.WEBHOOK_ACTIVE)
        self._polls += 1
        mine = self._polls
        if params.get("allowed_updates"):
            world.allowed_updates = _parsed(params["allowed_updates"])
        offset = int(params.get("offset") or 0)
        limit = min(int(params.get("limit") or UPDATES_MAX), UPDATES_MAX)
        timeout = min(int(params.get("timeout") or 0), LONG_POLL_S_MAX)
        async with world.changed:
            world.changed.notify_all()  # an older poll of the same bot ends now
            if offset < 0:
                del world.pending[:offset]
            elif offset > 0:
                # Confirmed: everything before the first one that is asked for.
                world.pending[:] = [u for u in world.pending if u["update_id"] >= offset]
            try:
                async with asyncio.timeout(timeout):
                    await world.changed.wait_for(lambda: world.pending or self._polls != mine)
            except TimeoutError:
                return []
        if self._polls != mine:
            raise ApiError(409, rules.TERMINATED)
        return world.pending[:limit]

    async def _set_webhook(self, params: Json) -> bool:
        world = self._world
        if not params.get("url"):
            return await self._delete_webhook(params)
        if params.get("allowed_updates"):
            world.allowed_updates = _parsed(params["allowed_updates"])
        async with world.changed:
            if _flag(params.get("drop_pending_updates")):
                world.pending.clear()
            world.webhook = {"url": params["url"], "secret": params.get("secret_token")}
            world.changed.notify_all()
        return True

    async def _delete_webhook(self, params: Json) -> bool:
        async with self._world.changed:
            if _flag(params.get("drop_pending_updates")):
                self._world.pending.clear()
            self._world.webhook = None
            self._world.changed.notify_all()
        return True

    async def _get_webhook_info(self, _params: Json) -> Json:
        world = self._world
        info = {
            "url": world.webhook["url"] if world.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(world.pending),
        }
        failures = [a for a in world.webhook_attempts if not 200 <= a["status"] < 300]
        if failures:
            info["last_error_message"] = f"Wrong response: {failures[-1]['status']}"
        return info

    async def _send_message(self, params: Json) -> Json:
        world = self._world
        chat = self._writable_chat(params)
        text = rules.shown_text(params.get("text"), params.get("parse_mode"))
        keyboard = rules.inline_keyboard(params.get("reply_markup"))
        async with world.changed:
            message = world.new_message(
                chat, world.bot, text=text, html=params["text"], keyboard=keyboard
            )
            world.changed.notify_all()
        return message.as_telegram()

    async def _edit_message_text(self, params: Json) -> Json:
        message = self._own_message(params)
        text = rules.shown_text(params.get("text"), params.get("parse_mode"))
        keyboard = rules.inline_keyboard(params.get("reply_markup"))
        if (message.html, message.keyboard) == (params["text"], keyboard):
            raise ApiError(400, rules.NOT_MODIFIED)
        message.text, message.html, message.keyboard = text, params["text"], keyboard
        return await self._edited(message)

    async def _edit_reply_markup(self, params: Json) -> Json:
        message = self._own_message(params)
        keyboard = rules.inline_keyboard(params.get("reply_markup"))
        if message.keyboard == keyboard:
            raise ApiError(400, rules.NOT_MODIFIED)
        message.keyboard = keyboard
        return await self._edited(message)

    async def _delete_message(self, params: Json) -> bool:
        self._writable_chat(params)
        message = self._world.message(int(params["chat_id"]), int(params["message_id"]))
        if message is None:
            raise bad("message to delete not found")
        message.deleted = True
        return True

    async def _answer_callback_query(self, params: Json) -> bool:
        callback = self._world.callbacks.get(str(params.get("callback_query_id")))
        if callback is None or callback.expired:
            raise ApiError(400, rules.QUERY_TOO_OLD)
        text = params.get("text")
        if text is not None and rules.units(text) > rules.TOAST_UNITS_MAX:
            raise bad("MESSAGE_TOO_LONG")
        async with self._world.changed:
            callback.answered = True
            callback.text, callback.alert = text, _flag(params.get("show_alert"))
            self._world.changed.notify_all()
        return True

    async def _set_my_commands(self, params: Json) -> bool:
        self._world.commands[self._scope(params)] = rules.commands(params.get("commands"))
        return True

    async def _get_my_commands(self, params: Json) -> list[dict[str, str]]:
        return self._world.commands.get(self._scope(params), [])

    async def _delete_my_commands(self, params: Json) -> bool:
        self._world.commands.pop(self._scope(params), None)
        return True

    async def _set_chat_menu_button(self, params: Json) -> bool:
        button = _parsed(params.get("menu_button") or {"type": "default"})
        self._world.menu_buttons[str(params.get("chat_id") or "default")] = button
        return True

    async def _get_chat_menu_button(self, params: Json) -> Json:
        where = str(params.get("chat_id") or "default")
        return self._world.menu_buttons.get(where, {"type": "commands"})

    async def _send_chat_action(self, params: Json) -> bool:
        self._writable_chat(params)
        return True

    async def _get_chat(self, params: Json) -> Json:
        return self._writable_chat(params)

    def _scope(self, params: Json) -> str:
        scope = _parsed(params.get("scope") or {"type": "default"})
        if scope["type"] == "chat" and int(scope["chat_id"]) not in self._world.chats:
            raise bad("chat not found")
        where = f":{scope['chat_id']}" if "chat_id" in scope else ""
        return f"{scope['type']}{where}/{params.get('language_code') or ''}"

    def _writable_chat(self, params: Json) -> Json:
        try:
            chat = self._world.chats.get(int(params["chat_id"]))
        except (KeyError, ValueError):
            chat = None
        if chat is None:
            raise bad("chat not found")
        if chat["id"] in self._world.blocked:
            raise ApiError(403, rules.BLOCKED)
        return chat

    def _own_message(self, params: Json) -> Message:
        chat = self._writable_chat(params)
        message = self._world.message(chat["id"], int(params["message_id"]))
        if message is None:
            raise bad("message to edit not found")
        if not message.sender.get("is_bot"):
            raise bad("message can't be edited")
        return message

    async def _edited(self, message: Message) -> Json:
        async with self._world.changed:
            message.edits += 1
            self._world.changed.notify_all()
        return message.as_telegram()


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
