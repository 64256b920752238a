"""What the aggregator answers beyond its list of games; amounts are exact, never a float."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class TableLimit(msgspec.Struct, frozen=True):
    """What may be staked at a table, as the wire has it."""

    currency: str = ""
    min: Decimal | None = None
    max: Decimal | None = None


class LobbyRow(msgspec.Struct, frozen=True, rename={"ref": "lobbyData", "open": "isOpen"}):
    """One table; ``ref`` goes into the launch, ``tableId`` into vouchers."""

    ref: str | int
    name: str = ""
    open: bool | int = True
    dealerName: str | None = None  # noqa: N815 - the wire's name
    tableId: str | int | None = None  # noqa: N815 - the wire's name
    limits: list[TableLimit] | None = None


class Lobby(msgspec.Struct, frozen=True):
    """The tables of one game; where there is one, it may come without a list around it."""

    lobby: list[LobbyRow] | LobbyRow


class LineBet(msgspec.Struct, frozen=True):
    """A stake per line: what a spin costs is that, times the lines, times a denomination."""

    bet_id: str | int
    bet_per_line: Decimal
    lines: int


class TotalBet(msgspec.Struct, frozen=True):
    """A stake per spin."""

    bet_id: str | int
    amount: Decimal


class OfferedBets(msgspec.Struct, frozen=True):
    """The stakes that free spins of one game may have."""

    denominations: list[Decimal] | None = None
    bets: list[LineBet] | None = None
    total_bets: list[TotalBet] | None = None


class FreeSpinsRow(msgspec.Struct, frozen=True):
    """Free spins as the aggregator knows them."""

    freespin_id: str
    player_id: str
    game_uuid: str
    quantity: int
    quantity_left: int | None = None
    status: str | int | None = None
    is_canceled: bool | int = False
    total_win: Decimal | None = None


class VoucherRow(msgspec.Struct, frozen=True):
    """A voucher as the aggregator knows it."""

    voucher_id: str
    player_id: str
    currency: str
    state: str | None = None
    playable: Decimal | None = None
    winnings: Decimal | None = None


class MerchantLimit(msgspec.Struct, frozen=True):
    """What is left of the merchant's credit with some studios."""

    amount: Decimal
    currency: str
    providers: list[str] = []


class FreeSpinLimit(msgspec.Struct, frozen=True):
    """How many free spins the merchant may still give with some studios."""

    quantity: int
    currency: str
    providers: list[str] = []


class JackpotRow(msgspec.Struct, frozen=True):
    """One jackpot as it stands."""

    name: str
    amount: Decimal
    currency: str
    provider: str = ""


class TagRow(msgspec.Struct, frozen=True):
    """A word that games are tagged with."""

    code: str
    label: str = ""


class Tags(msgspec.Struct, frozen=True):
    """All such words."""

    items: list[TagRow]
