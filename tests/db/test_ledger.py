"""Arrays as PostgreSQL reads them: what goes in comes out, whatever the text holds."""

from __future__ import annotations

import asyncpg
import pytest

from db import ledger

NASTY = [
    "NULL",
    "null",
    "{}",
    '{"a"}',
    '"',
    '\\"',
    "\\",
    "\\n",
    ",",
    " a ",
    "a\nb",
    "\x7f",
    "☃🂡",
    "",
]
EVERY = [f"a{chr(code)}b" for code in (*range(1, 0x300), 0x2028, 0x10FFFF)]


@pytest.mark.parametrize("alone", [True, False])
async def test_texts_arrive_as_they_were_sent(second: asyncpg.Connection, *, alone: bool) -> None:
    texts: list[str | None] = [*NASTY, *EVERY, None]
    for array in [[text] for text in texts] if alone else [texts, [None, "plain", None]]:
        sent = ledger.array(array)
        assert await second.fetchval("SELECT $1::text::text[]", sent) == array


async def test_numbers_truths_and_nothing_arrive_too(second: asyncpg.Connection) -> None:
    numbers = [0, -1, 2**63 - 1, -(2**63), None]
    assert await second.fetchval("SELECT $1::text::bigint[]", ledger.array(numbers)) == numbers
    truths = [True, False, None]
    assert await second.fetchval("SELECT $1::text::boolean[]", ledger.array(truths)) == truths
    assert await second.fetchval("SELECT $1::text::text[]", ledger.array(())) == []
