"""The plain ORM design: a transaction, ``select_for_update``, models; 11 round trips a bet."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from tortoise import Tortoise
from tortoise.transactions import in_transaction

from bench.handwritten import KINDS, POOL
from bench.load import Apply, WrongAnswer
from bench.orm_models import Account, Game, Player, Posting, Round, Session, Transfer
from bench.workload import BET, STAKE_UNITS, Step
from bench.world import GAME_ID
from db.database import tortoise_config


@contextlib.asynccontextmanager
async def orm_design(url: str) -> AsyncIterator[Apply]:
    """Connect the models."""
    config = tortoise_config(url)
    config["connections"]["default"]["credentials"] |= {"minsize": POOL, "maxsize": POOL}
    config["apps"] = {"bench": {"models": ["bench.orm_models"], "default_connection": "default"}}
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        yield _apply
    finally:
        await Tortoise.close_connections()


async def _apply(step: Step) -> bool:
    player_id = step.player + 1
    async with in_transaction("default"):
        account = await Account.select_for_update().get(player_id=player_id)
        if await Transfer.exists(player_id=player_id, key=step.key):
            return True
        if step.action == BET:
            round_ = await _open_round(player_id, account, step)
            account.balance -= STAKE_UNITS
        else:
            if step.reference is not None:
                await Transfer.get(player_id=player_id, key=step.reference)
            round_ = await Round.get(player_id=player_id, external_id=step.round_id)
            round_.ended = True
            await round_.save(update_fields=["ended"])
            account.balance += STAKE_UNITS
        transfer = await Transfer.create(
            player_id=player_id,
            round_id=round_.id,
            kind=KINDS[step.action],
            key=step.key,
            reference=step.reference,
            amount=STAKE_UNITS,
            balance_after=account.balance,
        )
        delta = -STAKE_UNITS if step.action == BET else STAKE_UNITS
        legs = (("player", delta), ("house", -delta))
        await Posting.bulk_create(
            [Posting(transfer_id=transfer.id, account=name, units=units) for name, units in legs]
        )
        await account.save(update_fields=["balance"])
    return False


async def _open_round(player_id: int, account: Account, step: Step) -> Round:
    player = await Player.get(id=player_id)
    session = await Session.get(id=player_id, player_id=player_id)
    game = await Game.get(id=GAME_ID)
    if player.frozen or session.ended_at is not None or not game.enabled:
        raise WrongAnswer("may not stake")
    if account.balance < STAKE_UNITS:
        raise WrongAnswer("not enough money")
    return await Round.create(player_id=player_id, external_id=step.round_id, game_id=GAME_ID)
