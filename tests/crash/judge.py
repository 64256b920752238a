"""What must hold between staff and players, and of all money together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import asyncpg
import msgspec

from casino.wallet import Kind
from casino.wallet.operations import STAKES
from tests.crash.journal import Answered, Call, Done, Sent, Words
from tests.crash.oracle import STORED, Asked, Row, answered
from tests.crash.plan import MOVES

NEVER = 2**63
ENDS = {"freeze": "unfreeze", "switch_off": "switch_on", "end_session": None}
# What a caller was told, by what staff did: by the engine, and inside a transaction of its own.
REASONS = {
    "frozen": "freeze",
    "account-frozen": "freeze",
    "session_ended": "end_session",
    "session-ended": "end_session",
    "game_off": "switch_off",
    "game-unavailable": "switch_off",
}


class Window(msgspec.Struct):
    """From an act to its contrary: when each was begun, and when it was known to be done."""

    begun: int
    known: int
    end_begun: int = NEVER
    end_known: int = NEVER


def windows(acts: Sequence[Done]) -> dict[tuple[str, int], list[Window]]:
    """Pair the acts of one desk: when was somebody frozen, a game off, a session over?"""
    found: dict[tuple[str, int], list[Window]] = defaultdict(list)
    contrary = {end: act for act, end in ENDS.items() if end is not None}
    for done in acts:
        act, known = done.act, NEVER if done.acted is None else done.acted
        if act.what in ENDS:
            found[act.what, act.subject].append(Window(act.at, known))
        else:
            window = found[contrary[act.what], act.subject][-1]
            window.end_begun, window.end_known = act.at, known
    return found


def _asked_for(sent: Sent, op: Words) -> Iterator[tuple[str, int]]:
    """Name what one operation depends on."""
    kind = Kind(op[0])
    if kind in STAKES or kind is Kind.HOLD:
        yield "freeze", sent.player
    if kind in STAKES and sent.session is not None:
        yield "end_session", sent.session
    if kind in STAKES and sent.game is not None:
        yield "switch_off", sent.game


def check_staff(calls: Sequence[Call], acts: Sequence[Done]) -> Counter[str]:
    """Nothing sent after a stop was known was done before it was lifted, nor refused without one.

    Returns how many calls were refused, by why.
    """
    stops, refusals = windows(acts), Counter[str]()
    for call, answer in answered(calls):
        for op, (outcome, *_) in zip(call.sent.ops, answer.items, strict=True):
            for what in _asked_for(call.sent, op) if outcome in STORED else ():
                for w in stops.get(what, ()):
                    assert not (w.known < call.sent.at and answer.at < w.end_begun), (
                        f"done in spite of {what}: {w} {call}"
                    )
    for call in calls:
        refused = call.answered
        if refused is not None and (why := REASONS.get(refused.refused or "")) is not None:
            refusals[why] += 1
            assert _was_stopped(call.sent, refused, why, stops), f"refused for nothing: {call}"
    return refusals


def _was_stopped(
    sent: Sent, answer: Answered, why: str, stops: dict[tuple[str, int], list[Window]]
) -> bool:
    return any(
        w.begun < answer.at and sent.at < w.end_known
        for op in sent.ops
        for what in _asked_for(sent, op)
        if what[0] == why
        for w in stops.get(what, ())
    )


def check_moves(rows: Sequence[Row]) -> int:
    """Money that moved from one player to another has left and arrived; returns how often."""
    legs: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.source == MOVES:
            legs[row.key[:-1]].append(row.deltas[0])
    assert all(len(own) == 2 and sum(own) == 0 for own in legs.values()), legs
    return len(legs)


async def check_total(second: asyncpg.Connection, asked: Asked) -> None:
    """All money together is what the acknowledgements say, added up without any ledger."""
    done = {
        (call.sent.player, call.sent.source, op[1]): (op, item[0])
        for call, answer in answered(asked.calls)
        for op, item in zip(call.sent.ops, answer.items, strict=True)
        if item[0] in STORED
    }
    # What was in doubt at first is told as a repeat.
    for call, answer in answered(asked.calls):
        for op, item in zip(call.sent.ops, answer.items, strict=True):
            if item[0] == "replayed":
                done.setdefault((call.sent.player, call.sent.source, op[1]), (op, "replayed"))
    total = 0
    for (player, source, _), ((kind, _, amount, _, reference, _), _) in done.items():
        original = done.get((player, source, reference or ""))
        whole = original[0][2] or 0 if original is not None else 0
        match Kind(kind):
            case Kind.BET | Kind.TIP | Kind.CORRECTION_DOWN:
                total -= amount or 0
            case Kind.WIN | Kind.GRANT | Kind.CORRECTION_UP:
                total += amount or 0
            case Kind.REVERSAL:  # of stakes only; before its original it moves nothing
                total += whole if amount is None else min(whole, amount)
            case Kind.CAPTURE:
                total -= whole if amount is None else amount
            case _:  # a hold and its release move within a player's own money
                pass
    stored = await second.fetchval("SELECT sum(cash + bonus + held) FROM accounts")
    assert stored == total
