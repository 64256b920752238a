"""What the house should answer, by the model of another hand; and which worlds it may have seen.

The model copies all it knows before each batch. Here it is given only what one batch concerns, and
what it then says is taken over: the rules are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as replaced

from casino.wallet import Batch, Kind, Op
from tests.casino.wallet.model import Answers, Done, Model, Pocket
from tests.simulation.asks import NOBODY, AccountName

Key = tuple[int, str, str]  # player in the plan, source, key


@dataclass(frozen=True)
class World:
    """What a stake is asked for, beside the money."""

    frozen: bool = False
    session_dead: bool = False
    game_off: bool = False


class Flag:
    """A switch that is flipped now and then, one flip at a time."""

    def __init__(self, *, on: bool) -> None:
        self._first = on
        self._flips: list[tuple[int, int, bool]] = []  # sent, answered, to what

    def flipped(self, sent: int, answered: int, *, on: bool) -> None:
        """Note a flip: it took effect at some moment between the two ticks."""
        self._flips.append((sent, answered, on))

    def seen(self, begin: int, end: int) -> set[bool]:
        """Return what somebody may have seen between two ticks."""
        before, during = self._first, set()
        for sent, answered, on in self._flips:
            if answered < begin:
                before = on
            elif sent < end:
                during.add(on)
        return {before} | during


@dataclass
class Trial:
    """What the model says to one batch, not yet taken over."""

    batch: Batch
    answers: Answers
    model: Model

    @property
    def new(self) -> list[tuple[Op, Done]]:
        """The rows that would be stored, in order."""
        if isinstance(self.answers, str):
            return []
        return [
            (op, self.model.done[self.batch.player_id, self.batch.source, op.key])
            for op, (outcome, _) in zip(self.batch.ops, self.answers, strict=True)
            if outcome in ("applied", "tombstoned")
        ]


@dataclass
class Reference:
    """Everything that is stored, as the model would have it."""

    pockets: dict[AccountName, Pocket] = field(default_factory=dict)
    done: dict[Key, Done] = field(default_factory=dict)
    ended: dict[Key, str] = field(default_factory=dict)
    staked: dict[tuple[int, str, str, str], tuple[int, int]] = field(default_factory=dict)
    stored_at: dict[Key, tuple[int, int]] = field(default_factory=dict)  # currency, sequence

    def pocket(self, account: AccountName) -> Pocket:
        """Return the standing of an account; what nobody has opened holds nothing."""
        return self.pockets.setdefault(account, Pocket())

    def try_out(self, batch: Batch, world: World) -> Trial:
        """Ask the model, which sees what is stored and nothing of what it then says."""
        p, source, code = batch.player_id, batch.source, batch.currency.code
        model = Model(
            frozenset({batch.game_id or NOBODY} if world.game_off else ()),
            frozenset({batch.session_id or NOBODY} if world.session_dead else ()),
        )
        pocket = self.pocket((p, batch.currency.id))
        model.pockets[p, code] = replace(pocket, frozen=world.frozen)
        for op in batch.ops:
            for key in filter(None, (op.key, op.reference)):
                if (done := self.done.get((p, source, key))) is not None:
                    model.done[p, source, key] = done
                if (end := self.ended.get((p, source, key))) is not None:
                    model.ended[p, source, key] = end
            where = (p, code, source, op.round_id or "")
            if where in self.staked:
                model.staked[where] = self.staked[where]
        # Whoever holds must know that nothing is held: no "late, accepted" for them.
        late = batch.late_accepted and batch.ops[0].kind is not Kind.HOLD
        return Trial(batch, model.apply(replaced(batch, late_accepted=late)), model)

    def keep(self, trial: Trial) -> None:
        """Take over what a trial stored."""
        b = trial.batch
        pocket = trial.model.pockets[b.player_id, b.currency.code]
        for n, (op, _) in enumerate(trial.new, pocket.moves - len(trial.new) + 1):
            self.stored_at[b.player_id, b.source, op.key] = (b.currency.id, n)
        self.pockets[b.player_id, b.currency.id] = pocket
        self.done |= trial.model.done
        self.ended |= trial.model.ended
        self.staked |= trial.model.staked

    def positions(self, trial: Trial) -> Iterator[tuple[int, int]]:
        """Return where each item of an answered trial points: currency and sequence."""
        b, next_seq = trial.batch, self.pocket((trial.batch.player_id, trial.batch.currency.id))
        seq = next_seq.moves
        here: dict[str, tuple[int, int]] = {}
        assert not isinstance(trial.answers, str)
        for op, (outcome, _) in zip(b.ops, trial.answers, strict=True):
            if outcome in ("applied", "tombstoned"):
                seq += 1
                here[op.key] = (b.currency.id, seq)
                yield here[op.key]
                continue
            key = op.key
            if outcome == "late":
                key = trial.model.ended[b.player_id, b.source, op.key]
            elif outcome == "already_ended":
                key = trial.model.ended[b.player_id, b.source, op.reference or ""]
            yield here.get(key) or self.stored_at[b.player_id, b.source, key]
