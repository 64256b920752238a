"""Where the web server listens and what it signs with."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to

_PORT_MAX = 65_535
_CALLBACKS_AFTER = 2  # the port between the two is the sandbox's


def _networks(given: str) -> str:
    """Read a list of networks. Raises ValueError."""
    for network in filter(None, given.replace(" ", "").split(",")):
        ip_network(network)
    return given


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
    port: int = Field(default=8080, ge=1, le=_PORT_MAX)
    # Where providers' callbacks are answered without the framework; 0: on the port above only.
    callback_port: int | None = Field(
        default=None, ge=0, le=_PORT_MAX, validation_alias="CALLBACK_PORT"
    )
    # Processes that serve these two ports together.
    workers: int = Field(default=1, ge=1, le=64)
    # Not 0: process number n answers /metrics, /healthz and /readyz for itself, on this machine
    # only, at this port + n. Behind a shared port nobody can choose whom to ask.
    watch_port: int = Field(default=0, ge=0, le=_PORT_MAX - 64)
    # How many callbacks of one provider a process answers at once; the next gets HTTP 503.
    callbacks_in_flight: int = Field(
        default=512, ge=1, le=100_000, validation_alias="CALLBACKS_IN_FLIGHT"
    )
    # Our reverse proxies (CIDR, comma-separated): only they are believed about who called them.
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="", validation_alias="TRUSTED_PROXIES"
    )
    # The header in which they tell a visitor's country (ISO 3166 alpha-2), e.g. CF-IPCountry.
    country_header: str = Field(
        default="", pattern=r"^[A-Za-z0-9-]{0,64}$", validation_alias="COUNTRY_HEADER"
    )
    # As players' browsers reach us; behind a proxy it must be given.
    public: str = Field(default="", validation_alias="PUBLIC_URL")
    # Signs access tokens; empty: made once and kept under DATA_DIR (never in live mode).
    secret: SecretStr | None = Field(default=None, validation_alias="AUTH_SECRET", min_length=32)

    @model_validator(mode="after")
    def _country_is_told_by_somebody(self) -> Self:
        # Otherwise games that are restricted somewhere would be offered there, and nobody knew.
        if self.country_header and not self.proxies:
            raise ValueError("COUNTRY_HEADER is believed from TRUSTED_PROXIES only; name them")
        return self

    @property
    def shared(self) -> bool:
        """Whether other processes listen on the same ports."""
        return self.workers > 1

    @property
    def callbacks_at(self) -> int:
        """The port for callbacks, 0 for none: two after the web's unless one is given."""
        if self.callback_port is not None:
            return self.callback_port
        after = self.port + _CALLBACKS_AFTER
        return after if after <= _PORT_MAX else 0

    @property
    def proxies(self) -> tuple[str, ...]:
        """The networks of our own reverse proxies."""
        return tuple(filter(None, self.trusted_proxies.replace(" ", "").split(",")))

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        return self._local(self.port)

    @property
    def callback_url(self) -> str:
        """Where callbacks are best sent to, on this machine, without a final slash."""
        return self._local(self.callbacks_at or self.port)

    @property
    def public_url(self) -> str:
        """The address that players use, without a final slash."""
        return self.public.rstrip("/") or self.local_url

    def _local(self, port: int) -> str:
        host = "127.0.0.1" if self.host in _WILDCARDS else self.host
        return f"http://{host}:{port}"
