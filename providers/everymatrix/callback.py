"""A callback's body in the casino's words: who asks for what, and the operation it means."""

from __future__ import annotations

import enum
from typing import Annotated, Literal, TypeAlias

import msgspec

from casino.money import Currency, InvalidAmount, Money
from casino.text import is_storable
from casino.wallet.operations import GAME_CREDITS, STAKES, TEXT_LENGTH_MAX, Kind, Op

BODY_BYTES_MAX = 64 * 1024

# Identifiers come as text or as numbers; a reply repeats them, and no reply holds larger ones.
_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Reference: TypeAlias = str | _Number | None


class BadCallback(ValueError):
    """A field is missing, malformed or names something unknown; ``args`` says which."""


class Action(enum.Enum):
    """What a call asks for, in either vocabulary."""

    ACCOUNT = "account"
    BALANCE = "balance"
    WAGER = "wager"
    RESULT = "result"
    ROLLBACK = "rollback"
    STATUS = "status"


class Additional(msgspec.Struct, rename="pascal"):
    """What of ``AdditionalData`` means something here."""

    game_slug: Reference = None
    player_currency: str | None = None
    bonus_id: Reference = None


class Message(msgspec.Struct, rename="pascal"):
    """A call as the wire has it; fields that mean nothing here are passed over."""

    request: str
    login_name: str = ""
    password: str = ""
    session_id: Reference = None
    validate_session: bool | None = None
    external_user_id: Reference = None
    account_id: Reference = None
    transaction_type: str | None = None
    amount: msgspec.Raw = msgspec.Raw()
    transaction_id: Reference = None
    rollback_transaction_id: Reference = None
    reversal_transaction_id: Reference = None
    round_id: Reference = None
    round_status: str | None = None
    additional_data: Additional | None = None

    @property
    def session_ref(self) -> str | None:
        """The session that the call names."""
        return _read("SessionId", self.session_id)

    @property
    def player_ref(self) -> str | None:
        """The player that the call names, in either vocabulary."""
        return _read("ExternalUserId", self.external_user_id) or _read(
            "AccountId", self.account_id
        )

    @property
    def account_field(self) -> Literal["ExternalUserId", "AccountId"] | None:
        """The word that the call has for a player, if it names one."""
        if self.external_user_id is not None:
            return "ExternalUserId"
        return None if self.account_id is None else "AccountId"

    @property
    def key(self) -> str:
        """The transaction's identifier. Raises BadCallback when there is none."""
        return _required("TransactionId", self.transaction_id)

    @property
    def original_key(self) -> str | None:
        """What a rollback takes back, where it says so."""
        return _read("RollbackTransactionId", self.rollback_transaction_id) or _read(
            "ReversalTransactionId", self.reversal_transaction_id
        )

    @property
    def round_ref(self) -> str | None:
        """The round that the call belongs to."""
        return _read("RoundId", self.round_id)

    @property
    def bonus_ref(self) -> str | None:
        """The free spins that the call belongs to."""
        return _read("BonusId", self.additional_data.bonus_id) if self.additional_data else None

    @property
    def game_ref(self) -> str | None:
        """The game, by the word that launches it."""
        return _read("GameSlug", self.additional_data.game_slug) if self.additional_data else None

    @property
    def wire_currency(self) -> str | None:
        """The player's currency, where the call says it."""
        return self.additional_data.player_currency if self.additional_data else None

    @property
    def ends_round(self) -> bool:
        """Whether nothing of this round is to follow."""
        return self.round_ref is not None and self.round_status in {"Close", "Closed"}

    def units(self, currency: Currency) -> int:
        """Return the amount in minor units. Raises BadCallback."""
        # Read from the very text of the number: what a float or an exponent would hide is seen.
        text = bytes(self.amount).decode("utf-8", "replace")
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        try:
            return Money.parse(text, currency).units
        except InvalidAmount as error:
            raise BadCallback("Amount") from error


_DECODER = msgspec.json.Decoder(Message)

_PLAIN = {
    "GetAccount": Action.ACCOUNT,
    "GetBalance": Action.BALANCE,
    "GetTransactionStatus": Action.STATUS,
    "Wager": Action.WAGER,
    "Result": Action.RESULT,
    "Rollback": Action.ROLLBACK,
}
_TYPED = {
    ("WalletDebit", "Wager"): Action.WAGER,
    ("WalletCredit", "Result"): Action.RESULT,
    ("WalletCredit", "Rollback"): Action.ROLLBACK,
    ("WalletDebit", "Rollback"): Action.ROLLBACK,
}
# A credit gives a stake back, a debit takes a win back, the older word does either.
_TAKEN_BACK = {
    "WalletCredit": STAKES,
    "WalletDebit": GAME_CREDITS,
    "Rollback": STAKES | GAME_CREDITS,
}


def decode(body: bytes) -> Message:
    """Read a body. Raises BadCallback."""
    if len(body) > BODY_BYTES_MAX:
        raise BadCallback("body too large")
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # Its text names a field and a type, never a value.
        raise BadCallback(str(error)) from None


def action_of(message: Message) -> Action:
    """Say what is asked. Raises BadCallback."""
    action = _PLAIN.get(message.request)
    if action is None:
        action = _TYPED.get((message.request, message.transaction_type or ""))
    if action is None:
        raise BadCallback("Request")
    return action


def may_take_back(message: Message, kind: Kind) -> bool:
    """Say whether this rollback is one for an original of this kind."""
    return kind in _TAKEN_BACK[message.request]


def finds_original_by_round(message: Message) -> bool:
    """Say whether a rollback without the original's identifier means a round's wager."""
    return message.request != "WalletDebit"


def wager(message: Message, currency: Currency) -> Op:
    """Translate a stake; one of nothing is a free one. Raises BadCallback."""
    units = message.units(currency)
    return _op(Kind.BET if units else Kind.PROMO_BET, message, units)


def result(message: Message, currency: Currency) -> Op:
    """Translate a win, of nothing too. Raises BadCallback."""
    kind = Kind.WIN if message.bonus_ref is None else Kind.FREE_SPIN_WIN
    return _op(kind, message, message.units(currency))


def rollback(message: Message, original: str) -> Op:
    """Translate a rollback. Raises BadCallback.

    No amount: what is taken back is all of what the original moved. That it is what the call
    says is compared where the original is known.
    """
    return _op(Kind.REVERSAL, message, None, original)


def _op(kind: Kind, message: Message, units: int | None, reference: str | None = None) -> Op:
    return Op(
        kind,
        message.key,
        units,
        round_id=message.round_ref,
        reference=reference,
        ends_round=message.ends_round,
    )


def _required(name: str, value: Reference) -> str:
    text = _read(name, value)
    if text is None:
        raise BadCallback(name)
    return text


def _read(name: str, value: Reference) -> str | None:
    """Return an identifier as text, None when it is absent or empty. Raises BadCallback."""
    if value is None or value == "":
        return None
    text = str(value) if isinstance(value, int) else value
    if len(text) > TEXT_LENGTH_MAX or not text.isprintable() or not is_storable(text):
        raise BadCallback(name)
    return text
