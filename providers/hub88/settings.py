"""What must be known to talk to one Hub88 operator account."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES
from casino.play import LateOriginals, WireCurrency
from providers.hub88.signature import Signer, Verifier

EXPONENT = 5  # the wire counts 1/100,000 of the main unit, in every currency
DEMO_CURRENCY = "XXX"


class Hub88Account(BaseModel):
    """One operator account at one aggregator that speaks this protocol."""

    model_config = ConfigDict(frozen=True)

    title: str = Field(default="Hub88", min_length=1, max_length=64)
    url: str = Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")  # with the path, .../v2
    operator_id: int = Field(ge=0)
    sub_partner_id: str | None = Field(default=None, min_length=1, max_length=100)
    operator_private_key: SecretStr = Field(min_length=1)  # PEM
    hub88_public_key: str = Field(min_length=1)  # PEM
    # While theirs is being rotated: callbacks signed with either are accepted.
    hub88_public_key_previous: str | None = Field(default=None, min_length=1)
    # A player is known to them by this and our number: they want four characters or more.
    user_prefix: str = Field(default="player-", pattern=r"^[A-Za-z][A-Za-z0-9_-]{2,31}$")
    # The wire's code -> ours; by default each by its own code.
    currencies: dict[str, str] = Field(
        default_factory=lambda: {code: code for code in CURRENCIES}, min_length=1
    )
    country_unknown: str = Field(default="XX", pattern=r"^[A-Z]{2}$")
    frame_origins: tuple[str, ...] = ()  # where its games' pages come from
    networks: tuple[str, ...] = ()  # callbacks come from these (CIDR); empty: from anywhere
    # A win must name a bet that stands; those of rewards and promotions need none.
    wins_need_bets: bool = True
    # Their text does not say what a rollback of something unknown gets. "ok" ends their repeats;
    # either way it is remembered, and the late original moves nothing.
    unknown_rollback: Literal["ok", "not_found"] = "ok"
    late_originals: LateOriginals = LateOriginals.REJECT
    games_every_s: float = Field(
        default=60, ge=0, le=86_400
    )  # they answer their list once a minute
    report_span_s: int = Field(default=3_600, ge=60, le=86_400)  # of one call for transactions
    timeout_s: float = Field(default=10, gt=0, le=60)
    # Loaded once: to prove a private key sound takes a tenth of a second.
    _signer: Signer = PrivateAttr()
    _verifier: Verifier = PrivateAttr()

    @field_validator("url")
    @classmethod
    def _without_final_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(network)) for network in networks)

    @model_validator(mode="after")
    def _currencies_map_one_to_one(self) -> Self:
        unknown = set(self.currencies.values()) - set(CURRENCIES)
        if unknown:
            raise ValueError(f"unknown currencies: {', '.join(sorted(unknown))}")
        if len(set(self.currencies.values())) < len(self.currencies):
            raise ValueError("two wire codes name the same currency: a launch could not choose")
        if DEMO_CURRENCY in self.currencies:
            raise ValueError(f"{DEMO_CURRENCY} is what demo games are played in")
        return self

    @model_validator(mode="after")
    def _keys_are_keys(self) -> Self:
        previous = self.hub88_public_key_previous
        older = () if previous is None else (previous,)
        self._signer = Signer(self.operator_private_key.get_secret_value())
        self._verifier = Verifier((self.hub88_public_key, *older))
        return self

    @property
    def signer(self) -> Signer:
        """What signs our calls."""
        return self._signer

    @property
    def verifier(self) -> Verifier:
        """What their calls are verified with."""
        return self._verifier

    @property
    def wires(self) -> tuple[WireCurrency, ...]:
        """Every currency as the wire has it."""
        return tuple(
            WireCurrency(wire, CURRENCIES[ours], EXPONENT)
            for wire, ours in self.currencies.items()
        )


class Hub88Settings(Hub88Account, BaseSettings):
    """The account that the environment describes: ``HUB88_URL`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="HUB88_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )
