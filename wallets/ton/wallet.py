"""Our own wallet's address from its key: the hash of the contract's initial state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from nacl.signing import SigningKey
from pytoniq_core.boc.builder import Builder
from pytoniq_core.boc.cell import Cell
from pytoniq_core.crypto.keys import mnemonic_is_valid, mnemonic_to_private_key
from pytoniq_core.tlb.account import StateInit

# The zero state that the main network began with; any other network shows test-only addresses.
_MAINNET_ROOT: Final = "F6OpKZKqvqeFp6CQmFomXNMfMj2EnaUSOXN+Mh+wVWk="
_V4_SUBWALLET: Final = 698983191
_SEED = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)

# Contract code as bags of cells: github.com/ton-blockchain/wallet-contract and wallet-contract-v5.
CODE: Final = {
    "v4r2": (
        "b5ee9c72010214010002d4000114ff00f4a413f4bcf2c80b01020120020f020148030602e6d001d0d30321"
        "71b0925f04e022d749c120925f04e002d31f218210706c7567bd22821064737472bdb0925f05e003fa4030"
        "20fa4401c8ca07cbffc9d0ed44d0810140d721f404305c810108f40a6fa131b3925f07e005d33fc8258210"
        "706c7567ba923830e30d03821064737472ba925f06e30d0405007801fa00f40430f8276f2230500aa121be"
        "f2e0508210706c7567831eb17080185004cb0526cf1658fa0219f400cb6917cb1f5260cb3f20c98040fb00"
        "06008a5004810108f45930ed44d0810140d720c801cf16f400c9ed540172b08e23821064737472831eb170"
        "80185005cb055003cf1623fa0213cb6acb1fcb3fc98040fb00925f03e2020120070e020120080d02015809"
        "0a003db29dfb513420405035c87d010c00b23281f2fff274006040423d029be84c600201200b0c0019adce"
        "76a26840206b90eb85ffc00019af1df6a26840106b90eb858fc00011b8c97ed44d0d70b1f80059bd242b6f"
        "6a2684080a06b90fa0218470d4080847a4937d29910ce6903e9ff9837812801b7810148987159f318404f8"
        "f28308d71820d31fd31fd31f02f823bbf264ed44d0d31fd31fd3fff404d15143baf2a15151baf2a205f901"
        "541064f910f2a3f80024a4c8cb1f5240cb1f5230cbff5210f400c9ed54f80f01d30721c0009f6c519320d7"
        "4a96d307d402fb00e830e021c001e30021c002e30001c0039130e30d03a4c8cb1f12cb1fcbff1011121300"
        "6ed207fa00d4d422f90005c8ca0715cbffc9d077748018c8cb05cb0222cf165005fa0214cb6b12ccccc973"
        "fb00c84014810108f451f2a7020070810108d718fa00d33fc8542047810108f451f2a782106e6f74657074"
        "8018c8cb05cb025006cf165004fa0214cb6a12cb1fcb3fc973fb0002006c810108d718fa00d33f30522481"
        "0108f459f2a782106473747270748018c8cb05cb025005cf165003fa0213cb6acb1f12cb3fc973fb00000a"
        "f400c9ed54"
    ),
    "v5r1": (
        "b5ee9c7201021401000281000114ff00f4a413f4bcf2c80b01020120020d020148030402dcd020d749c120"
        "915b8f6320d70b1f2082106578746ebd21821073696e74bdb0925f03e082106578746eba8eb48020d72101"
        "d074d721fa4030fa44f828fa443058bd915be0ed44d0810141d721f4058307f40e6fa1319130e18040d721"
        "707fdb3ce03120d749810280b99130e070e2100f020120050c020120060902016e07080019adce76a26840"
        "20eb90eb85ffc00019af1df6a2684010eb90eb858fc00201480a0b0017b325fb51341c75c875c2c7e00011"
        "b262fb513435c280200019be5f0f6a2684080a0eb90fa02c0102f20e011e20d70b1f82107369676ebaf2e0"
        "8a7f0f01e68ef0eda2edfb218308d722028308d723208020d721d31fd31fd31fed44d0d200d31f20d31fd3"
        "ffd70a000af90140ccf9109a28945f0adb31e1f2c087df02b35007b0f2d0845125baf2e0855036baf2e086"
        "f823bbf2d0882292f800de01a47fc8ca00cb1f01cf16c9ed542092f80fde70db3cd81003f6eda2edfb02f4"
        "04216e926c218e4c0221d73930709421c700b38e2d01d72820761e436c20d749c008f2e09320d74ac002f2"
        "e09320d71d06c712c2005230b0f2d089d74cd7393001a4e86c128407bbf2e093d74ac000f2e093ed55e2d2"
        "0001c000915be0ebd72c08142091709601d72c081c12e25210b1e30f20d74a111213009601fa4001fa44f8"
        "28fa443058baf2e091ed44d0810141d718f405049d7fc8ca0040048307f453f2e08b8e14038307f45bf2e0"
        "8c22d70a00216e01b3b0f2d090e2c85003cf1612f400c9ed54007230d72c08248e2d21f2e092d200ed44d0"
        "d2005113baf2d08f54503091319c01810140d721d70a00f2e08ee2c8ca0058cf16c9ed5493f2c08de20010"
        "935bdb31e1d74cd0"
    ),
}


@dataclass(frozen=True, slots=True)
class Network:
    """Which network a global config describes."""

    global_id: int
    testnet: bool


MAINNET: Final = Network(-239, testnet=False)
TESTNET: Final = Network(-3, testnet=True)


def network_of(config: dict[str, Any]) -> Network:
    """Tell the main network from every other by its zero state."""
    validator = config.get("validator")
    zero_state = validator.get("zero_state") if isinstance(validator, dict) else None
    root = zero_state.get("root_hash") if isinstance(zero_state, dict) else None
    return MAINNET if root == _MAINNET_ROOT else TESTNET


def public_key_of_seed(seed: str) -> bytes:
    """Return the public key of an Ed25519 seed in hex. Raises ValueError."""
    if _SEED.fullmatch(seed) is None:
        raise ValueError("TON_WALLET_SEED: expected 64 hex digits")
    return bytes(SigningKey(bytes.fromhex(seed)).verify_key)


def public_key_of_mnemonic(phrase: str) -> bytes:
    """Return the public key of 24 words without a password. Raises ValueError."""
    words = phrase.split()
    if not mnemonic_is_valid(words):
        raise ValueError("TON_MNEMONIC: expected a wallet's 24 words, without a password")
    public_key, _ = mnemonic_to_private_key(words)
    return public_key


def wallet_address(public_key: bytes, version: str, network: Network) -> str:
    """Return the raw address of a wallet contract ``v5r1`` or ``v4r2`` in workchain 0."""
    data = Builder()
    if version == "v5r1":
        # The id packs the network: a signature made for one is worth nothing on the other.
        wallet_id = (1 << 31 ^ network.global_id) & 0xFFFFFFFF
        data.store_bit(1).store_uint(0, 32).store_uint(wallet_id, 32)
    else:
        data.store_uint(0, 32).store_uint(_V4_SUBWALLET, 32)
    data.store_bytes(public_key).store_bit(0)
    return contract_address(Cell.one_from_boc(bytes.fromhex(CODE[version])), data.end_cell())


def contract_address(code: Cell, data: Cell) -> str:
    """Return the raw address of a contract in workchain 0."""
    return f"0:{StateInit(code=code, data=data).serialize().hash.hex()}"
