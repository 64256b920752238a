"""The house's own rounds: their keys and payouts are known from the answers only."""

from __future__ import annotations

from casino.money import CURRENCY_BY_ID
from casino.play import Round
from casino.wallet import Batch, Kind, Op
from tests.simulation.asks import Ask, Broken
from tests.simulation.plan import DICE
from tests.simulation.snapshot import Row


class Rounds:
    """Each round of a player has a nonce, each nonce one ask, each ask one round."""

    def __init__(self) -> None:
        self._by_nonce: dict[tuple[int, int], tuple[Ask, Round]] = {}
        self._stored: set[tuple[int, int]] = set()
        self._of_ask: dict[Ask, int] = {}

    def hear(self, ask: Ask, played: Round) -> None:
        """Note a round that a caller was told. Raises Broken where it contradicts another one."""
        where, account = (ask.subject, played.nonce), (ask.subject, played.stake.currency.id)
        if self._by_nonce.setdefault(where, (ask, played))[0] is not ask:
            raise Broken(f"one nonce for two bets: {played}", account)
        if self._of_ask.setdefault(ask, played.nonce) != played.nonce:
            raise Broken(f"one bet was played twice: {played}", account)
        stake = ask.batches[0].ops[0].amount or 0
        # 99 % of what would be fair: 4,950 of 10,000 numbers win, or 900.
        win = stake * 99 * 10_000 // (100 * (900 if ask.on else 4950))
        if played.stake.units != stake or played.payout.units not in (0, win):
            raise Broken(f"a payout of {played.payout} for {ask.line}", account)

    def of(self, row: Row) -> tuple[Ask, Batch]:
        """Return whose round a row is from, and all that should be stored of it."""
        round_id = row.round_id or ""
        where = (row.account[0], int(round_id.rsplit(":", 1)[1]))
        if where not in self._by_nonce:
            raise Broken(f"a round that nobody was told of: {row}", row.account)
        ask, played = self._by_nonce[where]
        self._stored.add(where)
        won = bool(played.payout)
        bet = Op(Kind.BET, f"{round_id}:bet", played.stake.units, round_id, ends_round=not won)
        win = Op(Kind.WIN, f"{round_id}:win", played.payout.units, round_id, ends_round=True)
        ops = (bet, win) if won else (bet,)
        currency = CURRENCY_BY_ID[row.account[1]]
        return ask, Batch(row.account[0], currency, "house", ops, DICE)

    def is_stored(self, who: int, played: Round) -> bool:
        """Say whether rows of a round were seen."""
        return (who, played.nonce) in self._stored

    def results(self) -> list[tuple[int, int, int]]:
        """Return player, currency and what each round brought the player."""
        return [
            (who, r.stake.currency.id, r.payout.units - r.stake.units)
            for (who, _), (_, r) in self._by_nonce.items()
        ]
