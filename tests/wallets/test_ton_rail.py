"""The rail as the house uses it: it watches, says what is wrong, and stops only for a Bug."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from casino.cashier.rail import Cursor, Method, PaymentRail
from casino.errors import TryLater, UnknownCurrency
from casino.money import EUR, TON, USDT, Money
from tests.peers.ton.chain import Chain
from tests.wallets.support import MEMO, Book, FixedClock, stream, until, watching, world
from wallets.ton import TonRail, TonSettings
from wallets.ton.jettons import USDT_MASTER, WrongJettonWallet, usdt_wallet
from wallets.ton.watcher import ChainMismatch

OWNER = world("v5r1")
SHOWN = "UQCUm8ivArnrArRJxOEdWU9L79QzyMa2ZZZ7YKn52__z0N1Q"


def ton(mainnet: Path, clock: FixedClock, **other: Any) -> TonRail:
    fields: dict[str, Any] = {
        "config": mainnet,
        "wallet_seed": "07" * 32,
        "jettons": {"USDT": world("jetton_master")},
        "poll_s": 0.01,
        "query_s": 0.05,
    }
    settings = TonSettings(_env_file=None, **(fields | other))
    return TonRail(settings, mainnet.parent / "keystore", clock)


@pytest.fixture
def rail(mainnet: Path, clock: FixedClock) -> TonRail:
    return ton(mainnet, clock)


@pytest.fixture
def other_network(mainnet: Path) -> Path:
    mainnet.write_text('{"liteservers": [{}]}')
    return mainnet


def test_it_is_a_rail_and_declares_its_currencies(rail: TonRail) -> None:
    as_rail: PaymentRail = rail

    manifest = as_rail.manifest

    assert (manifest.id, manifest.method, manifest.play_money) == ("ton", Method.MEMO, False)
    assert manifest.currencies == (TON, USDT)
    assert manifest.minimums == {"TON": Money.parse("0.1", TON), "USDT": Money.parse("1", USDT)}
    assert as_rail.trouble() is None


async def test_players_are_shown_one_address_and_a_link_with_their_memo(rail: TonRail) -> None:
    assert await rail.deposit_address(TON) == SHOWN
    assert await rail.deposit_address(USDT) == SHOWN
    with pytest.raises(UnknownCurrency):
        await rail.deposit_address(EUR)

    assert rail.deposit_uri(TON, SHOWN, MEMO) == f"ton://transfer/{SHOWN}?text={MEMO}"
    link = rail.deposit_uri(USDT, SHOWN, "a&b c")
    assert link.startswith(f"ton://transfer/{SHOWN}?text=a%26b%20c&jetton=EQ")


async def test_a_network_that_is_not_the_main_one_shows_test_addresses(
    other_network: Path, clock: FixedClock
) -> None:
    rail = ton(other_network, clock)

    assert await rail.deposit_address(TON) == world("v5r1_testnet_friendly")


def test_the_older_wallet_can_be_chosen(mainnet: Path, clock: FixedClock) -> None:
    assert ton(mainnet, clock, wallet_version="v4r2").account == world("v4r2")


async def test_every_genuine_deposit_arrives_and_a_new_process_repeats_none(
    genuine: Chain, rail: TonRail, book: Book, mainnet: Path, clock: FixedClock
) -> None:
    everything = len(stream("owner")) + len(stream("jetton-wallet"))
    async with watching(rail, book):
        await until(lambda: len(book.settled) == everything)
        await until(lambda: rail.trouble() is None)
    again = ton(mainnet, clock)
    async with watching(again, book):
        genuine.deposit(OWNER, memo=MEMO, nanotons=5)
        await until(lambda: len(book.settled) == everything + 1)

    assert book.repeats == 0
    dollars = [d for d in book.deposits() if d.amount.currency == USDT]
    assert [d.amount.text() for d in dollars] == ["1.5", "2.5"]


async def test_built_deposits_arrive_like_genuine_ones(
    chain: Chain, rail: TonRail, book: Book
) -> None:
    master = world("jetton_master")
    async with watching(rail, book):
        chain.deposit(OWNER, memo=MEMO, nanotons=5)
        chain.jetton_deposit(OWNER, master=master, memo=MEMO, units=6)
        chain.jetton_deposit(OWNER, master=master, memo=MEMO, units=7, forward_nanotons=0)
        chain.jetton_deposit(OWNER, master=world("other_jetton_master"), memo=MEMO, units=8)
        await until(lambda: len(book.settled) == 5)  # 3 at the owner, 2 at its jetton wallet

    assert [(d.amount.units, d.memo) for d in book.incoming()] == [(5, MEMO), (6, MEMO), (7, None)]
    assert len(book.unknown()) == 1


async def test_an_outage_is_said_and_waited_out(chain: Chain, rail: TonRail, book: Book) -> None:
    for server in (0, 1):
        chain.server(server).script = ["LITE_SERVER_NETWORK: cancelled"] * 2
    with capture_logs() as logs:
        async with watching(rail, book):
            await until(lambda: rail.trouble() == "no lite server answers")
            chain.deposit(OWNER, memo=MEMO, nanotons=5)
            await until(lambda: len(book.settled) == 1)
            await until(lambda: rail.trouble() is None)

    said = [entry["event"] for entry in logs if entry["event"].startswith("ton deposits")]
    assert said == ["ton deposits are not seen", "ton deposits are seen"]


async def test_an_old_chain_is_said(chain: Chain, rail: TonRail, book: Book) -> None:
    chain.server(0).stale_s = chain.server(1).stale_s = 300
    async with watching(rail, book):
        await until(lambda: "older than 60 s" in (rail.trouble() or ""))
        chain.deposit(OWNER, memo=MEMO, nanotons=5)
        chain.server(0).stale_s = chain.server(1).stale_s = 0
        await until(lambda: len(book.settled) == 1)


async def test_a_book_that_is_away_is_waited_for(chain: Chain, rail: TonRail, book: Book) -> None:
    away = [TryLater("the database is away"), OSError("connection refused")]

    def fail(when: str, _transaction: object) -> None:
        if when == "before" and away:
            raise away.pop(0)

    book.crash = fail
    chain.deposit(OWNER, memo=MEMO, nanotons=5)
    with capture_logs() as logs:
        async with watching(rail, book):
            await until(lambda: rail.trouble() == "the database is away")
            await until(lambda: len(book.settled) == 1)
            await until(lambda: rail.trouble() is None)

    assert [d.amount.units for d in book.deposits()] == [5]
    (failure,) = (entry for entry in logs if entry["event"] == "ton poll failed")
    assert failure["exc_info"]  # with its traceback


@pytest.mark.usefixtures("genuine")
async def test_a_contradicted_history_stops_the_rail_loudly(rail: TonRail, book: Book) -> None:
    book.cursors[OWNER] = Cursor(stream("owner")[3].lt, "ab" * 32)
    with capture_logs() as logs, pytest.raises(ChainMismatch):
        async with asyncio.timeout(10):
            await rail.watch(book)

    assert not book.settled
    assert rail.trouble() == "stopped: the chain contradicts what was settled"
    assert [entry["log_level"] for entry in logs][-1] == "critical"


async def test_until_the_jetton_wallet_is_known_nothing_is_judged(
    chain: Chain, book: Book, mainnet: Path, clock: FixedClock
) -> None:
    """Its genuine notifications would pass for forged ones."""
    unknown = "0:" + "12" * 32
    rail = ton(mainnet, clock, jettons={"USDT": unknown})
    chain.deposit(OWNER, memo=MEMO, nanotons=5)
    chain.jetton_deposit(OWNER, master=unknown, memo=MEMO, units=6)
    async with watching(rail, book):
        await until(lambda: rail.trouble() == "reading the chain fails")
        assert not book.settled
        chain.jetton(unknown)
        await until(lambda: len(book.settled) == 3)

    assert [d.amount.units for d in book.deposits()] == [5, 6]


async def test_the_usdt_master_must_agree_with_the_offline_derivation(
    chain: Chain, book: Book, mainnet: Path, clock: FixedClock
) -> None:
    chain.jetton(USDT_MASTER, {OWNER: usdt_wallet(OWNER)})
    rail = ton(mainnet, clock, jettons={"USDT": USDT_MASTER})
    chain.jetton_deposit(OWNER, master=USDT_MASTER, memo=MEMO, units=6)
    async with watching(rail, book):
        await until(lambda: len(book.settled) == 2)
    assert [d.amount.units for d in book.deposits()] == [6]

    chain.jetton(USDT_MASTER, {OWNER: "0:" + "34" * 32})
    with pytest.raises(WrongJettonWallet):
        async with asyncio.timeout(10):
            await ton(mainnet, clock, jettons={"USDT": USDT_MASTER}).watch(book)


# ---------------------------------------------------------------- settings


def test_without_a_config_there_is_no_rail() -> None:
    assert TonSettings(_env_file=None).config is None


def test_the_environment_is_read(mainnet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TON_CONFIG", str(mainnet))
    monkeypatch.setenv("TON_MNEMONIC", world("phrase"))
    monkeypatch.setenv("TON_JETTONS", f'{{"USDT": "{world("jetton_master")}"}}')
    monkeypatch.setenv("TON_MINIMUM_DEPOSITS", '{"TON": "0.5", "USDT": "2"}')

    settings = TonSettings(_env_file=None)

    assert settings.public_key().hex() == world("phrase_public_key")
    assert settings.masters() == {USDT: world("jetton_master")}
    assert settings.minimums()["TON"] == Money.parse("0.5", TON)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"wallet_seed": "07" * 32, "mnemonic": "one two"},
        {"wallet_seed": "07" * 31},
        {"mnemonic": "abandon " * 24},
        {"wallet_seed": "07" * 32, "wallet_version": "v3r2"},
        {"wallet_seed": "07" * 32, "jettons": {"TON": "0:" + "12" * 32}},
        {"wallet_seed": "07" * 32, "jettons": {"FUN": "0:" + "12" * 32}},
        {"wallet_seed": "07" * 32, "jettons": {"DOGE": "0:" + "12" * 32}},
        {"wallet_seed": "07" * 32, "jettons": {"USDT": "0:12"}},
        {"wallet_seed": "07" * 32, "jettons": {"USDT": "0:" + "12" * 32, "EUR": "0:" + "12" * 32}},
        {"wallet_seed": "07" * 32, "minimum_deposits": {}},
        {"wallet_seed": "07" * 32, "minimum_deposits": {"TON": "0.0000000001"}},
        {"wallet_seed": "07" * 32, "minimum_deposits": {"TON": "-1"}},
        {"wallet_seed": "07" * 32, "poll_s": 0},
    ],
)
def test_settings_that_would_lose_money_are_refused_without_showing_secrets(
    mainnet: Path, fields: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="TonSettings") as caught:
        TonSettings(_env_file=None, config=mainnet, **fields)

    assert "0707" not in str(caught.value)
    assert "abandon" not in str(caught.value)


def test_secrets_are_not_printed(mainnet: Path) -> None:
    settings = TonSettings(_env_file=None, config=mainnet, wallet_seed="07" * 32)

    assert "0707" not in repr(settings)


@pytest.mark.parametrize("text", ["[]", "{}", '{"liteservers": []}', "no json"])
def test_a_config_without_lite_servers_is_refused(
    mainnet: Path, clock: FixedClock, text: str
) -> None:
    mainnet.write_text(text)

    with pytest.raises(ValueError, match=r"lite servers|Expecting value"):
        ton(mainnet, clock)
