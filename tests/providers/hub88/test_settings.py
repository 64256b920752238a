"""The account that the environment describes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from casino.clock import SystemClock
from casino.money import BTC, EUR
from casino.play import LateOriginals, WireCurrency, Wiring
from providers.hub88 import Settings, create
from providers.hub88.settings import Hub88Account
from tests.peers.hub88.openssl import key_pair
from tests.peers.hub88.vendor import Vendor
from tests.providers.till import EmptyTill


def good() -> dict[str, Any]:
    return {
        "url": "https://api.example/operator/generic/v2/",
        "operator_id": 7,
        "operator_private_key": key_pair("operator").private,
        "hub88_public_key": key_pair("aggregator").public,
    }


async def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = key_pair("operator")
    monkeypatch.setenv("HUB88_URL", good()["url"])
    monkeypatch.setenv("HUB88_OPERATOR_ID", "7")
    monkeypatch.setenv("HUB88_OPERATOR_PRIVATE_KEY", pair.private.replace("\n", "\\n"))
    monkeypatch.setenv("HUB88_HUB88_PUBLIC_KEY", key_pair("aggregator").public)
    monkeypatch.setenv("HUB88_SUB_PARTNER_ID", "")
    monkeypatch.setenv("HUB88_CURRENCIES", '{"EUR": "EUR", "mBTC": "BTC"}')
    monkeypatch.setenv("HUB88_LATE_ORIGINALS", "accept_noop")
    monkeypatch.setenv("HUB88_NETWORKS", '["192.0.2.0/24", "2001:db8::1"]')
    read = Settings(_env_file=None)
    assert read.url == "https://api.example/operator/generic/v2"
    assert read.sub_partner_id is None
    assert read.wires == (WireCurrency("EUR", EUR, 5), WireCurrency("mBTC", BTC, 5))
    assert read.late_originals is LateOriginals.ACCEPT
    assert "PRIVATE" not in repr(read)
    assert pair.private.splitlines()[1] not in repr(read)
    provider = create(Wiring("studio2", EmptyTill(), SystemClock()), read)
    assert provider.manifest.id == "studio2"
    assert provider.manifest.networks == ("192.0.2.0/24", "2001:db8::1/128")
    assert provider.manifest.late_originals is LateOriginals.ACCEPT
    await provider.close()


def test_policies_have_their_documented_defaults() -> None:
    account = Hub88Account.model_validate(good())
    assert account.wins_need_bets
    assert account.unknown_rollback == "ok"
    assert account.late_originals is LateOriginals.REJECT
    assert account.games_every_s == 60
    assert account.user_prefix == "player-"


def test_the_vendors_settings_are_an_account() -> None:
    vendor = Vendor()
    vendor.aggregator.origin = "http://127.0.0.1:1"
    assert Hub88Account.model_validate(vendor.settings()).operator_id == 7


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ftp://api.example"},
        {"url": "https://"},
        {"url": "https://api.example/?a=b"},
        {"operator_id": -1},
        {"operator_id": "x"},
        {"operator_private_key": ""},
        {"operator_private_key": "key"},
        {"hub88_public_key": "key"},
        {"hub88_public_key_previous": ""},
        {"hub88_public_key_previous": "key"},
        {"user_prefix": ""},
        {"user_prefix": "1-"},
        {"user_prefix": "p-"},
        {"user_prefix": "pla yer"},
        {"currencies": {}},
        {"currencies": {"DOGE": "DOGE"}},
        {"currencies": {"TON": "TON", "TONC": "TON"}},
        {"currencies": {"XXX": "FUN"}},
        {"country_unknown": "xx"},
        {"unknown_rollback": "maybe"},
        {"late_originals": "maybe"},
        {"networks": ["everywhere"]},
        {"networks": ["192.0.2.1/24"]},
        {"report_span_s": 0},
        {"timeout_s": 0},
    ],
)
def test_what_could_not_work_is_refused_at_start(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Hub88Account.model_validate(good() | changed)


def test_a_key_of_the_wrong_side_is_refused_and_never_shown() -> None:
    private = key_pair("operator").private
    with pytest.raises(ValidationError) as refused:
        Hub88Account.model_validate(good() | {"operator_private_key": key_pair("short", 1024)[0]})
    assert key_pair("short").private.splitlines()[1] not in str(refused.value)
    assert private.splitlines()[1] not in str(refused.value)
