"""The first generation: integers in minor units, ``/play``, ``/rollback`` and ``/freespins``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from casino.money import Money
from casino.play import EndedSpins, GameCall, Reply, WireCurrency
from casino.wallet.operations import Kind, Op
from providers.softswiss.callback import (
    ALREADY,
    CURRENCY,
    FORGED,
    FUNDS,
    MALFORMED,
    MESSAGES,
    NOT_FOUND,
    WITH_BALANCE,
    BalanceQuery,
    Key,
    Message,
    Rejected,
    RoundId,
    Settlement,
    Shape,
    SpinsEnd,
    Wires,
    finish_op,
    read_issue,
    require_game,
    require_ids,
)
from providers.softswiss.settings import SoftswissAccount

Amount = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]

# An issue that is under way says so too; its money comes with one of the others.
ENDED = {
    "active": None,
    "played": EndedSpins.PLAYED,
    "canceled": EndedSpins.CANCELLED,
    "expired": EndedSpins.EXPIRED,
}


class _Action(msgspec.Struct, frozen=True, gc=False):
    action: Literal["bet", "win"]
    action_id: Key
    amount: Amount


class _Play(msgspec.Struct, frozen=True):
    user_id: Key
    currency: str
    game: str | None = None
    game_id: RoundId | None = None  # the round, in spite of its name
    finished: bool | None = None
    actions: list[_Action] | None = None


class _Undo(msgspec.Struct, frozen=True, gc=False):
    action: Literal["rollback"]
    action_id: Key
    original_action_id: Key


class _Rollback(msgspec.Struct, frozen=True):
    user_id: Key
    currency: str
    game_id: RoundId
    actions: Annotated[list[_Undo], msgspec.Meta(min_length=1)]
    game: str | None = None
    finished: bool | None = None


class _FreeSpins(msgspec.Struct, frozen=True):
    issue_id: Key
    status: Literal["active", "played", "canceled", "expired"]
    total_amount: Amount = 0


class _Settled(msgspec.Struct, frozen=True, gc=False):
    action_id: str
    tx_id: str
    processed_at: str


class _Played(msgspec.Struct, frozen=True):
    balance: int
    game_id: str
    transactions: list[_Settled]


class _Balance(msgspec.Struct, frozen=True, gc=False):
    balance: int


class _Failed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    code: int
    message: str
    balance: int | None = None


_PLAY = msgspec.json.Decoder(_Play)
_ROLLBACK = msgspec.json.Decoder(_Rollback)
_FREESPINS = msgspec.json.Decoder(_FreeSpins)
_ENCODE = msgspec.json.Encoder().encode


class V1:
    """Reads and writes v1."""

    def __init__(self, account: SoftswissAccount) -> None:
        """Work with an account's currencies and statuses."""
        self._wires = Wires(account.wires)
        self._business_status = account.business_status
        self._forged_status = account.forged_status
        self._readers = {
            "play": self._play,
            "rollback": self._rollback,
            "freespins": self._free_spins,
        }

    def read(self, path: str, body: bytes) -> Message:
        """Translate a verified callback. Raises Rejected."""
        read = self._readers.get(path)
        if read is None:
            raise Rejected(NOT_FOUND, "path")
        return read(body)

    def balance(self, balance: Money, wire: WireCurrency) -> bytes:
        """Write an answer that holds nothing but the balance."""
        return _ENCODE(_Balance(_integer(balance, wire)))

    def settled(
        self, settlement: Settlement, transfers: list[str], balance: Money, at: str
    ) -> bytes:
        """Write the answer to operations; ``transfers`` are our ids, "" where there is none."""
        return _ENCODE(
            _Played(
                _integer(balance, settlement.wire),
                settlement.round_id,
                [
                    _Settled(theirs, ours, at)
                    for theirs, ours in zip(settlement.ids, transfers, strict=False)
                ],
            )
        )

    def failed(self, code: int, balance: Money | None, wire: WireCurrency | None) -> Reply:
        """Write an error."""
        # What this generation has no code for: an id that is used again with other content.
        code = MALFORMED if code == ALREADY else code
        status = min(code, 500)
        if code == FORGED:
            status = self._forged_status
        elif FUNDS <= code <= CURRENCY:
            status = self._business_status
        shown = None
        if code in WITH_BALANCE and balance is not None and wire is not None:
            shown = _integer(balance, wire)
        return Reply(status, _ENCODE(_Failed(code, MESSAGES[code], shown)))

    def _play(self, body: bytes) -> Message:
        asked = _PLAY.decode(body)
        wire = self._wires.get(asked.currency)
        round_id, actions = asked.game_id, asked.actions
        if not actions and not asked.finished:
            return BalanceQuery(asked.user_id, wire)
        if round_id is None:
            raise Rejected(MALFORMED, "game_id")
        if not actions:
            return self._settlement(asked, wire, (), (finish_op(round_id),))
        ids = tuple([action.action_id for action in actions])
        require_ids(ids)
        last = len(actions) - 1 if asked.finished else -1
        ops = []
        for place, action in enumerate(actions):
            kind = Kind.WIN
            if action.action == "bet":
                require_game(asked.game)
                kind = Kind.BET
            units = _units(action.amount, wire)
            ops.append(Op(kind, action.action_id, units, round_id, None, place == last))
        return self._settlement(asked, wire, ids, tuple(ops))

    def _rollback(self, body: bytes) -> Message:
        asked = _ROLLBACK.decode(body)
        wire = self._wires.get(asked.currency)
        ids = tuple([action.action_id for action in asked.actions])
        require_ids(ids)
        last = len(ids) - 1 if asked.finished else -1
        # No amount: what is taken back is what the original really moved.
        ops = tuple(
            [
                Op(
                    Kind.REVERSAL,
                    action.action_id,
                    None,
                    asked.game_id,
                    action.original_action_id,
                    place == last,
                )
                for place, action in enumerate(asked.actions)
            ]
        )
        return self._settlement(asked, wire, ids, ops)

    def _free_spins(self, body: bytes) -> Message:
        asked = _FREESPINS.decode(body)
        ref, wire, player_ref = read_issue(asked.issue_id, self._wires)
        units = _units(asked.total_amount, wire)
        return SpinsEnd(ref, player_ref, wire, ENDED[asked.status], units)

    def _settlement(
        self,
        asked: _Play | _Rollback,
        wire: WireCurrency,
        ids: tuple[str, ...],
        ops: tuple[Op, ...],
    ) -> Settlement:
        call = GameCall(asked.user_id, wire.currency, ops, None, asked.game)
        return Settlement(call, wire, Shape.ROUND, asked.game_id or "", ids)


# Nearly every currency has the same decimals on both sides, and a callback converts twice.
def _units(wire_amount: int, wire: WireCurrency) -> int:
    if wire.exponent == wire.currency.decimals:
        return wire_amount
    return wire.units(wire_amount)


def _integer(amount: Money, wire: WireCurrency) -> int:
    if wire.exponent == wire.currency.decimals:
        return amount.units
    return wire.integer(amount)
