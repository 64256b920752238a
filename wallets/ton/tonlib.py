"""The one door to pytonlib: makes it importable and names the few calls used here."""

from __future__ import annotations

import binascii
import importlib
import sys
from types import ModuleType
from typing import Any, Protocol, TypeAlias

from crc32c import crc32c

# pytonlib imports ``crc16``, which is published as source only: installing it needs a C compiler,
# and a machine without one must still run the house. The one function it uses is CRC-16/XMODEM,
# which is exactly what the standard library calls ``crc_hqx``.
_crc16 = ModuleType("crc16", "CRC-16/XMODEM from the standard library.")
vars(_crc16)["crc16xmodem"] = lambda data, crc=0: binascii.crc_hqx(data, crc)
sys.modules.setdefault("crc16", _crc16)

from pytonlib import TonlibClient  # noqa: E402 - after crc16
from pytonlib.tonlibjson import (  # noqa: E402 - after crc16
    BlockDeleted,
    BlockNotFound,
    TonlibError,
    TonlibException,
    TonlibNoResponse,
)

# pytonlib's tvm_valuetypes calls CRC-32C by an old name, which warns at every call that it will
# go: the same function by the name that stays.
vars(importlib.import_module("tvm_valuetypes.cell"))["crc32c"] = crc32c

__all__ = [
    "BlockDeleted",
    "BlockNotFound",
    "Client",
    "TonlibClient",
    "TonlibError",
    "TonlibException",
    "TonlibNoResponse",
]

Answer: TypeAlias = dict[str, Any]


class Client(Protocol):
    """What is asked of one lite server, as pytonlib spells it. Answers are unchecked JSON."""

    async def get_masterchain_info(self) -> Answer:
        """Return the newest masterchain block."""

    async def raw_get_account_state(self, address: str, seqno: int | None = None) -> Answer:
        """Return an account as of a masterchain block."""

    async def raw_get_transactions(
        self, account_address: str, from_transaction_lt: str, from_transaction_hash: str
    ) -> Answer:
        """Return a page of history, newest first, starting with the named one (hash in hex)."""

    async def get_jetton_wallet_address(self, owner_address: str, jetton_address: str) -> str:
        """Ask a jetton master for an owner's jetton wallet."""
