"""A callback's form in the casino's words: an asked balance, or operations on the wallet."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class BalanceQuery:
    """Asks what the player could stake now."""

    player_ref: str
    currency: Currency


@dataclass(frozen=True, slots=True)
class Settlement:
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
    action = fields.text("action")
    wire = fields.text("currency")
    currency = account.currency_of(wire)
    if currency is None:
        raise BadCallback("currency")
    try:
        match action:
            case "balance":
                return BalanceQuery(fields.text("player_id"), currency)
            case "bet":
                return _bet(fields, currency)
            case "win":
                return _settlement(fields, currency, (_win(fields, currency),))
            case "refund":
                return _settlement(fields, currency, (_refund(fields, currency),))
            case "rollback":
                return _rollback(fields, currency)
            case _:
                raise BadCallback("action")
    except InvalidAmount as error:
        raise BadCallback("amount") from error


def _bet(fields: _Fields, currency: Currency) -> Settlement:
    kind = _one_of(fields, "type", BET_KINDS)
    amount = Money.parse(fields.text("amount"), currency)
    ignored = amount if kind is Kind.PROMO_BET and amount else None
    op = Op(
        kind,
        fields.text("transaction_id"),
        0 if ignored else amount.units,
        round_id=fields.optional("round_id"),
        ends_round=_ends_round(fields),
    )
    # A stake needs both: without them neither the session nor the game could be asked.
    fields.text("session_id")
    fields.text("game_uuid")
    return _settlement(fields, currency, (op,), ignored_stake=ignored)


def _win(fields: _Fields, currency: Currency) -> Op:
    return Op(
        _one_of(fields, "type", WIN_KINDS),
        fields.text("transaction_id"),
        Money.parse(fields.text("amount"), currency).units,
        round_id=fields.optional("round_id"),
        ends_round=_ends_round(fields),
    )


def _refund(fields: _Fields, currency: Currency) -> Op:
    return Op(
        Kind.REVERSAL,
        fields.text("transaction_id"),
        Money.parse(fields.text("amount"), currency).units,
        round_id=fields.optional("round_id"),
        reference=fields.text("bet_transaction_id"),
        ends_round=_ends_round(fields),
    )


def _rollback(fields: _Fields, currency: Currency) -> Settlement:
    transaction_id = fields.text("transaction_id")
    round_id = fields.optional("round_id")
    listed = fields.listed("rollback_transactions")
    items = tuple(dict.fromkeys(_listed(item) for item in listed))
    # No amount: what is taken back is what the listed transaction really moved.
    ops = tuple(
        Op(Kind.REVERSAL, f"{transaction_id}:{item}", round_id=round_id, reference=item)
        for item in items
    )
    return _settlement(fields, currency, ops, rolled_back=items)


def _listed(item: _Fields) -> str:
    if item.text("action") not in ROLLED_BACK_ACTIONS:
        raise BadCallback("rollback_transactions: action")
    return item.text("transaction_id")


def _settlement(
    fields: _Fields,
    currency: Currency,
    ops: tuple[Op, ...],
    *,
    rolled_back: tuple[str, ...] | None = None,
    ignored_stake: Money | None = None,
) -> Settlement:
    call = GameCall(
        player_ref=fields.text("player_id"),
        currency=currency,
        ops=ops,
        session_ref=fields.optional("session_id"),
        game_ref=fields.optional("game_uuid"),
    )
    retry = fields.optional("casino_request_retry_count") or "0"
    return Settlement(
        action=fields.text("action"),
        transaction_id=fields.text("transaction_id"),
        call=call,
        rolled_back=rolled_back,
        ignored_stake=ignored_stake,
        retry=int(retry) if retry.isascii() and retry.isdigit() else 0,
    )


def _ends_round(fields: _Fields) -> bool:
    return fields.optional("finished") == "1" and fields.optional("round_id") is not None


def _one_of(fields: _Fields, name: str, kinds: dict[str, Kind]) -> Kind:
    kind = kinds.get(fields.text(name))
    if kind is None:
        raise BadCallback(name)
    return kind


class _Fields:
    """Reads fields of a form as bounded, printable text."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def optional(self, name: str) -> str | None:
        """Return a field's text; None when it is absent or empty."""
        value = self._form.get(name.encode())
        if isinstance(value, dict):
            raise BadCallback(name)
        if not value:
            return None
        try:
            text = value.decode()
        except UnicodeDecodeError as error:
            raise BadCallback(name) from error
        if len(text) > ID_LENGTH_MAX or not text.isprintable():
            raise BadCallback(name)
        return text

    def text(self, name: str) -> str:
        """Return a field's text. Raises BadCallback when there is none."""
        text = self.optional(name)
        if text is None:
            raise BadCallback(name)
        return text

    def listed(self, name: str) -> list[_Fields]:
        """Return the entries of a list of maps, one to as many as one batch holds."""
        entries = self._form.get(name.encode())
        if not isinstance(entries, dict) or not 0 < len(entries) <= OPS_PER_BATCH_MAX:
            raise BadCallback(name)
        inner = [entry for entry in entries.values() if isinstance(entry, dict)]
        if len(inner) < len(entries):
            raise BadCallback(name)
        return [_Fields(entry) for entry in inner]
