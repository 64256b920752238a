"""Errors by who must act: the player, the machinery, or a person on duty."""

from __future__ import annotations

from typing import ClassVar

from db.database import OUTAGES as OUTAGES  # noqa: PLC0414 - edges meet these raw


class CroupierError(Exception):
    """Base of every error raised on purpose."""


class PlayerError(CroupierError):
    """The player can act: show the text ``error-<code>`` with ``values``; nothing was changed."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409  # what HTTP edges answer

    def __init__(self, **values: str) -> None:
        """Keep what the text shows."""
        super().__init__(self.code, values)
        self.values_shown = values


class TryLater(CroupierError):
    """Nobody needs to act: something outside is away, and the machinery repeats."""

    code: ClassVar[str] = "try-later"


# What an edge answers with "try later": said on purpose, or met raw.
LATER: tuple[type[BaseException], ...] = (TryLater, *OUTAGES)


class Busy(TryLater):
    """More waits already than can be done in time; nothing was begun."""

    code = "busy"


class OutcomeUnknown(TryLater):
    """Whether it was done is not known; a repeat with the same key finds out and does it once."""

    code = "outcome-unknown"


class Bug(CroupierError):
    """Stop, keep the evidence, wake somebody: something that cannot be has happened."""

    code: ClassVar[str] = "bug"


class Unauthorised(PlayerError):
    """No valid proof of who is asking."""

    code = "unauthorised"
    status = 401


class Forbidden(PlayerError):
    """Known, but not allowed to do this."""

    code = "forbidden"
    status = 403


class NotFound(PlayerError):
    """No such thing, or not theirs."""

    code = "not-found"
    status = 404


class Malformed(PlayerError):
    """The request is not what the endpoint expects."""

    code = "malformed"
    status = 400


class NotEnoughMoney(PlayerError):
    """The stake is larger than what may be staked."""

    code = "not-enough-money"


class AccountFrozen(PlayerError):
    """Staff froze the player: no stakes, no withdrawals."""

    code = "account-frozen"
    status = 403


class Excluded(PlayerError):
    """The player shut themselves out for a time."""

    code = "excluded"
    status = 403


class BlockedHere(PlayerError):
    """Not offered where the player is."""

    code = "blocked-here"
    status = 403


class LimitReached(PlayerError):
    """The stake could take the player above a limit of stakes or losses."""

    code = "limit-reached"


class TermsNotAccepted(PlayerError):
    """Age and terms are confirmed before anything else."""

    code = "terms-not-accepted"
    status = 403


class GameUnavailable(PlayerError):
    """The game or its provider is switched off, or unknown on this surface."""

    code = "game-unavailable"


class SessionEnded(PlayerError):
    """The game session is over; a new launch opens another."""

    code = "session-ended"


class StakeOutOfRange(PlayerError):
    """The stake is below the minimum or above the maximum; both are shown."""

    code = "stake-out-of-range"


class KeyReused(PlayerError):
    """The same idempotency key came with other content."""

    code = "key-reused"


class UnknownCurrency(PlayerError):
    """No such currency, or not offered here."""

    code = "unknown-currency"
    status = 400
