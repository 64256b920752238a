"""``decide`` against the model, and what must hold of it whatever comes."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from hypothesis import given, settings
from hypothesis import strategies as st

from casino.wallet import Applied, Batch, Outcome, Refused
from tests.casino.wallet.model import Model, Pocket
from tests.casino.wallet.plays import (
    CURRENCIES,
    DEAD_SESSION,
    GAME_OFF,
    PLAYERS,
    Freeze,
    Story,
    stories,
)
from tests.casino.wallet.shelf import Answers, Shelf, plain

OFF, DEAD = frozenset({GAME_OFF}), frozenset({DEAD_SESSION})
many = settings(max_examples=150, deadline=None)
some = settings(max_examples=60, deadline=None)


def shelf_of(story: Story) -> Shelf:
    shelf = Shelf(OFF, DEAD)
    for (player, currency), (cash, bonus) in story.pockets.items():
        shelf.open(player, currency, cash, bonus)
    return shelf


def play(
    shelf: Shelf, steps: Sequence[Batch | Freeze], cuts: AbstractSet[int] = frozenset()
) -> list[Answers]:
    """Perform the steps, deciding together what lies between two cuts."""
    answers: list[Answers] = []
    together: list[Batch] = []
    for n, step in enumerate(steps):
        if together and (n in cuts or isinstance(step, Freeze)):
            answers += map(plain, shelf.run(*together))
            together = []
        if isinstance(step, Freeze):
            shelf.freeze(step.player, on=step.on)
        else:
            together.append(step)
    if together:
        answers += map(plain, shelf.run(*together))
    return answers


@many
@given(stories())
def test_decide_agrees_with_the_model_on_every_answer_and_every_pocket(story: Story) -> None:
    shelf, model = shelf_of(story), Model(OFF, DEAD)
    codes = {c.id: c.code for c in CURRENCIES}
    for (player, currency), (cash, bonus) in story.pockets.items():
        model.pockets[player, codes[currency]] = Pocket(cash, bonus)
    for step in story.steps:
        if isinstance(step, Freeze):
            shelf.freeze(step.player, on=step.on)
            for (player, _), pocket in model.pockets.items():
                if player == step.player:
                    pocket.frozen = step.on
        else:
            assert plain(shelf.run(step)[0]) == model.apply(step)
    for (player, currency), account in shelf.accounts.items():
        pocket = model.pockets[player, codes[currency]]
        assert (account.cash, account.bonus, account.held, account.seq, account.frozen) == (
            pocket.cash,
            pocket.bonus,
            pocket.held,
            pocket.moves,
            pocket.frozen,
        )
    shelf.check_whole()


@many
@given(stories(), st.sets(st.integers(1, 23)))
def test_any_split_into_batches_gives_the_same_answers_and_the_same_book(
    story: Story, cuts: set[int]
) -> None:
    one_by_one, split = shelf_of(story), shelf_of(story)
    every = set(range(len(story.steps)))
    assert play(one_by_one, story.steps, every) == play(split, story.steps, cuts)
    assert one_by_one.accounts == split.accounts
    assert one_by_one.transfers == split.transfers
    split.check_whole()


@some
@given(stories())
def test_a_replay_of_everything_changes_nothing_and_repeats_what_was_stored(story: Story) -> None:
    shelf = shelf_of(story)
    answered = [(b, shelf.run(b)[0]) for b in story.steps if isinstance(b, Batch)]
    stored = {(t.player_id, t.source, t.key): t for t in shelf.transfers}
    accounts, transfers = dict(shelf.accounts), list(shelf.transfers)
    for batch, answer in answered:
        if isinstance(answer, Refused):
            continue
        again = shelf.run(batch)[0]
        assert isinstance(again, Applied)
        for op, item, first in zip(batch.ops, again.items, answer.items, strict=True):
            assert item.transfer_id == first.transfer_id
            if item.outcome is Outcome.REPLAYED:
                t = stored[batch.player_id, batch.source, op.key]
                assert item.balance_units == max(0, t.cash_after) + t.bonus_after
            else:  # it stored nothing then and stores nothing now
                assert item.outcome in (Outcome.LATE, Outcome.ALREADY_ENDED)
    assert shelf.accounts == accounts
    assert shelf.transfers == transfers


@some
@given(stories())
def test_a_refused_batch_leaves_no_trace_and_shows_the_standing_balance(story: Story) -> None:
    shelf = shelf_of(story)
    for step in story.steps:
        if isinstance(step, Freeze):
            shelf.freeze(step.player, on=step.on)
            continue
        accounts, transfers = dict(shelf.accounts), list(shelf.transfers)
        answer = shelf.run(step)[0]
        if not isinstance(answer, Refused):
            continue
        assert shelf.accounts == accounts
        assert shelf.transfers == transfers
        account = accounts.get((step.player_id, step.currency.id))
        assert (answer.balance is None) == (account is None) == (step.player_id not in PLAYERS)
        if account is not None and answer.balance is not None:
            assert answer.balance.playable.units == max(0, account.cash) + account.bonus
            assert answer.balance.version == account.seq


@some
@given(stories())
def test_players_currencies_and_sources_do_not_see_each_other(story: Story) -> None:
    """One player's steps alone end as they do among everybody's."""
    together = shelf_of(story)
    answers = play(together, story.steps)
    batches = [s for s in story.steps if isinstance(s, Batch)]
    for player in PLAYERS:
        alone = shelf_of(story)
        own = [
            s
            for s in story.steps
            if (s.player if isinstance(s, Freeze) else s.player_id) == player
        ]
        expected = [a for a, b in zip(answers, batches, strict=True) if b.player_id == player]
        assert play(alone, own) == expected
        for key, account in alone.accounts.items():
            if key[0] == player:
                assert account == together.accounts[key]
