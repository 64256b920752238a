"""The composition root and command line: builds every room, opens the doors, closes them again.

``python main.py`` serves all roles in one process; ``web``, ``live``, ``bot`` and ``worker`` serve
one each; ``migrate`` brings the schema forward; ``check`` says what is on and what is missing;
``bench`` measures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import WEBHOOK_SECRET_ADVISED, BotMode, BotSettings
from casino import outbox
from casino.backoffice import Backoffice
from casino.cashier import Cashier, PaymentRail
from casino.clock import SystemClock
from casino.events import Event
from casino.inbox import Inbox
from casino.logs import configure_logging
from casino.nursery import Nursery
from casino.play import Catalogue, HouseRounds, Play, Provider
from casino.players import Players, SignIns
from casino.surfaces import House, Mode, Surface
from casino.wallet import Wallet
from db.database import OUTAGES, Database
from db.schema_check import SchemaIncomplete
from db.settings import StorageSettings
from db.storage import REDIS_TIMEOUT_S, kept_secret, redis_client, storage
from handlers.jobs import start_schedule
from providers.house import HouseProvider
from providers.sandbox.app import create_aggregator
from providers.sandbox.settings import TELEGRAM_WEB, SandboxSettings
from providers.slotegrator.provider import SlotegratorProvider
from providers.slotegrator.settings import SlotegratorAccount, SlotegratorSettings
from wallets.sandbox.rail import SandboxRail
from wallets.ton.settings import TonSettings
from webapp.app import create_app
from webapp.auth import AccessTokens
from webapp.images import ImageCache
from webapp.live import LiveHub, announce
from webapp.server import AddressTaken, listening
from webapp.services import Services as WebServices
from webapp.settings import WebSettings

if TYPE_CHECKING:
    from bot.app import TelegramBot
    from handlers.events import Teller

ROLES = ("web", "live", "bot", "worker")
SHUTDOWN_S = 5

log = structlog.get_logger("main")


class HouseSettings(BaseSettings):
    """What kind of house this is: ``MODE`` and ``PROVIDERS``."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    mode: Mode = Mode.DEMO
    providers: str = Field(default="")

    @property
    def provider_ids(self) -> list[str]:
        """The providers switched on; in demo mode the house's own and the sandbox."""
        default = "house,sandbox" if self.mode is Mode.DEMO else "house"
        return [p for part in (self.providers or default).split(",") if (p := part.strip())]


class Settings:
    """Every package's settings, read once. Raises ValidationError for what cannot work."""

    def __init__(self) -> None:
        """Read the environment and ``.env``."""
        self.house = HouseSettings()
        self.storage = StorageSettings()
        self.web = WebSettings()
        self.bot = BotSettings()
        self.ton = TonSettings()
        self.slotegrator = (
            SlotegratorSettings() if "slotegrator" in self.house.provider_ids else None
        )

    def secrets(self) -> list[str]:
        """List every secret there is, so that logs can leave them out."""
        slotegrator = self.slotegrator
        given: list[SecretStr | None] = [
            self.web.secret,
            self.bot.token,
            self.bot.webhook_secret,
            self.ton.wallet_seed,
            self.ton.mnemonic,
            slotegrator.merchant_key if slotegrator else None,
            slotegrator.merchant_key_previous if slotegrator else None,
        ]
        return [secret.get_secret_value() for secret in given if secret is not None]

    def missing(self) -> list[str]:
        """Name what this mode needs and does not have."""
        missing = []
        unknown = set(self.house.provider_ids) - {"house", "sandbox", "slotegrator"}
        if unknown:
            missing.append(f"PROVIDERS names unknown ones: {', '.join(sorted(unknown))}")
        if self.house.mode is not Mode.DEMO:
            missing += [f"{name} is no variable of ours" for name in unknown_variables()]
        if self.house.mode is not Mode.DEMO and self.bot.mode is BotMode.WEBHOOK:
            secret = self.bot.webhook_secret.get_secret_value() if self.bot.webhook_secret else ""
            if len(secret) < WEBHOOK_SECRET_ADVISED:
                missing.append(f"BOT_WEBHOOK_SECRET: {WEBHOOK_SECRET_ADVISED} characters or more")
        if self.house.mode is Mode.LIVE:
            missing.append(
                "MODE=live: this version has no licence record, jurisdiction policy, limits,"
                " exclusion or identity checks yet; real money must wait for them"
            )
            needed = {
                "AUTH_SECRET": self.web.secret,
                "DATABASE_URL": self.storage.database_url,
                "REDIS_URL": self.storage.redis_url,
                "PUBLIC_URL": self.web.public,
            }
            missing += [f"MODE=live needs {name}" for name, value in needed.items() if not value]
            if "sandbox" in self.house.provider_ids:
                missing.append("MODE=live: the sandbox provider is a simulator")
        return missing


