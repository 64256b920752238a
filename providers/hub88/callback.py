"""A callback's JSON in the casino's words: a question, or operations on the wallet."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable

import msgspec

from casino.money import InvalidAmount, Money
from casino.play import GameCall, Manifest, UnknownPlayer, WireCurrency
from casino.wallet.operations import TEXT_LENGTH_MAX, Kind, Op

BODY_BYTES_MAX = 64 * 1024
USER_LENGTH_MIN = 4

_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)  # of a player, as we write it


class Status(enum.StrEnum):
    """What a reply says; the HTTP status is 200 with each of them."""

    OK = "RS_OK"
    UNKNOWN = "RS_ERROR_UNKNOWN"
    INVALID_TOKEN = "RS_ERROR_INVALID_TOKEN"  # noqa: S105 - a word of the protocol
    INVALID_GAME = "RS_ERROR_INVALID_GAME"
    WRONG_CURRENCY = "RS_ERROR_WRONG_CURRENCY"
    NOT_ENOUGH_MONEY = "RS_ERROR_NOT_ENOUGH_MONEY"
    USER_DISABLED = "RS_ERROR_USER_DISABLED"
    INVALID_SIGNATURE = "RS_ERROR_INVALID_SIGNATURE"
    TOKEN_EXPIRED = "RS_ERROR_TOKEN_EXPIRED"  # noqa: S105 - a word of the protocol
    WRONG_SYNTAX = "RS_ERROR_WRONG_SYNTAX"
    WRONG_TYPES = "RS_ERROR_WRONG_TYPES"
    DUPLICATE_TRANSACTION = "RS_ERROR_DUPLICATE_TRANSACTION"
    TRANSACTION_DOES_NOT_EXIST = "RS_ERROR_TRANSACTION_DOES_NOT_EXIST"
    LIMIT_REACHED = "RS_ERROR_LIMIT_REACHED"


class BadCallback(ValueError):
    """A field is missing, malformed or names something unknown; ``args`` says which."""

    def __init__(self, status: Status, what: str) -> None:
        """Keep what is answered beside what is wrong."""
        super().__init__(what)
        self.status = status


class Message(msgspec.Struct, frozen=True, gc=False):
    """The fields of every endpoint; types are checked here, presence where one is needed."""

    user: str | None = None
    request_uuid: str | None = None
    token: str | None = None
    game_code: str | None = None
    transaction_uuid: str | None = None
    reference_transaction_uuid: str | None = None
    currency: str | None = None
    amount: int | None = None
    round: str | None = None
    round_closed: bool | None = None
    reward_uuid: str | None = None
    is_free: bool | None = None
    is_supplier_promo: bool | None = None
    is_aggregated: bool | None = None  # several wins in one: money moves the same way


class _Loose(msgspec.Struct, frozen=True):
    user: object = None
    request_uuid: object = None


class Bet(msgspec.Struct, frozen=True):
    """Asks for a stake."""

    call: GameCall
    wire: WireCurrency
    supplier_promo: bool  # a studio's own promotion: no session needs to be alive for it
    not_debited: Money | None = None  # a free bet came with an amount


class Win(msgspec.Struct, frozen=True):
    """Asks for a credit; ``bet`` is what it was won with, ``needs_bet`` whether it must stand."""

    call: GameCall
    wire: WireCurrency
    bet: str | None
    needs_bet: bool


class Rollback(msgspec.Struct, frozen=True):
    """Asks to take back what ``reference`` did; the wire need not say in which currency."""

    player_ref: str
    token: str | None
    game_ref: str | None
    op: Op
    reference: str
    wire: WireCurrency | None

    def call(self, wire: WireCurrency) -> GameCall:
        """Return what ``casino.play`` gets."""
        return GameCall(self.player_ref, wire.currency, (self.op,), self.token, self.game_ref)


_MESSAGES = msgspec.json.Decoder(Message)
_LOOSE = msgspec.json.Decoder(_Loose)


def decode(body: bytes) -> Message:
    """Read a verified body. Raises BadCallback."""
    try:
        return _MESSAGES.decode(body)
    except msgspec.ValidationError as error:
        raise BadCallback(Status.WRONG_TYPES, "a field's type") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadCallback(Status.WRONG_SYNTAX, "not JSON") from error


def echo_of(body: bytes) -> Message | None:
    """Read from a verified body that is no message at least what a reply repeats."""
    try:
        loose = _LOOSE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    user, request_uuid = loose.user, loose.request_uuid
    return Message(
        user=user if isinstance(user, str) else None,
        request_uuid=request_uuid if isinstance(request_uuid, str) else None,
    )


def text(value: str | None, name: str) -> str:
    """Return a field's text. Raises BadCallback when there is none, or none to be stored."""
    found = optional(value, name)
    if found is None:
        raise BadCallback(Status.WRONG_SYNTAX, name)
    return found


