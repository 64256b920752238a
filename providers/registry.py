"""Which providers there are: a folder each, found by name.

``PROVIDERS`` names accounts: ``hub88``, or ``studio2=slotegrator`` for a second account that
speaks the same protocol. A folder's package offers ``Settings``, read from variables that begin
with the account's id (``HUB88_``, ``STUDIO2_``), and ``create(wiring, settings)``.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from pydantic_settings import BaseSettings

from casino.play import Provider, Wiring

# Not spoken with a vendor: the house wires these itself.
OWN = frozenset({"house", "sandbox"})

_ID = re.compile(r"[a-z][a-z0-9]{0,23}")


class _Package(Protocol):
    Settings: type[BaseSettings]

    def create(self, wiring: Wiring, settings: BaseSettings) -> Provider:
        """Build a provider that has not contacted anybody yet."""


class Account(NamedTuple):
    """One entry of ``PROVIDERS``."""

    id: str
    family: str

    @property
    def env_prefix(self) -> str:
        """What its variables begin with."""
        return f"{self.id.upper()}_"


class UnknownProvider(ValueError):
    """No such provider, or an entry that is no name; ``args`` holds it."""


def families() -> set[str]:
    """List the protocols that there are folders for."""
    here = Path(__file__).parent
    return {path.parent.name for path in here.glob("*/__init__.py")} - OWN


def account(entry: str) -> Account:
    """Read one entry of ``PROVIDERS``. Raises UnknownProvider."""
    name, _, family = entry.partition("=")
    found = Account(name.strip(), family.strip() or name.strip())
    if not _ID.fullmatch(found.id) or found.family not in families() | OWN:
        raise UnknownProvider(entry)
    if (found.family in OWN) != (found.id in OWN):
        raise UnknownProvider(entry)
    return found


def settings_of(account: Account) -> BaseSettings:
    """Read an account's settings. Raises ValidationError for what cannot work."""
    return _package(account).Settings(_env_prefix=account.env_prefix)


def create(account: Account, settings: BaseSettings, wiring: Wiring) -> Provider:
    """Build an account's provider."""
    return _package(account).create(wiring, settings)


def settings_model(account: Account) -> type[BaseSettings]:
    """Return the class of an account's settings."""
    return _package(account).Settings


def _package(account: Account) -> _Package:
    return cast("_Package", importlib.import_module(f"providers.{account.family}"))
