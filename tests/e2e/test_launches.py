"""Every provider's game in the Mini App's frame, served by its own peer, in a real browser.

One house has an account with each of them, and one player opens one game after the other: the
peer's page must be in the frame, its signed callbacks must move the balance in the bar while the
game is open, and leaving must end the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import asyncpg
import pytest
from playwright.async_api import Page, Response, expect

from casino.money import FUN
from tests.browser import chromium, phone, photograph, require_browser
from tests.conftest import empty
from tests.e2e.running import RunningHouse
from tests.peers.everymatrix.vendor import Vendor as EveryMatrix
from tests.peers.hub88.vendor import Vendor as Hub88
from tests.peers.slotegrator.vendor import Vendor as Slotegrator
from tests.peers.softswiss.vendor import Vendor as Softswiss
from tests.peers.st8.vendor import Vendor as St8
from tests.providers.contract.vendors import NamesPlayers, Vendor, variables
from tests.providers.contract.world import fresh

WAIT_S = 20.0
WELCOME = Decimal(1000)
STAKED, WON = 12_50, 30_75
# The vendors' wires know euros and no play money: what they call EUR is FUN in this house.
PLAY_MONEY = {"currencies": {"EUR": "FUN"}}


@dataclass
class Stall:
    """One account of the house, and what its vendor shows."""

    account: str
    vendor: Vendor
    title: str  # of its only game
    says: str  # its page
    more: dict[str, object]

    @property
    def entry(self) -> str:
        """Its entry of ``PROVIDERS``."""
        same = self.account == self.vendor.family
        return self.account if same else f"{self.account}={self.vendor.family}"

    @property
    def settings(self) -> dict[str, object]:
        return self.vendor.settings() | PLAY_MONEY | self.more

    @property
    def origin(self) -> str:
        """Where its game's page comes from."""
        origins = self.vendor.settings()["frame_origins"]
        assert isinstance(origins, tuple)
        return str(origins[0])


def stalls() -> list[Stall]:
    """Give every vendor one game, with a name that nobody else's has."""
    amber, birch = Softswiss("v1"), Softswiss("v2")
    copper, delta, ember, fjord = EveryMatrix(), Hub88(), St8(), Slotegrator()
    sells(amber.aggregator.games, title="Amber Falls")
    sells(birch.aggregator.games, title="Birch Hollow", images={})
    line = copper.servers.games[0]["data"]
    shown = {"presentation": {"gameName": {"*": "Copper Canyon"}}}
    sells(copper.servers.games, data=line | shown)
    sells(delta.aggregator.games, name="Delta Drums", url_thumb=None)
    sells(ember.servers.games, name="Ember Isle")
    sells(fjord.aggregator.games, name="Fjord Fortune", image="", is_mobile=None)
    softswiss = "A game of the aggregator"
    return [
        # v1's decimals go by the wire's code, and it knows those of EUR.
        Stall("softswiss", amber, "Amber Falls", softswiss, {"exponents": {}}),
        Stall("studio2", birch, "Birch Hollow", softswiss, {}),
        Stall("everymatrix", copper, "Copper Canyon", "A game of the loader", {}),
        Stall("hub88", delta, "Delta Drums", "std_game1", {}),
        Stall("st8", ember, "Ember Isle", "A small game", {}),
        Stall("slotegrator", fjord, "Fjord Fortune", "A game of many studios", {}),
    ]


def sells(games: list[dict[str, Any]], **changed: Any) -> None:
    games[:] = [games[0] | changed]


class Launched(NamedTuple):
    """What the house wrote when a game was opened."""

    session: str
    player: str
    game: str


@dataclass
class Hall:
    """The house with its vendors, the player's screen, and a look into the database."""

    house: RunningHouse
    stalls: list[Stall]
    page: Page
    second: asyncpg.Connection
    complaints: list[str]

    async def find(self, title: str) -> None:
        """Search for a game, as a player does, and open it."""
        await self.page.get_by_label("Search games and studios").fill(title)
        await self.page.get_by_role("link", name=re.compile(title)).first.click()

    async def framed(self) -> str:
        """Return the address of the page in the frame."""
        frame = await (await self.page.locator("iframe").element_handle()).content_frame()
        assert frame is not None
        return frame.url

    async def leave(self) -> None:
        await self.page.get_by_role("button", name="Leave the game").click()
        await expect(self.page.locator("iframe")).to_have_count(0)

    async def launched(self, title: str) -> Launched:
        row = await self.second.fetchrow(
            "SELECT s.ref, s.player_id, g.external_id FROM game_sessions s"
            " JOIN games g ON g.id = s.game_id WHERE g.title = $1 AND s.ended_at IS NULL",
            title,
        )
        assert row is not None, f"no open session in {title}"
        return Launched(row["ref"], str(row["player_id"]), row["external_id"])

    async def stored(self) -> Decimal:
        """What the database says that the player has."""
        units = await self.second.fetchval(
            "SELECT cash + bonus FROM accounts WHERE currency_id = $1 AND seq > 0", FUN.id
        )
        return Decimal(units).scaleb(-FUN.decimals)

    async def bar_shows(self, amount: Decimal) -> None:
        """Wait until the bar above the frame shows it: nothing but a push brings it there."""
        await expect(self.page.get_by_test_id("frame-balance")).to_have_text(written(amount))

    async def until(self, what: str, statement: str, *values: Any) -> None:
        """Wait until a question to the database is answered with yes."""
        for _ in range(int(WAIT_S / 0.05)):
            if await self.second.fetchval(statement, *values):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never seen: {what}\n{self.house.log[-2000:]}")


