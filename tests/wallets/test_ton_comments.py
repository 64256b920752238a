from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytoniq_core.boc.builder import Builder
from pytoniq_core.boc.cell import Cell

from casino.cashier.rail import Flaw
from tests.peers.ton import build
from wallets.ton.cells import opened
from wallets.ton.comments import BYTES_MAX, DEPTH_MAX, Comment, normalise, read_comment


def body(*parts: int | bytes, tail: Cell | None = None) -> Cell:
    builder = Builder()
    for part in parts:
        if isinstance(part, int):
            builder.store_uint(part, 32)
        else:
            builder.store_bytes(part)
    if tail is not None:
        builder.store_ref(tail)
    cell: Cell = builder.end_cell()
    return cell


def snake(text: bytes, chunk: int) -> Cell:
    pieces = [text[i : i + chunk] for i in range(0, len(text), chunk)] or [b""]
    tail: Cell | None = None
    for piece in reversed(pieces[1:]):
        tail = body(piece, tail=tail)
    return body(0, pieces[0], tail=tail)


def read(cell: Cell) -> Comment:
    return read_comment(opened(cell))


@pytest.mark.parametrize(
    ("written", "memo"),
    [
        ("MEM0RY12", "MEM0RY12"),
        (" mem0ry12\n", "MEM0RY12"),
        ("MEM\u200b0RY\ufeff12\u00ad", "MEM0RY12"),
        ("\uff2d\uff25\uff2d\uff10\uff32\uff39\uff11\uff12", "MEM0RY12"),  # full width
        ("MEM0 RY12", "MEM0 RY12"),  # space inside is another memo
        ("MEM0RY12\nthanks", "MEM0RY12\nTHANKS"),  # and so is a second line
        ("xMEM0RY12", "XMEM0RY12"),
        ("привет", "ПРИВЕТ"),
    ],
)
def test_memos_are_folded_and_matched_whole(written: str, memo: str) -> None:
    assert read(build.comment(written)) == Comment(memo=memo)


@pytest.mark.parametrize(
    ("cell", "flaw"),
    [
        (body(), Flaw.NO_MEMO),
        (body(b"\0\0\0"), Flaw.NO_MEMO),  # shorter than an op
        (body(0), Flaw.NO_MEMO),
        (body(0, b" \xe2\x80\x8b"), Flaw.NO_MEMO),  # nothing visible
        (body(0xDEADBEEF, b"MEM0RY12"), Flaw.NO_MEMO),
        (body(0, b"\xffMEM0RY12"), Flaw.NO_MEMO),  # binary comment
        (body(0x2167DA4B, b"MEM0RY12"), Flaw.ENCRYPTED),
        (body(0, b"MEM0RY12\xe9"), Flaw.BAD_ENCODING),
        (body(0, b"MEM0RY12\0"), Flaw.BAD_ENCODING),  # no database stores it
        (body(0, b"MEM\x1b0RY12"), Flaw.BAD_ENCODING),
        (Builder().store_uint(0, 35).end_cell(), Flaw.BAD_ENCODING),  # ragged
        (Cell.one_from_boc(bytes.fromhex(f"b5ee9c72010101010023000842028f{'00' * 31}")), None),
    ],
)
def test_what_is_no_memo_says_why(cell: Cell, flaw: Flaw | None) -> None:
    comment = read(cell)

    assert comment.memo is None
    assert comment.flaw == (flaw or Flaw.NO_MEMO)


def test_a_comment_may_run_through_sixteen_cells_and_a_kilobyte() -> None:
    assert read(snake(b"A" * DEPTH_MAX, 1)).memo == "A" * DEPTH_MAX
    assert read(snake(b"A" * (DEPTH_MAX + 1), 1)).flaw == Flaw.BAD_ENCODING
    assert read(snake(b"A" * BYTES_MAX, 120)).memo == "A" * 128
    assert read(snake(b"A" * (BYTES_MAX + 1), 120)).flaw == Flaw.BAD_ENCODING


def test_a_snake_with_a_library_for_a_tail_is_refused() -> None:
    library = Cell.one_from_boc(bytes.fromhex(f"b5ee9c72010101010023000842028f{'00' * 31}"))

    assert read(body(0, b"MEM0RY12", tail=library)).flaw == Flaw.BAD_ENCODING


@given(text=st.text(max_size=200), chunk=st.integers(20, 120))
def test_any_text_is_read_the_same_however_it_is_cut(text: str, chunk: int) -> None:
    raw = text.encode(errors="ignore")
    whole = read(snake(raw, 120))

    assert read(snake(raw, chunk)) == whole
    assert (whole.memo is None) != (whole.flaw is None)
    if whole.memo is not None:
        assert "\0" not in whole.memo
        assert len(whole.memo) <= 128


@given(bits=st.binary(max_size=120), tail=st.binary(max_size=120) | st.none())
def test_any_bytes_are_a_memo_or_a_flaw(bits: bytes, tail: bytes | None) -> None:
    comment = read(body(bits, tail=None if tail is None else body(tail)))

    assert (comment.memo is None) != (comment.flaw is None)


@given(text=st.text())
def test_normalising_twice_changes_nothing_for_the_houses_alphabet(text: str) -> None:
    once = normalise(text)

    if once.isascii():
        assert normalise(once) == once
