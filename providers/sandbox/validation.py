"""Self-validation: what the aggregator asks of a casino before it lets it go live.

The protocol's text names no list of steps; these are what its rules demand. Everything that the
run takes is given back by its end, so that a passed run leaves the player's balance as it was.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from providers.sandbox.casino_link import Accepted, Answer, CasinoLink, Rejected
from providers.sandbox.forms import Fields
from providers.sandbox.rounds import text
from providers.sandbox.tables import Table

Line: TypeAlias = dict[str, object]


class Failed(Exception):
    """The casino did not answer as the protocol wants; what follows would prove nothing."""


@dataclass
class Validation:
    """One run against the casino behind ``table``."""

    link: CasinoLink
    table: Table
    log: list[Line] = field(default_factory=list)
    round_id: str = field(default_factory=lambda: secrets.token_hex(16))

    async def run(self) -> bool:
        """Say whether every step passed; ``log`` tells each."""
        stake = self.table.stakes[0]
        win = stake * 3
        try:
            start = (await self._accepted("balance", self._balance())).balance
            await self._stakes(start, stake)
            await self._wins(start, stake, win)
            await self._refunds(start, stake)
            await self._rollbacks(start, stake, win)
            forged = await self.link.send(self._balance(), _quiet, forged=True)
            self._check("balance with a wrong signature", _is(forged, "INTERNAL_ERROR"), forged)
        except Failed:
            return False
        return True

    async def _stakes(self, start: Decimal, stake: Decimal) -> None:
        bet = self._move("bet", stake, type="bet")
        first = await self._accepted("bet", bet, start - stake)
        again = await self._accepted("bet, repeated", bet, start - stake)
        same = first.transaction_id == again.transaction_id and bool(first.transaction_id)
        self._check("bet, repeated: the same id", same, again)
        too_much = await self.link.send(self._move("bet", start + stake, type="bet"), _quiet)
        self._check("bet above the balance", _is(too_much, "INSUFFICIENT_FUNDS"), too_much)
        refund = self._move("refund", stake, bet_transaction_id=str(bet["transaction_id"]))
        await self._accepted("refund", refund, start)
        await self._accepted("refund, repeated", refund, start)
        other = self._move("refund", stake, bet_transaction_id=str(bet["transaction_id"]))
        await self._accepted("a second refund of the same bet", other, start)

    async def _wins(self, start: Decimal, stake: Decimal, win: Decimal) -> None:
        bet = self._move("bet", stake, type="bet")
        await self._accepted("another bet", bet, start - stake)
        paid = self._move("win", win, type="win")
        first = await self._accepted("win", paid, start - stake + win)
        again = await self._accepted("win, repeated", paid, start - stake + win)
        self._check("win, repeated: the same id", first == again, again)
        await self._accepted("win of nothing", self._move("win", Decimal(0), type="win"))
        undo = self._rollback(("win", paid), ("bet", bet))
        await self._accepted("rollback of the win and its bet", undo, start)

    async def _refunds(self, start: Decimal, stake: Decimal) -> None:
        late = self._move("bet", stake, type="bet")
        refund = self._move("refund", stake, bet_transaction_id=str(late["transaction_id"]))
        await self._accepted("refund of an unknown bet", refund, start)
        await self._accepted("the late bet debits nothing", late, start)

    async def _rollbacks(self, start: Decimal, stake: Decimal, win: Decimal) -> None:
        bet = self._move("bet", stake, type="bet")
        await self._accepted("a bet to roll back", bet, start - stake)
        unknown = self._move("win", win, type="win")
        undo = self._rollback(("bet", bet), ("win", unknown))
        done = await self._accepted("rollback of a known bet and an unknown win", undo, start)
        listed = {str(bet["transaction_id"]), str(unknown["transaction_id"])}
        self._check("rollback lists both", set(done.rolled_back) == listed, done)
        await self._accepted("rollback, repeated", undo, start)
        await self._accepted("the late win credits nothing", unknown, start)

    async def _accepted(
        self, step: str, fields: Fields, balance: Decimal | None = None
    ) -> Accepted:
        answer = await self.link.send(fields, _quiet)
        right = isinstance(answer, Accepted) and balance in (None, answer.balance)
        self._check(step, right, answer)
        if not isinstance(answer, Accepted):
            raise Failed
        return answer

    def _check(self, step: str, passed: bool, answer: Answer) -> None:  # noqa: FBT001
        self.log.append({"step": step, "success": passed, "answer": str(answer)})
        if not passed:
            raise Failed

    def _balance(self) -> Fields:
        return {"action": "balance", **self._player()}

    def _move(self, action: str, amount: Decimal, **more: str) -> dict[str, str]:
        return {
            "action": action,
            "amount": text(amount),
            "game_uuid": self.table.slot.uuid,
            "round_id": self.round_id,
            "transaction_id": secrets.token_hex(16),
            **self._player(),
            **more,
        }

    def _rollback(self, *undone: tuple[str, dict[str, str]]) -> Fields:
        items = [
            {
                "action": action,
                "amount": fields["amount"],
                "transaction_id": fields["transaction_id"],
                "type": action,
            }
            for action, fields in undone
        ]
        return {
            "action": "rollback",
            "type": "rollback",
            "game_uuid": self.table.slot.uuid,
            "round_id": self.round_id,
            "provider_round_id": self.round_id,
            "transaction_id": secrets.token_hex(16),
            "rollback_transactions": items,
            **self._player(),
        }

    def _player(self) -> dict[str, str]:
        return {
            "currency": self.table.currency,
            "player_id": self.table.player_id or "",
            "session_id": self.table.session_id or "",
        }


def _is(answer: Answer, code: str) -> bool:
    return answer == Rejected(code)


def _quiet(_fields: Fields, _answer: Answer) -> None:
    """Keep out of the table's journal: that is for its spins, and the run has its own log."""
