"""What must hold of what callers were told and what is stored, whatever was killed in between."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

import asyncpg
import msgspec

from casino.wallet import Batch, Kind
from tests.casino.wallet.model import Answers, Done, Model, No, Pocket
from tests.crash.journal import Answered, Call, Sent

STORED = ("applied", "tombstoned")
# What they were refused for depends on what staff did; ``staff_checks`` judges it.
BY_STAFF = ("frozen", "session_ended", "game_off")
Content = tuple[int, str, str, tuple[tuple[object, ...], ...], int | None, int | None]


class Row(msgspec.Struct, frozen=True):
    """One stored transfer."""

    player: int
    seq: int
    kind: int
    source: str
    key: str
    amount: int
    deltas: tuple[int, int, int]
    after: tuple[int, int, int]
    round: str | None
    reference: str | None
    id: str

    @property
    def playable(self) -> int:
        return max(0, self.after[0]) + self.after[1]


async def stored_rows(second: asyncpg.Connection) -> list[Row]:
    """Read the whole ledger, by account and sequence."""
    rows = await second.fetch(
        "SELECT t.*, s.name FROM transfers t JOIN sources s ON s.id = t.source_id"
        " ORDER BY player_id, currency_id, seq"
    )
    return [
        Row(
            r["player_id"],
            r["seq"],
            r["kind_id"],
            r["name"],
            r["key"],
            r["amount"],
            (r["cash_delta"], r["bonus_delta"], r["held_delta"]),
            (r["cash_after"], r["bonus_after"], r["held_after"]),
            r["round_id"],
            r["reference"],
            f"{r['player_id']}-{r['currency_id']}-{r['seq']}",
        )
        for r in rows
    ]


def content(sent: Sent) -> Content:
    """Return what makes two sendings the same request."""
    return (sent.player, sent.currency, sent.source, sent.ops, sent.game, sent.session)


class Asked:
    """Everything that was asked, by content, and by the key of each operation."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.sendings: dict[Content, list[Call]] = defaultdict(list)
        self._by_op: dict[tuple[object, ...], list[Content]] = defaultdict(list)
        for call in calls:
            what = content(call.sent)
            if what not in self.sendings:
                for op in call.sent.ops:
                    self._by_op[call.sent.player, call.sent.source, op[1], op[0]].append(what)
            self.sendings[what].append(call)

    def behind(self, row: Row) -> list[Content]:
        """Return the requests that may have stored a row."""
        return [
            what
            for what in self._by_op.get((row.player, row.source, row.key, row.kind), [])
            for kind, key, amount, round_id, reference, _ in what[3]
            if (kind, key, round_id, reference) == (row.kind, row.key, row.round, row.reference)
            and (amount is None or amount == row.amount)
        ]


def check_acknowledged(asked: Asked, rows: Sequence[Row]) -> None:
    """Every acknowledged operation is stored as acknowledged."""
    by_id = {row.id: row for row in rows}
    for call, answer in answered(asked.calls):
        for op, (outcome, transfer_id, balance) in zip(call.sent.ops, answer.items, strict=True):
            row = by_id.get(transfer_id)
            assert row is not None, f"acknowledged and lost: {call}"
            if outcome in (*STORED, "replayed"):
                assert (row.key, row.source, row.playable) == (op[1], call.sent.source, balance), (
                    f"not stored as acknowledged: {row} {call}"
                )
            else:
                assert op[1] in (row.reference, row.key) or op[4] == row.reference, (row, call)


def check_asked(asked: Asked, rows: Sequence[Row]) -> None:
    """Every row was acknowledged or is in doubt: nothing is stored that was called refused."""
    for row in rows:
        sendings = [c for what in asked.behind(row) for c in asked.sendings[what]]
        assert any(c.in_doubt or (c.answered and c.answered.items) for c in sendings), (
            f"stored, and neither acknowledged nor in doubt: {row} {sendings}"
        )


def check_repeats(asked: Asked) -> None:
    """Every repeat of what was done is answered as it was at first."""
    for what, sendings in asked.sendings.items():
        first: dict[str, tuple[str, int]] = {}
        applied: dict[str, int] = defaultdict(int)
        for _, answer in answered(sendings):
            for op, (outcome, transfer_id, balance) in zip(what[3], answer.items, strict=True):
                key = str(op[1])
                applied[key] += outcome in STORED
                if outcome in (*STORED, "replayed"):
                    said = first.setdefault(key, (transfer_id, balance))
                    assert said == (transfer_id, balance), f"answered differently: {sendings}"
        assert not [key for key, n in applied.items() if n > 1], f"applied twice: {sendings}"


def check_settled(asked: Asked) -> None:
    """Everything that was ever in doubt has been answered by a repeat."""
    for sendings in asked.sendings.values():
        assert any(c.answered for c in sendings), f"never answered: {sendings}"


def answered(calls: Iterable[Call]) -> Iterator[tuple[Call, Answered]]:
    """Return those calls that were answered with something done, and the answers."""
    for call in calls:
        if call.answered is not None and call.answered.items:
            yield call, call.answered


class Replay(Model):
    """The reference model, without a copy of everything for each batch that may be refused."""

    def apply(self, b: Batch) -> Answers:
        saved = (self.pockets, self.done, self.ended, self.staked)
        done: dict[tuple[int, str, str], Done] = {}
        ended: dict[tuple[int, str, str], str] = {}
        staked: dict[tuple[int, str, str, str], tuple[int, int]] = {}
        self.pockets = {where: copy(pocket) for where, pocket in self.pockets.items()}
        self.done = ChainMap(done, saved[1])  # type: ignore[assignment]
        self.ended = ChainMap(ended, saved[2])  # type: ignore[assignment]
        self.staked = ChainMap(staked, saved[3])  # type: ignore[assignment]
        try:
            answers: Answers = [self._one(b, op, op.kind.name) for op in b.ops]
        except No as no:
            self.pockets, self.done, self.ended, self.staked = saved
            return str(no)
        _, self.done, self.ended, self.staked = saved
        self.done.update(done)
        self.ended.update(ended)
        self.staked.update(staked)
        return answers


