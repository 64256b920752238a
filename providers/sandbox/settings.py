"""Where the sandbox aggregator listens and which casino it plays with."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

TELEGRAM_WEB = (
    "https://web.telegram.org",
    "https://webk.telegram.org",
    "https://webz.telegram.org",
)


class SandboxSettings(BaseSettings):
    """Read from ``SANDBOX_HOST`` and so on; what names the casino is handed in by ``main``."""

    model_config = SettingsConfigDict(
        env_prefix="SANDBOX_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8090, ge=0, le=65535)
    public_url: str = ""  # as browsers reach it; empty: as the casino's own calls reach it
    callback_url: str  # the casino's, e.g. http://127.0.0.1:8080/providers/sandbox/
    merchant_id: str = "croupier"
    merchant_key: SecretStr
    # Every page that may frame a game, all the way up: the casino's, and Telegram's web clients.
    frame_ancestors: tuple[str, ...] = TELEGRAM_WEB
    answer_timeout_s: float = Field(default=3, gt=0)  # the protocol's own
    retry_base_s: float = Field(default=1, gt=0)
    retry_cap_s: float = Field(default=60, gt=0)
    delay_s: float = Field(default=4, ge=0)  # how long the mode "delay" holds a win back
