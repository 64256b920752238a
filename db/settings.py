"""Which database and which Redis."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class StorageSettings(BaseSettings):
    """Read from ``DATA_DIR``, ``DATABASE_URL``, ``REDIS_URL``; no address means embedded."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