def check_replay(asked: Asked, rows: Sequence[Row]) -> None:
    """Replay each account's rows, in their order, through the model, and compare every reply.

    An answer that stored nothing says by its version between which rows it was decided.
    """
    of_player: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        of_player[row.player].append(row)
    quiet: dict[int, list[tuple[int, Call, Answered]]] = defaultdict(list)
    storing: dict[Content, Answered] = {}
    for call in asked.calls:
        answer = call.answered
        if answer is None or answer.balance is None:
            continue  # in doubt, or refused inside a caller's own transaction
        if any(item[0] in STORED for item in answer.items):
            storing[content(call.sent)] = answer
        else:
            quiet[call.sent.player].append((answer.balance[3], call, answer))
    for player, own in of_player.items():
        _replay_one(asked, player, own, quiet[player], storing)


def _replay_one(
    asked: Asked,
    player: int,
    rows: Sequence[Row],
    quiet: list[tuple[int, Call, Answered]],
    storing: dict[Content, Answered],
) -> None:
    model = Replay()
    pocket = model.pockets[player, "FUN"] = Pocket()
    quiet.sort(key=lambda entry: entry[0])
    waiting = iter([*quiet, None])
    entry = next(waiting)
    n = 0
    while True:
        while entry is not None and entry[0] <= n:
            _compare_quiet(model, entry)
            entry = next(waiting)
        if n == len(rows):
            break
        what = _which(asked, rows[n], storing)
        said = model.apply(asked.sendings[what][0].sent.batch)
        assert not isinstance(said, str), f"stored, and the model says {said}: {rows[n]} {what}"
        pocket = model.pockets[player, "FUN"]
        made = rows[n : pocket.moves]
        assert made, f"stored, and the model stores nothing: {rows[n]} {what}"
        for row in made:
            done = model.done[player, row.source, row.key]
            assert (row.kind, row.deltas, row.playable) == (
                Kind[done.kind].value,
                (done.cash, done.bonus, done.held),
                done.shown,
            ), (row, done)
        assert [row.seq for row in made] == list(range(n + 1, pocket.moves + 1)), made
        assert made[-1].after == (pocket.cash, pocket.bonus, pocket.held), (made, pocket)
        n = pocket.moves
        if (answer := storing.get(what)) is not None:
            told = [(outcome, balance) for outcome, _, balance in answer.items]
            assert (told, answer.balance) == (said, (*made[-1].after, n)), (what, answer, said)
    assert entry is None, f"an answer from beyond the ledger's end: {entry}"


def _which(asked: Asked, row: Row, storing: dict[Content, Answered]) -> Content:
    """Return the request that stored a row: the one told so, or the only one it can be."""
    candidates = asked.behind(row)
    for what in candidates:
        answer = storing.get(what)
        if answer is not None and row.id in {item[1] for item in answer.items}:
            return what
    in_doubt = [w for w in candidates if w not in storing]
    assert len(in_doubt) == 1, f"whose row is this? {row} {candidates}"
    return in_doubt[0]


def _compare_quiet(model: Replay, entry: tuple[int, Call, Answered]) -> None:
    version, call, answer = entry
    batch = call.sent.batch
    pocket = model.pockets[batch.player_id, "FUN"]
    assert answer.balance == (pocket.cash, pocket.bonus, pocket.held, version), (entry, pocket)
    if answer.refused in BY_STAFF:
        return
    said = model.apply(batch)
    told = answer.refused or [(outcome, balance) for outcome, _, balance in answer.items]
    assert said == told, f"the model says {said}: {call}"


def check_real_time(asked: Asked, rows: Sequence[Row]) -> None:
    """Whatever was answered before something else was sent comes before it in its account."""
    at: dict[str, Row] = {row.id: row for row in rows}
    sent: dict[int, list[tuple[int, int, Call]]] = defaultdict(list)  # time, least version
    heard: dict[int, list[tuple[int, int, Call]]] = defaultdict(list)  # time, version
    earliest = {what: sendings[0].sent.at for what, sendings in asked.sendings.items()}
    for call in asked.calls:
        answer = call.answered
        if answer is None or answer.balance is None:
            continue
        player = call.sent.player
        made = [at[i[1]].seq for i in answer.items if i[0] in STORED]
        version = answer.balance[3]
        heard[player].append((answer.at, version, call))
        sent[player].append((call.sent.at, min(made) - 1 if made else version, call))
        for outcome, transfer_id, _ in answer.items:
            if outcome == "replayed":  # stored by this or an earlier sending of the same
                row = at[transfer_id]
                first = min(earliest[w] for w in asked.behind(row))
                sent[player].append((first, row.seq - 1, call))
    for player, begun in sent.items():
        begun.sort(key=lambda entry: entry[0])
        ended = sorted(heard[player], key=lambda entry: entry[0])
        n, newest, last = 0, 0, None
        for moment, least, call in begun:
            while n < len(ended) and ended[n][0] < moment:
                if ended[n][1] > newest:
                    newest, last = ended[n][1], ended[n][2]
                n += 1
            assert least >= newest, (
                f"sent after an answer, and before it in the book: {last} {call}"
            )
