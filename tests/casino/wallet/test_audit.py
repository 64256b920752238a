"""The audit finds what was broken on purpose, and nothing in a book that is whole.

Each damage is done as a superuser with the triggers off, inside a transaction that rolls back.
"""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from casino.backoffice import Backoffice, Staff, audit_and_file
from casino.cashier import Cashier, PaymentRail
from casino.money import FUN, TON, UNITS_MAX, Money
from casino.players import Player, Players, TelegramUser
from casino.wallet import Batch, Kind, Op, Wallet
from casino.wallet.audit import CHECKS, AuditReport, audit
from db.database import transaction
from tests.casino.cashier.rails import arrival, chain_rail, incoming
from tests.casino.support import give_bonus
from tests.conftest import MovingClock

DAMAGES = {
    "legs sum to zero": [
        # The view makes both legs of one row: only a wrong view can be out of balance.
        (
            "CREATE OR REPLACE VIEW postings AS SELECT player_id, currency_id, seq, created_at,"
            " 'player:cash'::text AS account, cash_delta AS units FROM transfers"
        )
    ],
    "balance is the sum of its legs": [
        "UPDATE accounts SET cash = cash + 1 WHERE currency_id = 3",
    ],
    "balance is the sum of its legs: an account is gone": [
        "DELETE FROM accounts WHERE currency_id = 1"
    ],
    "balance is the sum of its legs: of bonus": ["UPDATE accounts SET bonus = bonus + 1"],
    "balance is the sum of its legs: by sequence": ["UPDATE accounts SET seq = seq + 1"],
    "sequence has no gap and balances chain": [
        "UPDATE transfers SET cash_after = cash_after + 1 WHERE key = 'b1'",
    ],
    "sequence has no gap and balances chain: a row is gone": [
        "DELETE FROM transfers WHERE key = 'b1'"
    ],
    "sequence has no gap and balances chain: of held": [
        "UPDATE transfers SET held_after = held_after + 1 WHERE key = 'open'"
    ],
    "no account below zero that may not be": [
        "UPDATE accounts SET cash = -5 WHERE currency_id = 1",
    ],
    "every key at most once": [
        "ALTER TABLE transfers DROP CONSTRAINT transfers_key_once",
        "UPDATE transfers SET key = 'b1' WHERE key = 'b2'",
    ],
    "a transfer is ended at most once": [
        "DROP INDEX transfers_reference_once",
        "UPDATE transfers SET reference = 'b2' WHERE key = 'x late'",
    ],
    "a reversal gives back no more than its original took": [
        "UPDATE transfers SET cash_delta = 1000, amount = 1000 WHERE key = 'x2'",
    ],
    "a reversal gives back no more than its original took: in its own direction": [
        "UPDATE transfers SET cash_delta = -1 WHERE key = 'x2'",
    ],
    "a tombstone excludes its original": [
        "UPDATE transfers SET key = 'late' WHERE key = 'b3'",
    ],
    "held money equals the open holds": [
        "UPDATE accounts SET held = held + 1 WHERE currency_id = 3",
    ],
    "held money equals the open holds: an end is gone": [
        "DELETE FROM transfers WHERE key = 'captured'"
    ],
    "credited deposits are in the ledger": ["UPDATE deposits SET units = units + 1"],
    "credited deposits are in the ledger: not at all": [
        "DELETE FROM transfers WHERE kind_id = 60"
    ],
    "deposits in the ledger were credited by the cashier": ["DELETE FROM deposits"],
    "the house's totals follow from the ledger": [
        "INSERT INTO house_totals VALUES (current_date, 3, 1, 1, 1, 100)"
    ],
    "the house's totals follow from the ledger: what was passed over": [
        "INSERT INTO feed_cursors SELECT 'house totals', max(position) FROM transfers"
    ],
    "an account is frozen when its player is": ["UPDATE players SET frozen = NOT frozen"],
    "an account is frozen when its player is: one of them": [
        "UPDATE accounts SET frozen = true WHERE currency_id = 1"
    ],
    # Such a row would vanish from statements, postings or figures.
    "currency, kind and source of every transfer are known: no source": [
        "DELETE FROM sources WHERE name = 'one'",
    ],
    "currency, kind and source of every transfer are known: no kind": [
        "UPDATE transfers SET kind_id = 7 WHERE key = 'b1'",
    ],
    "currency, kind and source of every transfer are known: no currency": [
        "DELETE FROM currencies WHERE code = 'TON'",
    ],
    "money comes back only for what it was taken for": [
        "UPDATE transfers SET reference = 'nothing' WHERE key = 'x2'",
    ],
    "money comes back only for what it was taken for: in another currency": [
        "UPDATE transfers SET key = 'elsewhere' WHERE key = 'b2'",
        "UPDATE transfers SET key = 'b2' WHERE currency_id = 1 AND key = 'b ton'",
    ],
    "money comes back only for what it was taken for: of a hold": [
        "UPDATE transfers SET reference = 'nothing' WHERE key = 'captured'",
    ],
    "kinds mean the same in code and database": [
        "UPDATE transfer_kinds SET code = 'win' || id WHERE id = 20"
    ],
    "kinds mean the same in code and database: one is gone": [
        "DELETE FROM transfer_kinds WHERE id = 5"
    ],
}


