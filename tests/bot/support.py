"""A whole bot for tests: all real, PostgreSQL and Redis too; only Telegram is recorded."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetMe,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import SecretStr
from redis.asyncio import Redis
from teremok.session import MockedSession

from bot.app import TelegramBot
from bot.errands import Errands
from bot.outbound import Pace
from bot.services import Services
from bot.settings import BotSettings
from casino.backoffice import Backoffice, ProviderDesk
from casino.cashier import Cashier, DepositBook, Method, RailManifest
from casino.inbox import Inbox
from casino.money import FUN, TON, Currency, Money
from casino.nursery import Nursery
from casino.play import (
    Call,
    Catalogue,
    Category,
    GameEntry,
    LateOriginals,
    LaunchRequest,
    Manifest,
    Play,
    Reply,
)
from casino.play.reconciliation import Reconciler
from casino.players import Players
from casino.surfaces import House
from casino.wallet import Batch, Kind, Op, Wallet
from db.database import Database
from handlers.telegram import build_routers
from tests.conftest import MovingClock

TOKEN = "7000001:AAtest-token-of-nobody"
SECRET = "a-secret-for-the-webhook"
ADMIN = 900_001
NO_LIMITS = Pace(1e6, 1e6, 1e6, 1e6, 1e6, 1e6)

_update_ids = itertools.count(1)
_message_ids = itertools.count(10_000)


class PaperRail:
    """A rail with a memo that reports nothing; ``troubled`` says that it cannot see."""

    def __init__(self) -> None:
        self.troubled: str | None = None
        self.uri = "ton://transfer/EQ-paper?text="

    @property
    def manifest(self) -> RailManifest:
        return RailManifest("ton", "TON", Method.MEMO, (TON,), {TON.code: Money.parse("0.1", TON)})

    async def deposit_address(self, currency: Currency) -> str:
        return f"EQ<{currency}>&paper"

    def deposit_uri(self, currency: Currency, address: str, memo: str) -> str:
        return f"{self.uri}{memo}&to={len(address)}{currency}"

    async def watch(self, book: DepositBook) -> None:
        raise NotImplementedError(book)

    def trouble(self) -> str | None:
        return self.troubled

    async def close(self) -> None:
        return None


class PlayMoneyRail(PaperRail):
    """Play money at once."""

    @property
    def manifest(self) -> RailManifest:
        minimum = {FUN.code: Money.parse("1", FUN)}
        return RailManifest("sandbox", "Play money", Method.INSTANT, (FUN,), minimum, True)


class PaperProvider:
    """A provider that lists two games and serves none."""

    @property
    def manifest(self) -> Manifest:
        return Manifest("paper", "Paper & Games", LateOriginals.ACCEPT)

    async def catalogue(self) -> list[GameEntry]:
        return [
            GameEntry("dice", "Dice <b>", Category.INSTANT, "Paper"),
            GameEntry("slot", "Golden Slot", Category.SLOTS, "Paper"),
        ]

    async def launch(self, request: LaunchRequest) -> str:
        raise NotImplementedError(request)

    async def answer(self, call: Call) -> Reply:
        raise NotImplementedError(call)

    async def close(self) -> None:
        return None


@dataclass
class HouseForBot:
    """What a bot test may look at and turn."""

    services: Services
    rail: PaperRail
    inbox: Inbox
    redis: Redis
    play: Play


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def bot_house(
    database: Database,
    wallet: Wallet,
    players: Players,
    house: House,
    clock: MovingClock,
    redis: Redis,
    nursery: Nursery,
) -> HouseForBot:
    provider = PaperProvider()
    catalogue = Catalogue({"paper": provider})
    await catalogue.register()
    await catalogue.sync(provider)
    rail = PaperRail()
    cashier = Cashier(wallet, {"ton": rail, "sandbox": PlayMoneyRail()}, house)
    backoffice = Backoffice(database, wallet, players, catalogue, clock)
    play = Play(wallet, catalogue, house, clock)
    reconciler = Reconciler(database, catalogue.providers, clock)
    desk = ProviderDesk(database, play, players, reconciler, clock)
    services = Services(players, wallet, cashier, backoffice, desk, Errands(nursery))
    return HouseForBot(services, rail, Inbox(), redis, play)


def bot_settings(**given: Any) -> BotSettings:
    """Settings that do not look at the machine they run on."""
    facts = {"token": SecretStr(TOKEN), "admins": frozenset({ADMIN}), **given}
    return BotSettings(_env_file=None, **facts)


def build_telegram_bot(house: HouseForBot, nursery: Nursery, **more: Any) -> TelegramBot:
    """A bot over a house; ``session`` and ``settings`` may be given."""
    return TelegramBot(
        more.pop("settings", None) or bot_settings(),
        house.services,
        inbox=house.inbox,
        redis=house.redis,
        nursery=nursery,
        routers=build_routers(),
        public_url=more.pop("public_url", "https://play.example.org"),
        pace=more.pop("pace", NO_LIMITS),
        **more,
    )


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    nursery = Nursery()
    yield nursery
    await nursery.close()


@pytest.fixture
def session() -> MockedSession:
    """Telegram, recorded, with its rules on: what it would refuse is refused."""
    return MockedSession()


@pytest.fixture
def telegram_bot(bot_house: HouseForBot, nursery: Nursery, session: MockedSession) -> TelegramBot:
    return build_telegram_bot(bot_house, nursery, session=session)


Shown = SendMessage | EditMessageText


class Person:
    """Somebody in the private chat: writes, presses, reads."""

    def __init__(
        self,
        telegram_bot: TelegramBot,
        session: MockedSession,
        user_id: int = 4242,
        *,
        language: str = "en",
        name: str = "Ada",
    ) -> None:
        self.bot, self.session, self.id = telegram_bot, session, user_id
        self.user = {
            "id": user_id,
            "is_bot": False,
            "first_name": name,
            "username": f"user{user_id}",
            "language_code": language,
        }
        self.chat = {"id": user_id, "type": "private", "first_name": name}

    async def say(self, text: str | None, **more: Any) -> list[TelegramMethod[Any]]:
        """Send a message; returns what the bot did."""
        message = {
            "message_id": next(_message_ids),
            "date": 1_790_000_000,
            "chat": self.chat,
            "from": self.user,
            **more,
        }
        if text is not None:
            message["text"] = text
        return await self.feed({"message": message})

    async def press(self, data: str, **more: Any) -> list[TelegramMethod[Any]]:
        """Press a button that carries ``data``; returns what the bot did."""
        message = {
            "message_id": more.pop("message_id", next(_message_ids)),
            "date": 1_790_000_000,
            "chat": self.chat,
            "from": {"id": 7000001, "is_bot": True, "first_name": "Croupier"},
            "text": "a screen",
        }
        query = {
            "id": str(next(_update_ids)),
            "from": self.user,
            "chat_instance": "1",
            "message": message,
            "data": data,
            **more,
        }
        return await self.feed({"callback_query": query})

    async def tap(self, text: str) -> list[TelegramMethod[Any]]:
        """Press the newest button with this text."""
        return await self.press(self.data_of(text))

    async def feed(self, content: dict[str, Any]) -> list[TelegramMethod[Any]]:
        begin = len(self.session.requests)
        body = orjson.dumps({"update_id": next(_update_ids), **content})
        await self.bot.feed(body)
        return [r for r in self.session.requests[begin:] if not isinstance(r, GetMe)]

    def data_of(self, text: str) -> str:
        """What the newest button with this text carries."""
        for screen in reversed(self.screens()):
            for button in buttons_of(screen):
                if button.text == text and button.callback_data:
                    return button.callback_data
        raise AssertionError(f"no button {text!r}; last: {self.button_texts()}")

    def screens(self) -> list[Shown]:
        """Everything shown in this chat, oldest first."""
        return [
            r
            for r in self.session.requests
            if isinstance(r, SendMessage | EditMessageText) and r.chat_id == self.id
        ]

    @property
    def screen(self) -> Shown:
        return self.screens()[-1]

    @property
    def text(self) -> str:
        return str(self.screen.text)

    def button_texts(self) -> list[str]:
        return [b.text for b in buttons_of(self.screen)] if self.screens() else []

    async def enter(self) -> None:
        """Go through the gate."""
        await self.say("/start")
        await self.press("a1:1")
        await self.press("t1:1")


def buttons_of(screen: Shown) -> list[InlineKeyboardButton]:
    markup = screen.reply_markup
    if not isinstance(markup, InlineKeyboardMarkup):
        return []
    return [button for row in markup.inline_keyboard for button in row]


def toasts(requests: Sequence[TelegramMethod[Any]]) -> list[AnswerCallbackQuery]:
    return [r for r in requests if isinstance(r, AnswerCallbackQuery)]


@pytest.fixture
def person(telegram_bot: TelegramBot, session: MockedSession) -> Person:
    return Person(telegram_bot, session)


@pytest.fixture
async def guest(person: Person) -> Person:
    """Somebody inside."""
    await person.enter()
    return person


@pytest.fixture
async def staff(telegram_bot: TelegramBot, session: MockedSession) -> Person:
    """Somebody inside who is named in BOT_ADMINS."""
    somebody = Person(telegram_bot, session, ADMIN, name="Grace")
    await somebody.enter()
    return somebody


async def credit(wallet: Wallet, player_id: int, amount: Money, key: str = "test") -> None:
    """Give money outside of any rail."""
    op = Op(Kind.GRANT, key, amount.units)
    await wallet.apply(Batch(player_id, amount.currency, "promo", (op,)))
