"""The truth tables of deposits, row by row, on transactions that a real TVM executed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytoniq_core.boc.builder import Builder
from pytoniq_core.boc.cell import Cell

from casino.cashier.rail import Cursor, Flaw, Ignored, Incoming, UnknownAsset
from casino.money import TON, UNITS_MAX, USDT, Currency, Money
from tests.peers.ton import build
from tests.wallets.support import MEMO, Genuine, case, stream, world
from wallets.ton.chain import Link, read_link
from wallets.ton.client import BadAnswer
from wallets.ton.messages import Unreadable, read_jetton_wallet, read_owner

OWNER = world("v5r1")
JETTONS = {world("jetton_wallet"): USDT}
PLACE = build.Place(OWNER, 2_000_000, 0, "0" * 64, 1_760_000_000)
PLAYER = world("player")


def expect(
    genuine: Genuine,
    units: int,
    memo: str | None,
    flaw: Flaw | None,
    currency: Currency = TON,
) -> Incoming:
    external_id = f"{genuine.account}:{genuine.lt}:{genuine.hash}"
    return Incoming(external_id, Money(units, currency), memo, PLAYER, flaw)


NATIVE = [
    ("uninitialised-no-bounce", 2_000_000_000, MEMO, None),
    ("active-comment", 3_000_000_000, MEMO, None),
    ("active-no-comment", 700_000_000, None, Flaw.NO_MEMO),
    ("active-unknown-op", 800_000_000, None, Flaw.NO_MEMO),
    ("one-nanoton-bounce", 1, MEMO, None),  # the cashier files it: below the minimum
    ("comment-untidy", 1_000_000_000, MEMO, None),
    ("comment-snake", 1_100_000_000, MEMO, None),
    ("comment-long", 1_200_000_000, ("MEM0RY12 " * 30)[:128], None),
    ("comment-over-1kb", 1_300_000_000, None, Flaw.BAD_ENCODING),
    ("comment-too-deep", 1_400_000_000, None, Flaw.BAD_ENCODING),
    ("comment-binary", 1_600_000_000, None, Flaw.NO_MEMO),
    ("comment-encrypted", 1_700_000_000, None, Flaw.ENCRYPTED),
    ("comment-not-utf8", 1_800_000_000, None, Flaw.BAD_ENCODING),
    ("comment-nul", 1_900_000_000, None, Flaw.BAD_ENCODING),
    ("comment-ragged", 2_100_000_000, None, Flaw.BAD_ENCODING),
    ("comment-empty", 2_200_000_000, None, Flaw.NO_MEMO),
    ("active-comment-last", 4_000_000_000, MEMO, None),
]
JETTON = [
    ("jetton-forward-1-ref", 1_500_000, MEMO, None),
    ("jetton-forward-inline", 2_500_000, MEMO, None),
    ("jetton-no-comment", 4_500_000, None, Flaw.NO_MEMO),
    ("jetton-comment-encrypted", 5_500_000, None, Flaw.ENCRYPTED),
]
NO_MONEY = [
    ("uninitialised-bounce", "bounced back to its sender"),
    ("own-message-bounced", "bounced: a message of ours came back"),
    ("external-in-own-send", "external message: our own send"),
    ("external-in-jetton-send", "external message: our own send"),
    ("zero-value", "nothing was sent"),
]
STRANGE = [
    ("jetton-other-master", "other_jetton_wallet"),
    ("jetton-forged-notification", "forger"),
]


@pytest.mark.parametrize(("name", "nanotons", "memo", "flaw"), NATIVE)
def test_ton_that_stayed_is_money(
    name: str, nanotons: int, memo: str | None, flaw: Flaw | None
) -> None:
    genuine = case(name)

    assert read_owner(genuine.link, JETTONS) == expect(genuine, nanotons, memo, flaw)


@pytest.mark.parametrize(("name", "units", "memo", "flaw"), JETTON)
def test_notifications_of_our_own_jetton_wallet_are_money(
    name: str, units: int, memo: str | None, flaw: Flaw | None
) -> None:
    genuine = case(name)

    found = read_owner(genuine.link, JETTONS)

    assert found == expect(genuine, units, memo, flaw, currency=USDT)


@pytest.mark.parametrize(("name", "reason"), NO_MONEY)
def test_bounces_and_our_own_sends_are_not_money(name: str, reason: str) -> None:
    assert read_owner(case(name).link, JETTONS) == Ignored(reason)


@pytest.mark.parametrize(("name", "sender"), STRANGE)
def test_forged_and_foreign_notifications_are_no_deposit_of_anything(
    name: str, sender: str
) -> None:
    found = read_owner(case(name).link, JETTONS)

    assert isinstance(found, UnknownAsset)
    assert found.sender == world(sender)


def test_a_forged_notification_differs_from_a_genuine_one_in_its_sender_only() -> None:
    """With the forger's address on our list it would be credited: nothing else tells."""
    forged = case("jetton-forged-notification")

    found = read_owner(forged.link, {world("forger"): USDT})

    assert found == expect(forged, 9_000_000_000, MEMO, None, currency=USDT)