@pytest.fixture
async def book(
    wallet: Wallet,
    cashier: Cashier,
    rails: dict[str, PaymentRail],
    players: Players,
    player: Player,
    second: asyncpg.Connection,
) -> Player:
    """A book with something of everything in it, and whole."""
    rails["ton"] = chain_rail()
    target = await cashier.deposit_target(player, "ton", TON)
    await cashier.record("ton", arrival(1, incoming("in-1", target.memo, "2")))
    other = await players.meet_telegram(TelegramUser(77, "Bob"))
    await give_bonus(second, player.id, FUN, 500)

    async def one(*ops: Op, who: Player = player) -> None:
        await wallet.apply(Batch(who.id, FUN, "one", ops))

    await one(Op(Kind.BET, "b1", 100, "r1"), Op(Kind.WIN, "w1", 250, "r1"))
    await one(Op(Kind.BET, "b2", 100, "r2"), Op(Kind.REVERSAL, "x2", reference="b2"))
    await one(Op(Kind.REVERSAL, "x late", reference="late"), Op(Kind.BET, "late", 5))
    await one(Op(Kind.BET, "b3", 10, "r3"))
    await one(Op(Kind.WIN, "w4", 50), who=other)
    await one(Op(Kind.BET, "b5", 1_000_000_050), who=other)
    await one(Op(Kind.REVERSAL, "x4", reference="w4"), who=other)  # a deficit
    await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.BET, "b ton", 100),)))
    async with transaction() as tx:
        await wallet.hold(tx, "cashier", player.id, "open", Money(40, FUN))
        await wallet.hold(tx, "cashier", player.id, "h", Money(60, FUN))
        await wallet.capture(tx, "cashier", player.id, "captured", "h", Money(50, FUN))
    return player


async def _audit_damaged(second: asyncpg.Connection, damage: list[str]) -> AuditReport:
    undone = second.transaction(isolation="repeatable_read")
    await undone.start()
    try:
        await second.execute("SET LOCAL session_replication_role = replica")
        for statement in damage:
            await second.execute(statement)
        return await audit(second)
    finally:
        await undone.rollback()


async def test_a_whole_book_has_no_findings_and_says_what_is_owed(
    wallet: Wallet, book: Player, second: asyncpg.Connection
) -> None:
    report = await wallet.audit()
    assert report.findings == ()
    assert report.ok
    assert report.transfers == await second.fetchval("SELECT count(*) FROM transfers")
    assert report.accounts == 3
    # The deficit of one player lowers nothing that another one is owed.
    assert [str(m) for m in report.owed] == ["1.9999999 TON", "1000.00059 FUN"]


@pytest.mark.parametrize("check", DAMAGES)
async def test_every_damage_is_found_and_named(
    check: str, book: Player, second: asyncpg.Connection
) -> None:
    report = await _audit_damaged(second, DAMAGES[check])
    name = check.split(":", maxsplit=1)[0]
    assert not report.ok
    assert any(finding.startswith(f"{name}: ") for finding in report.findings), report.findings
    assert (await audit(second)).ok  # the damage was the only reason


def test_every_check_of_the_audit_is_proven_by_a_damage() -> None:
    assert {name.split(":")[0] for name in DAMAGES} >= set(CHECKS)


async def test_the_audit_of_a_moving_book_is_of_one_moment(wallet: Wallet, book: Player) -> None:
    async def play(source: str) -> None:
        for n in range(40):
            ops = (Op(Kind.BET, f"b{n}", 1, f"r{n}"), Op(Kind.WIN, f"w{n}", 1, f"r{n}"))
            await wallet.apply(Batch(book.id, FUN, source, ops))

    playing = asyncio.gather(*(play(f"s{n}") for n in range(3)))
    reports = []
    while not playing.done():
        reports.append(await wallet.audit())
    await playing
    assert {report.findings for report in reports} == {()}
    assert (await wallet.audit()).transfers == 17 + 240


async def test_findings_are_filed_once_and_resolved_when_they_are_gone(
    wallet: Wallet, book: Player, second: asyncpg.Connection, clock: MovingClock
) -> None:
    await second.execute("UPDATE players SET frozen = true WHERE id = $1", book.id)
    for _ in range(2):
        clock.advance(minutes=1)
        assert not (await audit_and_file(wallet, clock)).ok
    rows = await second.fetch("SELECT * FROM findings")
    assert len(rows) == 2  # one an account
    assert all(r["last_seen_at"] > r["first_seen_at"] and not r["resolved_at"] for r in rows)
    await second.execute("UPDATE players SET frozen = false")
    clock.advance(minutes=1)
    assert (await audit_and_file(wallet, clock)).ok
    resolved = await second.fetch("SELECT resolved_at FROM findings")
    assert [r[0] for r in resolved] == [clock.now()] * 2


async def test_staff_running_the_audit_leave_a_trace(
    backoffice: Backoffice, book: Player, second: asyncpg.Connection
) -> None:
    report = await backoffice.audit(Staff(7, "Grace"))
    assert report.ok
    row = await second.fetchrow("SELECT staff_id, action, target FROM audit_trail")
    assert tuple(row) == (7, "audit", "book")


async def test_a_balance_beyond_64_bits_is_audited_and_shown_like_any_other(
    wallet: Wallet, player: Player, second: asyncpg.Connection
) -> None:
    """Each pocket fits; what they hold together need not."""
    await give_bonus(second, player.id, TON, 50)
    grant = Op(Kind.GRANT, "most", UNITS_MAX)
    await wallet.apply(Batch(player.id, TON, "one", (grant, Op(Kind.HOLD, "h", UNITS_MAX))))
    await wallet.apply(Batch(player.id, TON, "one", (Op(Kind.GRANT, "again", UNITS_MAX),)))
    report = await wallet.audit()
    assert report.ok, report.findings
    assert Money(2 * UNITS_MAX + 50, TON) in report.owed
    newest = (await wallet.statement(player.id, limit=1, currency=TON))[0]
    assert newest.balance_after == Money(UNITS_MAX + 50, TON)
