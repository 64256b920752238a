"""Where the web server listens and what it signs with."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to


class WebSettings(BaseSettings):
    """Read from ``WEB_HOST`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="WEB_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        populate_by_name=True,
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    # As players' browsers reach us; behind a proxy it must be given.
    public: str = Field(default="", validation_alias="PUBLIC_URL")
    # Signs access tokens; empty: made once and kept under DATA_DIR (never in live mode).
    secret: SecretStr | None = Field(default=None, validation_alias="AUTH_SECRET", min_length=32)

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        host = "127.0.0.1" if self.host in _WILDCARDS else self.host
        return f"http://{host}:{self.port}"

    @property
    def public_url(self) -> str:
        """The address that players use, without a final slash."""
        return self.public.rstrip("/") or self.local_url
