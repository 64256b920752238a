"""The account that the environment describes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from casino.money import BTC, EUR
from casino.play import LateOriginals, Wiring
from providers.softswiss import Settings, create
from providers.softswiss.settings import SoftswissAccount
from tests.conftest import MovingClock
from tests.providers.till import EmptyTill

GOOD: dict[str, Any] = {
    "url": "https://gcp.example/a8r/",
    "casino_id": "tg-casino",
    "auth_token": "secret-key",
}
V1 = GOOD | {"generation": "v1", "catalogue_providers": ["acceptance"]}


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTSWISS_GENERATION", "v1")
    monkeypatch.setenv("SOFTSWISS_URL", GOOD["url"])
    monkeypatch.setenv("SOFTSWISS_CASINO_ID", "tg-casino")
    monkeypatch.setenv("SOFTSWISS_AUTH_TOKEN", "secret-key")
    monkeypatch.setenv("SOFTSWISS_AUTH_TOKEN_PREVIOUS", "old-key")
    monkeypatch.setenv("SOFTSWISS_CURRENCIES", '{"EUR": "EUR", "BTC": "BTC", "GRAM": "TON"}')
    monkeypatch.setenv("SOFTSWISS_EXPONENTS", '{"GRAM": 9}')
    monkeypatch.setenv("SOFTSWISS_CATALOGUE_PROVIDERS", '["bgaming", "acceptance"]')
    monkeypatch.setenv("SOFTSWISS_BAD_SIGNATURE_STATUS", "")
    read = Settings(_env_file=None)
    assert read.url == "https://gcp.example/a8r"
    assert read.keys == (b"secret-key", b"old-key")
    assert read.forged_status == 403
    assert {wire.code: wire.exponent for wire in read.wires} == {"EUR": 2, "BTC": 8, "GRAM": 9}
    assert "secret-key" not in repr(read)
    assert "old-key" not in repr(read)


def test_v1_plays_no_currency_whose_exponent_is_not_known() -> None:
    wires = SoftswissAccount.model_validate(V1).wires
    assert {(wire.currency, wire.exponent) for wire in wires if wire.code in {"EUR", "BTC"}} == {
        (EUR, 2),
        (BTC, 8),
    }
    assert "TON" not in {wire.code for wire in wires}


def test_v2_plays_them_all() -> None:
    account = SoftswissAccount.model_validate(GOOD)
    assert account.forged_status == 400
    assert len(account.wires) == len(account.currencies)


@pytest.mark.parametrize(
    ("dialect", "policy"),
    [("a8r", LateOriginals.ACCEPT), ("beexar", LateOriginals.REJECT)],
)
def test_the_manifest_says_what_late_originals_get(dialect: str, policy: LateOriginals) -> None:
    settings = Settings(_env_file=None, **GOOD, dialect=dialect)
    provider = create(Wiring("softswiss2", EmptyTill(), MovingClock()), settings)
    assert provider.manifest.late_originals is policy
    assert (provider.manifest.id, provider.manifest.family) == ("softswiss2", "softswiss")


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ftp://gcp.example"},
        {"url": "https://"},
        {"url": "https://gcp.example/?a=b"},
        {"casino_id": ""},
        {"casino_id": "a b"},
        {"auth_token": ""},
        {"auth_token_previous": ""},
        {"generation": "v3"},
        {"dialect": "bgaming"},
        {"currencies": {}},
        {"currencies": {"DOGE": "DOGE"}},
        {"currencies": {"TON": "TON", "GRAM": "TON"}},
        {"exponents": {"EUR": 2}},
        {"jurisdiction": "curacao"},
        {"business_status": 500},
        {"bad_signature_status": 401},
        {"timeout_s": 0},
        {"generation": "v1"},  # without a list of games
        V1 | {"dialect": "beexar"},
        V1 | {"echoes_session": True},
        V1 | {"jackpots": True},
        V1 | {"exponents": {"GRAM": 9}},
        V1 | {"exponents": {"EUR": -1}},
        V1 | {"exponents": {"EUR": 19}},
        V1 | {"currencies": {"TON": "TON"}},  # not one with a known exponent
        V1 | {"catalogue_url": "https://cdn.example/l/all.yaml"},
        V1 | {"catalogue_providers": ["../secret"]},
    ],
)
def test_what_could_not_work_is_refused_at_start(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SoftswissAccount.model_validate(GOOD | changed)
