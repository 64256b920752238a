"""Deposit methods and targets, play money at once, and the player's own list."""

from __future__ import annotations

import asyncio
import re

import asyncpg
import pytest

from casino import errors
from casino.cashier import AmountOutOfRange, Cashier, Method, PaymentRail
from casino.money import EUR, FUN, TON, USDT, Money
from casino.play import GameCall, Play, Provider
from casino.players import Player, Players, TelegramUser
from casino.surfaces import House, Mode, Surface
from casino.wallet import Kind, Op, Wallet
from tests.casino.cashier.rails import chain_rail, play_rail
from tests.casino.play.providers import listed
from tests.casino.support import count, pockets

START = 1_000_000_000
FIVE = Money.parse("5", FUN)


@pytest.fixture(autouse=True)
def _wired(rails: dict[str, PaymentRail]) -> None:
    rails["ton"] = chain_rail()
    rails["sandbox"] = play_rail()


# --- what is offered


def test_methods_are_those_of_the_rails_in_currencies_of_the_house(
    cashier: Cashier, rails: dict[str, PaymentRail]
) -> None:
    rails["euro"] = play_rail(EUR)
    methods = cashier.methods(Surface.TELEGRAM)
    assert [(m.rail, m.currency, m.method, m.play_money) for m in methods] == [
        ("ton", TON, Method.MEMO, False),
        ("ton", USDT, Method.MEMO, False),
        ("sandbox", FUN, Method.INSTANT, True),
    ]
    assert [str(m.minimum) for m in methods] == ["0.1 TON", "0.000001 USDT", "1 FUN"]


def test_a_house_of_real_money_offers_no_play_money(
    wallet: Wallet, rails: dict[str, PaymentRail]
) -> None:
    house = House(Mode.LIVE, "https://casino.example")
    offered = Cashier(wallet, rails, house).methods(Surface.TELEGRAM)
    assert [m.currency for m in offered] == [TON]


def test_a_rail_in_trouble_says_so(cashier: Cashier, rails: dict[str, PaymentRail]) -> None:
    troubled = chain_rail()
    troubled.words = "the chain is not read"
    rails["ton"] = troubled
    assert cashier.methods(Surface.TELEGRAM)[0].trouble == "the chain is not read"


# --- where money is sent


async def test_a_target_names_address_memo_and_minimum(cashier: Cashier, player: Player) -> None:
    target = await cashier.deposit_target(player, "ton", TON)
    assert re.fullmatch("[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{9}", target.memo)
    assert target.address == "address-of-TON"
    assert target.memo in target.uri
    assert str(target.minimum) == "0.1 TON"


async def test_a_memo_is_one_a_player_for_ever_and_for_every_currency(
    cashier: Cashier, players: Players, player: Player, second: asyncpg.Connection
) -> None:
    asked = [cashier.deposit_target(player, "ton", c) for c in (TON, USDT) * 10]
    memos = {target.memo for target in await asyncio.gather(*asked)}
    assert len(memos) == 1
    assert await count(second, "deposit_memos") == 1
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    assert (await cashier.deposit_target(other, "ton", TON)).memo not in memos


@pytest.mark.parametrize(
    ("rail", "currency", "error"),
    [
        ("swift", TON, errors.NotFound),
        ("sandbox", FUN, errors.NotFound),  # it is sent nowhere
        ("ton", FUN, errors.UnknownCurrency),
        ("", TON, errors.NotFound),
    ],
)
async def test_a_target_that_does_not_exist_is_refused(
    rail: str, currency: object, error: type[Exception], cashier: Cashier, player: Player
) -> None:
    with pytest.raises(error):
        await cashier.deposit_target(player, rail, currency)  # type: ignore[arg-type]  # cases


async def test_real_money_waits_for_the_terms(
    wallet: Wallet, rails: dict[str, PaymentRail], players: Players, player: Player
) -> None:
    live = Cashier(wallet, rails, House(Mode.TESTNET, "https://casino.example"))
    with pytest.raises(errors.TermsNotAccepted):
        await live.deposit_target(player, "ton", TON)
    accepted = await players.accept_terms(player.id)
    assert (await live.deposit_target(accepted, "ton", TON)).memo


# --- play money at once


