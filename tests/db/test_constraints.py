"""The database's own judgement: rows written by hand, past all of our code."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from casino.money import FUN
from casino.players import Player

GOOD: dict[str, Any] = {
    "currency_id": FUN.id,
    "seq": 2,
    "kind_id": 1,
    "source_id": 1,
    "key": "k",
    "amount": 5,
    "cash_delta": -5,
    "bonus_delta": 0,
    "held_delta": 0,
    "cash_after": 10,
    "bonus_after": 0,
    "held_after": 0,
    "round_id": "r",
    "game_id": None,
    "reference": None,
    "ends_round": False,
}

ACCEPTED = [
    {},
    {"amount": 0, "cash_delta": 0},
    {"cash_delta": -2, "bonus_delta": -3},
    {"kind_id": 20, "cash_delta": 5},
    {"kind_id": 20, "cash_delta": 2, "bonus_delta": 3, "cash_after": -1},  # pays a deficit off
    {"kind_id": 26, "cash_delta": 5},
    {"kind_id": 27, "cash_after": -1},
    {"kind_id": 40, "reference": "b", "cash_after": -1},
    {"kind_id": 40, "reference": "b", "cash_delta": 0},
    {"kind_id": 41, "cash_delta": 0},
    {"kind_id": 61, "cash_delta": 0, "bonus_delta": 5},
    {"kind_id": 63, "cash_after": -1},
    {"kind_id": 80, "held_delta": 5, "held_after": 5},
    {"kind_id": 81, "reference": "h", "held_delta": -7, "cash_delta": 2},
    {"kind_id": 82, "reference": "h", "held_delta": -5, "cash_delta": 5},
]

REFUSED = [
    # What is no number, no text, no row
    ("transfers_seq_check", {"seq": 0}),
    ("transfers_amount_check", {"amount": -1, "cash_delta": 1}),
    ("transfers_key_check", {"key": ""}),
    ("transfers_key_check", {"key": "x" * 191}),
    ("transfers_round_id_check", {"round_id": ""}),
    ("transfers_round_id_check", {"round_id": "x" * 191}),
    ("transfers_reference_check", {"kind_id": 40, "reference": ""}),
    # Below zero
    ("transfers_never_overdrawn", {"cash_after": -1}),
    ("transfers_never_overdrawn", {"kind_id": 80, "held_delta": 5, "cash_after": -1}),
    ("transfers_bonus_after_check", {"bonus_after": -1}),
    ("transfers_held_after_check", {"held_after": -1}),
    # Stakes take, credits give, and exactly their amount
    ("transfers_signs", {"cash_delta": 5}),
    ("transfers_signs", {"cash_delta": -4}),
    ("transfers_signs", {"cash_delta": -6, "bonus_delta": 1}),
    ("transfers_signs", {"held_delta": 5}),
    ("transfers_signs", {"kind_id": 20}),
    ("transfers_signs", {"kind_id": 20, "cash_delta": 6}),
    ("transfers_signs", {"kind_id": 20, "cash_delta": 6, "bonus_delta": -1}),
    ("transfers_signs", {"kind_id": 26}),
    ("transfers_signs", {"kind_id": 27, "cash_delta": 5}),
    ("transfers_signs", {"kind_id": 39, "cash_delta": 4}),
    ("transfers_signs", {"kind_id": 60}),
    ("transfers_signs", {"kind_id": 61, "cash_delta": 5, "held_delta": 1}),
    ("transfers_signs", {"kind_id": 62}),
    ("transfers_signs", {"kind_id": 63, "cash_delta": 5}),
    # Reversals, finishes, holds
    ("transfers_signs", {"kind_id": 40, "reference": "b", "cash_delta": -6}),
    ("transfers_signs", {"kind_id": 40, "reference": "b", "held_delta": 1}),
    ("transfers_signs", {"kind_id": 41}),
    ("transfers_signs", {"kind_id": 80}),
    ("transfers_signs", {"kind_id": 80, "held_delta": 4}),
    ("transfers_signs", {"kind_id": 80, "held_delta": 5, "bonus_delta": -5, "cash_delta": 0}),
    ("transfers_signs", {"kind_id": 81, "reference": "h", "held_delta": -4, "cash_delta": 0}),
    ("transfers_signs", {"kind_id": 81, "reference": "h", "held_delta": 0}),
    ("transfers_signs", {"kind_id": 82, "reference": "h", "held_delta": -4, "cash_delta": 5}),
    ("transfers_signs", {"kind_id": 82, "reference": "h", "held_delta": -5, "cash_delta": 4}),
    # Kinds that do not exist
    ("transfers_signs", {"kind_id": 0}),
    ("transfers_signs", {"kind_id": 42, "cash_delta": 0}),
    ("transfers_signs", {"kind_id": 64}),
    ("transfers_signs", {"kind_id": 99}),
    # Only what ends another operation names it
    ("transfers_reference_kinds", {"reference": "b"}),
    ("transfers_reference_kinds", {"kind_id": 40}),
    ("transfers_reference_kinds", {"kind_id": 81, "held_delta": -5, "cash_delta": 0}),
    ("transfers_reference_kinds", {"kind_id": 82, "held_delta": -5, "cash_delta": 5}),
    # Unique
    ("transfers_pkey", {"seq": 1}),
]


async def insert(second: asyncpg.Connection, player: Player, change: dict[str, Any]) -> None:
    row = {"player_id": player.id, **GOOD, **change}
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await second.execute(
        f"INSERT INTO transfers ({', '.join(row)}) VALUES ({marks})",  # noqa: S608 - our columns
        *row.values(),
    )


@pytest.mark.parametrize("change", ACCEPTED, ids=str)
async def test_what_the_code_may_write_is_accepted(
    change: dict[str, Any], player: Player, second: asyncpg.Connection
) -> None:
    await insert(second, player, change)


@pytest.mark.parametrize(("constraint", "change"), REFUSED, ids=str)
async def test_a_row_that_cannot_be_is_refused_by_name(
    constraint: str, change: dict[str, Any], player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await insert(second, player, change)
    assert refused.value.constraint_name == constraint


async def test_a_key_is_taken_once_in_all_currencies_and_a_reference_is_ended_once(
    player: Player, second: asyncpg.Connection
) -> None:
    await insert(second, player, {})
    with pytest.raises(asyncpg.UniqueViolationError, match="transfers_key_once"):
        await insert(second, player, {"currency_id": 1, "seq": 1})
    await insert(second, player, {"kind_id": 40, "key": "x", "seq": 3, "reference": "k"})
    with pytest.raises(asyncpg.UniqueViolationError, match="transfers_reference_once"):
        await insert(second, player, {"kind_id": 40, "key": "y", "seq": 4, "reference": "k"})
    # Another source's key and reference are others.
    await insert(second, player, {"seq": 5, "source_id": 2})


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("accounts_bonus_check", "bonus = -1"),
        ("accounts_held_check", "held = -1"),
        ("accounts_seq_check", "seq = -1"),
        ("accounts_player_id_fkey", "player_id = 1"),
        ("accounts_currency_id_fkey", "currency_id = 99"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    constraint: str, change: str, player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await second.execute(f"UPDATE accounts SET {change}")  # noqa: S608 - the cases above
    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("deposits_positive", "UPDATE deposits SET units = 0"),
        ("deposits_positive", "UPDATE deposits SET units = -1"),
        ("deposits_currency", "UPDATE deposits SET currency_id = 99"),
        ("players_language", "UPDATE players SET language = 'e'"),
        ("players_language", "UPDATE players SET language = 'EN'"),
        ("seed_pairs_nonce", "UPDATE seed_pairs SET nonce = -1"),
        ("currencies_decimals_check", "UPDATE currencies SET decimals = 19"),
        ("sources_name_check", "UPDATE sources SET name = ''"),
        ("sources_name_check", "UPDATE sources SET name = repeat('x', 65)"),
        (
            "transfer_kinds_counter_account_check",
            "UPDATE transfer_kinds SET counter_account = 'nowhere'",
        ),
        (
            "seed_pairs_active",
            (
                "INSERT INTO seed_pairs (player_id, server_seed, server_seed_hash, client_seed,"
                " nonce, created_at) SELECT player_id, 'b', 'b', 'b', 0, now() FROM seed_pairs"
            ),
        ),
        (
            "uid_deposits_rail_0a087e",
            (
                "INSERT INTO deposits (player_id, rail, external_id, currency_id, units,"
                " created_at) SELECT player_id, rail, external_id, currency_id, units + 1, now()"
                " FROM deposits"
            ),
        ),
    ],
)
async def test_the_other_tables_refuse_what_cannot_be(
    constraint: str, statement: str, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO deposits (player_id, rail, external_id, currency_id, units, created_at)"
        " VALUES ($1, 'ton', 'x', 1, 5, now())",
        player.id,
    )
    await second.execute(
        "INSERT INTO seed_pairs (player_id, server_seed, server_seed_hash, client_seed, nonce,"
        " created_at) VALUES ($1, 'a', 'a', 'a', 0, now())",
        player.id,
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await second.execute(statement)
    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize("table", ["transfers", "audit_trail"])
@pytest.mark.parametrize("change", ["UPDATE {} SET key = key", "DELETE FROM {}", "TRUNCATE {}"])
async def test_what_is_append_only_is_never_changed(
    table: str, change: str, player: Player, second: asyncpg.Connection
) -> None:
    await second.execute(
        "INSERT INTO audit_trail (at, staff_id, staff_name, action, target, reason, detail)"
        " VALUES (now(), 1, 'G', 'a', 't', 'r', '{}')"
    )
    if table == "audit_trail":
        change = change.replace("key = key", "reason = 'better'")
    before = await second.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - one of two
    assert before == 1
    undone = second.transaction()
    await undone.start()
    try:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await second.execute(change.format(table))
    finally:
        await undone.rollback()
    assert await second.fetchval(f"SELECT count(*) FROM {table}") == before  # noqa: S608 - one of two


async def test_even_a_change_of_no_row_is_refused(
    player: Player, second: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await second.execute("DELETE FROM transfers WHERE false")