def optional(value: str | None, name: str) -> str | None:
    """Return a field's text, None when it is absent or empty. Raises BadCallback."""
    if not value:
        return None
    if len(value) > TEXT_LENGTH_MAX or not value.isprintable():
        raise BadCallback(Status.WRONG_SYNTAX, name)
    return value


def player_of(message: Message, prefix: str) -> str:
    """Return our number of the player. Raises BadCallback, UnknownPlayer."""
    user = text(message.user, "user")
    text(message.request_uuid, "request_uuid")
    if len(user) < USER_LENGTH_MIN:
        raise BadCallback(Status.WRONG_SYNTAX, "user")
    number = user.removeprefix(prefix)
    # Written one way only: another spelling of a number would be another user to the peer.
    if not user.startswith(prefix) or not _NUMBER.fullmatch(number):
        raise UnknownPlayer
    return number


def bet(message: Message, manifest: Manifest, prefix: str) -> Bet:
    """Translate a bet. Raises BadCallback, UnknownPlayer."""
    player_ref, wire = player_of(message, prefix), _wire(message, manifest)
    token = text(message.token, "token")
    game_ref = text(message.game_code, "game_code")
    units = _units(message, wire)
    promo = bool(message.is_supplier_promo)
    free = promo or bool(message.is_free)
    kind = Kind.PROMO_BET if free else Kind.BET
    if promo:
        # Their text: such a bet may belong to a session that is long over. It moves nothing, so
        # it is noted as a credit of nothing, which no session can refuse.
        kind = Kind.PROMO_WIN
    op = _op(message, kind, 0 if free else units)
    return Bet(
        GameCall(player_ref, wire.currency, (op,), token, game_ref),
        wire,
        promo,
        Money(units, wire.currency) if free and units else None,
    )


def win(message: Message, manifest: Manifest, prefix: str) -> Win:
    """Translate a win. Raises BadCallback, UnknownPlayer."""
    player_ref, wire = player_of(message, prefix), _wire(message, manifest)
    promo, free = bool(message.is_supplier_promo), bool(message.is_free)
    reward = optional(message.reward_uuid, "reward_uuid")
    kind = Kind.WIN
    if promo:
        kind = Kind.PROMO_WIN
    elif free or reward is not None:
        kind = Kind.FREE_SPIN_WIN
    op = _op(message, kind, _units(message, wire))
    return Win(
        GameCall(player_ref, wire.currency, (op,), *_where(message)),
        wire,
        optional(message.reference_transaction_uuid, "reference_transaction_uuid"),
        needs_bet=not promo and not (free and reward is not None),
    )


def rollback(message: Message, manifest: Manifest, prefix: str) -> Rollback:
    """Translate a rollback. Raises BadCallback, UnknownPlayer."""
    player_ref = player_of(message, prefix)
    wire = _wire(message, manifest) if message.currency else None
    reference = text(message.reference_transaction_uuid, "reference_transaction_uuid")
    # No amount: what is taken back is what the original really moved.
    op = _op(message, Kind.REVERSAL, None, reference)
    return Rollback(player_ref, *_where(message), op, reference, wire)


def _wire(message: Message, manifest: Manifest) -> WireCurrency:
    wire = manifest.currency_of(text(message.currency, "currency"))
    if wire is None:
        raise BadCallback(Status.WRONG_CURRENCY, "currency")
    return wire


def _units(message: Message, wire: WireCurrency) -> int:
    if message.amount is None:
        raise BadCallback(Status.WRONG_SYNTAX, "amount")
    try:
        return wire.units(message.amount)
    except InvalidAmount as error:
        raise BadCallback(Status.WRONG_SYNTAX, "amount") from error


def _where(message: Message) -> tuple[str | None, str | None]:
    return optional(message.token, "token"), optional(message.game_code, "game_code")


def _op(message: Message, kind: Kind, units: int | None, reference: str | None = None) -> Op:
    key = text(message.transaction_uuid, "transaction_uuid")
    round_id = optional(message.round, "round")
    ends_round = round_id is not None and bool(message.round_closed)
    try:
        return Op(kind, key, units, round_id, reference, ends_round)
    except ValueError as error:  # an amount beyond what can be stored
        raise BadCallback(Status.WRONG_SYNTAX, "amount") from error


Translator = Callable[[Message, Manifest, str], Bet | Win | Rollback]
TRANSACTIONS: dict[str, Translator] = {
    "transaction/bet": bet,
    "transaction/win": win,
    "transaction/rollback": rollback,
}
