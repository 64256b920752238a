"""A callback's body in the casino's words: a question about a player, or one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec

from casino.money import Currency, InvalidAmount, Money
from casino.play import GameCall
from casino.wallet.operations import STAKES, TEXT_LENGTH_MAX, Kind, Op
from providers.st8.settings import St8Account

BODY_BYTES_MAX = 64 * 1024

# The vendor also names "jackpot_debit" but not what it takes money for: it is refused.
DEBIT_KINDS = {
    "debit": Kind.BET,
    "free_debit": Kind.PROMO_BET,
    "bonus_buy_debit": Kind.BONUS_BUY,
    "correction_debit": Kind.GAME_CORRECTION_DOWN,
}
CREDIT_KINDS = {
    "credit": Kind.WIN,
    "free_credit": Kind.FREE_SPIN_WIN,
    "bonus_buy_credit": Kind.WIN,
    "jackpot_credit": Kind.JACKPOT,
    "promo_credit": Kind.PROMO_WIN,
    "correction_credit": Kind.GAME_CORRECTION_UP,
}


class BadCallback(ValueError):
    """A field is missing, malformed or names something unknown; ``args`` says which."""


class OtherSite(BadCallback):
    """A question or a stake of a site that is not ours."""


Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]


# Fields that are not needed are not read: what the vendor adds or changes there is its own affair.
class _Profile(msgspec.Struct):
    player: Text
    site: Text


class _Balance(msgspec.Struct):
    player: Text
    currency: Text
    site: Text


class _Moving(msgspec.Struct):
    player: Text
    transaction_id: Text
    amount: Text
    currency: Text


class _Debit(_Moving):
    provider_kind: Text
    site: Text
    game_code: Text
    # A correction needs none of these.
    token: str | None = None
    round: str | None = None
    round_closed: bool | None = None


class _Credit(_Moving):
    provider_kind: Text
    game_code: str | None = None
    round: str | None = None
    round_closed: bool | None = None


class _BuyIn(_Moving):
    site: Text
    game_code: Text
    token: str | None = None


class _PayOut(_Moving):
    game_code: str | None = None


class _Cancel(_Moving):
    cancel_id: Text


class ProfileQuery(msgspec.Struct, frozen=True):
    """Asks who a player is."""

    player_ref: str


class BalanceQuery(msgspec.Struct, frozen=True):
    """Asks what the player could stake now."""

    player_ref: str
    currency: Currency


class Settlement(msgspec.Struct, frozen=True):
    """Asks for one operation; ``call`` is what ``casino.play`` gets."""

    action: str
    call: GameCall
    ignored_stake: Money | None = None  # a free bet came with an amount: not taken

    @property
    def op(self) -> Op:
        """The one operation there is."""
        return self.call.ops[0]


Message = ProfileQuery | BalanceQuery | Settlement


def parse(action: str, body: bytes, account: St8Account) -> Message:
    """Translate a verified body. Raises BadCallback."""
    read = _READERS.get(action)
    if read is None:
        raise BadCallback("action")
    if len(body) > BODY_BYTES_MAX:
        raise BadCallback("body")
    try:
        return read(body, account)
    except BadCallback:
        raise
    except InvalidAmount as error:
        raise BadCallback("amount") from error
    except (ValueError, RecursionError) as error:  # not JSON, not its shape, or no key of ours
        raise BadCallback(str(error)) from error


S = TypeVar("S", bound=msgspec.Struct)


def _decoded_as(struct: type[S]) -> Callable[[bytes], S]:
    return msgspec.json.Decoder(struct).decode


_profile = _decoded_as(_Profile)
_balance = _decoded_as(_Balance)
_debit = _decoded_as(_Debit)
_credit = _decoded_as(_Credit)
_buyin = _decoded_as(_BuyIn)
_payout = _decoded_as(_PayOut)
_cancel = _decoded_as(_Cancel)


def _read_profile(body: bytes, account: St8Account) -> ProfileQuery:
    asked = _profile(body)
    _require_site(asked.site, account)
    return ProfileQuery(asked.player)


def _read_balance(body: bytes, account: St8Account) -> BalanceQuery:
    asked = _balance(body)
    _require_site(asked.site, account)
    return BalanceQuery(asked.player, _currency(asked.currency, account))


def _read_debit(body: bytes, account: St8Account) -> Settlement:
    asked = _debit(body)
    kind = DEBIT_KINDS.get(asked.provider_kind)
    if kind is None:
        raise BadCallback("provider_kind")
    if kind in STAKES:
        _require_site(asked.site, account)
        if not asked.token:
            raise BadCallback("token")
    money = _money(asked, account)
    free = kind is Kind.PROMO_BET
    op = Op(
        kind,
        asked.transaction_id,
        0 if free else money.units,
        round_id=asked.round or None,
        ends_round=bool(asked.round and asked.round_closed),
    )
    call = GameCall(asked.player, money.currency, (op,), asked.token, asked.game_code)
    return Settlement("debit", call, money if free and money else None)


def _read_credit(body: bytes, account: St8Account) -> Settlement:
    asked = _credit(body)
    kind = CREDIT_KINDS.get(asked.provider_kind)
    if kind is None:
        raise BadCallback("provider_kind")
    money = _money(asked, account)
    op = Op(
        kind,
        asked.transaction_id,
        money.units,
        round_id=asked.round or None,
        ends_round=bool(asked.round and asked.round_closed),
    )
    call = GameCall(asked.player, money.currency, (op,), game_ref=asked.game_code or None)
    return Settlement("credit", call)


def _read_buyin(body: bytes, account: St8Account) -> Settlement:
    asked = _buyin(body)
    _require_site(asked.site, account)
    money = _money(asked, account)
    op = Op(Kind.BUY_IN, asked.transaction_id, money.units)
    call = GameCall(asked.player, money.currency, (op,), asked.token or None, asked.game_code)
    return Settlement("buyin", call)


def _read_payout(body: bytes, account: St8Account) -> Settlement:
    asked = _payout(body)
    money = _money(asked, account)
    op = Op(Kind.PAYOUT, asked.transaction_id, money.units)
    call = GameCall(asked.player, money.currency, (op,), game_ref=asked.game_code or None)
    return Settlement("payout", call)


def _read_cancel(body: bytes, account: St8Account) -> Settlement:
    asked = _cancel(body)
    money = _money(asked, account)
    op = Op(Kind.REVERSAL, asked.cancel_id, money.units, reference=asked.transaction_id)
    return Settlement("cancel", GameCall(asked.player, money.currency, (op,)))


_READERS: dict[str, Callable[[bytes, St8Account], Message]] = {
    "player_profile": _read_profile,
    "balance": _read_balance,
    "debit": _read_debit,
    "credit": _read_credit,
    "buyin": _read_buyin,
    "payout": _read_payout,
    "cancel": _read_cancel,
}


def _require_site(site: str, account: St8Account) -> None:
    """Refuse another site's; asked of questions and stakes only."""
    if site != account.site:
        raise OtherSite("site")


def _currency(wire: str, account: St8Account) -> Currency:
    currency = account.currency_of(wire)
    if currency is None:
        raise BadCallback("currency")
    return currency


def _money(asked: _Moving, account: St8Account) -> Money:
    return Money.parse(asked.amount, _currency(asked.currency, account))
