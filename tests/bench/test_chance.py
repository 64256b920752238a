from __future__ import annotations

import itertools
from collections import Counter

from bench.chance import Stream, random_texts, uniform, zipf


def test_a_stream_repeats_itself_and_two_seeds_differ() -> None:
    first = [Stream(7).word() for _ in range(2)]
    assert first[0] == first[1]
    assert Stream(7).word() != Stream(8).word()


def test_the_stream_is_splitmix64() -> None:
    # The first outputs of the published reference implementation for seed 1234567.
    stream = Stream(1_234_567)
    assert [stream.word() for _ in range(3)] == [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ]


def test_uniform_draws_reach_everybody_about_as_often() -> None:
    drawn = Counter(uniform(10, 20_000, Stream(1)))
    assert set(drawn) == set(range(10))
    assert all(1_800 < count < 2_200 for count in drawn.values())


def test_zipf_draws_follow_the_law() -> None:
    draws = 100_000
    drawn = Counter(zipf(1_000, 1.1, draws, Stream(1)))
    total = sum((rank + 1) ** -1.1 for rank in range(1_000))
    for rank in (0, 1, 2, 9, 99):
        expected = draws * (rank + 1) ** -1.1 / total
        assert abs(drawn[rank] - expected) < 5 * expected**0.5
    assert min(drawn) == 0
    assert max(drawn) < 1_000


def test_texts_are_36_characters_and_never_the_same() -> None:
    texts = list(itertools.islice(random_texts(), 3_000))
    assert {len(text) for text in texts} == {36}
    assert len(set(texts)) == 3_000
    assert all(text[at] == "-" for text in texts for at in (8, 13, 18, 23))
