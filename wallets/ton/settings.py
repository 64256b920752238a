"""What the TON rail needs from the environment: prefix ``TON_``."""

from __future__ import annotations

import json
from typing import Any, Literal, Self

from pydantic import Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casino.money import CURRENCIES, TON, Currency, InvalidAmount, Money
from wallets.ton import wallet
from wallets.ton.addresses import InvalidAddress, raw

CONFIG_BYTES_MAX = 1_000_000


class TonSettings(BaseSettings):
    """TON. Without ``TON_CONFIG`` there is no TON rail."""

    model_config = SettingsConfigDict(
        env_prefix="TON_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    config: FilePath | None = None  # a network's global config: names the lite servers
    wallet_seed: SecretStr | None = None  # 32 bytes in hex
    mnemonic: SecretStr | None = None  # or 24 words
    wallet_version: Literal["v5r1", "v4r2"] = "v5r1"
    jettons: dict[str, str] = {}  # currency code -> jetton master
    minimum_deposits: dict[str, str] = {"TON": "0.1", "USDT": "1"}  # smaller ones are filed
    poll_s: float = Field(default=1.0, gt=0, le=60)
    query_s: float = Field(default=5.0, gt=0, le=60)  # one query to one lite server
    behind_s: float = Field(default=60.0, gt=0)  # an older newest block means: stop crediting

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.config is None:
            return self
        if (self.wallet_seed is None) == (self.mnemonic is None):
            raise ValueError("set one of TON_WALLET_SEED and TON_MNEMONIC")
        self.public_key()
        self.minimums()
        self.masters()
        return self

    def public_key(self) -> bytes:
        """Return the wallet's Ed25519 public key. Raises ValueError for a seed that is none."""
        if self.wallet_seed is not None:
            return wallet.public_key_of_seed(self.wallet_seed.get_secret_value())
        if self.mnemonic is not None:
            return wallet.public_key_of_mnemonic(self.mnemonic.get_secret_value())
        raise ValueError("no TON wallet is configured")

    def masters(self) -> dict[Currency, str]:
        """Return the jetton master of each currency, raw. Raises ValueError."""
        masters: dict[Currency, str] = {}
        for code, address in self.jettons.items():
            currency = CURRENCIES.get(code)
            if currency is None or currency == TON or currency.play_money:
                raise ValueError(f"TON_JETTONS: {code} is no currency that a jetton can be")
            try:
                masters[currency] = raw(address)
            except InvalidAddress as error:
                raise ValueError(f"TON_JETTONS: {code}: {error}") from error
        if len(set(masters.values())) != len(masters):
            raise ValueError("TON_JETTONS: one jetton master stands for two currencies")
        return masters

    def minimums(self) -> dict[str, Money]:
        """Return the smallest deposit that is credited, by currency code. Raises ValueError."""
        minimums = {}
        for currency in (TON, *self.masters()):
            text = self.minimum_deposits.get(currency.code)
            if text is None:
                raise ValueError(f"TON_MINIMUM_DEPOSITS: none for {currency}")
            try:
                minimums[currency.code] = Money.parse(text, currency)
            except InvalidAmount as error:
                raise ValueError(f"TON_MINIMUM_DEPOSITS: {error}") from error
        return minimums

    def network_config(self) -> dict[str, Any]:
        """Read the global config. Raises ValueError when it names no lite servers."""
        if self.config is None:
            raise ValueError("TON_CONFIG is not set")
        if self.config.stat().st_size > CONFIG_BYTES_MAX:
            raise ValueError("TON_CONFIG is too large to be a network's global config")
        config = json.loads(self.config.read_bytes())
        if not isinstance(config, dict) or not config.get("liteservers"):
            raise ValueError("TON_CONFIG names no lite servers")
        return config
