from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casino.play.remembered import Remembered


@given(st.lists(st.integers(0, 20)), st.integers(1, 5))
def test_it_never_holds_more_than_it_may_nor_anything_but_what_it_learnt(
    learnt: list[int], most: int
) -> None:
    facts: Remembered[int, str] = Remembered(most)
    for key in learnt:
        facts.keep(key, str(key))
        assert facts.get(key) == str(key)
        assert len(facts) <= most
    for key in range(21):
        assert facts.get(key) in ({None, str(key)} if key in learnt else {None})


def test_what_was_learnt_first_is_forgotten_first() -> None:
    facts: Remembered[str, int] = Remembered(2)
    for number, key in enumerate("aab"):
        facts.keep(key, number)
    facts.keep("c", 3)
    assert [facts.get(key) for key in "abc"] == [None, 2, 3]
