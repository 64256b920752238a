"""A callback's form in the casino's words: an asked balance, or operations on the wallet."""

from __future__ import annotations

import msgspec

from casino.money import Currency, InvalidAmount, Money
from casino.play import GameCall
from casino.wallet.operations import OPS_PER_BATCH_MAX, Kind, Op
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.signature import Form

# A rolled back item is keyed "<rollback>:<item>", which must fit a key of the wallet.
ID_LENGTH_MAX = 94

BET_KINDS = {"bet": Kind.BET, "tip": Kind.TIP, "freespin": Kind.PROMO_BET}
WIN_KINDS = {
    "win": Kind.WIN,
    "jackpot": Kind.JACKPOT,
    "freespin": Kind.FREE_SPIN_WIN,
    "bonus": Kind.PROMO_WIN,
    "promo": Kind.PROMO_WIN,
    "prize_drop": Kind.PROMO_WIN,
    "pragmatic_prize_drop": Kind.PROMO_WIN,
    "unaccounted_promo": Kind.PROMO_WIN,
    "loyalty_win": Kind.PROMO_WIN,
    "tournament": Kind.TOURNAMENT_WIN,
    "pragmatic_tournament": Kind.TOURNAMENT_WIN,
}
ROLLED_BACK_ACTIONS = frozenset({"bet", "win", "refund"})


class BadCallback(ValueError):
    """A field is missing, malformed or names something unknown; ``args`` says which."""


class BalanceQuery(msgspec.Struct, frozen=True):
    """Asks what the player could stake now."""

    player_ref: str
    currency: Currency


class Settlement(msgspec.Struct, frozen=True):
    """Asks for operations; ``call`` is what ``casino.play`` gets."""

    action: str
    transaction_id: str
    call: GameCall
    rolled_back: tuple[str, ...] | None = None  # the ids to confirm, for a rollback
    ignored_stake: Money | None = None  # a free spin came with an amount: not debited
    retry: int = 0

    @property
    def takes_stake(self) -> bool:
        """Whether an answer of "failed" may only be given if no money stays taken."""
        return self.action == "bet"


def parse(form: Form, account: SlotegratorAccount) -> BalanceQuery | Settlement:
    """Translate a verified form. Raises BadCallback."""
    fields = _Fields(form)
    action = fields.text(b"action")
    wire = fields.text(b"currency")
    currency = account.currency_of(wire)
    if currency is None:
        raise BadCallback("currency")
    if action == "balance":
        return BalanceQuery(fields.text(b"player_id"), currency)
    read = _READERS.get(action)
    if read is None:
        raise BadCallback("action")
    try:
        return read(_Common(action, fields, currency))
    except InvalidAmount as error:
        raise BadCallback("amount") from error


class _Common:
    """What every action that moves money names; each field is read once."""

    __slots__ = ("action", "currency", "ends_round", "fields", "round_id", "transaction_id")

    def __init__(self, action: str, fields: _Fields, currency: Currency) -> None:
        self.action = action
        self.fields = fields
        self.currency = currency
        self.transaction_id = fields.text(b"transaction_id")
        self.round_id = fields.optional(b"round_id")
        self.ends_round = self.round_id is not None and fields.optional(b"finished") == "1"

    def units(self) -> int:
        return Money.parse(self.fields.text(b"amount"), self.currency).units

    def settlement(
        self,
        ops: tuple[Op, ...],
        *,
        rolled_back: tuple[str, ...] | None = None,
        ignored_stake: Money | None = None,
    ) -> Settlement:
        fields = self.fields
        call = GameCall(
            player_ref=fields.text(b"player_id"),
            currency=self.currency,
            ops=ops,
            session_ref=fields.optional(b"session_id"),
            game_ref=fields.optional(b"game_uuid"),
        )
        # A stake needs both: without them neither the session nor the game could be asked.
        if self.action == "bet":
            if call.session_ref is None:
                raise BadCallback("session_id")
            if call.game_ref is None:
                raise BadCallback("game_uuid")
        retry = fields.optional(b"casino_request_retry_count") or "0"
        return Settlement(
            self.action,
            self.transaction_id,
            call,
            rolled_back,
            ignored_stake,
            int(retry) if retry.isascii() and retry.isdigit() else 0,
        )


def _bet(common: _Common) -> Settlement:
    kind = _one_of(common.fields, b"type", BET_KINDS)
    units = common.units()
    ignored = units if kind is Kind.PROMO_BET else 0
    op = Op(
        kind,
        common.transaction_id,
        0 if ignored else units,
        round_id=common.round_id,
        ends_round=common.ends_round,
    )
    return common.settlement(
        (op,), ignored_stake=Money(ignored, common.currency) if ignored else None
    )


def _win(common: _Common) -> Settlement:
    op = Op(
        _one_of(common.fields, b"type", WIN_KINDS),
        common.transaction_id,
        common.units(),
        round_id=common.round_id,
        ends_round=common.ends_round,
    )
    return common.settlement((op,))


def _refund(common: _Common) -> Settlement:
    op = Op(
        Kind.REVERSAL,
        common.transaction_id,
        common.units(),
        round_id=common.round_id,
        reference=common.fields.text(b"bet_transaction_id"),
        ends_round=common.ends_round,
    )
    return common.settlement((op,))


def _rollback(common: _Common) -> Settlement:
    listed = common.fields.listed(b"rollback_transactions")
    items = tuple(dict.fromkeys(_listed(item) for item in listed))
    # No amount: what is taken back is what the listed transaction really moved.
    ops = tuple(
        Op(
            Kind.REVERSAL,
            f"{common.transaction_id}:{item}",
            round_id=common.round_id,
            reference=item,
        )
        for item in items
    )
    return common.settlement(ops, rolled_back=items)


_READERS = {"bet": _bet, "win": _win, "refund": _refund, "rollback": _rollback}


def _listed(item: _Fields) -> str:
    if item.text(b"action") not in ROLLED_BACK_ACTIONS:
        raise BadCallback("rollback_transactions: action")
    return item.text(b"transaction_id")


def _one_of(fields: _Fields, name: bytes, kinds: dict[str, Kind]) -> Kind:
    kind = kinds.get(fields.text(name))
    if kind is None:
        raise BadCallback(name.decode())
    return kind


class _Fields:
    """Reads fields of a form as bounded, printable text."""

    __slots__ = ("_form",)

    def __init__(self, form: Form) -> None:
        self._form = form

    def optional(self, name: bytes) -> str | None:
        """Return a field's text; None when it is absent or empty."""
        value = self._form.get(name)
        if isinstance(value, dict):
            raise BadCallback(name.decode())
        if not value:
            return None
        try:
            text = value.decode()
        except UnicodeDecodeError as error:
            raise BadCallback(name.decode()) from error
        if len(text) > ID_LENGTH_MAX or not text.isprintable():
            raise BadCallback(name.decode())
        return text

    def text(self, name: bytes) -> str:
        """Return a field's text. Raises BadCallback when there is none."""
        text = self.optional(name)
        if text is None:
            raise BadCallback(name.decode())
        return text

    def listed(self, name: bytes) -> list[_Fields]:
        """Return the entries of a list of maps, one to as many as one batch holds."""
        entries = self._form.get(name)
        if not isinstance(entries, dict) or not 0 < len(entries) <= OPS_PER_BATCH_MAX:
            raise BadCallback(name.decode())
        inner = [entry for entry in entries.values() if isinstance(entry, dict)]
        if len(inner) < len(entries):
            raise BadCallback(name.decode())
        return [_Fields(entry) for entry in inner]
