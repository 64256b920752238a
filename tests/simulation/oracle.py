"""Judges a burst: the stored sequence tells the order, the model says what should have been.

Each account's new rows are replayed through the model in their order. Every reply is held to the
model at the version it names, or at any moment it can have been given at; and whoever was answered
before another one asked stands before it (linear-time strict serializability).
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casino.wallet import Balance, Batch, Item, Kind, Op
from tests.casino.support import BONUS_SOURCE
from tests.simulation.asks import (
    NEVER,
    STRANGER,
    AccountName,
    Ask,
    Broken,
    Reply,
    Send,
    Via,
    ops_of,
)
from tests.simulation.dice import Rounds
from tests.simulation.reference import Key, Reference, Trial
from tests.simulation.snapshot import Row, Snapshot
from tests.simulation.worlds import Worlds

# Their answer does not say which row is theirs; the key does.
MUTE = frozenset({Via.ARRIVE, Via.ADJUST, Via.INSTANT, Via.RAIL})
STORED = ("applied", "tombstoned")


@dataclass(frozen=True)
class Heard:
    """A reply about one batch. ``version`` is the account's at that moment, where it says so."""

    send: Send
    batch: Batch
    items: tuple[Item, ...] | None
    refusal: str | None
    balance: Balance | None

    @property
    def new(self) -> bool:
        return any(i.outcome.value in STORED for i in self.items or ())


Waiting = tuple[int, int, Heard]  # first and last version at which it may have been answered


@dataclass(frozen=True)
class Mark:
    """Who may have stored a row, and between which ticks."""

    by: tuple[tuple[Batch, tuple[Send, ...]], ...]
    claim: Heard | None
    sent: int
    answered: int