def test_excess_gas_that_comes_back_is_kept_without_an_owner() -> None:
    found = read_owner(case("excesses-returned").link, JETTONS)

    assert isinstance(found, Incoming)
    assert found.flaw == Flaw.NO_MEMO


def test_every_genuine_transaction_of_the_wallet_has_a_row_above() -> None:
    rows = [row[0] for table in (NATIVE, JETTON, NO_MONEY, STRANGE) for row in table]

    assert sorted([*rows, "excesses-returned"]) == sorted(t.case for t in stream("owner"))


def test_aborted_alone_does_not_tell_deposits() -> None:
    """Both aborted and both money: the reason the rule looks at what left again instead."""
    for name in ("uninitialised-no-bounce", "jetton-forward-1-ref", "one-nanoton-bounce"):
        genuine = case(name)
        assert genuine.decoded.description.aborted
        assert isinstance(read_owner(genuine.link, JETTONS), Incoming)


def test_tokens_sent_without_notification_are_found_at_our_jetton_wallet() -> None:
    genuine = case("jetton-forward-0", of="jetton-wallet")

    found = read_jetton_wallet(genuine.link, OWNER, USDT)

    assert found == expect(genuine, 3_500_000, None, Flaw.NO_MEMO, currency=USDT)


@pytest.mark.parametrize(
    "name",
    ["jetton-forward-1-ref", "jetton-forward-inline", "jetton-no-comment", "jetton-own-send"],
)
def test_the_jetton_wallet_adds_nothing_to_what_the_owner_is_told(name: str) -> None:
    genuine = case(name, of="jetton-wallet")

    assert isinstance(read_jetton_wallet(genuine.link, OWNER, USDT), Ignored)


def test_tokens_that_our_jetton_wallet_refused_are_no_money() -> None:
    """The forger writes to it what only another jetton wallet may write: the contract throws."""
    genuine = case("forged-internal-transfer", of="jetton-wallet")

    found = read_jetton_wallet(genuine.link, OWNER, USDT)

    assert found == Ignored("jetton transfer refused by the jetton wallet")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("uninitialised-no-bounce", Incoming),
        ("external-in-deploy", Ignored),
        ("active-comment", Incoming),
        ("active-unknown-op", Incoming),
    ],
)
def test_an_older_wallet_is_read_the_same_way(name: str, found: type) -> None:
    assert isinstance(read_owner(case(name, of="v4r2").link, JETTONS), found)


# ---------------------------------------------------------------- built, where no TVM would help


def built(
    body: Cell,
    nanotons: int = 1,
    source: str | None = None,
    *,
    bounced: bool = False,
    answers: bool = False,
) -> Link:
    sender = source or world("jetton_wallet")
    message = build.message(sender, OWNER, nanotons, body, lt=1, bounced=bounced)
    answer = build.message(OWNER, sender, nanotons, build.nothing(), lt=3)
    return linked(build.transaction(PLACE, message, (answer,) if answers else ()))


def linked(cell: Cell) -> Link:
    boc = build.base64_of(build.boc_of(cell))
    return read_link(OWNER, Cursor(PLACE.lt, cell.hash.hex()), boc)


def notification(units: int) -> Builder:
    builder = Builder()
    builder.store_uint(0x7362D09C, 32).store_uint(1, 64).store_coins(units)
    builder.store_address(PLAYER)
    return builder


def end(builder: Builder) -> Cell:
    cell: Cell = builder.end_cell()
    return cell


def test_a_notification_cut_before_its_payload_is_still_money() -> None:
    found = read_owner(built(end(notification(5))), JETTONS)

    assert isinstance(found, Incoming)
    assert (found.amount, found.flaw) == (Money(5, USDT), Flaw.NO_MEMO)


