"""The slot's page in a real browser, framed by the casino as the Mini App frames it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import BrowserContext, FrameLocator, Page, expect

from casino.money import FUN
from casino.play import Play
from casino.players import Player
from casino.wallet import Batch, Kind, Op, Wallet
from providers.slotegrator.provider import SlotegratorProvider
from tests.browser import chromium, phone
from tests.providers.sandbox.conftest import Line, Seat, sit, truth

BAR_PX = 40


@dataclass
class Screen:
    """The casino's page with the game in its frame."""

    page: Page
    game: FrameLocator
    seat: Seat
    complaints: list[str]

    async def spin(self) -> None:
        await self.game.locator("#spin").click()
        await expect(self.game.locator("#spin")).to_be_enabled(timeout=10_000)

    async def shown_balance(self) -> Decimal:
        text = await self.game.locator("#balance").inner_text()
        return Decimal(text.removesuffix("FUN").strip().replace(",", ""))


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with chromium() as browser:
        yield await phone(browser)


async def show(context: BrowserContext, seat: Seat, casino: TestServer) -> Screen:
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda message: _note(complaints, message.type, message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(str(casino.make_url("/frame").with_query(url=seat.launch.url)))
    game = page.frame_locator("#game")
    await expect(game.locator("#spin")).to_be_visible()
    return Screen(page, game, seat, complaints)


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        complaints.append(text)


@pytest.fixture
async def screen(context: BrowserContext, seat: Seat, casino_server: TestServer) -> Screen:
    return await show(context, seat, casino_server)


async def test_spins_in_the_frame_move_the_shared_wallet(
    screen: Screen, wallet: Wallet, player: Player, line: Line
) -> None:
    assert await screen.shown_balance() == 1000
    await screen.game.locator("#turbo").click()
    for _ in range(4):
        await screen.spin()
        assert await screen.shown_balance() == await truth(wallet, player)
    assert line.actions() == ["bet", "win"] * 4
    assert screen.complaints == []


async def test_money_won_elsewhere_appears(
    screen: Screen, wallet: Wallet, player: Player, play: Play
) -> None:
    await wallet.apply(Batch(player.id, FUN, "test", (Op(Kind.GRANT, "g", 5_000_000),)))
    await screen.game.locator("#settings").click()  # asks the casino anew
    await expect(screen.game.locator("#balance")).to_have_text("1,005.00 FUN")


async def test_the_reels_stop_where_the_server_said(screen: Screen) -> None:
    await screen.game.locator("#turbo").click()
    await screen.spin()
    state, game = await screen.seat.get("state"), await screen.seat.get("game")
    shown = [
        [await image.get_attribute("src") for image in await reel.locator("img").all()]
        for reel in await screen.game.locator(".reel").all()
    ]
    stops = state["last"]["stops"]
    assert shown == [
        [
            f"/static/symbols/{game['names'][strip[(stop + row) % len(strip)]]}.svg"
            for row in range(3)
        ]
        for strip, stop in zip(game["reels"], stops, strict=True)
    ]


async def test_leaving_takes_only_the_frame_to_the_exit_page(
    screen: Screen, casino_server: TestServer
) -> None:
    before = screen.page.url
    await screen.game.locator("#exit").click()
    await expect(screen.game.locator("#left")).to_be_visible()
    frame = screen.page.frames[1]
    assert frame.url.startswith(str(casino_server.make_url("/app/exit.html?session=")))
    assert screen.page.url == before


async def test_the_stake_selector_changes_what_is_staked(screen: Screen, line: Line) -> None:
    game = screen.game
    await expect(game.locator("#stake")).to_have_text("1.00 FUN")
    await game.locator("#less").click()
    await expect(game.locator("#less")).to_be_disabled()
    await game.locator("#turbo").click()
    await screen.spin()
    assert [f["amount"] for f in line.arrived if f["action"] == "bet"] == ["0.5"]


async def test_the_paytable_tells_the_exact_return_and_that_it_is_a_simulator(
    screen: Screen,
) -> None:
    await screen.game.locator("#info").click()
    sheet = screen.game.locator("#info-sheet")
    await expect(sheet.locator(".rtp strong")).to_have_text("96.25 %")
    await expect(sheet).to_contain_text("77/80")
    await expect(sheet).to_contain_text("simulator")
    await expect(sheet.locator(".pay").first).to_contain_text("70.00")


async def test_mischief_is_chosen_in_the_settings(
    screen: Screen, wallet: Wallet, player: Player, line: Line
) -> None:
    await screen.game.locator("#turbo").click()
    await screen.game.locator("#settings").click()
    await screen.game.get_by_text("Rollback first").click()
    await screen.game.locator("#settings-sheet header button").click()
    await screen.spin()
    await expect(screen.game.locator("#message")).to_contain_text("Round cancelled")
    assert line.actions() == ["rollback", "bet"]
    assert await screen.shown_balance() == await truth(wallet, player) == 1000
    await screen.game.locator("#settings").click()
    await expect(screen.game.locator(".journal tr").first).to_contain_text("bet")


async def test_an_outage_is_told_and_the_next_spin_works(
    screen: Screen, wallet: Wallet, player: Player, line: Line
) -> None:
    await screen.game.locator("#turbo").click()
    line.lost = ["bet"]
    await screen.spin()
    await expect(screen.game.locator("#message")).to_contain_text("not lost")
    line.lost = ["win"]
    await screen.spin()
    assert await screen.seat.settled() == await truth(wallet, player)
    await expect(screen.game.locator("#spin")).to_be_enabled()


async def test_everything_fits_without_scrolling(
    context: BrowserContext,
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    http: aiohttp.ClientSession,
    aggregator_url: str,
    casino_server: TestServer,
) -> None:
    for title in ("Lucky Orchard", "Lagoon Pearls"):
        seat = await sit(play, player, http, aggregator_url, title=title)
        screen = await show(context, seat, casino_server)
        for width, height in ((390, 844), (360, 560), (320, 560), (1100, 740)):
            await screen.page.set_viewport_size({"width": width, "height": height})
            await screen.game.locator("body").evaluate("() => new Promise(requestAnimationFrame)")
            await check_layout(screen, width, height)


async def check_layout(screen: Screen, width: int, height: int) -> None:
    boxes = {
        name: await screen.game.locator(name).bounding_box()
        for name in ("#exit", "#title", ".machine", "#message", "#spin", "#more")
    }
    for name, box in boxes.items():
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] >= BAR_PX, name
        assert box["y"] + box["height"] <= height, name
    tops = [boxes[name]["y"] for name in ("#title", ".machine", "#message", "#spin")]  # type: ignore[index]
    assert tops == sorted(tops)
    symbols = [await s.bounding_box() for s in await screen.game.locator(".symbol img").all()]
    assert all(s and s["height"] <= s["width"] * 1.6 and s["height"] >= 24 for s in symbols)


async def test_a_demo_says_so_and_speaks_russian(
    context: BrowserContext,
    play: Play,
    player: Player,
    provider: SlotegratorProvider,
    http: aiohttp.ClientSession,
    aggregator_url: str,
    casino_server: TestServer,
) -> None:
    russian = replace(player, language="ru")
    seat = await sit(play, russian, http, aggregator_url, demo=True)
    screen = await show(context, seat, casino_server)
    await expect(screen.game.locator("#badge")).to_have_text("ДЕМО")
    await expect(screen.game.locator("#balance-label")).to_have_text("Баланс")
    await screen.game.locator("#turbo").click()
    await screen.spin()
    assert screen.complaints == []


async def test_a_game_that_is_gone_says_so(
    context: BrowserContext, seat: Seat, aggregator_url: str
) -> None:
    page = await context.new_page()
    await page.goto(f"{aggregator_url}/play/{'x' * 32}/")
    await expect(page.locator("h1")).to_have_text("This game was closed")
