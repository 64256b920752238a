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
from providers.sandbox.settings import SandboxSettings
from providers.slotegrator.settings import SlotegratorSettings
from wallets.ton.settings import TonSettings
from webapp.settings import WebSettings


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
        if self.web.shared and not hasattr(socket, "SO_REUSEPORT"):
            missing.append("WEB_WORKERS: processes cannot share a port on this system")
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
