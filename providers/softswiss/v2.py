"""The second generation ("A8R"): decimal strings, and a Twirp path for each method."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from casino.money import Currency, InvalidAmount, Money
from casino.play import EndedSpins, GameCall, Reply, WireCurrency
from casino.wallet.operations import Kind, Op
from providers.softswiss.callback import (
    ALREADY,
    FAILURE,
    FORGED,
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

WHOLE_DIGITS_MAX, PART_DIGITS_MAX = 18, 12
BAD_REQUEST, INTERNAL_ERROR, FORBIDDEN_STATUS, NOT_FOUND_STATUS = 400, 500, 403, 404

# The wire has no field for it, and nobody could act on it: how a stake was split is the house's.
NO_BONUS = "0.00"

_CURRENCY = re.compile(r"[A-Z][A-Z0-9_]{2,31}", re.ASCII)


class _Moved(msgspec.Struct, frozen=True, gc=False):
    id: Key
    type: Literal["bet", "win"]
    amount: str


class _BetWin(msgspec.Struct, frozen=True):
    player_id: Key
    currency: str
    round_id: RoundId
    transactions: Annotated[list[_Moved], msgspec.Meta(min_length=1)]
    game_id: str | None = None
    provider: str | None = None
    finished: bool | None = None
    session_id: Key | None = None


class _Undo(msgspec.Struct, frozen=True, gc=False):
    id: Key
    original_id: Key


class _Rollback(msgspec.Struct, frozen=True):
    player_id: Key
    currency: str
    round_id: RoundId
    transactions: Annotated[list[_Undo], msgspec.Meta(min_length=1)]
    game_id: str | None = None
    provider: str | None = None
    finished: bool | None = None
    session_id: Key | None = None


class _Player(msgspec.Struct, frozen=True, gc=False):
    player_id: Key
    currency: str


class _Finish(msgspec.Struct, frozen=True, gc=False):
    player_id: Key
    currency: str
    round_id: RoundId


class _SpinsEnd(msgspec.Struct, frozen=True, gc=False):
    issue_id: Key
    amount: str


class _Promo(msgspec.Struct, frozen=True):
    player_id: Key
    currency: str
    amount: str
    event_id: Key
    event_type: str | None = None
    id: Key | None = None
    game_id: str | None = None
    provider: str | None = None
    session_id: Key | None = None


class _Settled(msgspec.Struct, frozen=True, gc=False):
    id: str
    id_casino: str
    processed_at: str
    bonus_amount: str = NO_BONUS


class _Played(msgspec.Struct, frozen=True):
    balance: str
    round_id_casino: str
    transactions: list[_Settled]


class _Balance(msgspec.Struct, frozen=True, gc=False):
    balance: str


class _Promoted(msgspec.Struct, frozen=True, gc=False):
    balance: str
    id: str
    id_casino: str
    processed_at: str
    bonus_amount: str = NO_BONUS


_BALANCE = msgspec.json.Decoder(_Player)
_BET_WIN = msgspec.json.Decoder(_BetWin)
_ROLLBACK = msgspec.json.Decoder(_Rollback)
_FINISH = msgspec.json.Decoder(_Finish)
_SPINS_END = msgspec.json.Decoder(_SpinsEnd)
_PROMO = msgspec.json.Decoder(_Promo)
_ENCODE = msgspec.json.Encoder().encode


class V2:
    """Reads and writes v2, as A8R or as Beexar mean it."""

    def __init__(self, account: SoftswissAccount) -> None:
        """Work with an account's currencies, statuses and dialect."""
        self._wires = Wires(account.wires)
        self._beexar = account.dialect == "beexar"
        self._forged_status = account.forged_status
        self._echoes_session = account.echoes_session
        self._qualified = account.game_ref == "qualified"
        self._readers = {
            "v2/a8r_casino.Player/Balance": self._balance,
            "v2/a8r_casino.Round/BetWin": self._bet_win,
            "v2/a8r_casino.Round/Rollback": self._rollback,
            "v2/a8r_casino.Round/Finish": self._finish,
            "v2/a8r_casino.Freespins/Finish": self._free_spins,
            "v2/a8r_casino.Promo/Win": self._promo_win,
            "v2/a8r_casino.Promo/Bet": self._promo_bet,
        }

    def read(self, path: str, body: bytes) -> Message:
        """Translate a verified callback. Raises Rejected."""
        read = self._readers.get(path)
        if read is None:
            raise Rejected(NOT_FOUND, "path")
        return read(body)

    def balance(self, balance: Money, wire: WireCurrency) -> bytes:
        """Write an answer that holds nothing but the balance."""
        return _ENCODE(_Balance(_text(balance, wire)))

    def settled(
        self, settlement: Settlement, transfers: list[str], balance: Money, at: str
    ) -> bytes:
        """Write the answer to operations; ``transfers`` are our ids, "" where there is none."""
        shown = _text(balance, settlement.wire)
        if settlement.shape is Shape.FINISH:
            return _ENCODE(_Balance(shown))
        if settlement.shape is Shape.PROMO:
            return _ENCODE(_Promoted(shown, settlement.ids[0], transfers[0], at))
        return _ENCODE(
            _Played(
                shown,
                settlement.round_id,
                [
                    _Settled(theirs, ours, at)
                    for theirs, ours in zip(settlement.ids, transfers, strict=True)
                ],
            )
        )

    def failed(self, code: int, balance: Money | None, wire: WireCurrency | None) -> Reply:
        """Write an error in Twirp's envelope."""
        status, twirp = BAD_REQUEST, "invalid_argument"
        if code >= FAILURE:
            # One code for whatever is ours: what can be told apart is how the peer goes on.
            code, status, twirp = FAILURE, INTERNAL_ERROR, "internal"
        elif code == FORGED and self._forged_status == FORBIDDEN_STATUS:
            status, twirp = FORBIDDEN_STATUS, "permission_denied"
        elif code == NOT_FOUND:
            status, twirp = NOT_FOUND_STATUS, "bad_route"
        elif code == ALREADY and not self._beexar:
            twirp = "already_exists"
        meta = {"api_code": str(code), "api_message": MESSAGES[code]}
        if code in WITH_BALANCE and balance is not None and wire is not None:
            meta["balance"] = _text(balance, wire)
        body = {"code": twirp, "msg": MESSAGES[code], "meta": meta}
        return Reply(status, _ENCODE(body))

    def _balance(self, body: bytes) -> Message:
        asked = _BALANCE.decode(body)
        return BalanceQuery(asked.player_id, self._wire(asked.currency))

    def _bet_win(self, body: bytes) -> Message:
        asked = _BET_WIN.decode(body)
        wire = self._wire(asked.currency)
        ids = tuple([item.id for item in asked.transactions])
        require_ids(ids)
        game_ref = self._game_ref(asked.game_id, asked.provider)
        last = len(ids) - 1 if asked.finished else -1
        ops = []
        for place, item in enumerate(asked.transactions):
            kind = Kind.WIN
            if item.type == "bet":
                require_game(game_ref)
                kind = Kind.BET
            units = self._units(item.amount, wire.currency)
            ops.append(Op(kind, item.id, units, asked.round_id, None, place == last))
        call = self._call(asked.player_id, wire, tuple(ops), asked.session_id, game_ref)
        return Settlement(call, wire, Shape.ROUND, asked.round_id, ids)

    def _rollback(self, body: bytes) -> Message:
        asked = _ROLLBACK.decode(body)
        wire = self._wire(asked.currency)
        ids = tuple([item.id for item in asked.transactions])
        require_ids(ids)
        last = len(ids) - 1 if asked.finished else -1
        # No amount: what is taken back is what the original really moved.
        ops = tuple(
            [
                Op(Kind.REVERSAL, item.id, None, asked.round_id, item.original_id, place == last)
                for place, item in enumerate(asked.transactions)
            ]
        )
        game_ref = self._game_ref(asked.game_id, asked.provider)
        call = self._call(asked.player_id, wire, ops, asked.session_id, game_ref)
        return Settlement(call, wire, Shape.ROUND, asked.round_id, ids)

    def _finish(self, body: bytes) -> Message:
        asked = _FINISH.decode(body)
        wire = self._wire(asked.currency)
        call = self._call(asked.player_id, wire, (finish_op(asked.round_id),), None, None)
        return Settlement(call, wire, Shape.FINISH, asked.round_id, ())

    def _free_spins(self, body: bytes) -> Message:
        asked = _SPINS_END.decode(body)
        ref, wire, player_ref = read_issue(asked.issue_id, self._wires)
        # Nothing won is an end too, in every dialect.
        units = units_of(asked.amount, wire.currency)
        return SpinsEnd(ref, player_ref, wire, EndedSpins.PLAYED, units)

    def _promo_win(self, body: bytes) -> Message:
        asked = _PROMO.decode(body)
        tournament = asked.event_type == "Tournament"
        return self._promo(asked, Kind.TOURNAMENT_WIN if tournament else Kind.PROMO_WIN)

    def _promo_bet(self, body: bytes) -> Message:
        asked = _PROMO.decode(body)
        return self._promo(asked, Kind.PROMO_BET)

    def _promo(self, asked: _Promo, kind: Kind) -> Message:
        wire = self._wire(asked.currency)
        key = asked.id or asked.event_id
        op = Op(kind, key, self._units(asked.amount, wire.currency))
        game_ref = self._game_ref(asked.game_id, asked.provider)
        call = self._call(asked.player_id, wire, (op,), asked.session_id, game_ref)
        return Settlement(call, wire, Shape.PROMO, "", (key,))

    def _call(
        self,
        player_ref: str,
        wire: WireCurrency,
        ops: tuple[Op, ...],
        session_id: str | None,
        game_ref: str | None,
    ) -> GameCall:
        session_ref = session_id if self._echoes_session else None
        return GameCall(player_ref, wire.currency, ops, session_ref, game_ref)

    def _wire(self, code: str) -> WireCurrency:
        try:
            return self._wires.get(code)
        except Rejected:
            # One that could be a currency is not allowed; anything else is none at all.
            if _CURRENCY.fullmatch(code) is None:
                raise Rejected(MALFORMED, "currency") from None
            raise

    def _units(self, text: str, currency: Currency) -> int:
        units = units_of(text, currency)
        if self._beexar and units == 0:
            raise InvalidAmount("zero")
        return units

    def _game_ref(self, game_id: str | None, provider: str | None) -> str | None:
        if self._qualified and game_id and provider and ":" not in game_id:
            return f"{provider}:{game_id}"
        return game_id


def units_of(text: str, currency: Currency) -> int:
    """Read an amount of the wire as minor units. Raises InvalidAmount."""
    whole, _, part = text.partition(".")
    if len(whole) > WHOLE_DIGITS_MAX or len(part) > PART_DIGITS_MAX:
        raise InvalidAmount("more digits than the wire has")
    return Money.parse(text, currency).units


def _text(amount: Money, wire: WireCurrency) -> str:
    return amount.text(min(wire.exponent, PART_DIGITS_MAX))