class Oracle:
    """Knows what the house must hold, from what was asked and from what it was told."""

    def __init__(self, worlds: Worlds, ids: Mapping[int, int], games: Mapping[int, int]) -> None:
        self.worlds = worlds
        self.reference = Reference()
        self.rounds = Rounds()
        self._ids = ids
        self._games = games
        self._by_key: dict[Key, list[tuple[Ask, Batch, Op]]] = defaultdict(list)
        self._gifts: dict[AccountName, deque[int]] = defaultdict(deque)
        self._stored = 0
        self._shaken_at = -1  # the newest step in which the database was struck

    def since(self, accounts: Iterable[AccountName]) -> dict[AccountName, int]:
        """Say up to where each account was judged."""
        return {a: self.reference.pocket(a).moves for a in accounts if a[0] != STRANGER}

    def asked(self, ask: Ask) -> None:
        """Note an ask, before it is first sent."""
        for batch, op in ops_of(ask):
            self._by_key[batch.player_id, batch.source, op.key].append((ask, batch, op))

    def struck(self, step: int) -> None:
        """Note that the database is struck in a step."""
        self._shaken_at = step

    def given(self, account: AccountName, units: int) -> None:
        """Note bonus money that was granted."""
        self._gifts[account].append(units)

    def judge(self, sends: Sequence[Send], snapshot: Snapshot, now: int) -> None:
        """Hold a burst to the obligations. Raises Broken."""
        self._learn(sends)
        heard: dict[AccountName, list[Heard]] = defaultdict(list)
        for send in sends:
            for one in self._hear(send, send.reply) if send.reply else ():
                heard[one.batch.player_id, one.batch.currency.id].append(one)
        for account, rows in snapshot.rows.items():
            self._walk(account, rows, heard.pop(account, []))
            self._compare(account, snapshot, now)
        for account, strange in heard.items():
            for one in strange:
                if account[0] != STRANGER or one.refusal != "unknown_player":
                    raise Broken(f"an answer about nobody: {one.send.line}", account)
        for send in filter(_granted, sends):
            self._check_mute(send)
        if snapshot.total != self._stored:
            raise Broken(f"{snapshot.total} transfers are stored, {self._stored} were asked for")

    def _learn(self, sends: Sequence[Send]) -> None:
        own: dict[Ask, list[Send]] = defaultdict(list)
        for send in sends:
            own[send.ask].append(send)
        for ask, together in own.items():
            self.worlds.note(ask, together)

    def _hear(self, send: Send, reply: Reply) -> list[Heard]:
        ask = send.ask
        if ask.via is Via.LAUNCH:
            self._check_launch(send, reply)
        if ask.via is Via.DICE and reply.round is not None:
            self.rounds.hear(ask, reply.round)
        if reply.refusal is not None:  # where there are two batches, only the first can be refused
            balance = reply.balances[0] if reply.balances else None
            return [Heard(send, b, None, reply.refusal, balance) for b in ask.batches[:1]]
        if reply.items is None:
            return [Heard(send, ask.batches[0], None, None, b) for b in reply.balances if b]
        return [
            Heard(send, batch, items, None, balance)
            for batch, items, balance in zip(ask.batches, reply.items, reply.balances, strict=True)
        ]

    def _walk(self, account: AccountName, rows: list[Row], heard: list[Heard]) -> None:
        """Go through an account's new rows and everything that was said about it, in order."""
        start = self.reference.pocket(account).moves
        if [r.seq for r in rows] != list(range(start + 1, start + 1 + len(rows))):
            raise Broken(f"after {start} come {[r.seq for r in rows]}", account)
        claims = self._claims(account, heard)
        marks = [self._mark(row, claims.pop(row.seq, None)) for row in rows]
        if claims:
            seq, claim = claims.popitem()
            raise Broken(f"acknowledged as {seq} and not stored: {claim.send.line}", account)
        reads: dict[int, list[Heard]] = defaultdict(list)
        waiting: list[Waiting] = []
        for one in heard:
            if not one.new and one.balance is not None:
                reads[one.balance.version].append(one)
            elif not one.new:
                waiting.append((*_window(one.send, start, marks), one))
        self._go_through(account, list(zip(rows, marks, strict=True)), reads, waiting)
        for left in reads.values():
            raise Broken(f"a version that never was: {left[0].send.line}", account)
        for _, _, one in waiting:
            raise Broken(f"the model says so at no moment: {one.send.line}", account)

    def _go_through(
        self,
        account: AccountName,
        rows: list[tuple[Row, Mark]],
        reads: dict[int, list[Heard]],
        waiting: list[Waiting],
    ) -> None:
        """Step from version to version; what fits one is taken out of what is still to judge."""
        latest = -1
        while True:
            version = self.reference.pocket(account).moves
            here = reads.pop(version, [])
            self._check_reads(account, here, latest)
            waiting[:] = [w for w in waiting if not self._fits(version, w)]
            latest = max([latest, *(one.send.sent for one in here)])
            if not rows:
                return
            row, mark = rows[0]
            if mark.answered < latest:
                raise Broken(f"out of order: {row}", account)
            new = self._replay(account, [r for r, _ in rows], mark)
            latest = max(latest, *(m.sent for _, m in rows[:new]))
            rows = rows[new:]

    def _claims(self, account: AccountName, heard: list[Heard]) -> dict[int, Heard]:
        claims: dict[int, Heard] = {}
        for one in heard:
            for item in one.items or ():
                if item.outcome.value in STORED:
                    player, currency, seq = map(int, item.transfer_id.split("-"))
                    if (player, currency) != (self._ids[account[0]], account[1]):
                        raise Broken(f"somebody else's transfer: {one.send.line}", account)
                    if seq in claims:
                        raise Broken(f"{seq} was acknowledged twice: {one.send.line}", account)
                    claims[seq] = one
        return claims

    def _mark(self, row: Row, claim: Heard | None) -> Mark:
        if claim is not None:
            by = ((claim.batch, (claim.send,)),)
            return Mark(by, claim, claim.send.sent, claim.send.answered)
        if row.source == BONUS_SOURCE:
            return Mark((), None, 0, NEVER)
        candidates = self._candidates(row)
        if not candidates:
            raise Broken(f"nobody asked for it, or only who was refused: {row}", row.account)
        sends = [s for _, own in candidates for s in own]
        answered = [s.answered for s in sends if s.reply is not None]
        return Mark(
            tuple(candidates), None, min(s.sent for s in sends), min(answered, default=NEVER)
        )

    def _candidates(self, row: Row) -> list[tuple[Batch, tuple[Send, ...]]]:
        who = row.account[0]
        if row.source == "house":
            ask, batch = self.rounds.of(row)
            return [(batch, tuple(s for s in ask.sends if s.in_doubt or _granted(s)))]
        found = []
        for ask, batch, op in self._by_key[who, row.source, row.key]:
            same = (op.kind, op.round_id, op.reference) == (row.kind, row.round_id, row.reference)
            if not same or batch.currency.id != row.account[1] or ask.via is Via.UNDONE:
                continue
            mute = ask.via in MUTE
            # Whose connection was cut is asked again by the engine itself, and then told of a
            # replay where it was the first; so is everybody in a burst in which one was cut.
            sends = tuple(
                s
                for s in ask.sends
                if s.in_doubt
                or (mute and _granted(s))
                or (s.step == self._shaken_at and _granted(s) and _replayed(s, op))
            )
            if sends:
                found.append((batch, sends))
        return sorted(found, key=lambda f: -len(f[0].ops))

    def _replay(self, account: AccountName, rows: list[Row], mark: Mark) -> int:
        """Take over what stored the next rows; returns how many they are."""
        if rows[0].source == BONUS_SOURCE:
            self._replay_gift(account, rows[0])
            return 1
        said: list[str] = []
        for batch, sends in mark.by:
            for world in self.worlds.of(batch, sends):
                trial = self.reference.try_out(batch, world)
                wrong = self._differs(account, trial, rows, mark.claim)
                if wrong is None:
                    self._stored += len(trial.new)
                    self.reference.keep(trial)
                    return len(trial.new)
                said.append(f"{world}: {wrong}")
        claim = f" ({mark.claim.send.line})" if mark.claim else ""
        raise Broken(f"the model disagrees on {rows[0]}{claim}:\n  " + "\n  ".join(said), account)

    def _replay_gift(self, account: AccountName, row: Row) -> None:
        gifts, pocket = self._gifts[account], self.reference.pocket(account)
        if not gifts or row.deltas != (0, gifts[0], 0):
            raise Broken(f"no such bonus was granted: {row}", account)
        pocket.bonus += gifts.popleft()
        pocket.moves += 1
        self._stored += 1
        if row.after != (pocket.cash, pocket.bonus, pocket.held):
            raise Broken(f"the model has {pocket} after {row}", account)

    def _differs(
        self, account: AccountName, trial: Trial, rows: list[Row], claim: Heard | None
    ) -> str | None:
        """Say in what the rows, or the answer about them, are not what the model says."""
        if not trial.new:
            return f"it says {trial.answers}"
        pocket = self.reference.pocket(account)
        after = (pocket.cash, pocket.bonus, pocket.held)
        batch = trial.batch
        if len(rows) < len(trial.new):
            return f"{len(trial.new)} rows were due"
        for row, (op, done) in zip(rows, trial.new, strict=False):
            deltas = (done.cash, done.bonus, done.held)
            after = (after[0] + deltas[0], after[1] + deltas[1], after[2] + deltas[2])
            due = (op.kind, batch.source, op.key, op.round_id, op.reference, deltas, after)
            has = (row.kind, row.source, row.key, row.round_id, row.reference, row.deltas)
            if due != (*has, row.after):
                return f"due was {due}, stored is {row}"
            if op.amount not in (None, row.amount) and op.kind is not Kind.FINISH:
                return f"the amount was {op.amount}"
            if row.ends_round != (op.ends_round or op.kind is Kind.FINISH):
                return "the end of the round"
            if batch.game_id and row.game_id != self._games[batch.game_id]:
                return "the game"
        if claim is None:
            return None
        stands = trial.model.pockets[batch.player_id, batch.currency.code]
        return self._answers_differ(trial, claim) or _balance_differs(stands, claim.balance)

    def _answers_differ(self, trial: Trial, one: Heard) -> str | None:
        if isinstance(trial.answers, str) or one.items is None:
            same = trial.answers == (one.refusal or one.items)
            return None if same else f"it says {trial.answers}"
        real = self._ids[trial.batch.player_id]
        due = [
            (outcome, shown, f"{real}-{currency}-{seq}")
            for (outcome, shown), (currency, seq) in zip(
                trial.answers, self.reference.positions(trial), strict=True
            )
        ]
        has = [(i.outcome.value, i.balance_units, i.transfer_id) for i in one.items]
        return None if due == has else f"due was {due}"

    def _check_reads(self, account: AccountName, here: list[Heard], latest: int) -> None:
        """Hold what was answered at this version to it; ``latest`` was sent what lies before."""
        pocket = self.reference.pocket(account)
        for one in here:
            if one.send.answered < latest:
                raise Broken(f"a stale answer: {one.send.line}", account)
            if wrong := _balance_differs(pocket, one.balance):
                raise Broken(f"{wrong}: {one.send.line}", account)
            if (one.refusal or one.items) and not self._agrees(one):
                raise Broken(f"the model disagrees: {one.send.line}", account)

    def _agrees(self, one: Heard) -> bool:
        for world in self.worlds.of(one.batch, [one.send]):
            trial = self.reference.try_out(one.batch, world)
            if not trial.new and self._answers_differ(trial, one) is None:
                return True
        return False

    def _fits(self, version: int, waiting: Waiting) -> bool:
        first, last, one = waiting
        return first <= version <= last and self._agrees(one)

    def _check_mute(self, send: Send) -> None:
        """Hold an acknowledgement that names no row to the rows of its keys."""
        reply = send.reply
        assert reply is not None
        if send.ask.via is Via.DICE and reply.round is not None:
            who = send.ask.subject
            if not self.rounds.is_stored(who, reply.round):
                raise Broken(f"acknowledged and not stored: {send.line}", (who, 3))
        if send.ask.via not in MUTE:
            return
        for batch, op in ops_of(send.ask):
            account = (batch.player_id, batch.currency.id)
            at = self.reference.stored_at.get((batch.player_id, batch.source, op.key))
            if at is None or at[0] != batch.currency.id:
                raise Broken(f"acknowledged and not stored: {send.line}", account)
            named = f"{self._ids[batch.player_id]}-{at[0]}-{at[1]}"
            if reply.transfer_id not in (None, named):
                raise Broken(f"it is stored as {named}: {send.line}", account)

    def _check_launch(self, send: Send, reply: Reply) -> None:
        game = self.worlds.launched_game(send.ask.subject)
        if (reply.refusal == "game_off") not in self.worlds.game_off(
            game, send.sent, send.answered
        ):
            raise Broken(f"a launch: {send.line}")

    def _compare(self, account: AccountName, snapshot: Snapshot, now: int) -> None:
        pocket, stored = self.reference.pocket(account), snapshot.accounts.get(account)
        due = (pocket.cash, pocket.bonus, pocket.held, pocket.moves)
        has = (*stored.pockets, stored.seq) if stored else (0, 0, 0, 0)
        if due != has:
            raise Broken(f"the account stands at {has}, due is {due}", account)
        if stored and stored.frozen not in self.worlds.frozen(account[0], now, now):
            raise Broken(f"frozen is {stored.frozen}", account)


def _granted(send: Send) -> bool:
    return send.reply is not None and send.reply.refusal is None


def _replayed(send: Send, op: Op) -> bool:
    items = itertools.chain.from_iterable((send.reply.items if send.reply else None) or ())
    return any(
        o.key == op.key and i.outcome.value == "replayed"
        for (_, o), i in zip(ops_of(send.ask), items, strict=True)
    )


def _window(send: Send, start: int, marks: list[Mark]) -> tuple[int, int]:
    """Return between which versions an answer that names none was given."""
    first, last = start, start + len(marks)
    for n, mark in enumerate(marks, start + 1):
        if mark.answered < send.sent:
            first = n
        if mark.sent > send.answered:
            last = min(last, n - 1)
    return first, last


def _balance_differs(pocket: object, balance: Balance | None) -> str | None:
    if balance is None:
        return None
    due = tuple(getattr(pocket, name) for name in ("cash", "bonus", "held", "moves"))
    has = (balance.cash, balance.bonus, balance.held, balance.version)
    return None if due == has else f"the balance due was {due}, answered was {has}"
