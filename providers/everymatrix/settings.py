"""What must be known to talk to one EveryMatrix account."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES, Currency

_URL = r"^https?://[^\s/?#]+[^\s?#]*$"


class EverymatrixAccount(BaseModel):
    """One operator's account.

    There are two vocabularies on the wire, and both are understood: ``WalletDebit`` and
    ``WalletCredit`` with a ``TransactionType``, or ``Wager``, ``Result`` and ``Rollback`` by
    themselves; ``ExternalUserId`` or ``AccountId``. A reply uses the words it was asked in;
    ``account_field`` is for questions that name no player.
    """

    model_config = ConfigDict(frozen=True)

    title: str = Field(default="EveryMatrix", min_length=1, max_length=64)
    launch_url: str = Field(pattern=_URL)  # what stands before /Loader/Start
    feed_url: str = Field(pattern=_URL)  # of the catalogue, without its query
    operator_id: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    login_name: str = Field(min_length=1, max_length=200)
    password: SecretStr = Field(min_length=8, max_length=200)
    # While a password is being rotated: calls that carry this one are accepted too.
    password_previous: SecretStr | None = Field(default=None, min_length=8, max_length=200)
    networks: tuple[str, ...] = ()  # callbacks come from these (CIDR); empty: from anywhere
    # Of wrong credentials, for each address that never had the right ones.
    failures_per_minute: int = Field(default=10, ge=1, le=1000)

    # The vendor's bonus API, with credentials of its own; without it no free spins are given.
    bonus_url: str | None = Field(default=None, pattern=_URL)
    bonus_login: str | None = Field(default=None, pattern=r"^[^:]+$")  # HTTP Basic ends it there
    bonus_password: SecretStr | None = Field(default=None, min_length=1)
    domain_id: str | None = Field(default=None, min_length=1)  # there; the operator's where absent
    # What of the catalogue's it calls a game by.
    bonus_game_field: Literal["id", "gameID", "gameCode"] = "id"

    # The wire's code -> ours; by default each by its own code.
    currencies: dict[str, str] = Field(
        default_factory=lambda: {code: code for code in CURRENCIES}, min_length=1
    )
    # A wire's code, for calls that name a player but neither a session nor a currency.
    currency_default: str | None = None
    country: str = Field(pattern=r"^[A-Z]{3}$")  # told of every player: theirs is not known here
    reality_check_minutes: int = Field(default=0, ge=0, le=1440)
    account_field: Literal["ExternalUserId", "AccountId"] = "ExternalUserId"
    # What a stake is asked to be allowed for: the game that the call names by its slug, if any,
    # or always the game that the session was opened with.
    stake_game: Literal["slug", "session"] = "slug"
    # What a limit of the player's is called: of losses, stakes, the session, or one stake.
    limit_code: Literal[109, 110, 111, 112] = 112
    # When it is not known whether the wallet did it: "being processed", or "unknown error".
    outcome_unknown_code: Literal[107, 101] = 107
    balance_places_max: int = Field(default=9, ge=0, le=9)
    amounts_as_text: bool = False  # "98.50" for 98.50

    frame_origins: tuple[str, ...] = ()  # where its games' pages come from
    timeout_s: float = Field(default=10, gt=0, le=60)
    feed_timeout_s: float = Field(default=120, gt=0, le=600)

    @field_validator("launch_url", "feed_url", "bonus_url")
    @classmethod
    def _without_final_slash(cls, url: str | None) -> str | None:
        return None if url is None else url.rstrip("/")

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
            raise ValueError("two wire codes name the same currency: a reply could not choose")
        if self.currency_default is not None and self.currency_default not in self.currencies:
            raise ValueError("the default currency is none of the currencies")
        return self

    @model_validator(mode="after")
    def _bonus_api_is_whole(self) -> Self:
        parts = (self.bonus_url, self.bonus_login, self.bonus_password)
        if any(part is None for part in parts) != all(part is None for part in parts):
            raise ValueError("the bonus API needs its address, a login and a password")
        return self

    @property
    def passwords(self) -> tuple[str, ...]:
        """Every password that a callback may carry."""
        previous = self.password_previous
        older = () if previous is None else (previous.get_secret_value(),)
        return (self.password.get_secret_value(), *older)

    def currency_of(self, wire: str) -> Currency | None:
        """Return our currency for a code on the wire."""
        return CURRENCIES.get(self.currencies.get(wire, ""))

    def wire_of(self, code: str) -> str | None:
        """Return the code on the wire for one of our currencies."""
        return next((wire for wire, ours in self.currencies.items() if ours == code), None)

    @property
    def currency_unsaid(self) -> Currency | None:
        """What is meant where a call says no currency: the default, or the only one."""
        if self.currency_default is not None:
            return self.currency_of(self.currency_default)
        only = tuple(self.currencies) if len(self.currencies) == 1 else ()
        return self.currency_of(only[0]) if only else None


class EverymatrixSettings(EverymatrixAccount, BaseSettings):
    """The account that the environment describes: ``EVERYMATRIX_LAUNCH_URL`` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="EVERYMATRIX_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )
