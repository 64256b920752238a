from __future__ import annotations

import sys

import pytest
from pytoniq_core.boc.cell import Cell
from pytoniq_core.crypto.crc import crc16

from tests.wallets.support import world
from wallets.ton.addresses import InvalidAddress, raw, shown, shown_contract
from wallets.ton.jettons import usdt_wallet
from wallets.ton.wallet import (
    CODE,
    MAINNET,
    TESTNET,
    network_of,
    public_key_of_mnemonic,
    public_key_of_seed,
    wallet_address,
)

SEED = "07" * 32
V5R1 = "0:949bc8af02b9eb02b449c4e11d594f4befd433c8c6b665967b60a9f9dbfff3d0"
V4R2 = "0:2a6ee6b7ff41bfecafe383386325c7a895f4fe4ce346b18eb9c14a0152d6629c"


def test_wallet_code_is_the_published_one() -> None:
    hashes = {
        version: Cell.one_from_boc(bytes.fromhex(code)).hash.hex()
        for version, code in CODE.items()
    }

    assert hashes == {
        "v4r2": "feb5ff6820e2ff0d9483e7e0d62c817d846789fb4ae580c878866d959dabd5c0",
        "v5r1": "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f",
    }


def test_addresses_equal_those_of_an_independent_wallet_library() -> None:
    key = public_key_of_seed(SEED)

    assert key.hex() == "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"
    assert wallet_address(key, "v5r1", MAINNET) == V5R1 == world("v5r1")
    assert wallet_address(key, "v4r2", MAINNET) == V4R2 == world("v4r2")
    assert wallet_address(key, "v5r1", TESTNET) == world("v5r1_testnet")


def test_the_same_phrase_gives_the_same_key_as_elsewhere() -> None:
    assert public_key_of_mnemonic(world("phrase")).hex() == world("phrase_public_key")


@pytest.mark.parametrize("phrase", ["", "abandon " * 24, "one two three"])
def test_a_phrase_that_is_none_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="TON_MNEMONIC"):
        public_key_of_mnemonic(phrase)


@pytest.mark.parametrize("seed", ["", "07" * 31, "07" * 33, "zz" * 32, " " + "07" * 32])
def test_a_seed_that_is_none_is_refused_without_repeating_it(seed: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits") as caught:
        public_key_of_seed(seed)

    assert not seed or seed not in str(caught.value)


def test_players_see_a_non_bounceable_address_of_their_network() -> None:
    assert shown(V5R1, testnet=False) == "UQCUm8ivArnrArRJxOEdWU9L79QzyMa2ZZZ7YKn52__z0N1Q"
    assert shown(world("v5r1_testnet"), testnet=True) == world("v5r1_testnet_friendly")
    assert (
        shown_contract(V5R1, testnet=False) == "EQCUm8ivArnrArRJxOEdWU9L79QzyMa2ZZZ7YKn52__z0ICV"
    )


@pytest.mark.parametrize(
    "form",
    [
        V4R2,
        V4R2.upper().replace("0:", "0:"),
        "EQAqbua3_0G_7K_jgzhjJceolfT-TONGsY65wUoBUtZinKC1",
        "EQAqbua3/0G/7K/jgzhjJceolfT+TONGsY65wUoBUtZinKC1",
        "UQAqbua3_0G_7K_jgzhjJceolfT-TONGsY65wUoBUtZinP1w",
    ],
)
def test_every_form_of_an_address_has_one_raw_form(form: str) -> None:
    assert raw(form) == V4R2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EQAqbua3_0G_7K_jgzhjJceolfT-TONGsY65wUoBUtZinKC2",  # checksum
        "EQAqbua3_0G_7K_jgzhjJceolfT-TONGsY65wUoBUtZinK",
        "2:" + "00" * 32,
        "0:" + "00" * 31,
        "0:" + "00" * 32 + "\n",
        "x" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        raw(text)


def test_only_the_main_network_is_the_main_network() -> None:
    root = "F6OpKZKqvqeFp6CQmFomXNMfMj2EnaUSOXN+Mh+wVWk="

    assert network_of({"validator": {"zero_state": {"root_hash": root}}}) == MAINNET
    assert network_of({"validator": {"zero_state": {"root_hash": root.lower()}}}) == TESTNET
    assert network_of({"validator": None}) == TESTNET
    assert network_of({}) == TESTNET


@pytest.mark.parametrize(
    ("owner", "wallet"),
    [
        (
            "UQANCZLrRHVnenvs31J26Y6vUcirln0-6zs_U18w93WaN2da",
            "0:17818546474ae5d9acfaa8f25c3e5c45ca234a3c241c928236657686c4b9d624",
        ),
        (
            "0:23fa979918f1fe702db9100bf843e87c7015eccd39a4721e9b6bac170bc04ce3",
            "0:2626cf30b702bdded845efc883efa45029ff59defdacc4ce7b8b0a5966d75002",
        ),
        (V5R1, "0:81ab9bc9a0be1eba7da95dff286ae194b9a8908849e4548a5897ad34e450aeee"),
        (V4R2, "0:7a71afe0950fc8b191f4b2d35941d9274c54e0509e4ca1a12c0f7b38dc1e826b"),
    ],
)
def test_usdt_wallets_equal_the_chains_own_answers(owner: str, wallet: str) -> None:
    assert usdt_wallet(raw(owner)) == wallet


def test_crc16_stands_in_for_the_package_that_needs_a_compiler() -> None:
    crc16xmodem = sys.modules["crc16"].crc16xmodem

    assert crc16xmodem(b"123456789") == 0x31C3  # the check value of CRC-16/XMODEM
    sample = bytes.fromhex("11 00") + bytes.fromhex(V5R1[2:])
    assert crc16xmodem(sample) == int.from_bytes(crc16(sample))
