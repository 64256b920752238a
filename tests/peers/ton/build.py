"""Transactions as cells, built and not executed: well-formed, correctly hashed and chained.

No virtual machine has run here: fees, state hashes and gas are made up. Genuine transactions, made
by a real TVM, are in ``tests/fixtures/ton``.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from pytoniq_core.boc.address import Address
from pytoniq_core.boc.builder import Builder
from pytoniq_core.boc.cell import Cell
from pytoniq_core.boc.hashmap.hashmap import HashMap
from pytoniq_core.boc.slice import Slice

NOTIFICATION = 0x7362D09C
INTERNAL_TRANSFER = 0x178D4519


@dataclass(frozen=True, slots=True)
class Place:
    """Where a transaction stands in its account's chain."""

    account: str
    lt: int
    previous_lt: int
    previous_hash: str
    utime: int


def message(
    source: str,
    destination: str,
    nanotons: int,
    body: Cell,
    *,
    lt: int,
    bounce: bool = True,
    bounced: bool = False,
) -> Cell:
    """Build an internal message (CommonMsgInfo int_msg_info, body in a reference)."""
    info = Builder().store_bits("01").store_bool(bounce).store_bool(bounced)
    info.store_address(Address(source)).store_address(Address(destination))
    info.store_coins(nanotons).store_bit(0)  # no extra currencies
    info.store_coins(0).store_coins(0).store_uint(lt, 64).store_uint(0, 32)
    return _end(info.store_bit(0).store_bit(1).store_ref(body))


def transaction(place: Place, in_message: Cell, out_messages: Sequence[Cell] = ()) -> Cell:
    """Build an ordinary transaction of an active account that accepted a message."""
    messages = Builder().store_bit(1).store_ref(in_message)
    messages.store_dict(_dictionary(out_messages))
    cell = Builder().store_bits("0111").store_bytes(_hash_part(place.account))
    cell.store_uint(place.lt, 64)
    cell.store_bytes(bytes.fromhex(place.previous_hash)).store_uint(place.previous_lt, 64)
    cell.store_uint(place.utime, 32).store_uint(len(out_messages), 15)
    cell.store_bits("10").store_bits("10")  # active before and after
    cell.store_ref(_end(messages))
    cell.store_coins(0).store_bit(0)  # fees
    cell.store_ref(_state_update(place.lt))
    cell.store_ref(_description())
    return _end(cell)


def nothing() -> Cell:
    """Build an empty cell."""
    return _end(Builder())


def address_cell(address: str) -> Cell:
    """Build a cell that holds an address, as get-methods answer it."""
    return _end(Builder().store_address(Address(address)))


def comment(text: str) -> Cell:
    """Build a text comment in snake form."""
    return _end(Builder().store_uint(0, 32).store_snake_bytes(text.encode()))


def notification(units: int, sender: str, comment_cell: Cell) -> Cell:
    """Build a TEP-74 transfer_notification, its payload in a reference."""
    body = Builder().store_uint(NOTIFICATION, 32).store_uint(0, 64).store_coins(units)
    return _end(body.store_address(Address(sender)).store_bit(1).store_ref(comment_cell))


def internal_transfer(units: int, sender: str, forward_nanotons: int, comment_cell: Cell) -> Cell:
    """Build a TEP-74 internal_transfer, its payload in a reference."""
    body = Builder().store_uint(INTERNAL_TRANSFER, 32).store_uint(0, 64).store_coins(units)
    body.store_address(Address(sender)).store_address(Address(sender))
    body.store_coins(forward_nanotons)
    return _end(body.store_bit(1).store_ref(comment_cell))


def opened(cell: Cell) -> Slice:
    """Return a reader at a cell's beginning."""
    reader: Slice = Slice.from_cell(cell)
    return reader


def boc_of(cell: Cell) -> bytes:
    """Return a cell as a bag of cells."""
    boc: bytes = cell.to_boc()  # type: ignore[no-untyped-call]  # pytoniq_core leaves it untyped
    return boc


def base64_of(data: bytes) -> str:
    """Return bytes as tonlib's JSON writes them."""
    return base64.b64encode(data).decode()


def _hash_part(account: str) -> bytes:
    return bytes.fromhex(account.partition(":")[2])


def _dictionary(cells: Sequence[Cell]) -> Cell | None:
    if not cells:
        return None

    def serializer(source: Cell, destination: Builder) -> None:
        destination.store_ref(source)

    entries = HashMap(15, map_=dict(enumerate(cells)), value_serializer=serializer)
    root: Cell | None = entries.serialize()
    return root


def _state_update(lt: int) -> Cell:
    """Build a HASH_UPDATE of states that nobody computed."""
    old, new = (f"{lt}-{when}".encode().ljust(32, b".")[:32] for when in ("old", "new"))
    return _end(Builder().store_uint(0x72, 8).store_bytes(old).store_bytes(new))


def _description() -> Cell:
    """Build trans_ord: storage, credit, a successful compute and action phase, not aborted."""
    cell = Builder().store_bits("0000").store_bit(0)
    cell.store_bit(1).store_coins(0).store_bit(0).store_bit(0)  # storage phase
    cell.store_bit(0)  # no credit phase
    cell.store_bit(1).store_bits("100").store_coins(0).store_ref(_compute())
    cell.store_bit(1).store_ref(_action())
    return _end(cell.store_bit(0).store_bit(0).store_bit(0))


def _compute() -> Cell:
    cell = Builder().store_var_uint(1000, 3).store_var_uint(100000, 3).store_bit(0)
    cell.store_int(0, 8).store_int(0, 32).store_bit(0).store_uint(20, 32)
    return _end(cell.store_bytes(bytes(32)).store_bytes(bytes(32)))


def _action() -> Cell:
    cell = Builder().store_bits("110").store_bit(0).store_bit(0).store_bit(0)
    cell.store_int(0, 32).store_bit(0)
    for _ in range(4):
        cell.store_uint(0, 16)
    cell.store_bytes(bytes(32))
    return _end(cell.store_var_uint(0, 3).store_var_uint(0, 3))


def _end(builder: Builder) -> Cell:
    cell: Cell = builder.end_cell()
    return cell
