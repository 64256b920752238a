"""Rounds of the house's own games: seeds, stake, outcome and payout commit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Protocol

from casino import errors
from casino.money import CURRENCY_BY_ID, Currency, Money
from casino.play import fairness
from casino.play.catalogue import Catalogue
from casino.players import Player
from casino.surfaces import House
from casino.wallet import Balance, Batch, Kind, Op, Wallet
from db import models
from db.database import transaction

PROVIDER = "house"
KEY_LENGTH_MAX = 64
ROUNDS_MAX = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bet may stake, and at most win on top of its stake."""

    minimum: Money
    maximum: Money
    profit_max: Money


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome: a pure function of seeds, nonce, choices and stake."""

    payout: Money
    outcome: Mapping[str, Any]


class HouseGame(Protocol):
    """A game of ours: rules as pure functions."""

    slug: str
    algorithm: str

    @property
    def rules(self) -> Mapping[str, Any]:
        """The numbers that clients show: what the page of the game is drawn from."""

    @property
    def currencies(self) -> tuple[Currency, ...]:
        """What it is played in."""

    def limits(self, currency: Currency) -> Limits | None:
        """Say what may be staked, or None where the currency is not taken."""

    def multiplier(self, choices: Mapping[str, Any]) -> Fraction:
        """Return what a winning bet with these choices pays per unit staked."""

    def choices(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check the player's choices and return them in canonical form. Raises Malformed."""

    def profit_max(self, stake: Money, choices: Mapping[str, Any]) -> Money:
        """Return the most that these choices can win on top of the stake."""

    def decide(
        self,
        server_seed: str,
        client_seed: str,
        nonce: int,
        stake: Money,
        choices: Mapping[str, Any],
    ) -> Result:
        """Draw the outcome."""


@dataclass(frozen=True, slots=True)
class Round:
    """A settled round with everything needed to check it; the server seed once revealed."""

    id: int
    at: datetime
    game: str
    stake: Money
    payout: Money
    choices: Mapping[str, Any]
    outcome: Mapping[str, Any]
    algorithm: str
    server_seed_hash: str
    server_seed: str | None
    client_seed: str
    nonce: int