async def test_play_money_is_credited_once_per_key(
    cashier: Cashier, wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    deposits = await asyncio.gather(
        *(cashier.instant_deposit(player, "sandbox", FIVE, "key") for _ in range(20))
    )
    assert len({d.id for d in deposits}) == 1
    assert await pockets(second, player.id, FUN) == (START + FIVE.units, 0, 0)
    assert await count(second, "outbox", "name = 'deposit-credited'") == 1
    assert (await wallet.audit()).ok


async def test_the_same_key_with_another_amount_is_refused(
    cashier: Cashier, player: Player, second: asyncpg.Connection
) -> None:
    await cashier.instant_deposit(player, "sandbox", FIVE, "key")
    with pytest.raises(errors.KeyReused):
        await cashier.instant_deposit(player, "sandbox", FIVE + FIVE, "key")
    assert await count(second, "deposits") == 1


async def test_another_players_same_key_is_another_key(
    cashier: Cashier, players: Players, player: Player
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    one = await cashier.instant_deposit(player, "sandbox", FIVE, "key")
    two = await cashier.instant_deposit(other, "sandbox", FIVE, "key")
    assert one.id != two.id


@pytest.mark.parametrize("key", ["", "x" * 65, "a\0b", "ключ", "tab\t", "\ud800", "a\nb"])
async def test_a_key_that_could_be_misread_is_refused(
    key: str, cashier: Cashier, player: Player
) -> None:
    with pytest.raises(errors.Malformed):
        await cashier.instant_deposit(player, "sandbox", FIVE, key)


@pytest.mark.parametrize("text", ["0", "0.999999", "10000.000001", "9000000000000"])
async def test_play_money_has_a_smallest_and_a_largest_amount(
    text: str, cashier: Cashier, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        await cashier.instant_deposit(player, "sandbox", Money.parse(text, FUN), "k")
    assert refused.value.values_shown == {"minimum": "1 FUN", "maximum": "10000 FUN"}
    assert await count(second, "deposits") == 0


async def test_only_play_money_is_given_away(
    cashier: Cashier, rails: dict[str, PaymentRail], player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(errors.NotFound):  # a chain's rail credits what arrives, nothing else
        await cashier.instant_deposit(player, "ton", Money.parse("5", TON), "k")
    rails["generous"] = play_rail(TON)
    with pytest.raises(errors.UnknownCurrency):
        await cashier.instant_deposit(player, "generous", Money.parse("5", TON), "k")
    rails["careless"] = play_rail(FUN, play_money=False)
    with pytest.raises(errors.UnknownCurrency):
        await cashier.instant_deposit(player, "careless", FIVE, "k")
    assert await count(second, "deposits") == 0


async def test_a_players_list_is_their_own_newest_first_and_bounded(
    cashier: Cashier, players: Players, player: Player
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    for n in range(4):
        await cashier.instant_deposit(player, "sandbox", FIVE, f"k{n}")
    await cashier.instant_deposit(other, "sandbox", FIVE, "k")
    listed_ids = [d.external_id for d in await cashier.deposits(player.id, limit=3)]
    assert listed_ids == [f"{player.id}:k{n}" for n in (3, 2, 1)]


# --- a rail and a provider of one name


async def test_a_provider_cannot_reverse_a_deposit_of_the_rail_that_shares_its_name(
    cashier: Cashier,
    play: Play,
    providers: dict[str, Provider],
    player: Player,
    second: asyncpg.Connection,
) -> None:
    """The demo house has both a rail and a provider called sandbox."""
    providers["sandbox"] = listed("sandbox")
    await cashier.instant_deposit(player, "sandbox", FIVE, "key")
    back = Op(Kind.REVERSAL, "rollback-1", reference=f"{player.id}:key")
    await play.settle("sandbox", GameCall(str(player.id), FUN, (back,)))
    assert await pockets(second, player.id, FUN) == (START + FIVE.units, 0, 0)


async def test_a_provider_cannot_block_a_deposit_of_the_rail_that_shares_its_name(
    cashier: Cashier,
    play: Play,
    wallet: Wallet,
    providers: dict[str, Provider],
    player: Player,
    second: asyncpg.Connection,
) -> None:
    """Told that the deposit was credited, the player must see it."""
    providers["sandbox"] = listed("sandbox")
    back = Op(Kind.REVERSAL, "rollback-1", reference=f"{player.id}:key")
    await play.settle("sandbox", GameCall(str(player.id), FUN, (back,)))
    await cashier.instant_deposit(player, "sandbox", FIVE, "key")
    assert await pockets(second, player.id, FUN) == (START + FIVE.units, 0, 0)
    assert (await wallet.audit()).ok
