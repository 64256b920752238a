"""The lobby: which games a visitor sees, in which order, and what a search finds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar, cast

import asyncpg
from tortoise.connection import get_connection

from casino import errors
from casino.play import lobby_statements as statements
from casino.play.lobby_games import PAGE_MAX, Collection, Facets, Game, Page, Sort, Wanted
from casino.play.lobby_query import (
    COLUMNS,
    EXACT,
    GUESSED,
    INTEGER_MAX,
    ORDERS,
    WORDS,
    Guess,
    Order,
    Query,
    fits_exactly,
    fits_guess,
    guess,
    is_askable,
    narrow,
    openable,
    read_cursor,
    search_walking,
    search_words,
    write_cursor,
)
from casino.play.lobby_text import Search, is_guessed, read_search, spellings
from casino.play.provider import Category, Provider, Volatility
from casino.play.remembered import Remembered
from db.database import transaction

FAVOURITES_MAX = 500
RECENT_MAX = 50
VISITS_LOOKED_AT = 300  # of the player's newest sessions and house rounds
ANSWERS_REMEMBERED = 300  # some ten megabytes at most, whatever is asked
ANSWER_GOOD_FOR_S = 30  # no longer: popularity changes without a new version
GAMES_REMEMBERED_MAX = 60  # on one page
FACET_VALUES_MAX = 500
PAGE_USUAL = 60
# Of games that have the words typed: from so many on the popular ones come first, whatever
# their names begin with, and are found by walking down the order instead of sorting them all.
MANY = 1_000

T = TypeVar("T")

# Of every game of every page: the enums' own look-up is Python code.
_CATEGORY = {category.value: category for category in Category}
_VOLATILITY = {volatility.value: volatility for volatility in Volatility}


class Lobby:
    """What can be opened now, found and sorted by the database.

    Answers that are the same for everybody are remembered for a moment, with the version of the
    catalogue that they were made from: a sync or a switch makes all of them worthless at once.
    """

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        """Take the registry of providers, by id, wired once at start."""
        self._providers = providers
        self._answers: Remembered[Hashable, tuple[object, float, object]] = Remembered(
            ANSWERS_REMEMBERED
        )
        self._version = _Version()

    async def page(
        self,
        wanted: Wanted,
        *,
        sort: Sort | None = None,
        cursor: str | None = None,
        limit: int = PAGE_USUAL,
    ) -> Page:
        """Return a page of what everybody may see. Raises Malformed for a cursor not of ours.

        Games that are there all the while come once, whatever comes and goes between two pages;
        one whose place in this order changes meanwhile may come twice or not at all.
        """
        return await self.shown(wanted, _itself, sort=sort, cursor=cursor, limit=limit)

    async def shown(
        self,
        wanted: Wanted,
        show: Callable[[Page, Sequence[Category]], T],
        *,
        sort: Sort | None = None,
        cursor: str | None = None,
        limit: int = PAGE_USUAL,
    ) -> T:
        """Return a page as an edge shows it, with the categories of all games; see ``page``.

        What ``show`` makes is what is remembered, for this very function.
        """
        limit = max(1, min(limit, PAGE_MAX))

        async def make(version: object) -> T:
            async with _connection() as connection:
                page = await self._page(connection, wanted, sort, cursor, limit)
            categories = await self._remembered("categories", version, self._categories)
            return show(page, categories)

        version = await self._version.current()
        key = (show, wanted, sort, cursor, limit) if limit <= GAMES_REMEMBERED_MAX else None
        return await self._remembered(key, version, make)

    async def facets(self, wanted: Wanted) -> Facets:
        """Count what each further filter would leave."""

        async def make(_version: object) -> Facets:
            async with _connection() as connection:
                return await self._facets(connection, wanted)

        return await self._remembered(("facets", wanted), await self._version.current(), make)

    async def categories(self) -> tuple[Category, ...]:
        """Return the categories that have a game, in the order of the house."""
        version = await self._version.current()
        return await self._remembered("categories", version, self._categories)

    async def personal(self, player_id: int, wanted: Wanted, limit: int) -> Page:
        """Return a player's favourites or recent games, the newest first, on one page."""
        if not is_askable(wanted):
            return Page(())
        query = openable(self._providers)
        narrow(query, wanted, self._providers)
        recent = wanted.collection is Collection.RECENT
        search = read_search(wanted.query)
        if search is not None:
            search_words(query, search.exact)
        elif wanted.query.strip():
            return Page(())
        statement = (statements.RECENT if recent else statements.FAVOURITES).format(
            columns=COLUMNS,
            words=WORDS if query.in_words else "",
            player=query.value(player_id),
            where=query.where,
            looked_at=VISITS_LOOKED_AT,
            limit=min(limit, RECENT_MAX if recent else FAVOURITES_MAX),
        )
        async with _connection() as connection:
            rows = await connection.fetch(statement, *query.values)
        return Page(tuple(map(self._view, rows)))

    async def add_favourite(self, player_id: int, game_id: int) -> None:
        """Keep a game among a player's favourites, in place of the oldest one when there are many.

        Idempotent. Raises NotFound.
        """
        if not 0 < game_id <= INTEGER_MAX:
            raise errors.NotFound
        async with transaction() as tx:
            if not await tx.raw.fetchval("SELECT true FROM games WHERE id = $1", game_id):
                raise errors.NotFound
            await tx.raw.execute(statements.ADD_FAVOURITE, player_id, game_id)
            await tx.raw.execute(statements.DROP_OLDEST, player_id, FAVOURITES_MAX)

    async def remove_favourite(self, player_id: int, game_id: int) -> None:
        """Take a game out of a player's favourites. Idempotent."""
        if not 0 < game_id <= INTEGER_MAX:
            return
        async with _connection() as connection:
            await connection.execute(
                "DELETE FROM favourites WHERE player_id = $1 AND game_id = $2", player_id, game_id
            )

    async def _page(
        self,
        connection: asyncpg.Connection,
        wanted: Wanted,
        sort: Sort | None,
        cursor: str | None,
        limit: int,
    ) -> Page:
        usual = ORDERS[sort or (Sort.NEW if wanted.collection is Collection.NEW else Sort.POPULAR)]
        search = read_search(wanted.query)
        if search is None:
            order, place = read_cursor(cursor, [usual]) if cursor is not None else (usual, None)
            if wanted.query.strip() or not is_askable(wanted):
                return Page(())
            return await self._look(connection, wanted, None, order, place, limit)
        order, place = usual, None
        if cursor is not None:
            order, place = read_cursor(cursor, [usual, EXACT, GUESSED])
        if not is_askable(wanted):
            return Page(())
        if cursor is None:
            found = await _count(connection, search)
            if found < MANY and sort is None:
                order = EXACT
            page = (
                await self._look(connection, wanted, search, order, None, limit)
                if found
                else Page(())
            )
            if page.games:
                return page
            order = GUESSED
        return await self._look(connection, wanted, search, order, place, limit)

    async def _look(
        self,
        connection: asyncpg.Connection,
        wanted: Wanted,
        search: Search | None,
        order: Order,
        place: Sequence[object] | None,
        limit: int,
    ) -> Page:
        query = openable(self._providers)
        narrow(query, wanted, self._providers)
        fits = "0"
        if search is not None and order is GUESSED:
            guessed = await _guess(connection, search)
            search_words(query, guessed.any)
            fits = fits_guess(query, guessed)
        elif search is not None and order is EXACT:
            search_words(query, search.exact)
            fits = fits_exactly(query, search)
        elif search is not None:
            search_walking(query, search)
        keys = tuple(fits if key == "fits" else key for key in order.keys)
        if place is not None:
            order.after(query, place, (*keys, "g.id"))
        return await self._fetch(connection, query, order, keys, limit)

    async def _fetch(
        self,
        connection: asyncpg.Connection,
        query: Query,
        order: Order,
        keys: Sequence[str],
        limit: int,
    ) -> Page:
        places = ", ".join(f"{key} AS place_{n}" for n, key in enumerate(keys))
        # Nothing but our own words and the names of values is put together here.
        statement = (
            f"SELECT {COLUMNS}, {places} FROM {query.source} WHERE {query.where}"  # noqa: S608
            f" ORDER BY {order.by((*keys, 'g.id'))} LIMIT {limit + 1}"
        )
        rows = await connection.fetch(statement, *query.values)
        further = None
        if len(rows) > limit:
            last = rows[limit - 1]
            place = [last[f"place_{n}"] for n in range(len(keys))]
            further = write_cursor(order, [*place, last["id"]])
        return Page(tuple(map(self._view, rows[:limit])), further)

    async def _facets(self, connection: asyncpg.Connection, wanted: Wanted) -> Facets:
        search = read_search(wanted.query)
        if not is_askable(wanted) or (search is None and wanted.query.strip()):
            return Facets()
        query = openable(self._providers)
        narrow(query, wanted, self._providers)
        if search is not None:
            search_words(query, search.exact)
        found = await _count_facets(connection, query)
        if not found.games and search is not None:
            query = openable(self._providers)
            narrow(query, wanted, self._providers)
            search_words(query, (await _guess(connection, search)).any)
            found = await _count_facets(connection, query)
        return found

    async def _categories(self, _version: object) -> tuple[Category, ...]:
        query = openable(self._providers)
        names = query.value([category.value for category in Category])
        statement = statements.CATEGORIES.format(names=names, where=query.where)
        async with _connection() as connection:
            return tuple(
                Category(row[0]) for row in await connection.fetch(statement, *query.values)
            )

    async def _remembered(
        self, key: Hashable, version: object, make: Callable[[object], Awaitable[T]]
    ) -> T:
        """Return what is remembered under a key, or make it; without a key always make it.

        The version was read before: what changes while the answer is made is made again.
        """
        if key is None:
            return await make(version)
        now = asyncio.get_running_loop().time()
        known = self._answers.get(key)
        if known is not None and known[0] == version and now < known[1]:
            return cast("T", known[2])
        answer = await make(version)
        self._answers.keep(key, (version, now + ANSWER_GOOD_FOR_S, answer))
        return answer

    def _view(self, row: asyncpg.Record) -> Game:
        provider = self._providers.get(row["provider_id"])
        volatility = row["volatility"]
        return Game(
            row["id"],
            row["provider_id"],
            row["external_id"],
            row["title"],
            row["studio"],
            _CATEGORY[row["category"]],
            row["image_url"],
            row["rtp_ppm"],
            row["has_demo"],
            own=provider is not None and provider.manifest.own_games,
            enabled=True,
            has_free_spins=row["has_free_spins"],
            has_tables=row["has_tables"],
            volatility=None if volatility is None else _VOLATILITY[volatility],
            features=tuple(row["features"]),
            new_on=row["new_on"],
            currencies=taken(row["currencies"], provider),
            devices=tuple(row["devices"]),
            restricted_countries=tuple(row["restricted_countries"]),
        )


