"""What must be known to talk to one account at a SOFTSWISS-style aggregator."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES
from casino.play import WireCurrency

# Decimals of v1's integers that are sure: ISO 4217 for fiat, and the satoshi. The vendor's own
# list of exponents is not public, so every other currency needs one in ``exponents``.
KNOWN_EXPONENTS = {"BTC": 8, "EUR": 2, "USD": 2}

_WEB_ADDRESS = r"^https?://[^\s/?#]+[^\s?#]*$"
ProviderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Exponent = Annotated[int, Field(ge=0, le=18)]


class SoftswissAccount(BaseModel):
    """One casino's account at one aggregator that speaks this protocol."""

    model_config = ConfigDict(frozen=True)

    title: str = Field(default="SOFTSWISS", min_length=1, max_length=64)
    generation: Literal["v1", "v2"] = "v2"
    # Beexar's reading of v2: amounts above zero only, and a late original is refused with 409.
    dialect: Literal["a8r", "beexar"] = "a8r"
    url: str = Field(pattern=_WEB_ADDRESS)
    casino_id: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")
    auth_token: SecretStr = Field(min_length=1)
    # While a key is being rotated: callbacks signed with it are accepted, nothing is sent with it.
    auth_token_previous: SecretStr | None = Field(default=None, min_length=1)
    # The wire's code -> ours; by default each by its own code.
    currencies: dict[str, str] = Field(
        default_factory=lambda: {code: code for code in CURRENCIES}, min_length=1
    )
    exponents: dict[str, Exponent] = {}  # v1: decimals of the integers, by the wire's code
    jurisdiction: str = Field(default="CW", pattern=r"^[A-Z]{2}(-[A-Z]{2})?$")
    # Sent as they are for what is not known of a player (country, email, gender, ...).
    player_fields: dict[str, str] = {}
    # v1: HTTP status of business errors (codes 100 to 155). Sources disagree: 412, or 200.
    business_status: Literal[412, 400, 200] = 412
    # Of a bad signature. Sources disagree on v2; by default 403 in v1 and 400 in v2.
    bad_signature_status: Literal[400, 403] | None = None
    # Callbacks do not name a session, so stakes are asked for the player's newest one. Where an
    # aggregator echoes the launch's ``session_id`` (v2), they can be asked for that very one.
    echoes_session: bool = False
    # v2: how callbacks name a game of the list: "provider:game_id", or ``game_id`` as it is.
    game_ref: Literal["qualified", "as-is"] = "qualified"
    # v1: one list a provider, at ``{provider}`` of this address.
    catalogue_url: str = Field(
        default="https://cdn.softswiss.net/l/{provider}.yaml", pattern=_WEB_ADDRESS
    )
    catalogue_providers: tuple[ProviderName, ...] = ()
    image_url: str = Field(
        default="https://cdn.softswiss.net/i/s3/{provider}/{game}.png", pattern=_WEB_ADDRESS
    )
    round_type: str = Field(default="", max_length=64)  # v1: of /round/details, where it is wanted
    jackpots: bool = False  # v2: the feed has one source; on where the vendor confirms it
    frame_origins: tuple[str, ...] = ()  # where its games' pages come from
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
        if set(self.exponents) - set(self.currencies):
            raise ValueError("exponents: by the wire's code, of listed currencies only")
        if not self.wires:
            raise ValueError("no currency with a known exponent")
        return self

    @model_validator(mode="after")
    def _fits_the_generation(self) -> Self:
        if self.generation == "v1":
            if self.dialect != "a8r":
                raise ValueError("dialect: only v2 has another one")
            if self.echoes_session:
                raise ValueError("echoes_session: v1 has no session to echo")
            if self.jackpots:
                raise ValueError("jackpots: the form of v1's feed is not known")
            if not self.catalogue_providers:
                raise ValueError("catalogue_providers: v1 has one list a provider")
            if "{provider}" not in self.catalogue_url:
                raise ValueError("catalogue_url: {provider} is missing")
        elif self.exponents:
            raise ValueError("exponents: v2 writes decimals")
        return self

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Every key that a callback may be signed with; the first one signs what is sent."""
        previous = self.auth_token_previous
        older = () if previous is None else (previous.get_secret_value().encode(),)
        return (self.auth_token.get_secret_value().encode(), *older)

    @property
    def wires(self) -> tuple[WireCurrency, ...]:
        """Return the currencies that can be played; in v1 those whose exponent is known."""
        found = []
        for wire, ours in self.currencies.items():
            currency = CURRENCIES[ours]
            exponent: int | None = currency.decimals
            if self.generation == "v1":
                exponent = self.exponents.get(wire, KNOWN_EXPONENTS.get(wire))
            if exponent is not None:
                found.append(WireCurrency(wire, currency, exponent))
        return tuple(found)

    @property
    def forged_status(self) -> int:
        """HTTP status of a bad signature."""
        return self.bad_signature_status or (403 if self.generation == "v1" else 400)


class SoftswissSettings(SoftswissAccount, BaseSettings):
    """The account that the environment describes: ``SOFTSWISS_URL`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="SOFTSWISS_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )
