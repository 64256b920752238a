"""The whole house at once, through the outside only.

A Telegram double and a chain peer speak real HTTP to an unmodified casino process; the Mini App
runs in a real browser; the process is killed in the middle and started again.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from tests.browser import chromium, mini_app_url, phone, photograph, require_browser
from tests.e2e.running import RunningHouse
from tests.peers.telegram.client import ChatUser, TelegramControl
from tests.peers.telegram.init_data import init_data
from tests.peers.telegram.server import TelegramDouble
from tests.peers.ton.chain import Chain, global_config
from tests.peers.ton.server import app as chain_app

TOKEN = "4242:token-of-a-bot-that-is-not"
ADA_ID = 777
ADA = {"first_name": "Ada", "username": "ada", "language_code": "en"}
STAFF_ID = 99
WAIT_S = 20.0


@dataclass
class World:
    """Everything around the house."""

    house: RunningHouse
    chain: Chain
    ada: ChatUser
    staff: ChatUser

    def signed(self, **more: str) -> str:
        """Open the app now: Telegram signs init data anew each time."""
        now = int(time.time())  # noqa: TID251 - the foreign side has its own clock
        return init_data({"id": ADA_ID, **ADA}, TOKEN, now, **more)

    async def token(self) -> str:
        """Sign in beside the browser, to look from a second place."""
        body = {"init_data": self.signed(query_id="second-look")}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.house.url}/api/v1/auth/telegram", json=body) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["access_token"])

    async def balances(self) -> dict[str, Decimal]:
        """What the API says."""
        accounts = (await self.house.ask("GET", "/wallet", await self.token()))["accounts"]
        return {a["currency"]: Decimal(a["available"]) for a in accounts}

    async def chat_balances(self) -> dict[str, Decimal]:
        """What the chat says."""
        before = len(await self.ada.messages())
        await self.ada.say("/balance")
        for _ in range(200):
            said = [m["text"] for m in (await self.ada.messages())[before:] if m["from_bot"]]
            if said:
                found = re.findall(r"([\d,\u00a0 .]*\d)\s*(FUN|TON|USDT)\b", said[-1])
                return {code: Decimal(re.sub(r"[^\d.]", "", text)) for text, code in found}
            await asyncio.sleep(0.05)
        raise AssertionError("the chat said no balance")


@pytest.fixture
async def world(house_dir: Path) -> AsyncIterator[World]:
    require_browser()
    chain = Chain()
    async with (
        TestServer(chain_app(chain)) as chain_server,
        TelegramDouble(token=TOKEN) as telegram,
        TelegramControl(telegram.url) as control,
    ):
        config = house_dir / "ton.json"
        config.write_text(json.dumps(global_config()))
        house = RunningHouse(
            house_dir,
            str(chain_server.make_url("/")).rstrip("/"),
            {
                "BOT_TOKEN": TOKEN,
                "BOT_API_URL": telegram.url,
                "BOT_ADMINS": str(STAFF_ID),
                "TON_CONFIG": str(config),
                "TON_WALLET_SEED": "07" * 32,
            },
        )
        await house.start()
        ada = control.user(ADA_ID, **ADA)
        staff = control.user(STAFF_ID, first_name="Grace", language_code="en")
        try:
            yield World(house, chain, ada, staff)
        finally:
            assert await house.stop() == 0


async def meet(who: ChatUser) -> None:
    await who.say("/start r_friend")
    await who.wait_for("confirm your age")
    await who.tap("I am 18 or older")
    await who.wait_for("The terms")
    await who.tap("I accept the terms")
    await who.wait_for("Good to see you")


async def until(what: str, seen: Any, expected: Any) -> None:
    """Wait until an awaited look sees what is expected."""
    last = None
    for _ in range(int(WAIT_S / 0.2)):
        last = await seen()
        if last == expected:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{what}: {last} instead of {expected}")


async def shown_balance(page: Page) -> Decimal:
    text = await page.get_by_role(
        "button", name=re.compile("balance", re.IGNORECASE)
    ).first.inner_text()
    return Decimal(re.sub(r"[^\d.]", "", text.split("\n")[0]))


@pytest.mark.timeout(300)
async def test_chat_app_chain_and_games_share_one_wallet_that_survives_a_kill(
    world: World,
) -> None:
    house, ada = world.house, world.ada
    await meet(ada)

    async with chromium() as browser:
        context = await phone(browser)
        page = await context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        await page.goto(mini_app_url(house.url, world.signed()))
        await expect(page.get_by_role("link", name="Dice").first).to_be_visible()
        assert await shown_balance(page) == 1_000
        await photograph(page, "lobby")

        # A TON deposit by memo: the app shows where, the chain brings it, everybody hears of it.
        await page.get_by_role("button", name="Deposit").first.click()
        sheet = page.get_by_role("dialog")
        await sheet.get_by_role("button", name="TON").click()
        await photograph(page, "wallet")
        memo = await sheet.get_by_role("button", name=re.compile("Copy: Memo")).inner_text()
        address = await sheet.get_by_role("button", name=re.compile("Copy: TON")).inner_text()
        world.chain.deposit(
            address.split("\n")[-1].strip(),
            memo=memo.split("\n")[-1].strip(),
            nanotons=2_500_000_000,
        )
        await expect(sheet.get_by_text("Credited to your balance")).to_be_visible(timeout=20_000)
        await ada.wait_for("2.5 TON arrived")
        await sheet.get_by_role("button", name="Close").click()

        # House dice, in the app.
        await page.get_by_role("link", name="Dice").first.click()
        for n in range(3):
            await page.get_by_role("button", name="Roll", exact=True).click()
            await until("rounds", lambda: rounds(world), n + 1)
        await photograph(page, "dice")
        await page.go_back()

        # A provider's slot, in its frame, over signed callbacks.
        await page.get_by_role("link", name=re.compile("Lucky Orchard")).first.click()
        frame = page.frame_locator("iframe")
        await frame.get_by_role("button", name="Spin", exact=True).click()
        await until("slot bets", lambda: bets_at(world, "Lucky Orchard"), 1)
        await photograph(page, "slot")
        await page.get_by_role("button", name="Leave the game").first.click()
        await expect(page.get_by_role("link", name="Dice").first).to_be_visible()

        await everybody_agrees(world, page)
        assert (await world.balances())["TON"] == Decimal("2.5")
        assert broken == []

    # The power goes; meanwhile more money arrives.
    before = await world.balances()
    target = await house.ask(
        "POST", "/deposit/target", await world.token(), json={"rail": "ton", "currency": "TON"}
    )
    await house.kill()
    world.chain.deposit(target["address"], memo=target["memo"], nanotons=1_000_000_000)
    await house.start()
    await ada.wait_for("1 TON arrived")
    after = await world.balances()
    assert after == {**before, "TON": before["TON"] + 1}
    assert await world.chat_balances() == after
    await book_balances(world)
    for secret in (TOKEN, "07" * 32, "tgWebAppData", "auth_date", target["memo"]):
        assert secret not in house.log


async def rounds(world: World) -> int:
    found = await world.house.ask("GET", "/house/rounds?limit=100", await world.token())
    return len(found["rounds"])


async def bets_at(world: World, title: str) -> int:
    history = await world.house.ask("GET", "/wallet/history?limit=100", await world.token())
    return sum(
        i["kind"] == "bet" and (i["game"] or {}).get("title") == title for i in history["items"]
    )


async def everybody_agrees(world: World, page: Page) -> None:
    """Chat, Mini App, API and statement name the same balances, and the book is proven."""

    async def looks() -> bool:
        api = await world.balances()
        return api["FUN"] == await shown_balance(page) and api == await world.chat_balances()

    await until("agreement", looks, True)
    history = await world.house.ask("GET", "/wallet/history?limit=100", await world.token())
    newest: dict[str, str] = {}
    for item in history["items"]:
        newest.setdefault(item["currency"], item["balance_after"])
    api = await world.balances()
    assert {c: Decimal(b) for c, b in newest.items()} == {c: api[c] for c in newest}
    await book_balances(world)


async def book_balances(world: World) -> None:
    """Staff prove the book from the chat."""
    await meet_once(world.staff)
    await world.staff.say("/admin")

    async def newest() -> str:
        return str((await world.staff.messages())[-1]["text"])

    async def panel() -> bool:
        return (await newest()).startswith("Staff")

    async def proven() -> bool:
        return "The book balances" in await newest()

    await until("the staff's panel", panel, True)
    await world.staff.tap("Audit the book")
    await until("a proven book", proven, True)


async def meet_once(who: ChatUser) -> None:
    if not await who.messages():
        await meet(who)
