"""The catalogue feed: a JSON object a line, of games or of tables, read as it streams in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from casino.play import Category, GameEntry
from casino.play.capabilities import Table
from providers.everymatrix.settings import EverymatrixAccount

LINE_BYTES_MAX = 512 * 1024
LINES_MAX = 100_000
FEED_BYTES_MAX = 256 * 1024 * 1024
TEXT_LENGTH_MAX = 512

_COUNTRY = re.compile(r"[A-Z]{2}")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,93}")
_GROUPS = (  # a part of a category's name -> how the lobby groups it; the first one counts
    ("LIVE", Category.LIVE),
    ("CRASH", Category.CRASH),
    ("SLOT", Category.SLOTS),
    ("JACKPOT", Category.SLOTS),
    ("TABLE", Category.TABLE),
    ("ROULETTE", Category.TABLE),
    ("BLACKJACK", Category.TABLE),
    ("BACCARAT", Category.TABLE),
    ("POKER", Category.TABLE),
)
_RTP_FRACTION_MAX = 2  # above that it is per cent

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class OddFeed(ValueError):
    """The feed is not what it should be; ``args`` says how."""


class Row(msgspec.Struct, frozen=True):
    """A game or a table on offer."""

    slug: str
    id: str
    vendor: str
    title: str
    data: Mapping[str, Any]


class BonusName(NamedTuple):
    """What the bonus API calls a game."""

    vendor: str
    game: str


class Rows:
    """Collects the rows on offer from a stream's bytes; a later row of an item replaces it."""

    def __init__(self, kind: str) -> None:
        """Expect rows of ``kind``: ``game`` or ``table``."""
        self.done = False  # the feed said that it is complete
        self._kind = kind
        self._found: dict[str, Row] = {}
        self._rest = bytearray()
        self._bytes, self._lines = 0, 0
        self._began = False

    def feed(self, chunk: bytes) -> None:
        """Take what came. Raises OddFeed."""
        self._bytes += len(chunk)
        if self._bytes > FEED_BYTES_MAX:
            raise OddFeed("feed too long")
        *lines, rest = chunk.split(b"\n")
        if lines:
            self._line(bytes(self._rest + lines[0]))
            for line in lines[1:]:
                self._line(line)
            self._rest = bytearray(rest)
        else:
            self._rest += rest
        if len(self._rest) > LINE_BYTES_MAX:
            raise OddFeed("line too long")

    def end(self) -> list[Row]:
        """Return what is on offer once the stream has ended. Raises OddFeed."""
        self._line(bytes(self._rest))
        if self._began and not self.done:
            raise OddFeed("the feed ended before it was complete")
        return list(self._found.values())

    def _line(self, line: bytes) -> None:
        line = line.strip()
        if not line or self.done:
            return
        self._lines += 1
        if self._lines > LINES_MAX or len(line) > LINE_BYTES_MAX:
            raise OddFeed("too many lines, or one too long")
        try:
            row = _DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
            raise OddFeed(f"line {self._lines} is no JSON") from error
        if not isinstance(row, dict):
            raise OddFeed(f"line {self._lines} is no object")
        action, data = row.get("action"), row.get("data")
        if action == "initialize_start":
            self._began = True
        elif action == "initialize_complete":
            self.done = True
        elif row.get("type", self._kind) == self._kind and isinstance(data, dict):
            self._keep(data)
        elif not isinstance(data, dict) and "type" not in row:
            raise OddFeed(f"line {self._lines} is no item")

    def _keep(self, data: dict[str, Any]) -> None:
        slug, id_ = _text(data, "slug"), _text(data, "id")
        where = id_ or slug
        if not where:
            raise OddFeed(f"line {self._lines} names no item")
        self._found.pop(where, None)
        if data.get("enabled") is not True or not slug or not _SLUG.fullmatch(slug):
            return
        names = ("tableName", "gameName") if self._kind == "table" else ("gameName", "shortName")
        titles = [_text(data, "presentation", name, "*") for name in names]
        title = next((title for title in titles if title), slug)
        self._found[where] = Row(slug, where, _text(data, "vendor"), title, data)


def entries(games: list[Row], tables: list[Row], account: EverymatrixAccount) -> list[GameEntry]:
    """List what can be launched: a table belongs to the game of its slug, or is one of its own."""
    with_tables = {table.slug for table in tables}
    listed = {row.slug: row for row in (*tables, *games)}  # a game says more than its table
    live = with_tables - {row.slug for row in games}
    return [
        _entry(row, account, tables=row.slug in with_tables, live=row.slug in live)
        for row in listed.values()
        if _at(row.data, "playMode", "realMoney") is not False
    ]


def table(row: Row) -> Table:
    """Read one table."""
    return Table(
        ref=row.id, title=row.title, dealer=None, open=_at(row.data, "isOpen") is not False
    )


def bonus_name(row: Row, field: str) -> BonusName:
    """Say what the bonus API calls a game; by its id where it has no such field."""
    return BonusName(row.vendor, _text(row.data, field) or row.id)


def _entry(row: Row, account: EverymatrixAccount, *, tables: bool, live: bool) -> GameEntry:
    data = row.data
    play = data.get("playMode")
    # A demo is opened without a player, so it must be one for the anonymous.
    demo = play.get("anonymity", play.get("fun")) is True if isinstance(play, dict) else False
    terminals = _texts(data, "property", "terminal")
    devices = {"desktop" if terminal == "PC" else "mobile" for terminal in terminals}
    ours = (account.currency_of(code) for code in _texts(data, "currencies"))
    return GameEntry(
        external_id=row.slug,
        title=row.title,
        category=Category.LIVE if live else category_of(_texts(data, "categories")),
        studio=_text(data, "contentProvider") or row.vendor or account.title,
        image_url=_image(_text(data, "presentation", "thumbnail", "*")),
        rtp_ppm=_rtp_ppm(data.get("theoreticalPayOut")),
        has_demo=demo,
        has_free_spins=_at(data, "property", "freeSpin", "support") is True,
        has_tables=tables,
        tags=tuple(tag.lower() for tag in _texts(data, "tags")),
        devices=tuple(sorted(devices)),
        currencies=tuple(currency.code for currency in ours if currency is not None),
        restricted_countries=tuple(
            code for code in _texts(data, "restrictedTerritories") if _COUNTRY.fullmatch(code)
        ),
    )


def category_of(names: list[str]) -> Category:
    """Sort the vendor's categories into the lobby's groups."""
    text = " ".join(names).upper()
    return next((group for part, group in _GROUPS if part in text), Category.INSTANT)


def _rtp_ppm(value: object) -> int | None:
    """Read a return to player, a fraction or per cent, into millionths."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    rtp = Decimal(value)
    if not rtp.is_finite() or not 0 < rtp <= 100 * _RTP_FRACTION_MAX:
        return None
    return int(rtp * (1_000_000 if rtp <= _RTP_FRACTION_MAX else 10_000))


def _image(url: str) -> str | None:
    url = f"https:{url}" if url.startswith("//") else url
    return url if url and is_web_address(url) else None


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nothing unprintable."""
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _at(data: object, *path: str) -> object:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _text(data: Mapping[str, Any], *path: str) -> str:
    """Return a short printable text or a number as such; empty where there is none."""
    value = _at(data, *path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > TEXT_LENGTH_MAX or not value.isprintable():
        return ""
    return value.strip()


def _texts(data: Mapping[str, Any], *path: str) -> list[str]:
    value = _at(data, *path)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
