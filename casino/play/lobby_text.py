"""Words as a search compares them: folded, in both alphabets, typed on either keyboard."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUERY_LENGTH_MAX = 64
WORDS_MAX = 8
OTHER_KEYBOARD_LETTERS_MIN = 3
GUESSED_LETTERS_MIN = 3
SPELT_LETTERS_MAX = 10  # longer words are found by what is left of them

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_APOSTROPHES = "'`\u2019\u2018\u02bc\u00b4"

# After folding: a breve or two dots are gone by then.
_SOUNDS = dict(
    zip(
        "абвгдежзиклмнопрстуфхцчшщыэюяієґ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sch",
            "y",
            "e",
            "yu",
            "ya",
            "i",
            "e",
            "g",
        ],
        strict=True,
    )
)
_LATIN = str.maketrans(_SOUNDS | dict.fromkeys("ъь", ""))

_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбю"
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_OTHER_KEYBOARD = str.maketrans(_CYRILLIC_KEYS + _LATIN_KEYS, _LATIN_KEYS + _CYRILLIC_KEYS)


def folded(text: str) -> str:
    """Return the words of a text: lower case, without accents, letters and digits only."""
    # Twice: what comes apart may have capitals in it.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (
        c if c.isalnum() else "" if unicodedata.combining(c) or c in _APOSTROPHES else " "
        for c in apart
    )
    return " ".join("".join(kept).split())


def latin(words: str) -> str:
    """Write folded words in Latin letters."""
    return " ".join(words.translate(_LATIN).split())


def search_text(*texts: str) -> str:
    """Return what a game is found by; the first text is what its name begins with."""
    found = []
    for words in map(folded, texts):
        found += [words, latin(words)] if latin(words) != words else [words]
    return " ".join(words for words in found if words)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody typed, as the database is asked for it.

    ``beginnings`` are what a name may begin with; every word of ``exact`` (a tsquery) may be the
    beginning of one. ``words`` are what is guessed from where nothing is found.
    """

    beginnings: tuple[str, ...]
    exact: str
    words: tuple[str, ...]


def read_search(typed: str) -> Search | None:
    """Read what somebody typed; None for what has no letter and no digit."""
    raw = typed[:QUERY_LENGTH_MAX]
    words = _cut(folded(raw))
    if not words:
        return None
    ways = [words, latin(words)]
    if len(words) >= OTHER_KEYBOARD_LETTERS_MIN:
        ways.append(_cut(folded(raw.casefold().translate(_OTHER_KEYBOARD))))
    ways = [way for n, way in enumerate(ways) if way and way not in ways[:n]]
    return Search(
        beginnings=tuple(ways),
        exact=" | ".join(f"({all_of(way.split())})" for way in ways),
        words=tuple(latin(words).split()),
    )


def all_of(words: Sequence[str], others: Mapping[str, Sequence[str]] = {}) -> str:
    """Write a tsquery: of each word what begins with it, or one of the others for it.

    Words are letters and digits only, so nothing in them can be an operator or end the quotes.
    """
    ways = ([f"'{word}':*", *(f"'{other}'" for other in others.get(word, ()))] for word in words)
    return " & ".join(f"({' | '.join(way)})" for way in ways)


def is_guessed(word: str) -> bool:
    """Say whether there is enough of a word to guess which one was meant."""
    return len(word) >= GUESSED_LETTERS_MIN


def spellings(word: str) -> list[str]:
    """Return what the word is one slip away from: a letter wrong, missing, too many, or swapped.

    Only those that are words of some game will count.
    """
    if len(word) > SPELT_LETTERS_MAX:
        return []
    splits = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    found = [a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1]
    found += [a + b[1:] for a, b in splits if len(b) > 0 and len(word) > GUESSED_LETTERS_MIN]
    found += [a + c + b[1:] for a, b in splits if b for c in _LETTERS]
    found += [a + c + b for a, b in splits for c in _LETTERS]
    return sorted(set(found) - {word})


def _cut(words: str) -> str:
    """Bound the words by number and in all: unfolding may have made them longer."""
    return " ".join(words[:QUERY_LENGTH_MAX].split()[:WORDS_MAX])
