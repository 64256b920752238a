"""Commit and reveal: the seed pair behind every house round of a player.

The server seed is 32 random bytes as hex, published beforehand as the SHA-256 of that text; the
nonce counts bets and moves in the transaction that takes the stake; rotation reveals the old seed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from casino import errors
from casino.clock import Clock
from db import models
from db.database import transaction

CLIENT_SEED_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Seeds:
    """What may be known of the pair in play. ``nonce`` is that of the next bet."""

    server_seed_hash: str
    client_seed: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """A pair that is out of play. ``nonce`` counts the bets it decided."""

    server_seed: str
    server_seed_hash: str
    client_seed: str
    nonce: int


async def current(player_id: int) -> Seeds:
    """Return the player's pair in play, making one on first use."""
    return _seeds(await _active(player_id))


async def rotate(player_id: int, client_seed: str, clock: Clock) -> tuple[Revealed, Seeds]:
    """Reveal the pair in play and commit to a new one with the player's own client seed.

    Raises Malformed for a client seed that is empty, too long or not printable ASCII without ':'.
    """
    printable = client_seed.isascii() and client_seed.isprintable() and ":" not in client_seed
    if not 0 < len(client_seed) <= CLIENT_SEED_LENGTH_MAX or not printable:
        raise errors.Malformed
    await _active(player_id)
    async with transaction():
        old = await lock_active(player_id)
        old.revealed_at = clock.now()
        await old.save(update_fields=["revealed_at"])
        new = await _create(player_id, client_seed)
    revealed = Revealed(old.server_seed, old.server_seed_hash, old.client_seed, old.nonce)
    return revealed, _seeds(new)


async def lock_active(player_id: int) -> models.SeedPair:
    """Return the pair in play under a row lock, so that nonces are handed out one by one.

    Call inside a transaction. The lock also orders all house bets of one player.
    """
    pair = (
        await models.SeedPair.filter(player_id=player_id, revealed_at=None)
        .select_for_update()
        .first()
    )
    if pair is None:
        # Rotated away while we waited for it: the new one is there now.
        pair = (
            await models.SeedPair.filter(player_id=player_id, revealed_at=None)
            .select_for_update()
            .get()
        )
    return pair


async def ensure(player_id: int) -> None:
    """Make a pair for a player who has none; call before the transaction that locks it."""
    await _active(player_id)


async def _active(player_id: int) -> models.SeedPair:
    pair = await models.SeedPair.get_or_none(player_id=player_id, revealed_at=None)
    if pair is None:
        try:
            pair = await _create(player_id, secrets.token_hex(8))
        except IntegrityError:  # two first looks at once: the index let one through
            pair = await models.SeedPair.get(player_id=player_id, revealed_at=None)
    return pair


async def _create(player_id: int, client_seed: str) -> models.SeedPair:
    server_seed = secrets.token_hex(32)
    return await models.SeedPair.create(
        player_id=player_id,
        server_seed=server_seed,
        server_seed_hash=hashlib.sha256(server_seed.encode()).hexdigest(),
        client_seed=client_seed,
    )


def _seeds(pair: models.SeedPair) -> Seeds:
    return Seeds(pair.server_seed_hash, pair.client_seed, pair.nonce)
