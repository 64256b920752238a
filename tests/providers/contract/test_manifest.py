"""What a provider declares is what it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import providers
from casino.clock import SystemClock
from casino.play import Capability, Wiring, capabilities
from providers import registry
from tests.providers.contract.test_cases import NAMES
from tests.providers.contract.vendors import families_without, spoken
from tests.providers.contract.world import World
from tests.providers.till import EmptyTill

ROOT = Path(str(providers.__path__[0]))
PROTOCOLS: dict[Capability, type] = {
    Capability.TABLES: capabilities.HasTables,
    Capability.FREE_SPINS: capabilities.GivesFreeSpins,
    Capability.ROUND_DETAILS: capabilities.ShowsRounds,
    Capability.JACKPOTS: capabilities.HasJackpots,
    Capability.REPORT: capabilities.Reports,
    Capability.SELF_VALIDATION: capabilities.TestsItself,
}
LINES_MAX = 400
# Beside the 24: what a protocol may be unable to express.
MORE_CASES = {
    "altered-bytes",
    "any-order",
    "no-game",
    "no-session",
    "player_unknown",
    "win-rollback-before-win",
    "wrong_currency",
}


def test_every_capability_has_a_protocol() -> None:
    assert set(PROTOCOLS) == set(Capability) - {Capability.DEMO}


@pytest.mark.parametrize("family", sorted({one.family for one in spoken()}))
async def test_capabilities_are_declared_exactly_where_they_are_implemented(family: str) -> None:
    """One class may speak several protocols of a family, and declare for each what that has."""
    ever_declared: set[Capability] = set()
    implemented: set[Capability] = set()
    for one in spoken():
        if one.family != family:
            continue
        vendor = one.make()
        vendor.callback_url = f"http://127.0.0.1:1/providers/{family}"
        await vendor.start()
        account = registry.account(family)
        given: dict[str, Any] = {"_env_file": None, **vendor.settings()}
        settings = registry.settings_model(account)(**given)
        provider = registry.create(account, settings, Wiring(family, EmptyTill(), SystemClock()))
        declared = provider.manifest.capabilities - {Capability.DEMO}
        implemented |= {c for c, kind in PROTOCOLS.items() if isinstance(provider, kind)}
        assert declared <= implemented, one.name
        ever_declared |= declared
        await provider.close()
        await vendor.stop()
    assert ever_declared == implemented


async def test_a_manifest_says_what_the_house_needs(world: World) -> None:
    manifest = world.provider.manifest
    assert manifest.id == world.spoken.family
    assert manifest.family == world.spoken.family
    assert manifest.title
    assert not manifest.own_games
    assert manifest.answer_within_s > 0
    codes = [wire.code for wire in manifest.currencies]
    assert codes, "a vendor names currencies by codes of its own"
    assert len(set(codes)) == len(codes)
    ours = [wire.currency.code for wire in manifest.currencies]
    assert len(set(ours)) == len(ours), "a launch could not choose"
    for wire in manifest.currencies:
        assert manifest.wire_of(wire.currency.code) == wire
        assert manifest.currency_of(wire.code) == wire


async def test_a_catalogue_lists_games_that_can_be_told_apart(world: World) -> None:
    entries = await world.provider.catalogue()
    assert entries
    assert len({entry.external_id for entry in entries}) == len(entries)
    if not any(entry.has_demo for entry in entries):
        assert Capability.DEMO not in world.provider.manifest.capabilities
    else:
        assert Capability.DEMO in world.provider.manifest.capabilities


@pytest.mark.parametrize("family", sorted(registry.families()))
def test_an_example_holds_no_secret_and_starts_with_what_it_is(family: str) -> None:
    example = (ROOT / family / "env.example").read_text()
    assert example.startswith("# ")
    given = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", example, re.MULTILINE))
    account = registry.account(family)
    for name, field in registry.settings_model(account).model_fields.items():
        if SecretStr in {field.annotation, *getattr(field.annotation, "__args__", ())}:
            assert given[account.env_prefix + name.upper()] == "", name


@pytest.mark.parametrize("family", sorted(registry.families()))
def test_files_stay_readable(family: str) -> None:
    lengths = {p.name: len(p.read_text().splitlines()) for p in (ROOT / family).glob("*.py")}
    assert {name: n for name, n in lengths.items() if n > LINES_MAX} == {}


@pytest.mark.parametrize("family", sorted(registry.families() - families_without()))
def test_a_vendors_side_shares_no_code_with_the_adapter(family: str) -> None:
    for path in (Path(__file__).parents[2] / "peers" / family).glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(), re.MULTILINE)
        assert not [name for name in imported if name.startswith(f"providers.{family}")], path


def test_every_protocol_has_a_name_of_its_own() -> None:
    names = [one.name for one in spoken()]
    assert len(set(names)) == len(names)
    assert "sandbox" in names


def test_what_a_protocol_cannot_express_is_a_case_of_this_suite() -> None:
    """A reason under a name that nobody looks for would excuse nothing, or hide a mistake."""
    for one in spoken():
        assert set(one.cannot) <= {*NAMES, *MORE_CASES}, one.name
        assert all(one.cannot.values()), one.name


def test_every_family_has_a_vendors_side() -> None:
    assert families_without() == set()
