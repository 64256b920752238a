"""A provider's callbacks as bytes: rendered and signed as the Slotegrator protocol says."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.workload import BET, WIN, Step
from bench.world import GAME_REF, SESSION_REF
from casino.clock import Clock

MERCHANT_ID = "croupier"
AMOUNT = b"1.000000"  # of a currency with six places: workload.STAKE_UNITS

_HEAD = (
    b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
    b"X-Merchant-Id: %b\r\nX-Nonce: %b\r\nX-Timestamp: %b\r\nX-Sign: %b\r\n"
    b"Content-Length: %d\r\n\r\n%b"
)
_SIGNED = b"X-Merchant-Id=%b&X-Nonce=%b&X-Timestamp=%b&%b"
# Their fields stand in the order in which they are signed, so that nothing has to be sorted.
_BET = (
    b"action=bet&amount=%b&currency=FUN&game_uuid=%b&player_id=%d&round_id=%b&session_id=%b"
    b"&transaction_id=%b&type=bet"
)
_WIN = (
    b"action=win&amount=%b&currency=FUN&finished=1&game_uuid=%b&player_id=%d&round_id=%b"
    b"&session_id=%b&transaction_id=%b&type=win"
)
_REFUND = (
    b"action=refund&amount=%b&bet_transaction_id=%b&currency=FUN&game_uuid=%b&player_id=%d"
    b"&round_id=%b&session_id=%b&transaction_id=%b"
)
_FORMS = {BET: _BET, WIN: _WIN}


Sign = Callable[[bytes], bytes]


class Callback(NamedTuple):
    """One request, ready to be sent; ``resent`` says that it repeats the one before."""

    request: bytes
    resent: bool


def body(step: Step, first_player: int) -> bytes:
    """Write the form of one step."""
    game, session = GAME_REF.encode(), SESSION_REF.format(step.player).encode()
    player_id, round_id = first_player + step.player, step.round_id.encode()
    key = step.key.encode()
    if step.reference is not None:
        reference = step.reference.encode()
        return _REFUND % (AMOUNT, reference, game, player_id, round_id, session, key)
    return _FORMS[step.action] % (AMOUNT, game, player_id, round_id, session, key)


def signer(path: str, key: str, clock: Clock) -> Sign:
    """Return a function that makes a signed request of a form; it is good for half a minute."""
    merchant, target, secret = MERCHANT_ID.encode(), path.encode(), key.encode()
    count = 0

    def sign(form: bytes) -> bytes:
        nonlocal count
        count += 1
        nonce, at = b"%032x" % count, b"%d" % clock.now().timestamp()
        signed = hmac.digest(secret, _SIGNED % (merchant, nonce, at, form), "sha1").hex()
        return _HEAD % (target, merchant, nonce, at, signed.encode(), len(form), form)

    return sign


def callbacks(steps: Iterator[Step], first_player: int, sign: Sign) -> Iterator[Callback]:
    """Yield what a provider sends for these steps; a repeat carries a signature of its own."""
    for step in steps:
        yield Callback(sign(body(step, first_player)), step.resent)
