"""From what is wanted of the lobby to SQL: conditions, orders, and where a page ended."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from casino import errors
from casino.play.lobby_games import Collection, Sort, Wanted
from casino.play.lobby_text import Search, all_of
from casino.play.provider import Provider
from casino.text import is_storable

NEW_DAYS = 90
INTEGER_MAX = 2**31 - 1

_ON = """g.provider_id = ANY (ARRAY(
    SELECT p.id FROM providers p WHERE p.enabled AND p.id = ANY ({wired}::text[])))"""

WORDS = " JOIN game_words w ON w.game_id = g.id"
# Each game by its number: the planner would rather read all of them than some hundred.
_GAMES_OF_WORDS = (
    "game_words w CROSS JOIN LATERAL (SELECT * FROM games h WHERE h.id = w.game_id OFFSET 0) g"
)

COLUMNS = (
    "g.id, g.provider_id, g.external_id, g.title, g.studio, g.category, g.image_url, g.rtp_ppm,"
    " g.has_demo, g.has_free_spins, g.has_tables, g.volatility, g.features, g.new_on,"
    " g.currencies, g.devices, g.restricted_countries"
)


class Query:
    """Conditions and the values they are asked with."""

    def __init__(self) -> None:
        """Ask for nothing yet."""
        self.conditions: list[str] = []
        self.values: list[object] = []
        self.in_words = False  # the words' table is needed too
        self.by_words = False  # and comes first

    def value(self, value: object) -> str:
        """Take a value and return how the statement names it."""
        self.values.append(value)
        return f"${len(self.values)}"

    @property
    def source(self) -> str:
        """Where games come from."""
        if self.by_words:
            return _GAMES_OF_WORDS
        return f"games g{WORDS if self.in_words else ''}"

    @property
    def where(self) -> str:
        """All of the conditions."""
        return " AND ".join(self.conditions)


def openable(providers: Mapping[str, Provider]) -> Query:
    """Ask for games that can be opened now."""
    query = Query()
    wired = query.value(list(providers))
    query.conditions += ["g.listed AND g.enabled", _ON.format(wired=wired)]
    return query


def is_askable(wanted: Wanted) -> bool:
    """Say whether the database could hold what is asked for at all."""
    texts = [wanted.category, wanted.studio, wanted.provider, wanted.volatility, wanted.device]
    texts += [wanted.country, *wanted.tags, *wanted.features, *(wanted.currencies or ())]
    return all(text is None or is_storable(text) for text in texts)


def narrow(query: Query, wanted: Wanted, providers: Mapping[str, Provider]) -> None:
    """Add the filters."""
    for column, text in (
        ("category", wanted.category),
        ("studio", wanted.studio),
        ("provider_id", wanted.provider),
        ("volatility", wanted.volatility),
    ):
        if text is not None:
            query.conditions.append(f"g.{column} = {query.value(text)}")
    for column, texts in (("tags", wanted.tags), ("features", wanted.features)):
        if texts:
            query.conditions.append(f"w.{column} @> {query.value(list(texts))}::text[]")
            query.in_words = True
    if wanted.device is not None:
        device = query.value(wanted.device)
        query.conditions.append(f"(g.devices = '{{}}' OR {device} = ANY (g.devices))")
    if wanted.country is not None:
        country = query.value(wanted.country.upper())
        query.conditions.append(f"NOT {country} = ANY (g.restricted_countries)")
    if wanted.currencies is not None:
        _narrow_to_currencies(query, wanted.currencies, providers)
    if (choice := _CHOICES.get(wanted.collection)) is not None:
        query.conditions.append(choice)


_CHOICES: Mapping[Collection | None, str] = {
    Collection.POPULAR: "g.popularity > 0",
    Collection.NEW: f"g.new_on > (now() AT TIME ZONE 'UTC')::date - {NEW_DAYS}",
    Collection.HAS_DEMO: "g.has_demo",
    Collection.FREE_SPINS: "g.has_free_spins",
}


def _narrow_to_currencies(
    query: Query, codes: Sequence[str], providers: Mapping[str, Provider]
) -> None:
    """Add currencies: a game that names none takes its provider's; one that names none, all."""
    takers = [
        provider_id
        for provider_id, provider in providers.items()
        if not provider.manifest.currencies
        or any(wire.currency.code in codes for wire in provider.manifest.currencies)
    ]
    query.conditions.append(
        f"(g.currencies && {query.value(list(codes))}::text[] OR (g.currencies = '{{}}'"
        f" AND g.provider_id = ANY ({query.value(takers)}::text[])))"
    )


