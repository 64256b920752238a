"""A real browser: Debian's Chromium, with Telegram's side of a Mini App played around the page."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
# A phone says that it is one: games are offered, and opened, by the kind of device.
AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)
THEME = {
    "bg_color": "#17212b",
    "secondary_bg_color": "#232e3c",
    "section_bg_color": "#17212b",
    "text_color": "#f5f5f5",
    "hint_color": "#708499",
    "link_color": "#6ab3f3",
    "button_color": "#5288c1",
    "button_text_color": "#ffffff",
}

# What a Telegram client answers when the app asks; without answers the app would wait for ever.
TELEGRAM_CLIENT = """
window.__sent = [];
const answer = (event, data) => setTimeout(() => {
  const receive = window.TelegramGameProxy?.receiveEvent ?? window.Telegram?.WebView?.receiveEvent;
  receive?.(event, data);
}, 0);
window.TelegramWebviewProxy = { postEvent(event, text) {
  window.__sent.push(event);
  const none = { top: 0, bottom: 0, left: 0, right: 0 };
  if (event === 'web_app_request_viewport')
    answer('viewport_changed', { width: innerWidth, height: innerHeight, is_expanded: true,
      is_state_stable: true });
  if (event === 'web_app_request_safe_area') answer('safe_area_changed', none);
  if (event === 'web_app_request_content_safe_area') answer('content_safe_area_changed', none);
  if (event === 'web_app_request_theme') answer('theme_changed', { theme_params: THEME });
} };
"""


def require_browser() -> str:
    """Return the browser's path; where there is none the test is skipped, or fails in CI."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine (on Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the browser."""
    path = require_browser()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def phone(browser: Browser) -> BrowserContext:
    """Open a phone-sized window with Telegram's client around it."""
    context = await browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        user_agent=AGENT,
        locale="en-GB",
    )
    script = TELEGRAM_CLIENT.replace("THEME", json.dumps(THEME))
    await context.add_init_script(script)
    return context


def mini_app_url(base: str, signed: str, path: str = "/app/") -> str:
    """Return the address that Telegram opens, init data and theme in its fragment."""
    fragment = {
        "tgWebAppData": signed,
        "tgWebAppVersion": "9.1",
        "tgWebAppPlatform": "android",
        "tgWebAppThemeParams": json.dumps(THEME),
    }
    return f"{base}{path}#" + "&".join(f"{k}={quote(v, safe='')}" for k, v in fragment.items())


async def photograph(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where ``SCREENSHOTS`` names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.wait_for_timeout(2_000)  # animations end
        await page.screenshot(path=f"{folder}/{name}.png")


__all__ = ["Page", "chromium", "mini_app_url", "phone", "photograph", "require_browser"]
