"""Bugs that somebody could make in the wallet, each with the test that must notice."""

from __future__ import annotations

from typing import NamedTuple

DECIDE = "casino/wallet/decide.py"
ENGINE = "casino/wallet/engine.py"
FEED = "casino/feed.py"
BOOK = "casino/wallet/book.py"
LEDGER = "db/ledger.py"
WRITE_SQL = "db/sql/0003_engine.sql"
TABLES_SQL = "db/sql/0002_ledger.sql"

OF_WALLET = "tests/casino/wallet"
ELIGIBILITY = f"{OF_WALLET}/test_eligibility.py"
OF_ENGINE = f"{OF_WALLET}/test_engine.py"
OUTAGES = f"{OF_WALLET}/test_engine_outages.py"
CONTENDED = f"{OF_WALLET}/test_engine_contended.py"
LIMITS = f"{OF_WALLET}/test_limits.py"

MEANWHILE = f"{ELIGIBILITY}::test_what_was_committed_between_read_and_write_decides_the_stake"


class Bug(NamedTuple):
    """``old`` occurs once in ``file``; with ``new`` in its place, the test ``caught_by`` fails."""

    name: str
    file: str
    old: str
    new: str
    caught_by: str


BUGS = (
    # What the write verifies.
    Bug(
        "write whatever the sequence is by now",
        WRITE_SQL,
        "AND a.seq = k.seq AND a.guard = k.guard",
        "AND a.guard = k.guard",
        f"{MEANWHILE}[money gone]",
    ),
    Bug(
        "write whatever the guard is by now",
        WRITE_SQL,
        "AND a.seq = k.seq AND a.guard = k.guard",
        "AND a.seq = k.seq",
        f"{MEANWHILE}[frozen]",
    ),
    Bug(
        "insert the transfers of players whose account moved on",
        WRITE_SQL,
        "WHERE t.player_id NOT IN (SELECT s.player_id FROM stale s)",
        "WHERE true",
        f"{MEANWHILE}[blocked]",
    ),
    Bug(
        "a change of an account does not bump its guard",
        WRITE_SQL,
        "NEW.guard := OLD.guard + 1;",
        "NEW.guard := OLD.guard;",
        f"{MEANWHILE}[excluded]",
    ),
    Bug(
        "the end of a session does not bump the guard",
        WRITE_SQL,
        "UPDATE accounts SET guard = guard + 1",
        "UPDATE accounts SET guard = guard",
        f"{MEANWHILE}[session ended]",
    ),
    Bug(
        "the version of the switches is not compared",
        WRITE_SQL,
        "IF (SELECT version FROM switches) <> switches_read THEN",
        "IF false THEN",
        f"{MEANWHILE}[game off]",
    ),
    Bug(
        "a write does not wait for a switch that is being flipped",
        WRITE_SQL,
        "PERFORM pg_advisory_xact_lock_shared(hashtextextended('switches', 0));",
        "NULL;",
        f"{ELIGIBILITY}::test_while_a_switch_is_being_flipped_stakes_wait_for_it[True-game off]",
    ),
    Bug(
        "a key is unique within its currency only",
        TABLES_SQL,
        "CONSTRAINT transfers_key_once UNIQUE (player_id, source_id, key)",
        "CONSTRAINT transfers_key_once UNIQUE (player_id, currency_id, source_id, key)",
        f"{CONTENDED}::test_the_same_key_in_two_currencies_from_two_engines_at_once_is_taken_once",
    ),
    Bug(
        "accounts are locked in any order",
        LEDGER,
        "ORDER BY player_id, currency_id\nFOR NO KEY UPDATE",
        "FOR NO KEY UPDATE",
        f"{OUTAGES}::test_several_accounts_are_locked_in_one_order",
    ),
    Bug(
        "an account is opened without looking at who is changing its player",
        LEDGER,
        "FOR SHARE OF p\n",
        "",
        f"{OF_WALLET}/test_concurrency.py"
        "::test_an_account_opened_while_its_player_is_being_frozen_ends_up_frozen[freeze]",
    ),
    # The engine.
    Bug(
        "answer before the write",
        ENGINE,
        "            if proposal.decision.transfers:\n",
        "            for call, answer in zip(calls, proposal.decision.answers, strict=True):\n"
        "                call.succeed(answer)\n"
        "            if proposal.decision.transfers:\n",
        f"{OF_ENGINE}::test_many_others_are_written_beside_a_write_under_way"
        "_and_its_player_waits_in_line",
    ),
    Bug(
        "answer those whose account had moved on",
        ENGINE,
        "            if call.batch.player_id not in stale:\n",
        "            if True:\n",
        f"{CONTENDED}::test_one_players_account_that_moved_on_does_not_hold_up_another_player",
    ),
    Bug(
        "one player in two writes at once",
        ENGINE,
        "elif call.batch.player_id in self._held:",
        "elif False:",
        f"{OF_ENGINE}::test_many_others_are_written_beside_a_write_under_way"
        "_and_its_player_waits_in_line",
    ),
    Bug(
        "a player who went apart is in no line",
        ENGINE,
        "        self._calls_apart += len(calls)\n        self._hold(calls)\n",
        "        self._calls_apart += len(calls)\n",
        f"{CONTENDED}::test_all_that_waits_for_one_player_is_settled_under_one_lock_in_order",
    ),
    Bug(
        "apart, without a lock",
        BOOK,
        "            await ledger.lock_accounts(connection, accounts)\n",
        "",
        f"{CONTENDED}::test_a_player_whose_account_always_moves_on_is_settled_under_a_lock",
    ),
    Bug(
        "what the connection lost comes in the opposite order",
        ENGINE,
        "self._waiting.extendleft(reversed(calls))",
        "self._waiting.extendleft(calls)",
        f"{OUTAGES}::test_what_the_connection_lost_keeps_its_order",
    ),
    Bug(
        "nothing is ever in doubt",
        ENGINE,
        "call.in_doubt = True",
        "call.in_doubt = False",
        f"{OUTAGES}::test_a_write_that_was_not_answered_in_time_is_in_doubt_and_a_retry_finds_out",
    ),
    Bug(
        "everything that was begun is in doubt",
        ENGINE,
        "_restore(calls, before)  # this attempt was rolled back",
        "pass",
        f"{OUTAGES}::test_a_lock_that_the_write_itself_meets_leaves_nothing_in_doubt",
    ),
    Bug(
        "a caller that leaves is told that nothing was done",
        ENGINE,
        "if call.begun:  # the caller's own deadline",
        "if False:  # the caller's own deadline",
        f"{OUTAGES}::test_a_caller_that_leaves_later_undoes_nothing"
        "_and_its_retry_gets_the_stored_answer",
    ),
    Bug(
        "a queue without an end",
        ENGINE,
        "if len(self._waiting) + self._calls_apart >= WAITING_MAX:",
        "if False:",
        f"{OF_ENGINE}::test_when_too_much_waits_a_call_is_refused_before_anything_was_done",
    ),
    # The decision.
    Bug(
        "a win takes",
        DECIDE,
        "deltas = (*self._win_split(batch, op.round_id, amount), 0)",
        "deltas = (*self._win_split(batch, op.round_id, -amount), 0)",
        f"{OF_WALLET}/test_wallet.py::test_a_bet_and_a_win_move_the_balance_and_commit_together",
    ),
    Bug(
        "stored keys are not looked up",
        DECIDE,
        "return self._by_key.get((batch.player_id, batch.source, key))",
        "return None",
        f"{OF_WALLET}/test_wallet.py"
        "::test_the_same_key_pays_once_and_answers_the_first_balance_again",
    ),
    Bug(
        "keys of the batch at hand are not looked up",
        DECIDE,
        "            if transfer.key == key:\n",
        "            if False:\n",
        f"{OF_WALLET}/test_decide.py::test_the_same_key_twice_in_one_batch_moves_money_once",
    ),
    Bug(
        "a duplicate is not compared with what came first",
        DECIDE,
        "if not self._same_content(own, batch, op):",
        "if False:",
        f"{OF_WALLET}/test_wallet.py::test_the_same_key_with_another_amount_is_refused",
    ),
    Bug(
        "the reversal of something unknown is not remembered",
        DECIDE,
        "account, item = self._store(account, batch, op, op.amount or 0, (0, 0, 0))\n",
        "item = Item(Outcome.APPLIED, '0-0-0', _playable(account))\n",
        f"{OF_WALLET}/test_wallet.py::test_a_rollback_before_its_bet_blocks_the_bet",
    ),
    Bug(
        "late originals are applied where they are accepted",
        DECIDE,
        "if reversal is not None:\n            # Whoever holds",
        "if reversal is not None and not batch.late_accepted:\n            # Whoever holds",
        f"{OF_WALLET}/test_wallet.py::test_a_rollback_before_its_bet_blocks_the_bet",
    ),
    Bug(
        "an original is reversed twice",
        DECIDE,
        "if ended is not None:",
        "if False:",
        f"{OF_WALLET}/test_concurrency.py::test_one_original_is_reversed_once_by_many_keys_at_once",
    ),
    Bug(
        "a stake takes bonus money first",
        DECIDE,
        "cash = min(max(account.cash, 0), amount)",
        "cash = max(0, amount - account.bonus)",
        f"{OF_WALLET}/test_book.py::test_a_bonus_round_splits_its_win_and_reverses_exactly",
    ),
    Bug(
        "a reversal gives bonus money back as cash",
        DECIDE,
        "bonus = abs(original.bonus_delta) * part // moved if moved else 0",
        "bonus = 0",
        f"{OF_WALLET}/test_order_free.py"
        "::test_taking_back_win_and_stake_restores_both_pockets_exactly",
    ),
    Bug(
        "more is captured than was held",
        DECIDE,
        "if taken > hold.amount:",
        "if False:",
        f"{OF_WALLET}/test_decide.py::test_a_hold_takes_cash_only_and_a_capture_returns_the_rest",
    ),
    Bug(
        "a refused batch keeps its first operations",
        DECIDE,
        "            return Refused(refusing.reason, _balance(batch, before))\n",
        "            self.changed[where] = account\n"
        "            self._keep(batch)\n"
        "            return Refused(refusing.reason, _balance(batch, before))\n",
        f"{OF_WALLET}/test_wallet.py::test_a_refused_batch_leaves_nothing",
    ),
    Bug(
        "limits do not count",
        DECIDE,
        "limits = tuple([_counted(limit, counted, cash) for limit in limits])",
        "limits = tuple(limits)",
        f"{LIMITS}::test_a_stake_reaches_the_limit_and_not_a_unit_more[False-1]",
    ),
    Bug(
        "a limit may be passed by one stake",
        DECIDE,
        "if any(limit.used + cash > limit.units for limit in limits):",
        "if any(limit.used >= limit.units for limit in limits):",
        f"{LIMITS}::test_no_stake_ends_above_a_limit_and_every_count_is_that_of_the_rows",
    ),
    Bug(
        "limit: a stake of an earlier span that is reversed makes room in this one",
        DECIDE,
        "used=max(0, limit.used - cash)",
        "used=limit.used - cash",
        f"{LIMITS}::test_what_was_staked_in_an_earlier_span_makes_no_room_in_this_one",
    ),
    Bug(
        "limit: an account is opened without its limit",
        LEDGER,
        "p.blocked, p.limited\n",
        "p.blocked, false\n",
        f"{LIMITS}::test_an_account_opened_after_its_limit_was_set_is_limited",
    ),
    Bug(
        "limit: set without looking at whose account is being opened",
        WRITE_SQL,
        "    UPDATE players SET limited = EXISTS"
        " (SELECT FROM limits l WHERE l.player_id = changed.player_id)\n"
        "    WHERE id = changed.player_id;\n",
        "",
        f"{LIMITS}::test_an_account_opened_while_its_limit_is_being_set_is_limited",
    ),
    # What is remembered.
    Bug(
        "games that were on before a flip are remembered as on after it",
        BOOK,
        "on |= found  # of this version",
        "self._on = on | found  # of this version",
        f"{ELIGIBILITY}::test_games_read_before_a_flip_are_not_remembered_as_on_after_it",
    ),
    # The log.
    Bug(
        "the feed waits for the bound of a snapshot",
        FEED,
        'SELECT pg_current_xact_id()::text::bigint"',
        'SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"',
        "tests/casino/test_feed_under_way.py"
        "::test_a_transfer_under_way_is_waited_for_when_nothing_came_after_it",
    ),
    Bug(
        "the feed moves its cursor in a transaction of its own",
        FEED,
        """            if rows:
                await self._handle(tx, [_logged(row) for row in rows])
            await tx.raw.execute(
                "UPDATE feed_cursors SET position = $2 WHERE name = $1", self._name, reached
            )
""",
        """            await tx.raw.execute(
                "UPDATE feed_cursors SET position = $2 WHERE name = $1", self._name, reached
            )
        if rows:
            async with transaction() as tx:
                await self._handle(tx, [_logged(row) for row in rows])
""",
        "tests/casino/test_feed.py"
        "::test_what_a_handler_could_not_do_comes_again_and_its_writes_are_gone",
    ),
)