def unknown_variables() -> list[str]:
    """Name variables with a prefix of ours that nobody reads: typos lose money."""
    given = {**dotenv_values(".env"), **os.environ}
    found = []
    for model in (WebSettings, BotSettings, TonSettings, SlotegratorSettings, SandboxSettings):
        prefix = model.model_config["env_prefix"]
        known = {prefix + name.upper() for name in model.model_fields}
        found += [name for name in given if name.startswith(prefix) and name not in known]
    return sorted(found)


def say(text: str) -> None:
    """Tell the person who started us what is going on."""
    print(text, flush=True)


class Croupier:
    """The whole house, wired. Build it inside a running loop, with the database open."""

    def __init__(self, settings: Settings, database: Database, redis: Redis) -> None:
        """Wire every room; nothing listens and nobody is contacted yet."""
        self.settings = settings
        self._data_dir = settings.storage.data_dir
        self.database = database
        self.redis = redis
        self.clock = SystemClock()
        self.nursery = Nursery()
        self.live = LiveHub(redis)
        self.house = House(
            settings.house.mode, settings.web.public_url, tuple(settings.ton.masters())
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
        self.house_provider = HouseProvider()
        self.sandbox = self._add_providers()
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
        for provider_id in self.settings.house.provider_ids:
            if provider_id == "house":
                self.providers[provider_id] = self.house_provider
            elif provider_id == "slotegrator" and self.settings.slotegrator is not None:
                account: SlotegratorAccount = self.settings.slotegrator
                self.providers[provider_id] = self._slotegrator(
                    provider_id, "Slotegrator", account
                )
            elif provider_id == "sandbox":
                sandbox = self._sandbox_settings()
                url = f"http://{sandbox.host}:{sandbox.port}"
                account = SlotegratorAccount(
                    url=url,
                    merchant_id=sandbox.merchant_id,
                    merchant_key=sandbox.merchant_key,
                    frame_origins=(sandbox.public_url.rstrip("/") or url,),
                    games_calls_per_second=50,
                    balance_places_max=9,
                )
                self.providers[provider_id] = self._slotegrator(
                    provider_id, "Sandbox Studio", account
                )
        return sandbox

    def _slotegrator(
        self, provider_id: str, title: str, account: SlotegratorAccount
    ) -> SlotegratorProvider:
        return SlotegratorProvider(
            id=provider_id,
            title=title,
            account=account,
            till=self.play,
            clock=self.clock,
        )

    def _sandbox_settings(self) -> SandboxSettings:
        given: dict[str, object] = {
            "callback_url": f"{self.settings.web.local_url}/providers/sandbox/",
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
        from bot.services import Services as BotServices
        from handlers.telegram import build_routers

        services = BotServices(self.players, self.wallet, self.cashier, self.backoffice)
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
        )

    @contextlib.asynccontextmanager
    async def open(self, roles: set[str]) -> AsyncIterator[None]:
        """Start what these roles do; leaving stops taking, finishes, closes."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            await self.catalogue.register()
            if roles & {"web", "live"}:
                self.nursery.start(self.live.listen(), name="live listen")
                await stack.enter_async_context(
                    listening(
                        create_app(self.web_services(), ImageCache(self._data_dir / "images")),
                        self.settings.web.host,
                        self.settings.web.port,
                    )
                )
            self.nursery.start(self.live.send(), name="live send")
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
            if "worker" in roles:
                self._start_work()
            stack.callback(self._note_stopping)
            yield

    def _start_work(self) -> None:
        self.nursery.start(outbox.relay(self._tell), name="outbox")
        for rail in self.rails.values():
            self.nursery.start(rail.watch(self.cashier), name=f"rail {rail.manifest.id}")
        for provider in self.providers.values():
            work = self.catalogue.keep_in_step(provider)
            self.nursery.start(work, name=f"catalogue {provider.manifest.id}")
        start_schedule(self.nursery, self.wallet, self.sign_ins, self.clock)

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


async def serve(settings: Settings, roles: set[str]) -> int:
    """Run these roles until asked to stop."""
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        say("Database: bringing the schema forward")
        await database.migrate()
        await database.open()
        redis = redis_client(opened.redis_url)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        try:
            croupier = Croupier(settings, database, redis)
            croupier.nursery.start(opened.keep_running(), name="servers")
            async with croupier.open(roles):
                announce_addresses(croupier, roles)
                await stop.wait()
                say("\nStopping: finishing what is under way")
        except AddressTaken as taken:
            say(f"{taken}\nSet WEB_PORT (and SANDBOX_PORT) to free ports.")
            return 1
        finally:
            await redis.aclose()
            await database.close()
    say("Stopped.")
    return 0


def announce_addresses(croupier: Croupier, roles: set[str]) -> None:
    """Say where to go next."""
    settings = croupier.settings
    say(f"\nCroupier runs ({settings.house.mode} mode, roles: {', '.join(sorted(roles))}).")
    if "web" in roles:
        say(f"  Mini App   {croupier.house.public_url}/app/")
        say(f"  Health     {settings.web.local_url}/readyz")
    if croupier.sandbox is not None and "worker" in roles:
        say(f"  Sandbox    http://{croupier.sandbox.host}:{croupier.sandbox.port}/games (signed)")
    if croupier.bot is None:
        say("  Telegram   off; set BOT_TOKEN to talk to players in the chat")
    else:
        say(f"  Telegram   {settings.bot.mode}")
    if "ton" not in croupier.rails:
        say("  TON        off; set TON_CONFIG and TON_WALLET_SEED to take deposits")
    say("  Ctrl-C stops everything.\n")


async def migrate(settings: Settings) -> int:
    """Bring the schema forward and stop."""
    with storage(settings.storage, say) as opened:
        await Database(opened.database_url).migrate()
    say("The schema is up to date.")
    return 0


async def check(settings: Settings) -> int:
    """Say what is on and what is missing; never a secret. Returns 1 when something is missing."""
    missing = settings.missing()
    say(f"mode       {settings.house.mode}")
    say(f"providers  {', '.join(settings.house.provider_ids)}")
    say(f"bot        {settings.bot.mode}, {len(settings.bot.admins)} admins")
    say(f"ton        {'on' if settings.ton.config else 'off'}")
    say(f"public url {settings.web.public_url}")
    built = (Path(__file__).parent / "webapp" / "static" / "index.html").exists()
    say(f"front end  {'built' if built else 'not built'}")
    if not built:
        missing.append("the front end is not built: python -m webapp.build")
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        try:
            await database.open()
            await database.close()
            say("database   reachable, schema complete")
        except SchemaIncomplete as incomplete:
            missing.append(f"{incomplete} (python main.py migrate)")
        except OUTAGES as outage:
            missing.append(f"the database is not reachable: {outage!r}")
        redis = redis_client(opened.redis_url)
        try:
            await redis.ping()
            say("redis      reachable")
        except (RedisError, OSError) as outage:
            missing.append(f"redis is not reachable: {outage!r}")
        await redis.aclose()
    for name in unknown_variables():
        say(f"WARNING    {name} is no variable of ours: nobody reads it")
    for line in missing:
        say(f"MISSING    {line}")
    if not missing:
        say("Everything needed is there.")
    return 1 if missing else 0


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__)
    commands = ("serve", *ROLES, "migrate", "check", "bench")
    parser.add_argument("command", nargs="?", default="serve", choices=commands)
    command = parser.parse_args(arguments).command
    if command == "bench":
        from bench.wallet import main as measure

        measure()
        return 0
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            say(f"{error.title}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}")
        return 2
    configure_logging(settings.secrets(), readable=sys.stderr.isatty())
    if command == "check":
        return asyncio.run(check(settings))
    if command == "migrate":
        return asyncio.run(migrate(settings))
    for name in unknown_variables():
        say(f"WARNING    {name} is no variable of ours: nobody reads it")
    if missing := settings.missing():
        for line in missing:
            say(f"MISSING    {line}")
        return 2
    return asyncio.run(serve(settings, set(ROLES) if command == "serve" else {command}))


if __name__ == "__main__":
    sys.exit(main())
