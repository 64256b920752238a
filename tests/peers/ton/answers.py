"""tonlib's JSON: how the C library words blocks, transactions, messages and errors."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any, TypeAlias

from pytoniq_core.boc.address import Address
from pytoniq_core.boc.cell import Cell
from pytoniq_core.tlb.transaction import MessageAny, Transaction

from tests.peers.ton import build

Answer: TypeAlias = dict[str, Any]
SHARD = -(2**63)


def error(text: str) -> Answer:
    return {"@type": "error", "code": 500, "message": text}


def block(seqno: int) -> Answer:
    digest = build.base64_of(hashlib.sha256(str(seqno).encode()).digest())
    return {
        "@type": "ton.blockIdExt",
        "workchain": -1,
        "shard": str(SHARD),
        "seqno": seqno,
        "root_hash": digest,
        "file_hash": digest,
    }


def transaction_id(lt: int, hash_hex: str) -> Answer:
    digest = build.base64_of(bytes.fromhex(hash_hex))
    return {"@type": "internal.transactionId", "lt": str(lt), "hash": digest}


def transaction(boc: bytes, *, garbled: bool) -> Answer:
    cell = Cell.one_from_boc(boc)
    read: Transaction = Transaction.deserialize(build.opened(cell))
    answer: Answer = {
        "@type": "raw.transaction",
        "address": {"@type": "accountAddress", "account_address": f"0:{read.account_addr_hex}"},
        "utime": read.now,
        "data": build.base64_of(boc[:-7] if garbled else boc),
        "transaction_id": transaction_id(read.lt, cell.hash.hex()),
        "fee": "0",
        "storage_fee": "0",
        "other_fee": "0",
        "out_msgs": [message(out) for out in read.out_msgs],
    }
    if read.in_msg is not None:
        answer["in_msg"] = message(read.in_msg)
    return answer


def message(read: MessageAny) -> Answer:
    """Return a message as tonlib shows it: no bounced flag, sources as base64, value as text."""
    info = read.info
    source = getattr(info, "src", None)
    destination = getattr(info, "dest", None)
    return {
        "@type": "raw.message",
        "source": {"@type": "accountAddress", "account_address": _shown(source)},
        "destination": {"@type": "accountAddress", "account_address": _shown(destination)},
        "value": str(getattr(info, "value_coins", 0)),
        "fwd_fee": str(getattr(info, "fwd_fee", 0)),
        "ihr_fee": str(getattr(info, "ihr_fee", 0)),
        "created_lt": str(getattr(info, "created_lt", 0)),
        "body_hash": build.base64_of(read.body.hash),
        "msg_data": {
            "@type": "msg.dataRaw",
            "body": build.base64_of(build.boc_of(read.body)),
            "init_state": "",
        },
    }


def _shown(address: object) -> str:
    if not isinstance(address, Address):
        return ""
    body = bytes([0x11, address.wc & 0xFF]) + address.hash_part
    checksum = binascii.crc_hqx(body, 0).to_bytes(2)
    return base64.urlsafe_b64encode(body + checksum).decode()
