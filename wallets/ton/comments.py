"""Comments: text in a cell and its first references, as TEP-74 writes it. All of it is hostile."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from pytoniq_core.boc.slice import Slice

from casino.cashier.rail import Flaw
from wallets.ton.cells import is_exotic, opened

TEXT_OP: Final = 0
ENCRYPTED_OP: Final = 0x2167DA4B
BYTES_MAX: Final = 1024
DEPTH_MAX: Final = 16
# What is kept for staff. Memos are far shorter, so a text cut here matches none of them.
MEMO_CHARS_MAX: Final = 128
_OP_BITS: Final = 32
_BINARY = b"\xff"  # TEP-74: a comment for machines
_BYTE = 8


@dataclass(frozen=True, slots=True)
class Comment:
    """A normalised memo, or what is wrong with the comment."""

    memo: str | None = None
    flaw: Flaw | None = None


_NONE = Comment(flaw=Flaw.NO_MEMO)
_BAD = Comment(flaw=Flaw.BAD_ENCODING)


def read_comment(body: Slice) -> Comment:
    """Read the comment of a message body, or of a jetton's forward payload."""
    if is_exotic(body) or body.remaining_bits < _OP_BITS:
        return _NONE
    op = body.load_uint(_OP_BITS)
    if op == ENCRYPTED_OP:
        return Comment(flaw=Flaw.ENCRYPTED)
    if op != TEXT_OP:
        return _NONE
    written = _snake(body)
    return _BAD if written is None else _read_text(written)


def _read_text(written: bytes) -> Comment:
    if written[:1] == _BINARY:
        return _NONE
    try:
        memo = normalise(written.decode())
    except UnicodeDecodeError:
        return _BAD
    if not memo:
        return _NONE
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r" for letter in memo):
        return _BAD
    return Comment(memo=memo[:MEMO_CHARS_MAX])


def normalise(text: str) -> str:
    """Fold what wallets and keyboards change: width, invisible letters, outer space, case.

    The house's memos are of one case, upper.
    """
    compatible = unicodedata.normalize("NFKC", text)
    visible = "".join(letter for letter in compatible if unicodedata.category(letter) != "Cf")
    return visible.strip().upper()


def _snake(start: Slice) -> bytes | None:
    """Collect the bytes of a snake; None when it is ragged, exotic, too deep or too long."""
    written = bytearray()
    rest: Slice = start
    for _ in range(DEPTH_MAX):
        if is_exotic(rest) or rest.remaining_bits % _BYTE:
            return None
        written += rest.load_bytes(rest.remaining_bits // _BYTE)
        if len(written) > BYTES_MAX:
            return None
        if not rest.remaining_refs:
            return bytes(written)
        rest = opened(rest.load_ref())
    return None