class HouseRounds:
    """Plays and recalls rounds of house games."""

    def __init__(self, wallet: Wallet, catalogue: Catalogue, house: House) -> None:
        """Work on an open wallet and a wired catalogue."""
        self._wallet = wallet
        self._catalogue = catalogue
        self._house = house

    async def play(
        self,
        game: HouseGame,
        player: Player,
        stake: Money,
        choices: Mapping[str, Any],
        key: str,
    ) -> tuple[Round, Balance]:
        """Play one round, once per key; a repeat returns the first round and today's balance.

        Raises StakeOutOfRange, ProfitTooLarge, NotEnoughMoney, AccountFrozen, TermsNotAccepted,
        GameUnavailable, UnknownCurrency, KeyReused, Malformed.
        """
        round_, balance = await self._play(game, player, stake, choices, key)
        return round_, balance or await self._wallet.balance(player.id, stake.currency)

    async def _play(
        self,
        game: HouseGame,
        player: Player,
        stake: Money,
        choices: Mapping[str, Any],
        key: str,
    ) -> tuple[Round, Balance | None]:
        if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
            raise errors.Malformed
        choices = game.choices(choices)
        self._check_stake(game, stake, choices)
        if self._house.gate_enforced and not player.terms_accepted:
            raise errors.TermsNotAccepted
        game_id = await self._catalogue.game_id(PROVIDER, game.slug)
        if game_id is None:
            raise errors.GameUnavailable
        await fairness.ensure(player.id)
        async with transaction() as tx:
            pair = await fairness.lock_active(player.id)
            known = await _known(player.id, key)
            if known is not None:
                return _replay(known, game, stake, choices), None
            result = game.decide(pair.server_seed, pair.client_seed, pair.nonce, stake, choices)
            round_id = f"{game.slug}:{pair.id}:{pair.nonce}"
            ops = _ops(round_id, stake, result.payout)
            batch = Batch(player.id, stake.currency, PROVIDER, ops, game_id)
            applied = await self._wallet.transfer(tx, batch)
            row = await models.HouseRound.create(
                player_id=player.id,
                game_id=game_id,
                key=key,
                currency_id=stake.currency.id,
                stake_units=stake.units,
                payout_units=result.payout.units,
                algorithm=game.algorithm,
                seed_pair=pair,
                nonce=pair.nonce,
                choices=dict(choices),
                outcome=dict(result.outcome),
            )
            pair.nonce += 1
            await pair.save(update_fields=["nonce"])
        return _view(row, pair, game.slug), applied.balance

    async def rounds(
        self, player_id: int, *, game: str | None, limit: int, before: int | None = None
    ) -> list[Round]:
        """Recall a player's rounds, newest first, at most 100."""
        found = models.HouseRound.filter(player_id=player_id)
        if game is not None:
            found = found.filter(game__external_id=game)
        if before is not None:
            found = found.filter(id__lt=before)
        rows = (
            await found.order_by("-id")
            .limit(min(limit, ROUNDS_MAX))
            .select_related("seed_pair", "game")
        )
        return [_view(row, row.seed_pair, row.game.external_id) for row in rows]

    async def round(self, player_id: int, round_id: int) -> Round:
        """Recall one round of a player. Raises NotFound."""
        row = await models.HouseRound.get_or_none(id=round_id, player_id=player_id).select_related(
            "seed_pair", "game"
        )
        if row is None:
            raise errors.NotFound
        return _view(row, row.seed_pair, row.game.external_id)

    def _check_stake(self, game: HouseGame, stake: Money, choices: Mapping[str, Any]) -> None:
        limits = game.limits(stake.currency)
        if limits is None or stake.currency not in self._wallet.currencies:
            raise errors.UnknownCurrency
        if not limits.minimum <= stake <= limits.maximum:
            raise errors.StakeOutOfRange(minimum=str(limits.minimum), maximum=str(limits.maximum))
        if game.profit_max(stake, choices) > limits.profit_max:
            raise ProfitTooLarge(maximum=str(limits.profit_max))


class ProfitTooLarge(errors.PlayerError):
    """A win at these odds would be more than one bet may win; ``maximum`` is shown."""

    code = "profit-too-large"


def _ops(round_id: str, stake: Money, payout: Money) -> tuple[Op, ...]:
    won = bool(payout)
    bet = Op(Kind.BET, f"{round_id}:bet", stake.units, round_id, ends_round=not won)
    win = Op(Kind.WIN, f"{round_id}:win", payout.units, round_id, ends_round=True)
    return (bet, win) if won else (bet,)


async def _known(player_id: int, key: str) -> models.HouseRound | None:
    return await models.HouseRound.get_or_none(player_id=player_id, key=key).select_related(
        "seed_pair", "game"
    )


def _replay(
    known: models.HouseRound, game: HouseGame, stake: Money, choices: Mapping[str, Any]
) -> Round:
    same = (
        known.game.external_id == game.slug
        and known.currency_id == stake.currency.id
        and known.stake_units == stake.units
        and known.choices == dict(choices)
    )
    if not same:
        raise errors.KeyReused
    return _view(known, known.seed_pair, game.slug)


def _view(row: models.HouseRound, pair: models.SeedPair, slug: str) -> Round:
    currency = CURRENCY_BY_ID[row.currency_id]
    return Round(
        row.id,
        row.created_at,
        slug,
        Money(row.stake_units, currency),
        Money(row.payout_units, currency),
        row.choices,
        row.outcome,
        row.algorithm,
        pair.server_seed_hash,
        pair.server_seed if pair.revealed_at is not None else None,
        pair.client_seed,
        row.nonce,
    )
