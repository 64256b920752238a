"""The sandbox in a vendor's place: its aggregator serves games, its link sends the callbacks.

It speaks Slotegrator's protocol, so what is sent is said as that vendor says it; how it is signed,
sent and read is the sandbox's own code.
"""

from __future__ import annotations

from aiohttp.test_utils import TestServer

from casino.clock import SystemClock
from providers.sandbox.app import create_aggregator
from providers.sandbox.casino_link import Accepted, Answer, CasinoLink, NoAnswer, Rejected
from providers.sandbox.forms import Fields
from providers.sandbox.settings import SandboxSettings
from tests.peers.slotegrator import vendor as slotegrator
from tests.peers.slotegrator.caller import MERCHANT_KEY
from tests.peers.slotegrator.vendor import FUNDS, Said


class Vendor(slotegrator.Vendor):
    """Our own aggregator. Its wire knows our currencies: what it calls FUN are euros here."""

    family = "sandbox"
    currency = "FUN"

    def __init__(self) -> None:
        super().__init__()
        self._settings = SandboxSettings(
            _env_file=None, callback_url="http://127.0.0.1:1", merchant_key=MERCHANT_KEY
        )
        self._server: TestServer | None = None
        self._link: CasinoLink | None = None

    async def start(self) -> None:
        # It opens nobody's connection by itself: only its link knows where the casino is.
        self._settings = self._settings.model_copy(update={"callback_url": self.callback_url})
        self._link = CasinoLink(self._settings, SystemClock())
        self._server = TestServer(create_aggregator(self._settings, SystemClock()))
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")

    async def stop(self) -> None:
        if self._link is not None:
            await self._link.close()
        if self._server is not None:
            await self._server.close()

    def settings(self) -> dict[str, object]:
        return {
            "title": "Sandbox Studio",
            "url": self.url,
            "merchant_id": self._settings.merchant_id,
            "merchant_key": self._settings.merchant_key.get_secret_value(),
            "currencies": {self.currency: "EUR"},
            "frame_origins": (self.url,),
            "games_calls_per_second": 50,
            "balance_places_max": 9,
        }

    async def _send(self, fields: Fields, key: str = MERCHANT_KEY) -> Said:
        assert self._link is not None
        return _said(await self._link.send(fields, _unnoted, forged=key != MERCHANT_KEY))


def _unnoted(_fields: Fields, _answer: Answer) -> None:
    """No table has a journal here."""


def _said(answer: Answer) -> Said:
    match answer:
        case Accepted(balance, transaction_id):
            units = balance * 100
            assert units == int(units), answer
            return Said(200, b"", "ok", int(units), transaction_id)
        case Rejected(code):
            return Said(200, b"", "insufficient_funds" if code == FUNDS else "failure")
        case NoAnswer(why):
            return Said(0, why.encode(), "no_answer")
