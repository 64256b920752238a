"""A chain in memory and the lite servers in front of it, in tonlib's own JSON.

The foreign side of ``wallets/ton``. Genuine transactions are appended as they are; further ones
are built (``deposit``, ``jetton_deposit``), not executed. Every account's chain is linked by lt
and hash, or appending fails.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from pytoniq_core.boc.address import Address
from pytoniq_core.boc.cell import Cell
from pytoniq_core.tlb.transaction import Transaction

from casino.clock import SystemClock
from tests.peers.ton import answers, build
from tests.peers.ton.answers import Answer

FIRST_BLOCK = 1000
NOBODY = "0" * 64
SENDER = f"0:{'ab' * 32}"
# Between peer and wrapper, no JSON of tonlib's: the library never answers; the library is stuck.
SILENCE: Answer = {"@type": "silence"}
DEAD: Answer = {"@type": "dead"}


@dataclass(slots=True)
class Faults:
    """How one lite server misbehaves."""

    silent: bool = False  # no answer at all
    dead: bool = False  # the C library itself is "stuck"
    lag: int = 0  # blocks it does not know yet
    stale_s: int = 0  # how old its newest block is
    oldest_lt: int = 0  # not archival: has no transaction before this
    repeats_pages: bool = False  # sends the newest page whatever was asked
    garbles: bool = False  # sends transactions that are no bags of cells
    script: list[str] = field(default_factory=list)  # errors for the next queries, in order


@dataclass(frozen=True, slots=True)
class Stored:
    """A transaction on the chain, and the block that brought it."""

    account: str
    lt: int
    hash: str
    previous_lt: int
    previous_hash: str
    utime: int
    boc: bytes
    block: int


class Chain:
    """Accounts with their transactions; each new one makes a block."""

    def __init__(self, now: Callable[[], int] | None = None, page_size: int = 10) -> None:
        self._now = now or _system_seconds
        self.page_size = page_size
        self.head = FIRST_BLOCK
        self.accounts: dict[str, list[Stored]] = {}
        self.jetton_wallets: dict[tuple[str, str], str] = {}
        self.masters: set[str] = set()
        self.faults: dict[int, Faults] = {}
        self.queries: list[tuple[int, str]] = []
        self._contracts: dict[int, str] = {}
        self._lt = 0

    # ---------------------------------------------------------------- what tests do

    def append(self, boc: bytes | str) -> Stored:
        """Put a transaction on its account's chain, and a block on top."""
        data = base64.b64decode(boc) if isinstance(boc, str) else boc
        cell = Cell.one_from_boc(data)
        read: Transaction = Transaction.deserialize(build.opened(cell))
        account = f"0:{read.account_addr_hex}"
        last = self._last(account)
        previous = (read.prev_trans_lt, read.prev_trans_hash.hex())
        if previous != (last.lt, last.hash):
            raise ValueError(f"transaction {read.lt} does not follow {last.lt} of {account}")
        self.head += 1
        stored = Stored(
            account=account,
            lt=read.lt,
            hash=cell.hash.hex(),
            previous_lt=read.prev_trans_lt,
            previous_hash=read.prev_trans_hash.hex(),
            utime=read.now,
            boc=data,
            block=self.head,
        )
        self.accounts.setdefault(account, []).append(stored)
        self._lt = max(self._lt, read.lt)
        return stored

    def deposit(
        self, account: str, *, memo: str | None, nanotons: int, sender: str = SENDER
    ) -> Stored:
        """Build a transfer of TON to an account and append it. Built, not executed."""
        body = build.nothing() if memo is None else build.comment(memo)
        place = self._place(account)
        return self._put(
            place, build.message(sender, place.account, nanotons, body, lt=place.lt - 1)
        )

    def jetton_deposit(
        self,
        account: str,
        *,
        master: str,
        memo: str | None,
        units: int,
        forward_nanotons: int = 1,
        sender: str = SENDER,
    ) -> Stored:
        """Build a jetton transfer: the jetton wallet's transaction, then the owner's.

        Without ``forward_nanotons`` the owner is not notified and has no transaction. Returns the
        last one. Built, not executed.
        """
        owner = _raw(account)
        payload = build.nothing() if memo is None else build.comment(memo)
        inside = self._place(self.jetton_wallet(master, owner))
        transfer = build.internal_transfer(units, sender, forward_nanotons, payload)
        told = build.message(
            inside.account,
            owner,
            forward_nanotons,
            build.notification(units, sender, payload),
            lt=inside.lt + 1,
            bounce=False,
        )
        arrived = build.message(_derived(sender), inside.account, 50_000_000, transfer, lt=1)
        stored = self._put(inside, arrived, (told,) if forward_nanotons else ())
        return self._put(self._place(owner), told) if forward_nanotons else stored

    def jetton(self, master: str, wallets: dict[str, str] | None = None) -> None:
        """Add a jetton master; ``wallets`` names the jetton wallets of owners where it matters."""
        self.masters.add(_raw(master))
        for owner, wallet in (wallets or {}).items():
            self.jetton_wallets[_raw(master), _raw(owner)] = _raw(wallet)

    def jetton_wallet(self, master: str, owner: str) -> str:
        """Return an owner's jetton wallet; made up unless it was given."""
        key = (_raw(master), _raw(owner))
        return self.jetton_wallets.setdefault(key, _derived("".join(key)))

    def server(self, index: int) -> Faults:
        """Return the faults of a lite server, to set them."""
        return self.faults.setdefault(index, Faults())

    # ---------------------------------------------------------------- what tonlib does

    def answer(self, query: Answer, server: int = 0) -> Answer:
        """Answer a query as tonlib would with this lite server behind it."""
        kind = str(query["@type"])
        self.queries.append((server, kind))
        faults = self.server(server)
        if kind == "init":
            return {"@type": "options.info"}
        if faults.dead:
            return DEAD
        if faults.silent:
            return SILENCE
        if faults.script:
            return answers.error(faults.script.pop(0))
        return self._answer(query, faults, self.head - faults.lag)

    def _answer(self, query: Answer, faults: Faults, seqno: int) -> Answer:
        match query["@type"]:
            case "withBlock":
                answer = self._answer(query["function"], faults, int(query["id"]["seqno"]))
            case "blocks.getMasterchainInfo":
                answer = {"@type": "blocks.masterchainInfo", "last": answers.block(seqno)}
            case "blocks.lookupBlock":
                asked = int(query["id"]["seqno"])
                unknown = answers.error("LITE_SERVER_NOTREADY: ltdb: block not in db")
                answer = unknown if asked > seqno else answers.block(asked)
            case "raw.getAccountState":
                answer = self._account_state(_address(query), faults, seqno)
            case "raw.getTransactions":
                answer = self._transactions(query, faults)
            case "smc.load":
                number = len(self._contracts) + 1
                self._contracts[number] = _address(query)
                answer = {"@type": "smc.info", "id": number}
            case "smc.runGetMethod":
                answer = self._get_method(query)
            case "smc.getRawFullAccountState":
                answer = self._account_state(self._contracts[query["id"]], faults, seqno)
            case other:
                answer = answers.error(f"no such query here: {other}")
        return answer

    def _account_state(self, account: str, faults: Faults, seqno: int) -> Answer:
        history = [s for s in self.accounts.get(account, ()) if s.block <= seqno]
        last = history[-1] if history else _genesis(account)
        return {
            "@type": "raw.fullAccountState",
            "balance": "0",
            "code": "",
            "data": "",
            "last_transaction_id": answers.transaction_id(last.lt, last.hash),
            "block_id": answers.block(seqno),
            "frozen_hash": "",
            "sync_utime": self._now() - faults.stale_s,
        }

    def _transactions(self, query: Answer, faults: Faults) -> Answer:
        start = int(query["from_transaction_id"]["lt"])
        start_hash = base64.b64decode(query["from_transaction_id"]["hash"]).hex()
        history = self.accounts.get(_address(query), [])
        if faults.repeats_pages and history:
            start, start_hash = history[-1].lt, history[-1].hash
        if not any((s.lt, s.hash) == (start, start_hash) for s in history):
            return answers.error("LITE_SERVER_UNKNOWN: cannot locate transaction in block with lt")
        older = [s for s in reversed(history) if s.lt <= start][: self.page_size]
        known = [s for s in older if s.lt >= faults.oldest_lt]
        if not known:
            return answers.error("LITE_SERVER_UNKNOWN: lt not in db")
        before = answers.transaction_id(known[-1].previous_lt, known[-1].previous_hash)
        return {
            "@type": "raw.transactions",
            "transactions": [answers.transaction(s.boc, garbled=faults.garbles) for s in known],
            "previous_transaction_id": before,
        }

    def _get_method(self, query: Answer) -> Answer:
        contract, method = self._contracts[query["id"]], query["method"]["name"]
        if method != "get_wallet_address" or contract not in self.masters:
            return {"@type": "smc.runResult", "gas_used": 0, "stack": [], "exit_code": 11}
        boc = base64.b64decode(query["stack"][0]["slice"]["bytes"])
        owner = build.opened(Cell.one_from_boc(boc)).load_address()
        if not isinstance(owner, Address):
            return answers.error("get_wallet_address was given no address")
        wallet = self.jetton_wallet(contract, _raw_of(owner))
        answered = build.base64_of(build.boc_of(build.address_cell(wallet)))
        entry = {
            "@type": "tvm.stackEntrySlice",
            "slice": {"@type": "tvm.slice", "bytes": answered},
        }
        return {"@type": "smc.runResult", "gas_used": 1000, "stack": [entry], "exit_code": 0}

    # ---------------------------------------------------------------- inside

    def _last(self, account: str) -> Stored:
        history = self.accounts.get(account)
        return history[-1] if history else _genesis(account)

    def _place(self, account: str) -> build.Place:
        last = self._last(_raw(account))
        self._lt = max(self._lt, last.lt) + 1_000_000
        return build.Place(last.account, self._lt, last.lt, last.hash, self._now())

    def _put(
        self, place: build.Place, in_message: Cell, out_messages: tuple[Cell, ...] = ()
    ) -> Stored:
        return self.append(build.boc_of(build.transaction(place, in_message, out_messages)))


def global_config(servers: int = 2) -> Answer:
    """Return a network config of as many lite servers as asked for; not the main network's."""
    return {
        "@type": "config.global",
        "liteservers": [
            {"ip": 2130706433, "port": 40000 + n, "id": {"@type": "pub.ed25519", "key": ""}}
            for n in range(servers)
        ],
        "validator": {"@type": "validator.config.global", "zero_state": answers.block(0)},
    }


def _system_seconds() -> int:
    return int(SystemClock().now().timestamp())


def _genesis(account: str) -> Stored:
    return Stored(account, 0, NOBODY, 0, NOBODY, 0, b"", 0)


def _raw_of(address: Address) -> str:
    return f"{address.wc}:{address.hash_part.hex()}"


def _raw(address: str) -> str:
    return _raw_of(Address(address.replace("+", "-").replace("/", "_")))


def _derived(name: str) -> str:
    return f"0:{hashlib.sha256(name.encode()).hexdigest()}"


def _address(query: Answer) -> str:
    return _raw(query["account_address"]["account_address"])
