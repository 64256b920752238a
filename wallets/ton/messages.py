"""What a transaction of ours means: a deposit, something else, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytoniq_core.boc.cell import Cell
from pytoniq_core.boc.slice import Slice
from pytoniq_core.tlb.transaction import InternalMsgInfo, MessageAny, Transaction

from casino.cashier.rail import Flaw, Ignored, Incoming, UnknownAsset
from casino.errors import CroupierError
from casino.money import TON, UNITS_MAX, Currency, Money
from wallets.ton.addresses import raw_or_none
from wallets.ton.cells import SHORT, is_exotic, opened
from wallets.ton.chain import Link
from wallets.ton.comments import Comment, read_comment

NOTIFICATION: Final = 0x7362D09C  # transfer_notification: jetton wallet -> owner
INTERNAL_TRANSFER: Final = 0x178D4519  # jetton wallet -> jetton wallet
_OP_BITS: Final = 32
_QUERY_BITS: Final = 64

Finding = Incoming | UnknownAsset | Ignored


class Unreadable(CroupierError):
    """A proven transaction that our decoder does not understand."""


def read_owner(link: Link, jettons: Mapping[str, Currency]) -> Finding:
    """Say what a transaction of the house's wallet brought.

    ``jettons`` maps our own jetton wallets, raw, to their currencies: the sender of a
    notification is the one thing that a forger cannot copy.
    """
    transaction = _decode(link)
    message: MessageAny | None = transaction.in_msg
    if message is None:
        return Ignored("no incoming message")
    if not isinstance(message.info, InternalMsgInfo):
        return Ignored("external message: our own send")
    if message.info.bounced:
        return Ignored("bounced: a message of ours came back")
    source = raw_or_none(message.info.src)
    if _op(message.body) == NOTIFICATION:
        if source is not None and source in jettons:
            return _notified(link, message.body, jettons[source])
        return UnknownAsset(
            link.external_id, source, "notification of a jetton wallet that is not ours"
        )
    return _native(link, transaction, message.info, read_comment(opened(message.body)))


def read_jetton_wallet(link: Link, owner: str, currency: Currency) -> Finding:
    """Say what a transaction of our own jetton wallet brought that the owner is not told of.

    A transfer with a forward amount of zero sends no notification: the tokens are here, and only
    this account shows them. Without a notification there is no memo.
    """
    transaction = _decode(link)
    message: MessageAny | None = transaction.in_msg
    if message is None or not isinstance(message.info, InternalMsgInfo):
        return Ignored("no incoming message")
    if message.info.bounced or _op(message.body) != INTERNAL_TRANSFER:
        return Ignored("not a jetton transfer to us")
    description = transaction.description
    # Here, unlike at the owner, the contract itself must have accepted the tokens.
    if getattr(description, "aborted", True):
        return Ignored("jetton transfer refused by the jetton wallet")
    if any(_notifies(out, owner) for out in transaction.out_msgs):
        return Ignored("jetton transfer that the owner is notified of")
    body = opened(message.body)
    try:
        body.skip_bits(_OP_BITS + _QUERY_BITS)
        units = body.load_coins()
        sender = raw_or_none(body.load_address())
    except SHORT:
        return UnknownAsset(link.external_id, None, f"unreadable jetton transfer of {currency}")
    return _jetton(link, units, currency, sender, Comment(flaw=Flaw.NO_MEMO))


def _decode(link: Link) -> Transaction:
    try:
        transaction: Transaction = Transaction.deserialize(opened(link.cell))
    except Exception as error:  # pytoniq_core raises bare Exception, TypeError, IndexError, ...
        raise Unreadable(f"{type(error).__name__}: {error}"[:150]) from error
    return transaction


def _native(
    link: Link, transaction: Transaction, info: InternalMsgInfo, comment: Comment
) -> Finding:
    """Tell whether TON stayed. ``aborted`` does not say so: an unborn wallet keeps coins too."""
    bounce = getattr(transaction.description, "bounce", None)
    if bounce is not None and bounce.type_ == "ok":
        return Ignored("bounced back to its sender")
    if transaction.out_msgs:
        return Ignored("answered with other messages: not a plain transfer")
    sender, value = raw_or_none(info.src), info.value
    if value.grams > UNITS_MAX:
        return UnknownAsset(link.external_id, sender, "amount out of range")
    if not value.grams:
        if value.other.dict:
            return UnknownAsset(link.external_id, sender, "extra currencies")
        return Ignored("nothing was sent")
    amount = Money(value.grams, TON)
    return Incoming(link.external_id, amount, comment.memo, sender, comment.flaw)


def _notified(link: Link, body: Cell, currency: Currency) -> Finding:
    rest = opened(body)
    try:
        rest.skip_bits(_OP_BITS + _QUERY_BITS)
        units = rest.load_coins()
        sender = raw_or_none(rest.load_address())
    except SHORT:
        return UnknownAsset(link.external_id, None, f"unreadable notification of {currency}")
    return _jetton(link, units, currency, sender, read_comment(_payload(rest)))


def _jetton(
    link: Link, units: int, currency: Currency, sender: str | None, comment: Comment
) -> Finding:
    if units > UNITS_MAX:
        return UnknownAsset(link.external_id, sender, f"amount of {currency} out of range")
    if not units:
        return Ignored("nothing was sent")
    amount = Money(units, currency)
    return Incoming(link.external_id, amount, comment.memo, sender, comment.flaw)


def _payload(rest: Slice) -> Slice:
    """Return the forward payload, written here or in a reference.

    Some wallets leave even the choosing bit away: an empty payload.
    """
    written_apart = rest.remaining_bits and rest.load_bit()
    return opened(rest.load_ref()) if written_apart and rest.remaining_refs else rest


def _notifies(out: MessageAny, owner: str) -> bool:
    info = out.info
    return (
        isinstance(info, InternalMsgInfo)
        and raw_or_none(info.dest) == owner
        and _op(out.body) == NOTIFICATION
    )


def _op(body: Cell) -> int | None:
    if is_exotic(body) or len(body.bits) < _OP_BITS:
        return None
    op: int = opened(body).preload_uint(_OP_BITS)
    return op
