"""How tests drive the double: people who write, press, read and wait."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import aiohttp

WAIT_S = 10.0
LOOK_EVERY_S = 0.03

Json = dict[str, Any]


class TelegramControl:
    """The control side of a running double, wherever it runs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    def user(self, user_id: int, **facts: Any) -> ChatUser:
        """A person: ``first_name``, ``username``, ``language_code``..."""
        return ChatUser(self, {"id": user_id, **facts})

    async def get(self, path: str, **query: str) -> Json:
        return await self._call("GET", path, params=query)

    async def post(self, path: str, **body: Any) -> Json:
        return await self._call("POST", path, json=body)

    async def fault(self, method: str, **fault: Any) -> None:
        """Make calls of a method fail; see ``tests.peers.telegram.world.Fault``."""
        await self.post("faults", method=method, **fault)

    async def calls(self, method: str) -> list[Json]:
        return list((await self.get("calls", method=method))["calls"])

    async def state(self) -> Json:
        return await self.get("state")

    async def _call(self, method: str, path: str, **options: Any) -> Json:
        if self._session is None:
            raise RuntimeError("use it as an async context")
        url = f"{self.url}/control/{path}"
        async with self._session.request(method, url, **options) as response:
            answer: Json = await response.json()
            if response.status >= 400:
                raise AssertionError(f"{path}: {answer}")
            return answer


class ChatUser:
    """One person in the private chat with the bot."""

    def __init__(self, control: TelegramControl, user: Json) -> None:
        self._control = control
        self.user = user
        self.id: int = user["id"]

    async def say(self, text: str | None = None, **message: Any) -> Json:
        """Write a text, or send something else (``photo=[...]``)."""
        return await self._control.post("say", user=self.user, text=text, message=message)

    async def say_in(self, chat: Json, text: str) -> Json:
        """Write in a group."""
        return await self._control.post("say", user=self.user, text=text, chat=chat)

    async def press(self, text: str | None = None, **choice: Any) -> str:
        """Press the newest button with this text (or ``data=``); returns the callback's id."""
        body = {k: v for k, v in {"text": text, **choice}.items() if v is not None}
        return str((await self._control.post("press", user=self.user, **body))["callback_id"])

    async def block(self, *, blocked: bool = True, silently: bool = False) -> None:
        await self._control.post("block", user=self.user, blocked=blocked, silently=silently)

    async def messages(self) -> list[Json]:
        """Everything visible in the chat, oldest first."""
        return list((await self._control.get(f"chats/{self.id}"))["messages"])

    async def answers(self) -> list[Json]:
        """Every pressed button and what came back."""
        return list((await self._control.get(f"chats/{self.id}"))["callbacks"])

    async def wait_for(self, part: str, *, count: int = 1, seconds: float = WAIT_S) -> Json:
        """Wait until ``count`` messages of the bot contain a text; returns the newest."""
        found: list[Json] = []
        for _ in range(int(seconds / LOOK_EVERY_S)):
            shown = [m for m in await self.messages() if m["from_bot"]]
            found = [m for m in shown if part in (m["text"] or "")]
            if len(found) >= count:
                return found[-1]
            await asyncio.sleep(LOOK_EVERY_S)
        seen = [m["text"] for m in (await self.messages())[-3:]]
        raise AssertionError(f"{part!r} was not said; the chat ends with {seen}")

    async def wait_for_answer(self, callback_id: str, *, seconds: float = WAIT_S) -> Json:
        """Wait until a pressed button stopped spinning; returns the toast."""
        for _ in range(int(seconds / LOOK_EVERY_S)):
            for answer in await self.answers():
                if answer["id"] == callback_id and answer["answered"]:
                    return answer
            await asyncio.sleep(LOOK_EVERY_S)
        raise AssertionError(f"button {callback_id} still spins")

    async def tap(self, text: str | None = None, **choice: Any) -> Json:
        """Press a button and wait for its answer."""
        return await self.wait_for_answer(await self.press(text, **choice))


def buttons(message: Json) -> dict[str, Json]:
    """The buttons under a message, by their text."""
    return {b["text"]: b for row in message["keyboard"] for b in row}