class _Version:
    """The catalogue's version, looked up once for everybody who asks before the look begins."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._under_way: asyncio.Future[object] | None = None
        self._next: asyncio.Future[object] | None = None

    async def current(self) -> object:
        """Return a version that was read after this was called."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._look())
        return await asyncio.shield(self._next)

    async def _look(self) -> object:
        if self._under_way is not None:
            await asyncio.wait([self._under_way])
        self._under_way, self._next = self._next, None  # who comes from here on needs another
        async with _connection() as connection:
            return tuple(await connection.fetchrow(statements.VERSION))


def taken(codes: Sequence[str], provider: Provider | None) -> tuple[str, ...]:
    """Return the currencies a game takes: those it names, else its provider's; empty: all."""
    if codes or provider is None:
        return tuple(codes)
    return tuple(wire.currency.code for wire in provider.manifest.currencies)


def _itself(page: Page, _categories: Sequence[Category]) -> Page:
    return page


async def _count(connection: asyncpg.Connection, search: Search) -> int:
    """Count the games that have the words, up to ``MANY``."""
    return int(await connection.fetchval(statements.HOW_MANY, search.exact, MANY))


async def _count_facets(connection: asyncpg.Connection, query: Query) -> Facets:
    statement = statements.FACETS.format(source=query.source, where=query.where)
    counted: dict[str, list[tuple[str, int]]] = {}
    for facet, value, games in await connection.fetch(statement, *query.values):
        counted.setdefault(facet, []).append((value, games))
    ((_, games),) = counted.pop("games")
    return Facets(games, **{k: tuple(v[:FACET_VALUES_MAX]) for k, v in counted.items()})


async def _guess(connection: asyncpg.Connection, search: Search) -> Guess:
    """Ask which words of ours are like those typed."""
    asked = [word for word in search.words if is_guessed(word)]
    slips = [" ".join(spellings(word)) for word in asked]
    likes: dict[str, list[tuple[str, float]]] = {}
    for word, like, likeness in await connection.fetch(statements.WORDS_LIKE, asked, slips):
        likes.setdefault(word, []).append((like, likeness))
    return guess(search, likes)


@asynccontextmanager
async def _connection() -> AsyncIterator[asyncpg.Connection]:
    async with get_connection("default").acquire_connection() as connection:
        yield connection
