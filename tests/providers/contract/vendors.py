"""The vendors' sides that the contract is proven against, found by name.

A family of ``providers.registry.families()`` is in the suite when its peer has a module
``vendor`` that offers ``Vendor`` (or ``VENDORS``, a list of makers, where a family speaks several
protocols). Beyond ``Vendor`` as it is here, one may offer ``BatchVendor`` and ``NamesPlayers``.
What a protocol does not have is skipped, and its vendor's side says why.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, runtime_checkable

from providers import registry

# Our own aggregator has no adapter of its own: it speaks another family's protocol.
SANDBOX = {"sandbox": "slotegrator"}


class Said(Protocol):
    """What the casino answered, in canonical words."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def outcome(self) -> str: ...
    @property
    def balance(self) -> int | None: ...
    @property
    def transaction(self) -> str | None: ...


class Vendor(Protocol):
    """One protocol's vendor over real HTTP; amounts are cents of EUR.

    ``same`` maps a canonical outcome to the one that its wire shows for it; ``cannot`` says why a
    case (by its name in this suite) does not exist in the protocol. ``odd`` sends a well signed
    stake of 1.00 that is odd in the way that ``case`` names.
    """

    family: str
    callback_url: str
    # ``same: dict[str, str]`` and ``cannot: dict[str, str]`` may be left out, as may
    # ``protocol: str`` where the family speaks one only.

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def settings(self) -> dict[str, object]: ...
    async def stake(
        self, player: str, units: int, *, key: str, round_: str, session: str, game: str
    ) -> Said: ...
    async def win(
        self,
        player: str,
        units: int,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        stake_key: str | None = None,
        ends: bool = False,
    ) -> Said: ...
    async def roll_back(
        self,
        player: str,
        original: str,
        *,
        key: str,
        round_: str,
        session: str,
        game: str,
        units: int,
    ) -> Said: ...
    async def balance(self, player: str, *, session: str, game: str) -> Said: ...
    async def forged(self) -> Said: ...
    async def malformed(self) -> Said: ...
    async def odd(self, case: str, player: str, *, session: str, game: str) -> Said: ...


@runtime_checkable
class BatchVendor(Protocol):
    """Can send several stakes of one round in one call: (key, units) each, in order."""

    async def batch(
        self,
        player: str,
        stakes: list[tuple[str, int]],
        *,
        round_: str,
        session: str,
        game: str,
    ) -> Said: ...


@runtime_checkable
class NamesPlayers(Protocol):
    """Its launch sends something else than our number as the player's id."""

    def player_of(self, session: str) -> str: ...


class Spoken(NamedTuple):
    """One protocol of one family."""

    name: str
    family: str
    make: Callable[[], Vendor]

    @property
    def same(self) -> Mapping[str, str]:
        """What its wire cannot tell apart."""
        return getattr(self.make(), "same", None) or {}

    @property
    def cannot(self) -> Mapping[str, str]:
        """What its protocol does not have, and why."""
        return getattr(self.make(), "cannot", None) or {}


def variables(account: str, settings: Mapping[str, object]) -> dict[str, str]:
    """Write an account's settings as the environment holds them."""
    return {
        f"{account.upper()}_{name.upper()}": (
            value if isinstance(value, str) else json.dumps(value, default=str)
        )
        for name, value in settings.items()
    }


def families_without() -> set[str]:
    """Name the families whose vendor's side is missing."""
    return {family for family in registry.families() if not _exists(family)}


def spoken() -> list[Spoken]:
    """List every protocol that there is a vendor's side for."""
    found: list[Spoken] = []
    with_vendor = registry.families() - families_without()
    for peer, family in sorted(({one: one for one in with_vendor} | SANDBOX).items()):
        module = importlib.import_module(f"tests.peers.{peer}.vendor")
        makers: list[Callable[[], Vendor]] = getattr(module, "VENDORS", None) or [module.Vendor]
        for make in makers:
            protocol = getattr(make(), "protocol", None)
            name = peer if protocol is None else f"{peer}-{protocol}"
            found.append(Spoken(name, family, make))
    return found


def _exists(family: str) -> bool:
    try:
        return importlib.util.find_spec(f"tests.peers.{family}.vendor") is not None
    except ModuleNotFoundError:
        return False
