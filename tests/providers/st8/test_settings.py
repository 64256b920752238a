"""The account that the environment describes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from casino.money import TON, USDT
from casino.play import Capability, Grade, LateOriginals
from providers.st8.settings import St8Account, St8Settings
from tests.peers.st8.keys import KeyPair
from tests.providers.st8.conftest import Build


@pytest.fixture
def good(pairs: tuple[KeyPair, KeyPair, KeyPair]) -> dict[str, Any]:
    vendor, operator, _ = pairs
    return {
        "url": "https://st8.example/",
        "site": "tgcasino",
        "private_key": operator.private_pem,
        "vendor_public_key": vendor.public_pem,
        "jurisdiction": "CW",
        "currencies": {"TONC": "TON"},
    }


def test_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    vendor, operator, old = pairs
    for name, value in {
        "URL": "https://st8.example/",
        "SITE": "tgcasino",
        "PRIVATE_KEY": operator.private_pem.replace("\n", "\\n"),
        "VENDOR_PUBLIC_KEY": vendor.public_pem.replace("\n", "\\n"),
        "VENDOR_PUBLIC_KEY_PREVIOUS": old.public_pem,
        "JURISDICTION": "CW",
        "CURRENCIES": '{"TONC": "TON", "USDT": "USDT"}',
        "DEFAULT_CURRENCY": "",
        "FRAME_ORIGINS": '["https://games.example"]',
    }.items():
        monkeypatch.setenv(f"ST8_{name}", value)
    read = St8Settings(_env_file=None)
    assert read.url == "https://st8.example"
    assert len(read.verifiers) == 2
    assert operator.verifies(b"x", _signed(read))
    assert read.currency_of("TONC") is TON
    assert read.currency_of("TON") is None
    assert read.wire_of("USDT") == "USDT"
    assert read.currency_of("USDT") is USDT
    assert read.profile_currency == "TONC"
    assert operator.private_pem not in repr(read)
    assert operator.private_pem.split("\n")[1] not in repr(read)


def _signed(account: St8Account) -> str:
    from providers.st8.signature import sign

    return sign(b"x", account.signer)


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ftp://st8.example"},
        {"url": "https://"},
        {"url": "https://st8.example/?a=b"},
        {"site": ""},
        {"private_key": ""},
        {"private_key": "secret"},
        {"vendor_public_key": "key"},
        {"vendor_public_key_previous": "key"},
        {"currencies": {}},
        {"currencies": {"DOGE": "DOGE"}},
        {"currencies": {"TON": "TON", "TONC": "TON"}},
        {"default_currency": "TON"},
        {"jurisdiction": ""},
        {"country": "cw"},
        {"timeout_s": 0},
        {"cancel_of_unknown": "auth_failed"},
        {"late_original": "not_enough_money"},
        {"buyin_without_session": "ok"},
        {"free_bets_value": "all"},
        {"report_span_s": 1},
    ],
)
def test_what_could_not_work_is_refused_at_start(
    good: dict[str, Any], changed: dict[str, Any]
) -> None:
    St8Account.model_validate(good)
    with pytest.raises(ValidationError):
        St8Account.model_validate(good | changed)


def test_a_private_key_does_not_show_in_an_error(good: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        St8Account.model_validate(good | {"private_key": "hush"})
    assert "no PEM" in str(raised.value)
    assert "hush" not in str(raised.value)


def test_the_manifest(build: Build) -> None:
    manifest = build(currencies={"TONC": "TON"}, late_original="ok").manifest
    assert (manifest.family, manifest.grade) == ("st8", Grade.AGREED)
    assert manifest.late_originals is LateOriginals.ACCEPT
    assert build().manifest.late_originals is LateOriginals.REJECT
    assert [(w.code, w.exponent) for w in manifest.currencies] == [("TONC", 9)]
    assert manifest.capabilities == {
        Capability.DEMO,
        Capability.FREE_SPINS,
        Capability.REPORT,
    }
