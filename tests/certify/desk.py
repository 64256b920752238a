"""Where a certification sits: it sends calls over a wire that keeps them."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from tests.providers.contract.vendors import Said, Vendor
from tests.providers.contract.wire import Passed, Wire
from tests.providers.contract.world import Guest

SHOWN_MAX = 160


class House(Protocol):
    """What can be changed in a house that the certification itself started."""

    async def guest(self) -> Guest:
        """Have a new player with 100.00 EUR open a game."""

    async def end_session(self, guest: Guest) -> None:
        """End the player's game session."""

    async def freeze(self, guest: Guest) -> None:
        """Freeze the player."""

    async def switch_games_off(self) -> None:
        """Switch every game off."""

    async def balances(self) -> str:
        """Say whether the book balances."""


@dataclass(frozen=True)
class Seen:
    """One call of a check: what it was, and what came back."""

    what: str
    sent: str
    said: Said | None

    @property
    def text(self) -> str:
        """What came back, in a line."""
        if self.said is None:
            return "no answer that the protocol knows"
        money = "" if self.said.balance is None else f", balance {euros(self.said.balance)}"
        return f"HTTP {self.said.status} {self.said.outcome}{money}"


@dataclass
class Result:
    """What became of one check."""

    number: int
    title: str
    expected: str
    verdict: str  # PASS, FAIL or SKIP
    seen: list[Seen] = field(default_factory=list)
    remark: str = ""


class Failed(Exception):
    """A check saw something else than it expects; ``args`` says what."""


class NotHere(Exception):
    """A check cannot be made here; ``args`` says why."""


@dataclass
class Desk:
    """What a check works with."""

    vendor: Vendor
    wire: Wire
    guest: Guest
    house: House | None
    same: dict[str, str]
    cannot: dict[str, str]
    late_accepted: bool
    seen: list[Seen] = field(default_factory=list)

    def own_house(self) -> House:
        """Return the house where it is ours to change."""
        if self.house is None:
            raise NotHere("needs a house of the certification's own")
        return self.house

    async def call(self, what: str, sending: Awaitable[Said]) -> Said:
        """Send something and write it down."""
        passed = len(self.wire.passed)
        try:
            said: Said | None = await sending
        except (ValueError, KeyError, AssertionError):
            said = None
        new: list[Passed] = self.wire.passed[passed:]
        sent = f"{new[-1].method} {new[-1].path} ({len(new[-1].request)} bytes)" if new else ""
        self.seen.append(Seen(what, sent, said))
        if said is None:
            raise Failed("the answer could not be read")
        return said

    def insist(self, said: Said, *outcomes: str) -> None:
        """Expect one of these outcomes, as far as the wire can tell them apart."""
        expected = {self.same.get(o, o) for o in outcomes}
        if self.same.get(said.outcome, said.outcome) not in expected:
            raise Failed(f"{said.outcome!r} came, {' or '.join(outcomes)} was expected")

    def refused(self, said: Said, *outcomes: str) -> None:
        """Expect a refusal."""
        if said.outcome == "ok":
            raise Failed("it was accepted")
        self.insist(said, *outcomes)

    async def balance_is(self, units: int) -> None:
        """Expect the vendor to be told this balance."""
        said = await self.call("balance", self.guest.balance())
        if said.balance is None or said.balance not in {units, max(0, units)}:
            told = "none" if said.balance is None else euros(said.balance)
            raise Failed(f"the balance is {told}, {euros(units)} was expected")

    async def balance(self) -> int:
        """Ask for the balance before a check."""
        said = await self.call("balance", self.guest.balance())
        if said.balance is None:
            raise Failed("no balance")
        return said.balance


def euros(units: int) -> str:
    """Write an amount."""
    sign = "-" if units < 0 else ""
    return f"{sign}{abs(units) // 100}.{abs(units) % 100:02d}"
