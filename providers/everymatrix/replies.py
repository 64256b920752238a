"""What the vendor is answered: HTTP 200 always, a return code, and words of its own."""

from __future__ import annotations

import enum
from http import HTTPStatus

import orjson

from casino.money import Currency, Money
from casino.play import PlayerSession, Reply
from casino.wallet import Balance, Refusal
from providers.everymatrix.callback import Message
from providers.everymatrix.settings import EverymatrixAccount

API_VERSION = "1.0"


class Code(enum.IntEnum):
    """The protocol's return codes."""

    SUCCESS = 0
    UNKNOWN_ERROR = 101
    USER_BLOCKED = 102
    USER_NOT_FOUND = 103
    INSUFFICIENT_FUNDS = 104
    IP_NOT_ALLOWED = 105
    CURRENCY_NOT_SUPPORTED = 106
    BEING_PROCESSED = 107
    TRANSACTION_NOT_FOUND = 108
    LOSS_LIMIT = 109
    STAKE_LIMIT = 110
    SESSION_LIMIT = 111
    MAX_STAKE_LIMIT = 112
    SELF_EXCLUDED = 113
    USER_NOT_ACTIVE = 114


MESSAGES = {
    Code.SUCCESS: "Success",
    Code.UNKNOWN_ERROR: "UnknownError",
    Code.USER_BLOCKED: "UserIsBlocked",
    Code.USER_NOT_FOUND: "User not found",
    Code.INSUFFICIENT_FUNDS: "Insufficient funds",
    Code.IP_NOT_ALLOWED: "IPNotAllowed",
    Code.CURRENCY_NOT_SUPPORTED: "CurrencyNotSupported",
    Code.BEING_PROCESSED: "TransactionIsBeingProcessed",
    Code.TRANSACTION_NOT_FOUND: "TransactionNotFound",
    Code.LOSS_LIMIT: "CasinoLossLimitExceeded",
    Code.STAKE_LIMIT: "CasinoStakeLimitExceeded",
    Code.SESSION_LIMIT: "CasinoSessionLimitExceeded",
    Code.MAX_STAKE_LIMIT: "MaxStakeLimitExceeded",
    Code.SELF_EXCLUDED: "SelfExcluded",
    Code.USER_NOT_ACTIVE: "UserNotActive",
}

_REFUSALS = {
    Refusal.NOT_ENOUGH_MONEY: Code.INSUFFICIENT_FUNDS,
    Refusal.FROZEN: Code.USER_BLOCKED,
    Refusal.EXCLUDED: Code.SELF_EXCLUDED,
    Refusal.BLOCKED: Code.USER_NOT_ACTIVE,
    Refusal.SESSION_ENDED: Code.USER_NOT_FOUND,
    Refusal.UNKNOWN_PLAYER: Code.USER_NOT_FOUND,
}


class Replies:
    """Writes replies in the words of the account's settings and of the question."""

    def __init__(self, account: EverymatrixAccount) -> None:
        """Keep what the settings say of amounts and words."""
        self._account = account
        # What an account may do changes with its settings only; looked up for every reply.
        self._codes = {**_REFUSALS, Refusal.LIMIT_REACHED: Code(account.limit_code)}

    def failed(self, code: Code, message: Message | None = None) -> Reply:
        """Say what is wrong; a call that proved nothing is told nothing of what it said."""
        body: dict[str, object] = {"ApiVersion": API_VERSION}
        if message is not None:
            body["Request"] = message.request
        body["ReturnCode"] = code.value
        body["Message"] = MESSAGES[code]
        if message is not None and message.session_id is not None:
            body["SessionId"] = message.session_id
        return _reply(body)

    def refused(self, reason: Refusal, message: Message) -> Reply:
        """Say why the wallet did nothing."""
        return self.failed(self._codes.get(reason, Code.UNKNOWN_ERROR), message)

    def account(self, message: Message, session: PlayerSession) -> Reply:
        """Say who plays. What is not known of them is left empty."""
        return self._ok(
            message,
            session.player_ref,
            {
                "Country": self._account.country,
                "Currency": self._wire(session.currency),
                "UserName": session.player_ref,
                "FirstName": session.player_name,
                "LastName": "",
                "Alias": session.player_name,
                "City": "",
                "Birthdate": "",
                "RCPeriod": self._account.reality_check_minutes,
                "AdditionalData": {},
            },
        )

    def balance(self, message: Message, player_ref: str, balance: Balance) -> Reply:
        """Say what may be staked, and of what it is made."""
        currency = balance.currency
        return self._ok(
            message,
            player_ref,
            {
                "Balance": self._standing(balance.playable),
                "RealMoney": self._standing(balance.available),
                "BonusMoney": self._standing(Money(balance.bonus, currency)),
                "Currency": self._wire(currency),
            },
        )

    def moved(
        self,
        message: Message,
        player_ref: str,
        transaction: str,
        balance: Money,
        affected: int,
    ) -> Reply:
        """Say what an operation did; everything here comes from what is stored of it.

        Of what kind of money it was is not stored in a way that could be asked for, so all of it
        is called real: a repeat must not be answered differently.
        """
        currency = balance.currency
        return self._ok(
            message,
            player_ref,
            {
                "AccountTransactionId": transaction,
                "Currency": self._wire(currency),
                "Balance": self._standing(balance),
                "RealMoneyAffected": self._amount(Money(affected, currency), currency.decimals),
                "BonusMoneyAffected": self._amount(Money.zero(currency), currency.decimals),
            },
        )

    def status(self, message: Message, player_ref: str, *, processed: bool) -> Reply:
        """Say whether a transaction is stored."""
        return self._ok(
            message,
            player_ref,
            {
                "TransactionId": message.transaction_id,
                "TransactionStatus": "Processed" if processed else "Notexists",
            },
        )

    def _ok(self, message: Message, player_ref: str, fields: dict[str, object]) -> Reply:
        body: dict[str, object] = {
            "ApiVersion": API_VERSION,
            "Request": message.request,
            "ReturnCode": 0,
            "Message": MESSAGES[Code.SUCCESS],
        }
        if message.session_id is not None:
            body["SessionId"] = message.session_id
        body[message.account_field or self._account.account_field] = player_ref
        body |= fields
        return _reply(body)

    def _wire(self, currency: Currency) -> str:
        return self._account.wire_of(currency.code) or currency.code

    def _standing(self, amount: Money) -> orjson.Fragment:
        places = min(amount.currency.decimals, self._account.balance_places_max)
        return self._amount(amount, places)

    def _amount(self, amount: Money, places: int) -> orjson.Fragment:
        """Write a JSON number with fixed places, cut towards zero, never through a float."""
        text = amount.text(places)
        return orjson.Fragment(f'"{text}"' if self._account.amounts_as_text else text)


def _reply(body: dict[str, object]) -> Reply:
    return Reply(HTTPStatus.OK, orjson.dumps(body))
