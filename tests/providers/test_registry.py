"""The registry: accounts by name, each with its own variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import providers
from providers import registry

ROOT = Path(str(providers.__path__[0]))


@pytest.mark.parametrize(
    ("entry", "id_", "family"),
    [
        ("house", "house", "house"),
        ("slotegrator", "slotegrator", "slotegrator"),
        (" studio2 = slotegrator ", "studio2", "slotegrator"),
    ],
)
def test_an_entry_names_an_account_and_its_protocol(entry: str, id_: str, family: str) -> None:
    assert registry.account(entry) == (id_, family)


@pytest.mark.parametrize(
    "entry", ["", "nobody", "x=nobody", "Slotegrator", "a b=slotegrator", "house2=house", "../x"]
)
def test_what_names_no_provider_is_refused(entry: str) -> None:
    with pytest.raises(registry.UnknownProvider):
        registry.account(entry)


def test_a_second_account_reads_variables_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO2_URL", "https://aggregator.example/api")
    monkeypatch.setenv("STUDIO2_MERCHANT_ID", "m-2")
    monkeypatch.setenv("STUDIO2_MERCHANT_KEY", "k-2")
    account = registry.account("studio2=slotegrator")
    settings = registry.settings_of(account).model_dump()
    assert settings["url"] == "https://aggregator.example/api"
    assert settings["merchant_id"] == "m-2"


@pytest.mark.parametrize("family", sorted(registry.families()))
def test_every_variable_of_a_provider_is_in_its_example(family: str) -> None:
    account = registry.account(family)
    example = (ROOT / family / "env.example").read_text()
    named = set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))
    fields = registry.settings_model(account).model_fields
    assert named == {account.env_prefix + name.upper() for name in fields}
