"""The account that the environment describes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from casino.money import TON, USDT
from providers.slotegrator.settings import SlotegratorAccount, SlotegratorSettings

GOOD: dict[str, Any] = {
    "url": "https://gis.example/api/index.php/v1/",
    "merchant_id": "m",
    "merchant_key": "secret-key",
    "currencies": {"TONC": "TON"},
}


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOTEGRATOR_URL", GOOD["url"])
    monkeypatch.setenv("SLOTEGRATOR_MERCHANT_ID", "m")
    monkeypatch.setenv("SLOTEGRATOR_MERCHANT_KEY", "secret-key")
    monkeypatch.setenv("SLOTEGRATOR_MERCHANT_KEY_PREVIOUS", "old-key")
    monkeypatch.setenv("SLOTEGRATOR_FRAME_ORIGINS", "")
    monkeypatch.setenv("SLOTEGRATOR_CURRENCIES", '{"TONC": "TON", "USDT": "USDT"}')
    read = SlotegratorSettings(_env_file=None)
    assert read.url == "https://gis.example/api/index.php/v1"
    assert read.keys == ("secret-key", "old-key")
    assert read.currency_of("TONC") is TON
    assert read.currency_of("TON") is None
    assert read.wire_of("USDT") == "USDT"
    assert read.currency_of("USDT") is USDT
    assert "secret-key" not in repr(read)
    assert "old-key" not in repr(read)


def test_another_account_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLOTEGRATOR_MERCHANT_KEY_PREVIOUS", "old-key")
    assert SlotegratorAccount.model_validate(GOOD).keys == ("secret-key",)


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ftp://gis.example"},
        {"url": "https://"},
        {"url": "https://gis.example/?a=b"},
        {"merchant_id": ""},
        {"merchant_key": ""},
        {"merchant_key_previous": ""},
        {"currencies": {}},
        {"currencies": {"DOGE": "DOGE"}},
        {"currencies": {"TON": "TON", "TONC": "TON"}},
        {"games_per_page": 51},
        {"games_per_page": 0},
        {"games_calls_per_second": 0},
    ],
)
def test_what_could_not_work_is_refused_at_start(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SlotegratorAccount.model_validate(GOOD | changed)
