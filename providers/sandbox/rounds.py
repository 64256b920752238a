"""One spin: the outcome, its callbacks as the table's mode wants them, and the result."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import assert_never

import structlog

from casino.clock import Clock
from casino.nursery import Nursery
from providers.sandbox.casino_link import Accepted, Answer, CasinoLink, NoAnswer, Rejected
from providers.sandbox.forms import Fields
from providers.sandbox.slots import Spin, spin
from providers.sandbox.tables import DEMO_BALANCE, Mode, Table

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """A decided spin. Its three ids are the keys of its callbacks."""

    table: Table
    spin: Spin
    stake: Decimal
    id: str
    bet_id: str
    win_id: str

    @classmethod
    def draw(cls, table: Table, stake: Decimal) -> Round:
        """Decide a spin; nobody has paid for it yet."""
        ids = (secrets.token_hex(16) for _ in range(3))
        return cls(table, spin(table.slot, secrets.randbelow), stake, *ids)

    @property
    def line_stake(self) -> Decimal:
        """What a pay of one is worth; exact, by the choice of the stakes."""
        return self.stake / len(self.table.slot.lines)

    @property
    def win(self) -> Decimal:
        """All wins together."""
        return self.line_stake * self.spin.pay

    def fields(self, action: str, transaction_id: str) -> dict[str, str]:
        """Return what every callback of the round says."""
        table = self.table
        return {
            "action": action,
            "currency": table.currency,
            "game_uuid": table.slot.uuid,
            "player_id": table.player_id or "",
            "session_id": table.session_id or "",
            "transaction_id": transaction_id,
            "round_id": self.id,
        }

    def bet(self) -> Fields:
        """Take the stake."""
        return self.fields("bet", self.bet_id) | {"amount": text(self.stake), "type": "bet"}

    def pay(self) -> Fields:
        """Pay the win, nothing included, and end the round."""
        more = {"amount": text(self.win), "type": "win", "finished": "1"}
        return self.fields("win", self.win_id) | more

    def refund(self) -> Fields:
        """Return the stake."""
        more = {"amount": text(self.stake), "bet_transaction_id": self.bet_id, "finished": "1"}
        return self.fields("refund", secrets.token_hex(16)) | more

    def rollback(self, action: str, transaction_id: str, amount: Decimal) -> Fields:
        """Undo one callback of the round."""
        item = {
            "action": action,
            "amount": text(amount),
            "transaction_id": transaction_id,
            "type": action,
        }
        fields = self.fields("rollback", secrets.token_hex(16))
        return {
            **fields,
            "type": "rollback",
            "provider_round_id": self.id,
            "rollback_transactions": [item],
        }

    def result(self, state: str) -> dict[str, object]:
        """Return what the page shows; a round without a spin shows no reels."""
        shown: dict[str, object] = {"state": state, "round": self.id, "stake": text(self.stake)}
        if state in {"settled", "settling"}:
            shown |= {
                "stops": list(self.spin.stops),
                "win": text(self.win),
                "wins": [
                    {
                        "line": won.line,
                        "symbol": won.symbol,
                        "count": won.count,
                        "amount": text(self.line_stake * won.pay),
                    }
                    for won in self.spin.wins
                ],
            }
        self.table.last = shown
        return shown


class Dealer:
    """Plays rounds at tables, well or badly, and never leaves a callback undone."""

    def __init__(
        self, link: CasinoLink, nursery: Nursery, clock: Clock, *, delay_s: float
    ) -> None:
        """``nursery`` runs what is repeated until the casino accepts it."""
        self._link = link
        self._nursery = nursery
        self._clock = clock
        self._delay_s = delay_s

    async def balance(self, table: Table) -> None:
        """Ask the casino what the player has."""
        if table.demo:
            return
        fields = {
            "action": "balance",
            "currency": table.currency,
            "player_id": table.player_id or "",
            "session_id": table.session_id or "",
        }
        await self._send(table, fields)

    async def play(self, table: Table, stake: Decimal) -> dict[str, object]:
        """Play one round and return what the page shows."""
        drawn = Round.draw(table, stake)
        if table.demo:
            return self._play_demo(drawn)
        match table.mode:
            case Mode.NONE | Mode.DELAY:
                playing = self._play(drawn)
            case Mode.DUPLICATE:
                playing = self._play_twice(drawn)
            case Mode.REORDER:
                playing = self._play_backwards(drawn)
            case Mode.ROLLBACK_FIRST:
                playing = self._play_undone(drawn, drawn.rollback("bet", drawn.bet_id, stake))
            case Mode.REFUND_FIRST:
                playing = self._play_undone(drawn, drawn.refund())
            case Mode.BAD_SIGNATURE:
                playing = self._play_forged(drawn)
            case _:
                assert_never(table.mode)
        return await playing

    def _play_demo(self, drawn: Round) -> dict[str, object]:
        table = drawn.table
        have = table.balance or Decimal(0)
        if have < drawn.stake:
            table.balance = DEMO_BALANCE
            return drawn.result("refilled")
        table.balance = have - drawn.stake + drawn.win
        return drawn.result("settled")

    async def _play(self, drawn: Round) -> dict[str, object]:
        refusal = self._bet_failed(drawn, await self._send(drawn.table, drawn.bet()))
        if refusal is not None:
            return refusal
        if drawn.table.mode is Mode.DELAY:
            self._later(drawn.table, drawn.pay(), delay_s=self._delay_s)
            return drawn.result("settling")
        return await self._pay(drawn)

    async def _play_twice(self, drawn: Round) -> dict[str, object]:
        table, bet = drawn.table, drawn.bet()
        answers = await asyncio.gather(self._send(table, bet), self._send(table, bet))
        accepted = [answer for answer in answers if isinstance(answer, Accepted)]
        refusal = self._bet_failed(drawn, accepted[0] if accepted else answers[0])
        if refusal is not None:
            return refusal
        await self._send(table, bet)
        await self._send(table, drawn.pay())
        return await self._pay(drawn)

    async def _play_backwards(self, drawn: Round) -> dict[str, object]:
        table = drawn.table
        if not isinstance(await self._send(table, drawn.pay()), Accepted):
            self._later(table, drawn.rollback("win", drawn.win_id, drawn.win))
            return drawn.result("void")
        refusal = self._bet_failed(drawn, await self._send(table, drawn.bet()))
        if refusal is not None:
            self._later(table, drawn.rollback("win", drawn.win_id, drawn.win))
            return refusal
        return drawn.result("settled")

    async def _play_undone(self, drawn: Round, undo: Fields) -> dict[str, object]:
        table = drawn.table
        if not isinstance(await self._send(table, undo), Accepted):
            self._later(table, undo, sent=1)
            return drawn.result("void")
        refusal = self._bet_failed(drawn, await self._send(table, drawn.bet()))
        return refusal or drawn.result("void")

    async def _play_forged(self, drawn: Round) -> dict[str, object]:
        answer = await self._send(drawn.table, drawn.bet(), forged=True)
        return self._bet_failed(drawn, answer) or drawn.result("void")

    def _bet_failed(self, drawn: Round, answer: Answer) -> dict[str, object] | None:
        match answer:
            case Accepted():
                return None
            case Rejected(code="INSUFFICIENT_FUNDS"):
                return drawn.result("no_money")
            case Rejected():
                return drawn.result("refused")
            case NoAnswer():
                # Nobody knows whether the stake was taken: it is returned either way.
                self._later(drawn.table, drawn.refund())
                return drawn.result("void")

    async def _pay(self, drawn: Round) -> dict[str, object]:
        fields = drawn.pay()
        if isinstance(await self._send(drawn.table, fields), Accepted):
            return drawn.result("settled")
        self._later(drawn.table, fields, sent=1)
        return drawn.result("settling")

    def _later(self, table: Table, fields: Fields, *, sent: int = 0, delay_s: float = 0) -> None:
        table.unsettled += 1
        work = self._insist(table, fields, sent, delay_s)
        self._nursery.start(work, name=f"sandbox {fields['action']}")

    async def _insist(self, table: Table, fields: Fields, sent: int, delay_s: float) -> None:
        try:
            await asyncio.sleep(delay_s)
            answer = await self._link.insist(fields, partial(self._note, table), sent=sent)
            if not isinstance(answer, Accepted):
                log.error(
                    "sandbox: callback given up",
                    action=fields["action"],
                    transaction=fields["transaction_id"],
                    answer=str(answer),
                )
        finally:
            table.unsettled -= 1

    async def _send(self, table: Table, fields: Fields, *, forged: bool = False) -> Answer:
        return await self._link.send(fields, partial(self._note, table), forged=forged)

    def _note(self, table: Table, fields: Fields, answer: Answer) -> None:
        if isinstance(answer, Accepted):
            table.balance = answer.balance
        if fields["action"] == "balance":
            return  # asked every few seconds: it would push everything else out
        retry = fields.get("casino_request_retry_count")
        line = {
            "at": self._clock.now().strftime("%H:%M:%S"),
            "action": f"{fields['action']} (retry {retry})" if retry else str(fields["action"]),
            "amount": str(fields.get("amount", "")),
            "answer": _said(answer),
        }
        table.journal.append(line)


def _said(answer: Answer) -> str:
    match answer:
        case Accepted(_, transaction_id):
            return f"ok {transaction_id or ''}".strip()
        case Rejected(code):
            return code
        case NoAnswer(why):
            return f"no answer ({why})"


def text(amount: Decimal) -> str:
    """Write an amount as a plain decimal."""
    return format(amount.normalize() + 0, "f")
