"""Every package's settings, read once, and what is missing among them."""

from __future__ import annotations

import os
import socket

from dotenv import dotenv_values
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import WEBHOOK_SECRET_ADVISED, BotMode, BotSettings
from casino.surfaces import Mode
from db.settings import StorageSettings
from providers import registry
from providers.sandbox.settings import SandboxSettings
from wallets.ton.settings import TonSettings
from webapp.settings import WebSettings


class HouseSettings(BaseSettings):
    """What kind of house this is: ``MODE``, ``PROVIDERS`` and what players are reminded of."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    mode: Mode = Mode.DEMO
    providers: str = Field(default="")
    # After so many minutes of play the app says how it went; 0: never.
    reality_check_minutes: int = Field(default=60, ge=0, le=1_440)

    @property
    def provider_entries(self) -> list[str]:
        """The providers switched on, as written; in demo mode the house's own and the sandbox."""
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
        self.accounts: list[tuple[registry.Account, BaseSettings | None]] = []
        self._unknown: list[str] = []
        for entry in self.house.provider_entries:
            try:
                account = registry.account(entry)
            except registry.UnknownProvider:
                self._unknown.append(entry)
                continue
            own = account.family in registry.OWN
            self.accounts.append((account, None if own else registry.settings_of(account)))

    def secrets(self) -> list[str]:
        """List every secret there is, so that logs can leave them out."""
        given: list[object] = [
            self.web.secret,
            self.bot.token,
            self.bot.webhook_secret,
            self.ton.wallet_seed,
            self.ton.mnemonic,
        ]
        for _, settings in self.accounts:
            given += settings.model_dump().values() if settings else ()
        return [value.get_secret_value() for value in given if isinstance(value, SecretStr)]

    def missing(self) -> list[str]:
        """Name what this mode needs and does not have."""
        missing = []
        if self._unknown:
            missing.append(f"PROVIDERS names unknown ones: {', '.join(self._unknown)}")
        if self.web.shared and not hasattr(socket, "SO_REUSEPORT"):
            missing.append("WEB_WORKERS: processes cannot share a port on this system")
        if self.house.mode is not Mode.DEMO:
            missing += [f"{name} is no variable of ours" for name in self.unknown_variables()]
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
            if any(account.id == "sandbox" for account, _ in self.accounts):
                missing.append("MODE=live: the sandbox provider is a simulator")
        return missing

    def unknown_variables(self) -> list[str]:
        """Name variables with a prefix of ours that nobody reads: typos lose money."""
        given = {**dotenv_values(".env"), **os.environ}
        ours: list[tuple[str, type[BaseSettings]]] = [
            (model.model_config["env_prefix"], model)
            for model in (WebSettings, BotSettings, TonSettings, SandboxSettings)
        ]
        for account, settings in self.accounts:
            if settings is not None:
                ours.append((account.env_prefix, type(settings)))
        found = []
        for prefix, model in ours:
            known = {prefix + name.upper() for name in model.model_fields}
            found += [name for name in given if name.startswith(prefix) and name not in known]
        return sorted(found)
