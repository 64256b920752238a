"""The account that the environment describes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from casino.clock import Clock
from casino.money import EUR, TON
from casino.play import Capability, Wiring
from providers import everymatrix
from providers.everymatrix.settings import EverymatrixAccount, EverymatrixSettings
from tests.providers.everymatrix.house import SETTINGS
from tests.providers.till import EmptyTill


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LAUNCH_URL": "https://casino.example/",
        "FEED_URL": "https://feed.example/jsonFeeds/mix",
        "OPERATOR_ID": "2001",
        "LOGIN_NAME": "em",
        "PASSWORD": "a-long-password",
        "PASSWORD_PREVIOUS": "an-old-password",
        "COUNTRY": "MLT",
        "NETWORKS": '["192.0.2.0/24"]',
        "CURRENCIES": '{"EUR": "EUR", "TONC": "TON"}',
        "BONUS_URL": "",
        "FRAME_ORIGINS": "[]",
    }.items():
        monkeypatch.setenv(f"EVERYMATRIX_{name}", value)
    read = EverymatrixSettings(_env_file=None)
    assert read.launch_url == "https://casino.example"
    assert read.passwords == ("a-long-password", "an-old-password")
    assert read.networks == ("192.0.2.0/24",)
    assert read.currency_of("TONC") is TON
    assert read.currency_of("TON") is None
    assert read.wire_of("EUR") == "EUR"
    assert read.currency_unsaid is None
    assert "a-long-password" not in repr(read)
    assert "an-old-password" not in repr(read)


def test_what_currency_is_meant_where_none_is_said() -> None:
    two = SETTINGS | {"currencies": {"EUR": "EUR", "TONC": "TON"}}
    chosen = EverymatrixAccount.model_validate(two | {"currency_default": "TONC"})
    assert chosen.currency_unsaid is TON
    only = EverymatrixAccount.model_validate(SETTINGS | {"currencies": {"EUR": "EUR"}})
    assert only.currency_unsaid is EUR


async def test_free_spins_are_offered_where_there_is_a_bonus_api(clock: Clock) -> None:
    wiring = Wiring("everymatrix", EmptyTill(), clock)
    without = everymatrix.create(wiring, EverymatrixSettings.model_validate(SETTINGS))
    bonus = {"bonus_url": "https://b.example", "bonus_login": "b", "bonus_password": "p"}
    having = everymatrix.create(wiring, EverymatrixSettings.model_validate(SETTINGS | bonus))
    assert Capability.FREE_SPINS not in without.manifest.capabilities
    assert Capability.FREE_SPINS in having.manifest.capabilities


@pytest.mark.parametrize(
    "changed",
    [
        {"launch_url": "ftp://casino.example"},
        {"launch_url": "https://"},
        {"launch_url": "https://casino.example/?a=b"},
        {"feed_url": "https://feed.example/?types=game"},
        {"operator_id": ""},
        {"operator_id": "20/01"},
        {"login_name": ""},
        {"password": "short"},
        {"password_previous": ""},
        {"networks": ["192.0.2.1/24"]},
        {"networks": ["everywhere"]},
        {"failures_per_minute": 0},
        {"bonus_url": "https://bonus.example"},
        {"bonus_login": "b", "bonus_password": "p"},
        {"bonus_url": "https://b.example", "bonus_login": "a:b", "bonus_password": "p"},
        {"currencies": {}},
        {"currencies": {"DOGE": "DOGE"}},
        {"currencies": {"TON": "TON", "TONC": "TON"}},
        {"currency_default": "EUR"},
        {"country": "MT"},
        {"country": "mlt"},
        {"account_field": "UserId"},
        {"limit_code": 104},
        {"outcome_unknown_code": 0},
        {"balance_places_max": 10},
        {"timeout_s": 0},
    ],
)
def test_what_could_not_work_is_refused_at_start(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EverymatrixAccount.model_validate(SETTINGS | changed)
