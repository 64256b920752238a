"""Dice: one of 10,000 numbers; the player chooses how many of them win, from below or above.

Multiplier and probability are exact fractions, so that the return is 99 % for every bet before the
payout is cut to whole units of the currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from casino import errors
from casino.money import FUN, TON, USDT, Currency, Money, Rounding
from casino.play import Limits, Result
from providers.house.fair import draw, words

OUTCOMES = 10_000
WIN_NUMBERS_MIN, WIN_NUMBERS_MAX = 1, 9_800
RETURN_TO_PLAYER = Fraction(99, 100)

# The minimum keeps what is lost by cutting to whole units under a hundredth of a point of return.
# The maximum profit is a fixed table until the bankroll decides it.
_LIMITS = {
    limits.minimum.currency: limits
    for limits in (
        Limits(Money.parse("0.1", FUN), Money.parse("10000", FUN), Money.parse("100000", FUN)),
        Limits(Money.parse("0.01", TON), Money.parse("100", TON), Money.parse("500", TON)),
        Limits(Money.parse("0.1", USDT), Money.parse("500", USDT), Money.parse("2500", USDT)),
    )
}


class Dice:
    """The game's rules."""

    slug = "dice"
    algorithm = "dice/v2"
    currencies = tuple(_LIMITS)
    rules: Mapping[str, Any] = {
        "return_to_player": "0.99",
        "win_numbers_min": WIN_NUMBERS_MIN,
        "win_numbers_max": WIN_NUMBERS_MAX,
        "outcomes": OUTCOMES,
    }

    def limits(self, currency: Currency) -> Limits | None:
        """Say what may be staked."""
        return _LIMITS.get(currency)

    def choices(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take ``direction`` ("under" or "over") and ``win_numbers`` (1 to 9,800)."""
        direction, count = given.get("direction"), given.get("win_numbers")
        if direction not in ("under", "over") or type(count) is not int:
            raise errors.Malformed
        if not WIN_NUMBERS_MIN <= count <= WIN_NUMBERS_MAX:
            raise errors.Malformed
        return {"direction": direction, "win_numbers": count}

    def multiplier(self, choices: Mapping[str, Any]) -> Fraction:
        """Return the total return of a winning bet per unit staked."""
        return RETURN_TO_PLAYER * Fraction(OUTCOMES, choices["win_numbers"])

    def profit_max(self, stake: Money, choices: Mapping[str, Any]) -> Money:
        """Return what a winning bet pays on top of its stake."""
        return self._payout(stake, choices) - stake

    def decide(
        self,
        server_seed: str,
        client_seed: str,
        nonce: int,
        stake: Money,
        choices: Mapping[str, Any],
    ) -> Result:
        """Roll: 0 to 9,999, shown with two decimals."""
        roll = draw(words(server_seed, client_seed, nonce), OUTCOMES)
        count = choices["win_numbers"]
        won = roll < count if choices["direction"] == "under" else roll >= OUTCOMES - count
        payout = self._payout(stake, choices) if won else Money.zero(stake.currency)
        return Result(payout, {"roll": roll, "won": won})

    def _payout(self, stake: Money, choices: Mapping[str, Any]) -> Money:
        return stake.share(self.multiplier(choices), Rounding.FAVOUR_HOUSE)
