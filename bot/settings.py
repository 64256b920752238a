"""The bot's settings: ``BOT_*`` from the environment, read once at start."""

from __future__ import annotations

import enum
import re
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TELEGRAM_API_URL = "https://api.telegram.org"

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,128}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what Telegram takes

WEBHOOK_SECRET_ADVISED = 16  # characters


class BotMode(enum.StrEnum):
    """How updates come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"
    OFF = "off"


class BotSettings(BaseSettings):
    """Everything the bot must be told. Refuses settings that could not work."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a refusal must not quote the token
    )

    token: SecretStr | None = None
    api_url: str = TELEGRAM_API_URL
    mode: BotMode = BotMode.OFF
    webhook_secret: SecretStr | None = None
    admins: Annotated[frozenset[int], NoDecode] = Field(default=frozenset())

    @model_validator(mode="before")
    @classmethod
    def _poll_when_there_is_a_token(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic's raw input
        if isinstance(given, dict) and given.get("token") and not given.get("mode"):
            return {**given, "mode": BotMode.POLLING}
        return given

    @field_validator("admins", mode="before")
    @classmethod
    def _split_admins(cls, given: object) -> object:
        if isinstance(given, str):
            return frozenset(part.strip() for part in given.split(",") if part.strip())
        return given

    @field_validator("api_url")
    @classmethod
    def _trim_api_url(cls, given: str) -> str:
        if not re.match(r"https?://[^\s/]", given):
            raise ValueError("BOT_API_URL is an http(s) address")
        return given.rstrip("/")

    @model_validator(mode="after")
    def _require_what_the_mode_needs(self) -> Self:
        if self.mode is BotMode.OFF:
            return self
        if self.token is None or not _TOKEN.fullmatch(self.token.get_secret_value()):
            raise ValueError("BOT_TOKEN is missing, or is no bot token")
        secret = self.webhook_secret
        # Without a secret anybody who finds the address could speak for every player.
        if self.mode is BotMode.WEBHOOK and (
            secret is None or not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value())
        ):
            raise ValueError(
                "BOT_MODE=webhook needs BOT_WEBHOOK_SECRET: 1 to 256 of A-Z a-z 0-9 _ -"
            )
        return self

    @property
    def bot_id(self) -> int:
        """Telegram's number of this bot: the part of its token that is no secret."""
        if self.token is None:
            raise ValueError("the bot has no token")
        return int(self.token.get_secret_value().partition(":")[0])

    @property
    def custom_api(self) -> bool:
        """Whether another server than Telegram's own answers the bot."""
        return self.api_url != TELEGRAM_API_URL
