"""The wallet's rules once more, from the paper and by dictionary: what ``decide`` is held to.

It knows no sequence numbers, no rows and no reading ahead; it shares only the vocabulary.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from casino.wallet import Batch, Op

STAKES = {"BET", "TIP", "BUY_IN", "PROMO_BET", "BONUS_BUY"}
GAME_WINS = {
    *("WIN", "FREE_SPIN_WIN", "JACKPOT", "PROMO_WIN", "TOURNAMENT_WIN", "PAYOUT"),
    "GAME_CORRECTION_UP",
}
LIMIT = 2**63 - 1

Answers = list[tuple[str, int]] | str  # (outcome, playable balance) an operation, or the refusal


class No(Exception):
    pass


@dataclass
class Pocket:
    cash: int = 0
    bonus: int = 0
    held: int = 0
    moves: int = 0
    frozen: bool = False

    @property
    def shown(self) -> int:
        return max(0, self.cash) + self.bonus


@dataclass
class Done:
    said: tuple[object, ...]
    kind: str
    currency: str
    cash: int
    bonus: int
    held: int
    shown: int


class Model:
    def __init__(
        self, off: frozenset[int] = frozenset(), dead: frozenset[int] = frozenset()
    ) -> None:
        self.pockets: dict[tuple[int, str], Pocket] = {}
        self.done: dict[tuple[int, str, str], Done] = {}
        self.ended: dict[tuple[int, str, str], str] = {}
        self.staked: dict[tuple[int, str, str, str], tuple[int, int]] = {}
        self.off, self.dead = off, dead

    def apply(self, b: Batch) -> Answers:
        if (b.player_id, b.currency.code) not in self.pockets:
            return "unknown_player"
        saved = copy.deepcopy((self.pockets, self.done, self.ended, self.staked))
        try:
            return [self._one(b, op, op.kind.name) for op in b.ops]
        except No as no:
            self.pockets, self.done, self.ended, self.staked = saved
            return str(no)

    def _one(self, b: Batch, op: Op, kind: str) -> tuple[str, int]:
        pocket = self.pockets[b.player_id, b.currency.code]
        said = (kind, b.currency.code, op.amount, op.round_id, op.reference)
        known = self.done.get((b.player_id, b.source, op.key))
        if known is not None:
            if known.said != said:
                raise No("key_conflict")
            return "replayed", known.shown
        if (b.player_id, b.source, op.key) in self.ended:
            if not b.late_accepted:
                raise No("late_original")
            return "late", pocket.shown
        if op.reference is not None:
            return self._end(b, op, pocket, said)
        by = self._begin(b, op, kind, pocket)
        if kind in STAKES and op.round_id is not None:
            before = self.staked.get(self._round(b, op), (0, 0))
            self.staked[self._round(b, op)] = (before[0] - by[0], before[1] - by[1])
        return "applied", self._move(b, op, pocket, said, by)

    def _begin(self, b: Batch, op: Op, kind: str, pocket: Pocket) -> tuple[int, int, int]:
        amount = op.amount or 0
        if kind in STAKES:
            self._ask(b, op, pocket)
            cash = min(amount, max(0, pocket.cash))
            if amount - cash > pocket.bonus:
                raise No("not_enough_money")
            return -cash, cash - amount, 0
        if kind in GAME_WINS:
            of_cash, of_bonus = self.staked.get(self._round(b, op), (0, 0))
            bonus = amount * of_bonus // (of_cash + of_bonus) if of_bonus else 0
            return amount - bonus, bonus, 0
        if kind == "HOLD":
            if pocket.frozen:
                raise No("frozen")
            if amount > pocket.cash:
                raise No("not_enough_money")
            return -amount, 0, amount
        if kind.endswith("CORRECTION_DOWN"):
            return -amount, 0, 0
        return 0 if kind == "FINISH" else amount, 0, 0

    def _ask(self, b: Batch, op: Op, pocket: Pocket) -> None:
        if pocket.frozen:
            raise No("frozen")
        if b.session_id in self.dead:
            raise No("session_ended")
        if b.game_id in self.off and self._round(b, op) not in self.staked:
            raise No("game_off")

    def _end(self, b: Batch, op: Op, pocket: Pocket, said: tuple[object, ...]) -> tuple[str, int]:
        assert op.reference is not None
        target = (b.player_id, b.source, op.reference)
        original = self.done.get(target)
        ends_hold = op.kind.name in {"CAPTURE", "RELEASE"}
        if original and (
            original.currency != b.currency.code or (original.kind == "HOLD") != ends_hold
        ):
            raise No("reference_mismatch")
        if target in self.ended:
            return "already_ended", pocket.shown
        if original is None and ends_hold:
            raise No("unknown_hold")
        cash = bonus = held = 0
        if original is not None and ends_hold:
            taken = 0
            if op.kind.name == "CAPTURE":
                taken = original.held if op.amount is None else op.amount
            if taken > original.held:
                raise No("reference_mismatch")
            cash, held = original.held - taken, -original.held
        elif original is not None:
            whole = abs(original.cash + original.bonus)
            part = whole if op.amount is None else min(whole, op.amount)
            bonus = abs(original.bonus) * part // whole if whole else 0
            cash = part - bonus
            if original.cash + original.bonus > 0:
                bonus = min(bonus, pocket.bonus)
                cash, bonus = bonus - part, -bonus
        shown = self._move(b, op, pocket, said, (cash, bonus, held))
        self.ended[target] = op.key
        return ("tombstoned" if original is None else "applied"), shown

    def _move(
        self,
        b: Batch,
        op: Op,
        pocket: Pocket,
        said: tuple[object, ...],
        by: tuple[int, int, int],
    ) -> int:
        pocket.cash, pocket.bonus = pocket.cash + by[0], pocket.bonus + by[1]
        pocket.held, pocket.moves = pocket.held + by[2], pocket.moves + 1
        if max(abs(pocket.cash), pocket.bonus, pocket.held) > LIMIT:
            raise No("out_of_range")
        self.done[b.player_id, b.source, op.key] = Done(
            said, op.kind.name, b.currency.code, *by, pocket.shown
        )
        return pocket.shown

    @staticmethod
    def _round(b: Batch, op: Op) -> tuple[int, str, str, str]:
        return b.player_id, b.currency.code, b.source, op.round_id or ""
