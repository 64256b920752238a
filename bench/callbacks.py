"""A provider's callbacks as bytes: rendered and signed as SOFTSWISS v1 says."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.workload import BET, WIN, Step
from bench.world import GAME_REF, SOURCE

PATH = f"/providers/{SOURCE}/"
AMOUNT = b"1000000"  # minor units: workload.STAKE_UNITS

_HEAD = (
    b"POST %b%b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"X-Request-Sign: %b\r\nContent-Length: %d\r\n\r\n%b"
)
_PLAY = (
    b'{"user_id":"%d","currency":"FUN","game":"%b","game_id":"%b","finished":%b,"actions":'
    b'[{"action":"%b","amount":%b,"action_id":"%b"}]}'
)
_ROLLBACK = (
    b'{"user_id":"%d","currency":"FUN","game":"%b","game_id":"%b","finished":true,"actions":'
    b'[{"action":"rollback","action_id":"%b","original_action_id":"%b"}]}'
)
_ENDS = {BET: b"false", WIN: b"true"}

Sign = Callable[[bytes, bytes], bytes]


class Callback(NamedTuple):
    """One request, ready to be sent; ``resent`` says that it repeats the one before."""

    request: bytes
    resent: bool


def body(step: Step, first_player: int) -> bytes:
    """Write the JSON of one step."""
    game, player_id = GAME_REF.encode(), first_player + step.player
    round_id, key = step.round_id.encode(), step.key.encode()
    if step.reference is not None:
        return _ROLLBACK % (player_id, game, round_id, key, step.reference.encode())
    ends = _ENDS[step.action]
    return _PLAY % (player_id, game, round_id, ends, step.action.encode(), AMOUNT, key)


def signer(key: str) -> Sign:
    """Return a function that makes a signed request of a method and its body."""
    path, secret = PATH.encode(), key.encode()

    def sign(method: bytes, said: bytes) -> bytes:
        signed = hmac.digest(secret, said, "sha256").hex().encode()
        return _HEAD % (path, method, signed, len(said), said)

    return sign


def callbacks(steps: Iterator[Step], first_player: int, sign: Sign) -> Iterator[Callback]:
    """Yield what a provider sends for these steps."""
    for step in steps:
        method = b"play" if step.reference is None else b"rollback"
        yield Callback(sign(method, body(step, first_player)), step.resent)
