"""The whole house, wired: every room built, the doors opened and closed."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import BotMode
from casino import outbox, totals
from casino.backoffice import Backoffice, ProviderDesk
from casino.cashier import Cashier, PaymentRail
from casino.clock import SystemClock
from casino.errors import TryLater
from casino.events import Event
from casino.feed import Feed
from casino.inbox import Inbox
from casino.nursery import Nursery
from casino.play import Catalogue, HouseRounds, Play, Provider, Wiring, lobby_popular
from casino.play.health import State
from casino.play.reconciliation import Reconciler
from casino.players import Players, SignIns
from casino.surfaces import House, Mode, Surface
from casino.wallet import Wallet
from db.database import OUTAGES, Database
from db.storage import REDIS_TIMEOUT_S, kept_secret
from handlers.jobs import Jobs, start_schedule
from house.settings import Settings
from providers import registry
from providers.house import HouseProvider
from providers.sandbox.app import create_aggregator
from providers.sandbox.settings import TELEGRAM_WEB, SandboxSettings
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount
from wallets.sandbox.rail import SandboxRail
from webapp.app import create_app, create_watch_app
from webapp.auth import AccessTokens
from webapp.hooks.games import CALLBACK_GATES, Callbacks, networks_of
from webapp.hooks.listener import listening_for_callbacks
from webapp.images import ImageCache
from webapp.live import LiveHub, announce, show_unavailable
from webapp.metrics import PROVIDER_STATE
from webapp.server import listening
from webapp.services import Services as WebServices
from webapp.whereabouts import Whereabouts

if TYPE_CHECKING:
    from bot.app import TelegramBot
    from handlers.events import Teller

SHUTDOWN_S = 5
USERNAME_RETRY_S = 15


class Croupier:
    """The whole house, wired. Build it inside a running loop, with the database open."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        redis: Redis,
        *,
        number: int = 0,
        only: frozenset[str] | None = None,
    ) -> None:
        """Wire every room; nothing listens and nobody is contacted yet.

        ``number`` tells processes apart that serve the web together; the first one is 0. With
        ``only``, these providers are wired and no others, and the web is their callbacks alone.
        """
        self.settings = settings
        self._number = number
        self.only = only
        self._data_dir = settings.storage.data_dir
        self.database = database
        self.redis = redis
        self.clock = SystemClock()
        self.nursery = Nursery()
        self.live = LiveHub(redis)
        self.house = House(
            settings.house.mode,
            settings.web.public_url,
            tuple(settings.ton.masters()),
            reality_check_minutes=settings.house.reality_check_minutes,
        )
        self.wallet = Wallet(
            database, self.house.currencies(Surface.WEB), self.live.balance_changed
        )
        self.players = Players(
            self.wallet,
            self.clock,
            terms_version=self.house.terms_version,
            welcome=self.house.welcome,
        )
        self.sign_ins = SignIns(self.clock)
        self.providers: dict[str, Provider] = {}
        self.catalogue = Catalogue(self.providers)
        self.play = Play(self.wallet, self.catalogue, self.house, self.clock)
        self.play.health.listen(functools.partial(show_unavailable, self.live))
        self.house_provider = HouseProvider()
        self.sandbox = self._add_providers()
        self.reconciler = Reconciler(database, self.providers, self.clock)
        self.rails = self._rails()
        self.cashier = Cashier(self.wallet, self.rails, self.house)
        self.backoffice = Backoffice(
            database, self.wallet, self.players, self.catalogue, self.clock
        )
        self.bot = self._bot()
        self.teller = self._teller()
        self._bot_only = False
        self._stopping = False

    def _add_providers(self) -> SandboxSettings | None:
        sandbox = None
        for account, settings in self.settings.accounts:
            if self.only is not None and account.id not in self.only:
                continue
            wiring = Wiring(account.id, self.play, self.clock)
            if settings is not None:
                self.providers[account.id] = registry.create(account, settings, wiring)
            elif account.id == "house":
                self.providers[account.id] = self.house_provider
            else:
                sandbox = self._sandbox_settings()
                self.providers[account.id] = SlotegratorProvider(wiring, _merchant_of(sandbox))
        return sandbox

    def _sandbox_settings(self) -> SandboxSettings:
        given: dict[str, object] = {
            "callback_url": f"{self.settings.web.callback_url}/providers/sandbox/",
            "merchant_key": SecretStr(kept_secret(self._data_dir, "sandbox-merchant-key")),
            "frame_ancestors": (self.house.public_url, *TELEGRAM_WEB),
        }
        if "SANDBOX_PORT" not in os.environ:
            given["port"] = self.settings.web.port + 1
        return SandboxSettings.model_validate(given)

    def _rails(self) -> dict[str, PaymentRail]:
        rails: dict[str, PaymentRail] = {}
        if self.settings.ton.config is not None:
            from wallets.ton.rail import TonRail

            folder = self._data_dir / "ton"
            folder.mkdir(parents=True, exist_ok=True)
            rails["ton"] = TonRail(self.settings.ton, folder, self.clock)
        if self.house.mode is Mode.DEMO:
            rails["sandbox"] = SandboxRail()
        return rails

    def _bot(self) -> TelegramBot | None:
        if self.settings.bot.mode is BotMode.OFF:
            return None
        # Telegram's types take seconds to load; a house without a bot shall not wait for them.
        from bot.app import TelegramBot
        from bot.errands import Errands
        from bot.services import Services as BotServices
        from handlers.telegram import build_routers

        desk = ProviderDesk(self.database, self.play, self.players, self.reconciler, self.clock)
        errands = Errands(self.nursery)
        services = BotServices(
            self.players, self.wallet, self.cashier, self.backoffice, desk, errands
        )
        return TelegramBot(
            self.settings.bot,
            services,
            inbox=Inbox(),
            redis=self.redis,
            nursery=self.nursery,
            routers=build_routers(),
            public_url=self.house.public_url,
        )

    def _teller(self) -> Teller | None:
        if self.bot is None:
            return None
        from handlers.events import Teller

        return Teller(self.bot.notifier, self.players, self.bot.texts, self.bot.mini_app)

    async def readiness(self) -> Mapping[str, str]:
        """Name what is not ready."""
        reasons: dict[str, str] = {}
        if self._stopping:
            reasons["process"] = "stopping"
        try:
            await self.database.ping()
        except OUTAGES as outage:
            reasons["database"] = type(outage).__name__
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                await self.redis.ping()
        except (RedisError, OSError, TimeoutError) as outage:
            reasons["redis"] = type(outage).__name__
        # Not where players and providers are served: they need no Telegram.
        if self.bot is not None and self._bot_only and (trouble := self.bot.trouble()):
            reasons["telegram"] = trouble
        return reasons

    def web_services(self) -> WebServices:
        """Return what the web edge works with."""
        token = self.settings.bot.token
        secret = self.settings.web.secret
        key = secret.get_secret_value() if secret else kept_secret(self._data_dir, "access-tokens")
        return WebServices(
            house=self.house,
            clock=self.clock,
            wallet=self.wallet,
            players=self.players,
            sign_ins=self.sign_ins,
            tokens=AccessTokens(key.encode(), self.clock),
            catalogue=self.catalogue,
            play=self.play,
            house_rounds=HouseRounds(self.wallet, self.catalogue, self.house),
            house_games=self.house_provider.games if "house" in self.providers else {},
            cashier=self.cashier,
            live=self.live,
            readiness=self.readiness,
            bot_token=token.get_secret_value() if token else None,
            bot_username=lambda: self.bot.username if self.bot else None,
            receive_update=self.bot.receive_webhook if self.bot else None,
            whereabouts=Whereabouts(self.settings.web.proxies, self.settings.web.country_header),
        )

    @contextlib.asynccontextmanager
    async def open(self, roles: set[str]) -> AsyncIterator[None]:
        """Start what these roles do; leaving stops taking, finishes, closes."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            await self.catalogue.register()
            if roles & {"web", "live"}:
                await self._open_web(stack, roles)
            self.nursery.start(self.live.send(), name="live send")
            self.nursery.start(self.play.health.follow(), name="providers' health")
            if self.sandbox is not None and "worker" in roles:
                aggregator = create_aggregator(self.sandbox, self.clock)
                await stack.enter_async_context(
                    listening(aggregator, self.sandbox.host, self.sandbox.port)
                )
            if self.bot is not None:
                stack.push_async_callback(self.bot.stop)
                if "bot" in roles:
                    self._bot_only = not roles & {"web", "live"}
                    await self.bot.start()
                elif "web" in roles:
                    self.nursery.start(learn_username(self.bot), name="telegram username")
            if "worker" in roles:
                self._start_work()
            stack.callback(self._note_stopping)
            yield

    async def _open_web(self, stack: contextlib.AsyncExitStack, roles: set[str]) -> None:
        web, services = self.settings.web, self.web_services()
        callbacks = Callbacks(
            self.providers,
            networks=networks_of(self.providers),
            proxies=web.proxies,
            in_flight_max=web.callbacks_in_flight,
        )
        self._show_health()
        if self.only is None:
            self.nursery.start(self.live.listen(), name="live listen")
            app = create_app(services, ImageCache(self._data_dir / "images"))
            app[CALLBACK_GATES] = callbacks
            await stack.enter_async_context(listening(app, web.host, web.port, shared=web.shared))
        if web.callbacks_at and "web" in roles:
            await stack.enter_async_context(
                listening_for_callbacks(
                    callbacks, self.clock, web.host, web.callbacks_at, shared=web.shared
                )
            )
        if web.watch_port:
            port = web.watch_port + self._number
            await stack.enter_async_context(
                listening(create_watch_app(services), "127.0.0.1", port)
            )

    def _show_health(self) -> None:
        grades = list(State)
        health = self.play.health

        def grade(provider_id: str) -> float:
            return grades.index(health.state(provider_id))

        for provider_id in self.providers:
            PROVIDER_STATE.labels(provider_id).set_function(functools.partial(grade, provider_id))

    def _start_work(self) -> None:
        self.nursery.start(outbox.relay(self._tell), name="outbox")
        follower = Feed(self.database, totals.FOLLOWER, totals.add)
        self.nursery.start(follower.follow(), name="house totals")
        rounds = Feed(self.database, lobby_popular.FOLLOWER, lobby_popular.count_rounds)
        self.nursery.start(rounds.follow(), name="game rounds")
        self.nursery.start(lobby_popular.keep_ranked(), name="games ranked")
        for rail in self.rails.values():
            self.nursery.start(rail.watch(self.cashier), name=f"rail {rail.manifest.id}")
        for provider in self.providers.values():
            work = self.catalogue.keep_in_step(self.play.health.watched(provider))
            self.nursery.start(work, name=f"catalogue {provider.manifest.id}")
        start_schedule(
            self.nursery,
            Jobs(self.wallet, self.sign_ins, self.reconciler, self.play.free_spins, self.clock),
        )

    async def _tell(self, event: Event) -> None:
        """Tell an open app at once, then the chat."""
        announce(self.live, event)
        if self.teller is not None:
            await self.teller.tell(event)

    def _note_stopping(self) -> None:
        self._stopping = True

    async def _close(self) -> None:
        await self.nursery.close(SHUTDOWN_S)
        for provider in self.providers.values():
            await provider.close()
        for rail in self.rails.values():
            await rail.close()


async def learn_username(bot: TelegramBot) -> None:
    """Ask who the bot is, where it is not started: the app links to it from every process."""
    from aiogram.exceptions import TelegramAPIError

    while bot.username is None:
        try:
            bot.username = (await bot.bot.me()).username
        except (TelegramAPIError, TryLater):
            await asyncio.sleep(USERNAME_RETRY_S)


def _merchant_of(sandbox: SandboxSettings) -> SlotegratorAccount:
    """Return the account that the house has at its own aggregator."""
    url = f"http://{sandbox.host}:{sandbox.port}"
    return SlotegratorAccount(
        title="Sandbox Studio",
        url=url,
        merchant_id=sandbox.merchant_id,
        merchant_key=sandbox.merchant_key,
        frame_origins=(sandbox.public_url.rstrip("/") or url,),
        games_calls_per_second=50,
        balance_places_max=9,
    )