def search_words(query: Query, words: str) -> None:
    """Add that a game has the words of a tsquery."""
    query.conditions.append(f"w.words @@ {query.value(words)}::text::tsquery")
    query.in_words = query.by_words = True


def fits_exactly(query: Query, search: Search) -> str:
    """Return how well a game fits: whether its name begins with what was typed."""
    beginnings = query.value([f"{way}%" for way in search.beginnings])
    return f"(w.search LIKE ANY ({beginnings}::text[]))::integer"


def search_walking(query: Query, search: Search) -> None:
    """Add that a game has the words typed, where so many have that the first ones do.

    A function can only be asked game by game: no index leads the planner to fetch them all.
    """
    query.conditions.append(f"ts_match_vq(w.words, {query.value(search.exact)}::text::tsquery)")
    query.in_words = True


@dataclass(frozen=True, slots=True)
class Guess:
    """What may have been meant, and what most likely was, as two tsqueries."""

    any: str
    best: str


def guess(search: Search, likes: Mapping[str, Sequence[tuple[str, float]]]) -> Guess:
    """Put the words that are like those typed, the likest first, in their places."""
    best = {
        word: [like for like, likeness in found if likeness >= found[0][1]]
        for word, found in likes.items()
    }
    every = {word: [like for like, _ in found] for word, found in likes.items()}
    return Guess(all_of(search.words, every), all_of(search.words, best))


def fits_guess(query: Query, guessed: Guess) -> str:
    """Return how well a game fits: whether it has the words that were most likely meant."""
    return f"(w.words @@ {query.value(guessed.best)}::text::tsquery)::integer"


@dataclass(frozen=True, slots=True)
class Order:
    """An order that ends with the game's number, so that no two games have one place."""

    name: str
    keys: tuple[str, ...]  # expressions, each in the same direction
    types: tuple[str, ...]
    descending: bool = True

    def by(self, keys: Sequence[str]) -> str:
        """Write the ORDER BY; ``keys`` are the expressions, or what they are called."""
        direction = " DESC" if self.descending else ""
        return ", ".join(f"{key}{direction}" for key in keys)

    def after(self, query: Query, place: Sequence[object], keys: Sequence[str]) -> None:
        """Add that games come after a place."""
        given = [
            f"{query.value(value)}::{kind}"
            for value, kind in zip(place, (*self.types, "integer"), strict=True)
        ]
        sign = "<" if self.descending else ">"
        query.conditions.append(f"({', '.join(keys)}) {sign} ({', '.join(given)})")


ORDERS: Mapping[str, Order] = {
    Sort.POPULAR: Order("popular", ("g.popularity",), ("integer",)),
    Sort.NEW: Order("new", ("g.new_on",), ("date",)),
    Sort.TITLE: Order("title", ("g.title_key",), ("text",), descending=False),
    Sort.RTP: Order("rtp", ("coalesce(g.rtp_ppm, 0)",), ("integer",)),
}
# Of searches; how well a game fits is the first key.
EXACT = Order("exact", ("fits", "g.popularity"), ("integer", "integer"))
GUESSED = Order("guessed", ("fits", "g.popularity"), ("integer", "integer"))


def write_cursor(order: Order, place: Sequence[object]) -> str:
    """Write where a page ended, for the address of the next one."""
    return base64.urlsafe_b64encode(msgspec.json.encode([order.name, *place])).decode().rstrip("=")


def read_cursor(cursor: str, orders: Sequence[Order]) -> tuple[Order, list[object]]:
    """Read where a page ended, in one of these orders. Raises Malformed."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        name, *place = msgspec.json.decode(text, type=list[str | int])
        order = next(order for order in orders if order.name == name)
        kinds = (*order.types, "integer")
        return order, [_READERS[kind](value) for kind, value in zip(kinds, place, strict=True)]
    except (ValueError, TypeError, StopIteration) as wrong:
        raise errors.Malformed(fields="cursor") from wrong


def _integer(value: object) -> int:
    if not isinstance(value, int) or not -INTEGER_MAX <= value <= INTEGER_MAX:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise ValueError(value)
    return value


_READERS: Mapping[str, Callable[[object], object]] = {
    "integer": _integer,
    "text": _text,
    "date": lambda value: date.fromisoformat(_text(value)),
}