def test_a_payload_promised_in_a_missing_reference_is_no_memo() -> None:
    found = read_owner(built(end(notification(5).store_bit(1))), JETTONS)

    assert isinstance(found, Incoming)
    assert found.flaw == Flaw.NO_MEMO


@pytest.mark.parametrize(
    "body",
    [
        end(Builder().store_uint(0x7362D09C, 32)),
        end(Builder().store_uint(0x7362D09C, 32).store_uint(1, 64)),
        end(Builder().store_uint(0x7362D09C, 32).store_uint(1, 64).store_uint(0xF1, 8)),
        end(Builder().store_uint(0x7362D09C, 32).store_uint(1, 64).store_coins(5)),
        end(
            Builder().store_uint(0x7362D09C, 32).store_uint(1, 64).store_coins(5).store_bits("11")
        ),
    ],
)
def test_a_notification_cut_short_is_kept_for_staff(body: Cell) -> None:
    assert isinstance(read_owner(built(body), JETTONS), UnknownAsset)


@pytest.mark.parametrize(
    ("units", "found"),
    [(0, Ignored), (1, Incoming), (UNITS_MAX, Incoming), (UNITS_MAX + 1, UnknownAsset)],
)
def test_jetton_amounts_are_bounded(units: int, found: type) -> None:
    assert isinstance(read_owner(built(end(notification(units))), JETTONS), found)


@pytest.mark.parametrize(
    ("nanotons", "found"), [(UNITS_MAX, Incoming), (UNITS_MAX + 1, UnknownAsset)]
)
def test_ton_amounts_are_bounded(nanotons: int, found: type) -> None:
    link = built(build.comment(MEMO), nanotons)

    assert isinstance(read_owner(link, JETTONS), found)


def test_a_bounced_message_is_no_deposit_whatever_it_says() -> None:
    body = end(notification(5).store_bit(0))

    assert isinstance(read_owner(built(body, bounced=True), JETTONS), Ignored)


def test_ton_that_our_wallet_sent_on_is_no_deposit() -> None:
    assert isinstance(read_owner(built(build.comment(MEMO), answers=True), JETTONS), Ignored)


def test_a_bounced_transfer_of_ours_is_no_deposit_at_the_jetton_wallet() -> None:
    body = build.internal_transfer(5, PLAYER, 0, build.comment(MEMO))

    assert isinstance(read_jetton_wallet(built(body), OWNER, USDT), Incoming)
    assert isinstance(read_jetton_wallet(built(body, bounced=True), OWNER, USDT), Ignored)


def test_a_notification_is_judged_by_the_contract_it_came_from() -> None:
    link = built(end(notification(5)), source=world("jetton_master"))

    assert isinstance(read_owner(link, JETTONS), UnknownAsset)


def test_a_proven_transaction_that_the_decoder_does_not_know_is_unreadable() -> None:
    link = linked(build.transaction(PLACE, build.nothing()))  # no message at all inside

    with pytest.raises(Unreadable):
        read_owner(link, JETTONS)


# ---------------------------------------------------------------- what a server may not send


@pytest.mark.parametrize(
    "boc",
    [
        "",
        "!!!",
        build.base64_of(b"\xb5\xee\x9c\x72"),
        build.base64_of(b"\xb5\xee\x9c\x72" + b"\xff" * 60),
        build.base64_of(build.boc_of(build.nothing())),
        case("active-comment").boc[:-8],
        case("active-no-comment").boc,  # genuine, but another one
    ],
)
def test_what_is_not_the_transaction_asked_for_is_a_bad_answer(boc: str) -> None:
    genuine = case("active-comment")

    with pytest.raises(BadAnswer):
        read_link(genuine.account, Cursor(genuine.lt, genuine.hash), boc)


def test_a_transaction_with_another_hash_is_a_bad_answer() -> None:
    genuine = case("active-comment")

    with pytest.raises(BadAnswer, match="another one"):
        read_link(genuine.account, Cursor(genuine.lt, "ab" * 32), genuine.boc)


def test_a_chain_that_does_not_lead_backwards_is_a_bad_answer() -> None:
    place = replace(PLACE, previous_lt=PLACE.lt)
    cell = build.transaction(place, build.nothing())

    with pytest.raises(BadAnswer, match="names a later one"):
        linked(cell)


def test_a_transaction_of_another_account_is_a_bad_answer() -> None:
    genuine = case("active-comment")

    with pytest.raises(BadAnswer, match="another account"):
        read_link(world("v4r2"), Cursor(genuine.lt, genuine.hash), genuine.boc)
