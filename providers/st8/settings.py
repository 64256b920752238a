"""What must be known to talk to one St8 operator account."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES, Currency
from providers.st8.signature import PrivateKey, PublicKey, private_key, public_key


class St8Account(BaseModel):
    """One site of one operator account."""

    # What is no key may be half of one: an error does not show it.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    title: str = Field(default="St8", min_length=1, max_length=64)
    # Everything before /api/operator/v1
    url: str = Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    site: str = Field(min_length=1, max_length=100)
    # PEM without a password; line breaks may be written as \n. Signs what we send.
    private_key: SecretStr = Field(min_length=1)
    vendor_public_key: str = Field(min_length=1)
    # While the vendor rotates its key: callbacks signed with either are accepted.
    vendor_public_key_previous: str | None = Field(default=None, min_length=1)
    # The wire's code -> ours; by default each by its own code.
    currencies: dict[str, str] = Field(
        default_factory=lambda: {code: code for code in CURRENCIES}, min_length=1
    )
    # The wire's code that player profiles show; by default the first of ``currencies``.
    default_currency: str | None = None
    jurisdiction: str = Field(min_length=1, max_length=32)  # of our licence, in the vendor's words
    # ISO 3166 alpha-2, for players whose own country is not known; by default none is sent.
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    frame_origins: tuple[str, ...] = ()  # where its games' pages come from
    timeout_s: float = Field(default=10, gt=0, le=60)

    # What the vendor's documents leave open.
    cancel_of_unknown: Literal["ok", "transaction_not_found"] = "ok"
    late_original: Literal["unknown", "transaction_not_found", "ok"] = "unknown"
    buyin_without_session: Literal["session_expired", "unknown"] = "session_expired"
    devices_upper_case: bool = True  # "MOBILE" or "mobile"
    # Whether the value of free bets is the stake of one or of all together.
    free_bets_value: Literal["stake", "total"] = "stake"
    # The report is asked for in spans of this length: whether it has pages is not known.
    report_span_s: int = Field(default=3600, ge=60, le=86400)

    @field_validator("url")
    @classmethod
    def _without_final_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("private_key")
    @classmethod
    def _signs(cls, pem: SecretStr) -> SecretStr:
        private_key(pem.get_secret_value())
        return pem

    @field_validator("vendor_public_key", "vendor_public_key_previous")
    @classmethod
    def _verifies(cls, pem: str | None) -> str | None:
        if pem is not None:
            public_key(pem)
        return pem

    @model_validator(mode="after")
    def _currencies_map_one_to_one(self) -> Self:
        unknown = set(self.currencies.values()) - set(CURRENCIES)
        if unknown:
            raise ValueError(f"unknown currencies: {', '.join(sorted(unknown))}")
        if len(set(self.currencies.values())) < len(self.currencies):
            raise ValueError("two wire codes name the same currency: a launch could not choose")
        if self.default_currency is not None and self.default_currency not in self.currencies:
            raise ValueError("default_currency is none of currencies")
        return self

    @property
    def signer(self) -> PrivateKey:
        """What our calls are signed with."""
        return private_key(self.private_key.get_secret_value())

    @property
    def verifiers(self) -> tuple[PublicKey, ...]:
        """Every key that a callback may be signed with, the current one first."""
        pems = (self.vendor_public_key, self.vendor_public_key_previous)
        return tuple(public_key(pem) for pem in pems if pem is not None)

    @property
    def profile_currency(self) -> str:
        """The wire's code that player profiles show."""
        return self.default_currency or next(iter(self.currencies))

    def currency_of(self, wire: str) -> Currency | None:
        """Return our currency for a code on the wire."""
        return CURRENCIES.get(self.currencies.get(wire, ""))

    def wire_of(self, code: str) -> str | None:
        """Return the code on the wire for one of our currencies."""
        return next((wire for wire, ours in self.currencies.items() if ours == code), None)


class St8Settings(St8Account, BaseSettings):
    """The account that the environment describes: ``ST8_URL`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="ST8_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )
