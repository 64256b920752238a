"""Lite servers' answers, checked: every transaction is hashed here and tied to its neighbour."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pytoniq_core.boc.cell import Cell

from casino.cashier.rail import Cursor
from casino.money import UNITS_MAX
from wallets.ton.cells import opened
from wallets.ton.client import BadAnswer
from wallets.ton.tonlib import Client

# A message holds at most 256 KiB; an account of ours never sends so many that its transaction
# comes near this.
BOC_BYTES_MAX = 1_000_000
PAGE_MAX = 100  # servers send ten
_TAG = "0111"  # transaction$0111


def _hash(text: str) -> str:
    decoded = base64.b64decode(text, validate=True)
    if len(decoded) != 32:  # noqa: PLR2004 - SHA-256
        raise ValueError("not a hash")
    return decoded.hex()


class _TransactionId(BaseModel):
    lt: int = Field(ge=0, le=UNITS_MAX)
    hash: Annotated[str, AfterValidator(_hash)]

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.lt, self.hash)


class AccountState(BaseModel):
    """An account as of one block: its newest transaction and the block's time."""

    last_transaction_id: _TransactionId
    sync_utime: int = Field(ge=0, le=2**32)

    @property
    def newest(self) -> Cursor:
        """The newest transaction; lt 0 for an account without any."""
        return self.last_transaction_id.cursor

    @property
    def block_at(self) -> datetime:
        """When the block was made."""
        return datetime.fromtimestamp(self.sync_utime, UTC)


class _Block(BaseModel):
    seqno: int = Field(ge=0, le=2**32)


class _MasterchainInfo(BaseModel):
    last: _Block


class _Transaction(BaseModel):
    data: str = Field(max_length=BOC_BYTES_MAX * 4 // 3 + 4)


class _Page(BaseModel):
    transactions: list[_Transaction] = Field(min_length=1, max_length=PAGE_MAX)


@dataclass(frozen=True, slots=True)
class Link:
    """One transaction of an account's chain, its hash proven, its contents not yet read."""

    account: str
    id: Cursor
    previous: Cursor  # lt 0 for the first one
    at: datetime
    cell: Cell

    @property
    def external_id(self) -> str:
        """Name it for ever."""
        return f"{self.account}:{self.id.lt}:{self.id.hash}"


async def newest_block(client: Client) -> int:
    """Return the sequence number of the newest masterchain block."""
    return _MasterchainInfo.model_validate(await client.get_masterchain_info()).last.seqno


async def account_state(client: Client, account: str, seqno: int) -> AccountState:
    """Return an account as of a masterchain block."""
    return AccountState.model_validate(await client.raw_get_account_state(account, seqno))


async def page(client: Client, account: str, start: Cursor) -> list[Link]:
    """Return a stretch of history, newest first, that begins with ``start`` without a gap.

    Raises BadAnswer when the server sent anything else: another page, a gap, another account.
    """
    answer = await client.raw_get_transactions(account, str(start.lt), start.hash)
    links: list[Link] = []
    expected = start
    for transaction in _Page.model_validate(answer).transactions:
        # What the answer says beside the cells is not read: it is proven by nothing.
        link = read_link(account, expected, transaction.data)
        links.append(link)
        expected = link.previous
        if expected.lt == 0:
            break
    return links


def read_link(account: str, expected: Cursor, boc: str) -> Link:
    """Read a transaction's fixed head and prove that it is the one expected. Raises BadAnswer."""
    try:
        data = base64.b64decode(boc, validate=True)
        cell = Cell.one_from_boc(data)
        head = opened(cell)
        tag = head.load_bits(4).to01()
        owner = head.load_bytes(32).hex()
        lt = head.load_uint(64)
        previous_hash = head.load_bytes(32).hex()
        previous = Cursor(head.load_uint(64), previous_hash)
        at = datetime.fromtimestamp(head.load_uint(32), UTC)
    except binascii.Error as error:
        raise BadAnswer(f"transaction {expected.lt} is no base64") from error
    except Exception as error:  # pytoniq_core raises bare Exception for broken bags of cells
        raise BadAnswer(f"transaction {expected.lt} is no bag of cells: {error}") from error
    if tag != _TAG or cell.hash.hex() != expected.hash or lt != expected.lt:
        raise BadAnswer(f"what was sent as transaction {expected.lt} is another one")
    if account != f"{account.partition(':')[0]}:{owner}":
        raise BadAnswer(f"transaction {lt} belongs to another account")
    if previous.lt >= lt:
        raise BadAnswer(f"transaction {lt} names a later one as its predecessor")
    return Link(account, expected, previous, at, cell)
