"""What somebody typed, and the words of a game, made alike."""

from __future__ import annotations

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino.play.lobby_text import (
    QUERY_LENGTH_MAX,
    WORDS_MAX,
    all_of,
    folded,
    read_search,
    search_text,
    spellings,
)
from casino.text import is_storable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gonzo's Quest", "gonzos quest"),
        ("  Wolf--Gold\t2 ", "wolf gold 2"),
        ("Café Müller", "cafe muller"),
        ("Ёлка й", "елка и"),
        ("GROẞE STRASSE", "grosse strasse"),
        ("№5 ﬁre ①", "no5 fire 1"),
        ("100% 1_000 \\ %", "100 1 000"),
        ("\0\ud800", ""),
    ],
)
def test_words_are_folded(text: str, words: str) -> None:
    assert folded(text) == words


def test_a_game_is_found_in_both_alphabets() -> None:
    assert search_text("Книга Ра", "Студия") == "книга ра kniga ra студия studiya"
    assert search_text("Wolf Gold", "") == "wolf gold"


def test_what_has_no_letter_and_no_digit_is_no_search() -> None:
    assert read_search("%_\\'\"") is None
    assert read_search("\0") is None
    assert read_search("") is None


def test_the_other_keyboard_is_read_too() -> None:
    search = read_search("цщда")  # "wolf" with Russian keys
    assert search is not None
    assert "wolf" in search.beginnings
    short = read_search("цщ")
    assert short is not None
    assert "wo" not in short.beginnings


@pytest.mark.parametrize("typed", ["wlof", "wof", "wolff", "woolf", "walf", "owlf", "xolf", "wol"])
def test_every_single_slip_is_undone(typed: str) -> None:
    assert "wolf" in spellings(typed)


def test_long_words_are_not_spelt_out() -> None:
    assert spellings("x" * 64) == []
    assert len(spellings("a" * 10)) < 600


@given(st.text(max_size=300))
def test_whatever_is_typed_is_bounded_and_can_be_asked(typed: str) -> None:
    search = read_search(typed)
    if search is None:
        return
    assert all(len(way) <= 4 * QUERY_LENGTH_MAX for way in search.beginnings)
    assert len(search.words) <= WORDS_MAX
    assert is_storable(search.exact)
    assert all(way == folded(way) for way in search.beginnings)


async def test_every_word_is_a_valid_query_for_the_database(second: asyncpg.Connection) -> None:
    texts = ["'", "\\", "a'b:*|c", "!&()", "<->", "x:*a", "д'Артаньян", "½", "a\u0301", "ﷺ" * 64]
    for text in [*texts, "&".join(texts)]:
        if (search := read_search(text)) is not None:
            asked = (search.exact, all_of(search.words, {search.words[0]: ["other"]}))
            for query in asked:
                assert await second.fetchval("SELECT $1::text::tsquery::text", query)