def written(amount: Decimal) -> re.Pattern[str]:
    """Match an amount as the app writes it, with decimals or without."""
    text = f"{amount:,.2f}"
    whole, _, cents = text.partition(".")
    return re.compile(re.escape(text) if cents != "00" else rf"{re.escape(whole)}(\.0+)?$")


@pytest.fixture
async def hall(
    second: asyncpg.Connection, database_url: str, redis_url: str, house_dir: Path
) -> AsyncIterator[Hall]:
    require_browser()
    await empty(second)
    async with contextlib.AsyncExitStack() as stack:
        rows = stalls()
        for stall in rows:
            await stall.vendor.start()
            stack.push_async_callback(stall.vendor.stop)
        # v1 says of no picture where it is: they are all in one place.
        rows[0].more["image_url"] = f"{rows[0].origin}/i/s3/{{provider}}/{{game}}.png"
        settings = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PROVIDERS": ",".join([*(stall.entry for stall in rows), "sandbox"]),
        }
        for stall in rows:
            settings |= variables(stall.account, stall.settings)
        house = RunningHouse(house_dir, None, settings)
        for stall in rows:
            at = f"http://127.0.0.1:{house.callback_port}/providers/{stall.account}"
            stall.vendor.callback_url = at
        await house.start()
        stack.push_async_callback(house.stop)
        context = await phone(await stack.enter_async_context(chromium()))
        page = await context.new_page()
        yield Hall(house, rows, page, second, watched(page))


def watched(page: Page) -> list[str]:
    """Note whatever the browser complains about, the frame's pages included."""
    complaints: list[str] = []

    def note_failed(response: Response) -> None:
        if response.status >= aiohttp.web.HTTPBadRequest.status_code:
            complaints.append(f"HTTP {response.status} {response.url}")

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", note_failed)
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    return complaints


async def test_every_providers_game_is_played_in_the_mini_apps_frame(hall: Hall) -> None:
    page = hall.page
    titles = [stall.title for stall in hall.stalls]
    listed = "SELECT count(*) = $2 FROM games WHERE title = ANY($1::text[]) AND listed"
    await hall.until("every catalogue", listed, [*titles, "Lucky Orchard"], len(titles) + 1)

    opened = await page.goto(f"{hall.house.url}/app/")
    assert opened is not None
    policy = opened.headers["content-security-policy"]
    for stall in hall.stalls:
        assert re.search(rf"frame-src [^;]*{re.escape(stall.origin)}[ ;]", policy), policy
    await page.get_by_test_id("demo").click()
    for tick in ("adult", "terms"):
        await page.locator("label").filter(has=page.get_by_test_id(tick)).click()
    await page.get_by_test_id("enter").click()
    await page.get_by_role("link", name="Search games and studios").click()

    balance = WELCOME
    for stall in hall.stalls:
        balance = await play(hall, stall, balance)
    await spin_in_the_sandbox(hall, balance)

    assert hall.complaints == []
    assert await hall.second.fetchval(
        "SELECT count(*) = $1 AND bool_and(ended_at IS NOT NULL) FROM game_sessions",
        len(hall.stalls) + 1,
    )


async def play(hall: Hall, stall: Stall, before: Decimal) -> Decimal:
    """Open one vendor's game, have it take a stake and pay a win, and leave."""
    page, vendor = hall.page, stall.vendor
    await hall.find(stall.title)
    shown = page.frame_locator("iframe").get_by_text(stall.says)
    await expect(shown).to_be_visible()
    assert (await hall.framed()).startswith(f"{stall.origin}/")
    await hall.bar_shows(before)

    session, player, game = await hall.launched(stall.title)
    if isinstance(vendor, NamesPlayers):
        player = vendor.player_of(session)
    stake, where = fresh(), {"round_": fresh(), "session": session, "game": game}
    took = await vendor.stake(player, STAKED, key=stake, **where)
    assert took.outcome == "ok", took
    await hall.bar_shows(before - cents(STAKED))
    paid = await vendor.win(player, WON, key=fresh(), stake_key=stake, ends=True, **where)
    assert paid.outcome == "ok", paid
    after = before - cents(STAKED) + cents(WON)
    await hall.bar_shows(after)
    assert await hall.stored() == after
    await photograph(page, f"launch-{stall.account}")

    await hall.leave()
    ended = "SELECT ended_at IS NOT NULL FROM game_sessions WHERE ref = $1"
    await hall.until(f"{stall.title} ended", ended, session)
    late = await vendor.stake(player, STAKED, key=fresh(), **where)
    assert late.outcome != "ok", late
    assert await hall.stored() == after
    return after


async def spin_in_the_sandbox(hall: Hall, before: Decimal) -> None:
    """The house's own aggregator places stakes from its page, so its page is played."""
    page = hall.page
    await hall.find("Lucky Orchard")
    spin = page.frame_locator("iframe").get_by_role("button", name="Spin", exact=True)
    await expect(spin).to_be_enabled()
    assert (await hall.framed()).startswith(f"http://127.0.0.1:{hall.house.sandbox_port}/")
    await hall.bar_shows(before)
    session = (await hall.launched("Lucky Orchard")).session
    await spin.click()
    settled = (
        "SELECT count(*) = 2 FROM transfers t JOIN games g ON g.id = t.game_id"
        " WHERE g.provider_id = 'sandbox'"
    )
    await hall.until("a stake and its win", settled)
    after = await hall.stored()
    await hall.bar_shows(after)
    await photograph(page, "launch-sandbox")
    await hall.leave()
    ended = "SELECT ended_at IS NOT NULL FROM game_sessions WHERE ref = $1"
    await hall.until("the sandbox's session ended", ended, session)


def cents(units: int) -> Decimal:
    return Decimal(units).scaleb(-2)
