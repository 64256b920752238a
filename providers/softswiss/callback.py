"""What callbacks ask for, whichever generation wrote them, and what is refused on sight."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Protocol

import msgspec

from casino.money import Money
from casino.play import EndedSpins, GameCall, Reply, WireCurrency
from casino.text import is_storable
from casino.wallet.operations import OPS_PER_BATCH_MAX, Item, Kind, Op, Outcome, Refusal

BODY_BYTES_MAX = 64 * 1024

# A round's end is keyed "finish:<round>", which must fit a key of the wallet.
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=190)]
RoundId = Annotated[str, msgspec.Meta(min_length=1, max_length=180)]

# Codes of the vendor's catalogue that are ours to answer.
FUNDS, PLAYER, LIMIT, GAME, DISABLED, COUNTRY, CURRENCY = 100, 101, 105, 107, 110, 153, 154
MALFORMED, FORGED, NOT_FOUND, ALREADY, FAILURE, UNAVAILABLE = 400, 403, 404, 409, 500, 503

MESSAGES = {
    FUNDS: "not enough funds",
    PLAYER: "player is invalid",
    LIMIT: "bet limit is reached",
    GAME: "game is forbidden to the player",
    DISABLED: "player is disabled",
    COUNTRY: "game is not available in the player's country",
    CURRENCY: "currency is not allowed for the player",
    MALFORMED: "bad request",
    FORGED: "bad signature",
    NOT_FOUND: "not found",
    ALREADY: "already exists or is rolled back",
    FAILURE: "unknown error",
    UNAVAILABLE: "outcome is not known yet",
}
WITH_BALANCE = frozenset({FUNDS, LIMIT, 106})  # codes whose answer carries the balance

REFUSALS = {
    Refusal.NOT_ENOUGH_MONEY: FUNDS,
    Refusal.FROZEN: DISABLED,
    Refusal.EXCLUDED: DISABLED,
    Refusal.BLOCKED: COUNTRY,
    Refusal.LIMIT_REACHED: LIMIT,
    Refusal.SESSION_ENDED: PLAYER,
    Refusal.GAME_OFF: GAME,
    Refusal.UNKNOWN_PLAYER: PLAYER,
    Refusal.KEY_CONFLICT: ALREADY,
    Refusal.REFERENCE_MISMATCH: MALFORMED,
    Refusal.LATE_ORIGINAL: ALREADY,
    Refusal.OUT_OF_RANGE: FAILURE,
    Refusal.UNKNOWN_HOLD: FAILURE,
}


_TOLD_BEFORE = frozenset({Outcome.REPLAYED, Outcome.ALREADY_ENDED})


class Rejected(ValueError):
    """The callback gets an error of the protocol; ``why`` is for the log."""

    def __init__(self, code: int, why: str) -> None:
        """Keep the code of the vendor's catalogue."""
        super().__init__(code, why)
        self.code = code
        self.why = why


class Shape(enum.Enum):
    """What an answer to operations looks like."""

    ROUND = "round"  # the balance, the round and every transaction
    FINISH = "finish"  # the balance
    PROMO = "promo"  # the balance and the one transaction


class BalanceQuery(msgspec.Struct, frozen=True):
    """Asks what the player could stake now."""

    player_ref: str
    wire: WireCurrency


class Settlement(msgspec.Struct, frozen=True):
    """Asks for operations; ``call`` is what ``casino.play`` gets."""

    call: GameCall
    wire: WireCurrency
    shape: Shape
    round_id: str  # empty outside of rounds
    ids: tuple[str, ...]  # the transactions to confirm, in order


class SpinsEnd(msgspec.Struct, frozen=True):
    """Says that free spins changed; without a status nothing is to be paid."""

    ref: str
    player_ref: str
    wire: WireCurrency
    status: EndedSpins | None
    won_units: int


Message = BalanceQuery | Settlement | SpinsEnd


class Dialect(Protocol):
    """How one generation writes what the other writes too."""

    def read(self, path: str, body: bytes) -> Message:
        """Translate a verified callback. Raises Rejected."""

    def balance(self, balance: Money, wire: WireCurrency) -> bytes:
        """Write an answer that holds nothing but the balance."""

    def settled(
        self, settlement: Settlement, transfers: list[str], balance: Money, at: str
    ) -> bytes:
        """Write the answer to operations; ``transfers`` are our ids, "" where there is none."""

    def failed(self, code: int, balance: Money | None, wire: WireCurrency | None) -> Reply:
        """Write an error."""


class Wires:
    """The currencies of an account, by their codes on the wire."""

    def __init__(self, wires: Iterable[WireCurrency]) -> None:
        """Take those that can be played."""
        self._wires = {wire.code: wire for wire in wires}

    def get(self, code: str) -> WireCurrency:
        """Find one. Raises Rejected."""
        wire = self._wires.get(code)
        if wire is None:
            raise Rejected(CURRENCY, "currency")
        return wire


def issue_id(ref: str, wire: WireCurrency, player_ref: str) -> str:
    """Name free spins so that their end, which tells an id and an amount only, can be read."""
    return f"{ref}-{wire.code}-{player_ref}"


def read_issue(text: str, wires: Wires) -> tuple[str, WireCurrency, str]:
    """Take the reference, currency and player out of an issue's id. Raises Rejected."""
    ref, _, rest = text.partition("-")
    code, _, player_ref = rest.rpartition("-")
    if not (ref and code and player_ref and is_storable(ref)):
        raise Rejected(MALFORMED, "issue_id")
    return ref, wires.get(code), player_ref


def finish_op(round_id: str) -> Op:
    """Close a round that nothing else happens in."""
    return Op(Kind.FINISH, f"finish:{round_id}", round_id=round_id)


def require_ids(ids: tuple[str, ...]) -> None:
    """Raise Rejected when a request names one id twice, or more than one batch holds."""
    if len(ids) > OPS_PER_BATCH_MAX:
        raise Rejected(MALFORMED, "too many")
    if len(ids) > 1 and len(set(ids)) < len(ids):
        raise Rejected(MALFORMED, "an id comes twice")


def require_game(game_ref: str | None) -> None:
    """Raise Rejected where a stake does not say which game it is for."""
    if not game_ref or not is_storable(game_ref):
        raise Rejected(MALFORMED, "game")


def names_original(op: Op, item: Item) -> bool:
    """Say whether our id of a reversal depends on what the ledger knows of its original."""
    return op.kind is Kind.REVERSAL and item.outcome in _TOLD_BEFORE
