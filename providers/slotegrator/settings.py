"""What must be known to talk to one Slotegrator merchant account."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES, Currency


class SlotegratorAccount(BaseModel):
    """One merchant account at one aggregator that speaks this protocol."""

    model_config = ConfigDict(frozen=True)

    title: str = Field(default="Slotegrator", min_length=1, max_length=64)
    url: str = Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    merchant_id: str = Field(min_length=1, max_length=200)
    merchant_key: SecretStr = Field(min_length=1)
    # While a key is being rotated: callbacks signed with it are accepted, nothing is sent with it.
    merchant_key_previous: SecretStr | None = Field(default=None, min_length=1)
    # The wire's code -> ours; by default each by its own code.
    currencies: dict[str, str] = Field(
        default_factory=lambda: {code: code for code in CURRENCIES}, min_length=1
    )
    frame_origins: tuple[str, ...] = ()  # where its games' pages come from
    balance_places_max: int = Field(default=4, ge=0, le=9)
    games_per_page: int = Field(default=50, ge=1, le=50)
    games_calls_per_second: float = Field(default=1, gt=0, le=100)
    timeout_s: float = Field(default=10, gt=0, le=60)

    @field_validator("url")
    @classmethod
    def _without_final_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _currencies_map_one_to_one(self) -> Self:
        unknown = set(self.currencies.values()) - set(CURRENCIES)
        if unknown:
            raise ValueError(f"unknown currencies: {', '.join(sorted(unknown))}")
        if len(set(self.currencies.values())) < len(self.currencies):
            raise ValueError("two wire codes name the same currency: a launch could not choose")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that a callback may be signed with."""
        previous = self.merchant_key_previous
        older = () if previous is None else (previous.get_secret_value(),)
        return (self.merchant_key.get_secret_value(), *older)

    def currency_of(self, wire: str) -> Currency | None:
        """Return our currency for a code on the wire."""
        return CURRENCIES.get(self.currencies.get(wire, ""))

    def wire_of(self, code: str) -> str | None:
        """Return the code on the wire for one of our currencies."""
        return next((wire for wire, ours in self.currencies.items() if ours == code), None)


class SlotegratorSettings(SlotegratorAccount, BaseSettings):
    """The account that the environment describes: ``SLOTEGRATOR_URL`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="SLOTEGRATOR_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )
