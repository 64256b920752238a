"""What a watching rail reports: credited once, or filed with its reason, and never in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from casino import errors
from casino.cashier import Cashier, Flaw, Ignored, Incoming, PaymentRail, UnknownAsset
from casino.money import TON, UNITS_MAX, USDT, Money
from casino.players import Player, Players, TelegramUser
from casino.wallet import Wallet
from tests.casino.cashier.rails import ACCOUNT, arrival, chain_rail, incoming
from tests.casino.support import count, pockets


@pytest.fixture
async def memo(cashier: Cashier, rails: dict[str, PaymentRail], player: Player) -> str:
    rails["ton"] = chain_rail()
    return (await cashier.deposit_target(player, "ton", TON)).memo


async def cursor(second: asyncpg.Connection) -> int | None:
    lt: int | None = await second.fetchval("SELECT lt FROM chain_cursors")
    return lt


async def test_a_deposit_is_credited_and_told_with_the_cursor_in_one_commit(
    cashier: Cashier, wallet: Wallet, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    assert await cashier.cursor("ton", ACCOUNT) is None
    assert await cashier.record("ton", arrival(7, incoming("in-7", memo))) is True
    assert await pockets(second, player.id, TON) == (1_500_000_000, 0, 0)
    assert await cursor(second) == 7
    known = await cashier.cursor("ton", ACCOUNT)
    assert known is not None
    assert (known.lt, known.hash) == (7, f"{7:064x}")
    (deposit,) = await cashier.deposits(player.id)
    assert (deposit.rail, deposit.external_id) == ("ton", "in-7")
    assert deposit.amount == Money.parse("1.5", TON)
    row = await second.fetchrow("SELECT name, player_id, body FROM outbox")
    assert (row["name"], row["player_id"]) == ("deposit-credited", player.id)
    assert '"amount":"1.5"' in row["body"].replace(" ", "")
    assert (await wallet.audit()).ok


async def test_fifty_reports_of_one_transaction_at_once_credit_it_once(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    seen = arrival(7, incoming("in-7", memo))
    settled = await asyncio.gather(*(cashier.record("ton", seen) for _ in range(50)))
    assert sum(settled) == 1
    assert await pockets(second, player.id, TON) == (1_500_000_000, 0, 0)
    for table in ("deposits", "chain_entries", "chain_cursors", "outbox"):
        assert await count(second, table) == 1


async def test_a_transaction_at_or_below_the_cursor_is_history(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    await cashier.record("ton", arrival(7, incoming("in-7", memo)))
    for lt in (7, 6, 1):
        assert await cashier.record("ton", arrival(lt, incoming(f"again-{lt}", memo))) is False
    assert await pockets(second, player.id, TON) == (1_500_000_000, 0, 0)
    assert await cursor(second) == 7


async def test_accounts_of_one_rail_have_cursors_of_their_own(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    await cashier.record("ton", arrival(7, incoming("in-7", memo)))
    jettons = replace(
        arrival(3, incoming("jetton-3", memo, "2", currency=USDT)), account="0:" + "00" * 32
    )
    assert await cashier.record("ton", jettons) is True
    assert await pockets(second, player.id, USDT) == (2_000_000, 0, 0)
    assert await count(second, "chain_cursors") == 2


@pytest.mark.parametrize(
    ("finding", "reason"),
    [
        (incoming("x", None), "no_memo"),
        (incoming("x", ""), "no_memo"),
        (incoming("x", "NOBODYS"), "unknown_memo"),
        (incoming("x", "  MEMO  "), "unknown_memo"),
        (incoming("x", "MEMO", "0.0999"), "below_minimum"),
        (incoming("x", "MEMO", flaw=Flaw.BAD_ENCODING), "bad_encoding"),
        (incoming("x", None, flaw=Flaw.ENCRYPTED), "encrypted"),
        (incoming("x", None, flaw=Flaw.NO_MEMO), "no_memo"),
        (UnknownAsset("x", "0:aa", "a jetton of nobody"), "unknown_asset"),
        (UnknownAsset("x", None, "y" * 5000), "unknown_asset"),
    ],
)
async def test_money_that_cannot_be_credited_is_filed_with_its_reason(
    finding: Incoming | UnknownAsset,
    reason: str,
    cashier: Cashier,
    wallet: Wallet,
    player: Player,
    memo: str,
    second: asyncpg.Connection,
) -> None:
    if isinstance(finding, Incoming) and finding.memo and "MEMO" in finding.memo:
        finding = replace(finding, memo=finding.memo.replace("MEMO", memo))
    assert await cashier.record("ton", arrival(7, finding)) is True
    row = await second.fetchrow("SELECT * FROM filed_deposits")
    assert (row["rail"], row["external_id"], row["reason"]) == ("ton", "x", reason)
    if isinstance(finding, Incoming):
        assert (row["currency_id"], row["units"]) == (TON.id, finding.amount.units)
        assert row["sender"] == finding.sender
    assert await count(second, "deposits") == 0
    assert await count(second, "transfers", "kind_id = 60") == 0
    # Dust and worthless tokens are spam: filed, but nobody is woken.
    woken = 0 if reason in ("below_minimum", "unknown_asset") else 1
    assert await count(second, "outbox", "name = 'deposit-filed'") == woken
    assert await second.fetchval("SELECT outcome FROM chain_entries") == "filed"
    assert await cursor(second) == 7
    assert (await wallet.audit()).ok


async def test_what_brought_no_money_moves_only_the_cursor(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    await cashier.record("ton", arrival(7, Ignored("our own send")))
    row = await second.fetchrow("SELECT outcome, note FROM chain_entries")
    assert tuple(row) == ("ignored", "our own send")
    assert await cursor(second) == 7
    for table in ("deposits", "filed_deposits", "outbox"):
        assert await count(second, table) == 0


async def test_the_memo_is_known_in_either_case_and_the_minimum_is_enough(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    await cashier.record("ton", arrival(1, incoming("a", memo.lower(), "0.1")))
    await cashier.record("ton", arrival(2, incoming("b", memo.swapcase(), "0.1")))
    assert await pockets(second, player.id, TON) == (200_000_000, 0, 0)


async def test_a_memo_brings_the_money_to_its_owner_and_to_nobody_else(
    cashier: Cashier, players: Players, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    others = (await cashier.deposit_target(other, "ton", TON)).memo
    await cashier.record("ton", arrival(1, incoming("a", memo, "1")))
    await cashier.record("ton", arrival(2, incoming("b", others, "2")))
    assert await pockets(second, player.id, TON) == (1_000_000_000, 0, 0)
    assert await pockets(second, other.id, TON) == (2_000_000_000, 0, 0)
    assert [d.external_id for d in await cashier.deposits(other.id)] == ["b"]


async def test_a_frozen_players_money_is_credited(
    cashier: Cashier, wallet: Wallet, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    await second.execute("UPDATE players SET frozen = true")
    await second.execute("UPDATE accounts SET frozen = true")
    await cashier.record("ton", arrival(1, incoming("a", memo)))
    assert (await pockets(second, player.id, TON))[0] == 1_500_000_000
    assert (await wallet.audit()).ok


async def test_the_cursor_stays_where_the_credit_failed(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    """The two are one: a credit that cannot be written leaves the transaction to be seen again."""
    await second.execute("ALTER TABLE deposits ADD CONSTRAINT broken CHECK (units < 0) NOT VALID")
    try:
        with pytest.raises(Exception, match="broken"):
            await cashier.record("ton", arrival(7, incoming("in-7", memo)))
    finally:
        await second.execute("ALTER TABLE deposits DROP CONSTRAINT broken")
    assert await cursor(second) is None
    assert await pockets(second, player.id, TON) == (0, 0, 0)
    for table in ("deposits", "chain_entries", "outbox"):
        assert await count(second, table) == 0
    assert await cashier.record("ton", arrival(7, incoming("in-7", memo))) is True
    assert await pockets(second, player.id, TON) == (1_500_000_000, 0, 0)


# One transaction that cannot be settled stops every deposit behind it: whatever a rail reports
# must end up credited or filed. The TON rail filters most of this; the next rail may not.
HOSTILE = [
    incoming("x", "A\0B"),
    incoming("x", "\ud800"),
    incoming("x", "x" * 100_000),
    incoming("x", "\u202e" * 500),
    incoming("x", None, sender="a\0b"),
    incoming("x", None, sender="s" * 500),
    incoming("x", "MEMO", sender="s" * 500),
    incoming("x", "MEMO", sender="a\0b"),
    replace(incoming("x", "MEMO"), amount=Money(UNITS_MAX + 1, TON)),
    replace(incoming("x", None), amount=Money(2**120, TON)),
    replace(incoming("x", "MEMO"), amount=Money.zero(TON)),
    replace(incoming("x", "MEMO"), amount=Money.zero(USDT)),
    replace(incoming("x", None), amount=Money.zero(USDT)),
    UnknownAsset("x", None, "a\0b"),
    UnknownAsset("x", None, "\ud800"),
    UnknownAsset("x", "s" * 500, "note"),
    Ignored("a\0b"),
    Ignored("y" * 5000),
]


@pytest.mark.parametrize("finding", HOSTILE, ids=lambda f: repr(f)[:90])
async def test_nothing_that_arrives_can_stop_the_cursor(
    finding: Incoming | UnknownAsset | Ignored,
    cashier: Cashier,
    wallet: Wallet,
    player: Player,
    memo: str,
    second: asyncpg.Connection,
) -> None:
    if isinstance(finding, Incoming) and finding.memo == "MEMO":
        finding = replace(finding, memo=memo)
    assert await cashier.record("ton", arrival(7, finding)) is True
    assert await cursor(second) == 7
    kept = await count(second, "filed_deposits") + await count(second, "deposits")
    assert kept == (0 if isinstance(finding, Ignored) else 1)
    assert await cashier.record("ton", arrival(8, incoming("next", memo))) is True
    assert (await wallet.audit()).ok


async def test_a_balance_that_would_leave_the_scale_is_filed_not_lost(
    cashier: Cashier, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    most = replace(incoming("a", memo), amount=Money(UNITS_MAX, TON))
    assert await cashier.record("ton", arrival(1, most)) is True
    assert await cashier.record("ton", arrival(2, incoming("b", memo))) is True
    assert await pockets(second, player.id, TON) == (UNITS_MAX, 0, 0)
    assert await count(second, "filed_deposits") == 1


async def test_the_same_external_id_for_another_player_does_not_stop_the_cursor(
    cashier: Cashier, players: Players, player: Player, memo: str, second: asyncpg.Connection
) -> None:
    """A rail's mistake is a finding for a person, not the end of all deposits."""
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    others = (await cashier.deposit_target(other, "ton", TON)).memo
    await cashier.record("ton", arrival(1, incoming("same", memo)))
    assert await cashier.record("ton", arrival(2, incoming("same", others))) is True
    assert await pockets(second, other.id, TON) == (0, 0, 0)
    assert await cursor(second) == 2


async def test_a_rail_that_is_not_wired_is_not_believed(
    cashier: Cashier, memo: str, second: asyncpg.Connection
) -> None:
    with pytest.raises((KeyError, errors.CroupierError)):
        await cashier.record("swift", arrival(1, incoming("a", memo)))
    assert await count(second, "chain_cursors") == 0
