"""The tests' side of the double, over HTTP so that it can live in another process."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.peers.telegram.world import Fault, Json, World


def control_routes(world: World) -> list[web.RouteDef]:
    """Routes under ``/control``."""
    control = _Control(world)
    return [
        web.post("/control/say", control.say),
        web.post("/control/press", control.press),
        web.post("/control/block", control.block),
        web.post("/control/expire", control.expire),
        web.post("/control/faults", control.add_fault),
        web.post("/control/updates", control.push_update),
        web.post("/control/forget", control.forget),
        web.get("/control/chats/{chat_id}", control.show_chat),
        web.get("/control/calls", control.show_calls),
        web.get("/control/state", control.show_state),
    ]


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def say(self, request: web.Request) -> web.Response:
        """Let a person write: ``{"user", "text"?, "message"?: more fields, "chat"?: group}``."""
        world, body = self._world, await request.json()
        user = world.user(body["user"])
        chat = body.get("chat") or world.private_chat(user)
        message = world.new_message(
            chat, user, text=body.get("text"), more=body.get("message") or {}
        )
        update_id = await world.push("message", message.as_telegram())
        return web.json_response({"message_id": message.message_id, "update_id": update_id})

    async def press(self, request: web.Request) -> web.Response:
        """Press a button: ``{"user", "text" or "data", "message_id"?, "forged"?, "lost"?}``."""
        world, body = self._world, await request.json()
        user = world.user(body["user"])
        chat_id = body.get("chat_id", user["id"])
        shown = [m for m in world.visible(chat_id) if m.sender.get("is_bot")]
        if body.get("message_id"):
            shown = [m for m in shown if m.message_id == body["message_id"]]
        found = next(
            (
                (message, button)
                for message in reversed(shown)
                for row in message.keyboard
                for button in row
                if "callback_data" in button
                and (
                    button["text"] == body.get("text")
                    or button["callback_data"] == body.get("data")
                )
            ),
            None,
        )
        if found is not None:
            message, data = found[0], found[1]["callback_data"]
        elif body.get("forged") and shown:
            message, data = shown[-1], body["data"]
        else:
            visible = [[b["text"] for row in m.keyboard for b in row] for m in shown[-2:]]
            return web.json_response({"error": "no such button", "visible": visible}, status=404)
        callback = world.new_callback(user, data)
        pressed: Json = message.as_telegram()
        if body.get("lost"):  # a message too old to be shown to the bot
            pressed = {"chat": message.chat, "message_id": message.message_id, "date": 0}
        update_id = await world.push(
            "callback_query",
            {
                "id": callback.id,
                "from": user,
                "message": pressed,
                "chat_instance": str(message.chat["id"]),
                "data": data,
            },
        )
        return web.json_response({"callback_id": callback.id, "update_id": update_id})

    async def block(self, request: web.Request) -> web.Response:
        """Block or unblock the bot: ``{"user", "blocked": bool, "silently"?}``."""
        world, body = self._world, await request.json()
        user = world.user(body["user"])
        blocked = bool(body.get("blocked", True))
        (world.blocked.add if blocked else world.blocked.discard)(user["id"])
        if not body.get("silently"):
            member, gone = {"status": "member"}, {"status": "kicked", "until_date": 0}
            old, new = (member, gone) if blocked else (gone, member)
            await world.push(
                "my_chat_member",
                {
                    "chat": world.private_chat(user),
                    "from": user,
                    "date": 0,
                    "old_chat_member": {**old, "user": world.bot},
                    "new_chat_member": {**new, "user": world.bot},
                },
            )
        return web.json_response({})

    async def expire(self, _request: web.Request) -> web.Response:
        """Make every pressed button too old to be answered."""
        for callback in self._world.callbacks.values():
            callback.expired = True
        return web.json_response({})

    async def add_fault(self, request: web.Request) -> web.Response:
        """Make something go wrong; see ``Fault``."""
        self._world.faults.append(Fault(**await request.json()))
        return web.json_response({})

    async def push_update(self, request: web.Request) -> web.Response:
        """Deliver any update: ``{"update": {...}}``, or an old one again: ``{"repeat": id}``."""
        body = await request.json()
        update = self._world.sent[body["repeat"]] if "repeat" in body else body["update"]
        await self._world.push_raw(update)
        return web.json_response({})

    async def forget(self, _request: web.Request) -> web.Response:
        """Forget the calls seen so far."""
        self._world.calls.clear()
        return web.json_response({})

    async def show_chat(self, request: web.Request) -> web.Response:
        """What a person sees: messages, and the answers to pressed buttons."""
        chat_id = int(request.match_info["chat_id"])
        callbacks = [c for c in self._world.callbacks.values() if c.user_id == chat_id]
        return web.json_response(
            {
                "messages": [m.as_seen() for m in self._world.visible(chat_id)],
                "callbacks": [
                    {
                        "id": c.id,
                        "data": c.data,
                        "answered": c.answered,
                        "text": c.text,
                        "alert": c.alert,
                    }
                    for c in callbacks
                ],
            }
        )

    async def show_calls(self, request: web.Request) -> web.Response:
        """What the bot called, perhaps of one method only."""
        wanted = request.query.get("method")
        calls: list[dict[str, Any]] = [
            {"method": c.method, "params": c.params, "at": c.at, "raw": c.raw}
            for c in self._world.calls
            if wanted is None or c.method == wanted
        ]
        return web.json_response({"calls": calls})

    async def show_state(self, _request: web.Request) -> web.Response:
        """Settings that the bot made, and what waits for it."""
        world = self._world
        return web.json_response(
            {
                "commands": world.commands,
                "menu_buttons": world.menu_buttons,
                "webhook": world.webhook,
                "webhook_attempts": world.webhook_attempts,
                "pending": [u.get("update_id") for u in world.pending],
            }
        )
