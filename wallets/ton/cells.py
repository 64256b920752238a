"""Cells of foreign origin, opened for reading."""

from __future__ import annotations

from pytoniq_core.boc.cell import Cell
from pytoniq_core.boc.slice import Slice, SliceError
from pytoniq_core.boc.tvm_bitarray import TvmBitarrayException

# What reading past the end of a cell raises.
SHORT = (SliceError, TvmBitarrayException, IndexError, ValueError)
_ORDINARY = -1


def opened(cell: Cell) -> Slice:
    """Return a reader at the cell's beginning."""
    reader: Slice = Slice.from_cell(cell)
    return reader


def is_exotic(cell: Cell | Slice) -> bool:
    """Tell a pruned branch, a proof or a library: nothing a person writes."""
    return cell.type_ != _ORDINARY
