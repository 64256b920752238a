from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from bench.chart import BARS, chart
from bench.load import Figures, WrongAnswer, figures, together
from bench.report import RATIOS, Spread, latencies, ratios, stretches, table
from bench.tpcb import latencies as tpcb_latencies


def _rounds(*speeds: float) -> list[Figures]:
    return [Figures(per_second=speed, p50_ms=speed / 100, p99_ms=speed / 10) for speed in speeds]


def test_latencies_are_summed_up() -> None:
    summed = figures([n / 1_000 for n in range(100, 0, -1)], seconds=2, stored=40)
    assert summed.per_second == 50
    assert (summed.p50_ms, summed.p99_ms, summed.max_ms) == (51, 100, 100)
    assert summed.stored == 40


def test_of_processes_at_once_speeds_add_up_and_the_slowest_counts() -> None:
    one = Figures(per_second=50, p50_ms=4, p99_ms=9, max_ms=20, stored=100, retried=1)
    two = Figures(per_second=70, p50_ms=3, p99_ms=12, max_ms=15, stored=140, retried=2)
    both = Figures(per_second=120, p50_ms=4, p99_ms=12, max_ms=20, stored=240, retried=3)
    assert together([one, two]) == both


def test_a_stretch_without_an_answer_is_no_result() -> None:
    with pytest.raises(WrongAnswer):
        figures([], seconds=1, stored=0)


def test_ratios_compare_within_a_round_and_take_the_median() -> None:
    # The machine was twice as slow in the second round: no ratio shows it.
    rounds = {"wallet_uniform": _rounds(800, 400, 900), "tpcb_128": _rounds(100, 50, 90)}
    assert ratios(rounds) == {"wallet_uniform_vs_tpcb": Spread(8, 8, 10)}


def test_the_better_peer_is_the_one_to_beat() -> None:
    rounds = {
        "wallet_uniform": _rounds(800, 800),
        "tpcb_128": _rounds(100, 200),
        "tpcb_64": _rounds(160, 100),
    }
    assert ratios(rounds)["wallet_uniform_vs_tpcb_best"] == Spread(4.5, 4, 5)


def test_what_was_not_run_is_left_out() -> None:
    rounds = {"http_1": _rounds(30, 50)}
    assert ratios(rounds) == {}
    assert latencies(rounds) == {"wallet_http_p50_ms": 0.4, "wallet_http_p99_ms": 4}
    assert list(stretches(rounds)) == ["http_1"]
    assert "Over HTTP" in table(rounds, {"http_1": "Over HTTP", "tpcb_128": "pgbench"})
    assert "pgbench" not in table(rounds, {"http_1": "Over HTTP", "tpcb_128": "pgbench"})


def test_the_log_of_pgbench_is_cut_to_the_stretch() -> None:
    ends = (10.0, 10.9, 11.0, 12.5, 12.999, 13.0)
    lines = [f"0 1 {n}000 0 {int(end)} {end % 1 * 1e6:.0f}" for n, end in enumerate(ends, 1)]
    # The first second is a warm-up, two are measured.
    assert tpcb_latencies(lines, 1, 2) == [0.003, 0.004, 0.005]


def test_the_chart_draws_bars_in_proportion() -> None:
    shown = {"wallet_uniform_vs_tpcb": Spread(8, 7, 10), "orm_vs_tpcb": Spread(0.25, 0.25, 0.25)}
    drawn = ET.fromstring(chart(shown, "2 cores & more"))  # noqa: S314 - our own
    svg = "{http://www.w3.org/2000/svg}"
    bars = [bar for bar in drawn.iter(f"{svg}rect") if bar.get("class") != "back"]
    ours, tpcb, orm = (float(bar.get("width", "0")) for bar in bars)
    assert ours == pytest.approx(8 * tpcb, rel=0.01)
    assert orm == pytest.approx(tpcb / 4, rel=0.01)
    texts = [text.text for text in drawn.iter(f"{svg}text")]
    assert {"8x", "1x", "0.25x", "2 cores & more"} <= set(texts)
    assert len(list(drawn.iter(f"{svg}path"))) == 1  # the only one that varied


def test_the_chart_stays_within_its_frame_and_reads_in_the_dark() -> None:
    ratios_shown = {name: Spread(12, 3, 14) for name, _, _ in BARS if name != "tpcb"}
    drawn = chart(ratios_shown, "note")
    assert "prefers-color-scheme: dark" in drawn
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    for x, y in re.findall(r' x="([\d.]+)" y="([\d.]+)"', drawn):
        assert 0 <= float(x) < width
        assert 0 <= float(y) < height


def test_a_long_note_is_broken_into_lines() -> None:
    drawn = ET.fromstring(chart({}, "word " * 60))  # noqa: S314 - our own
    notes = [t for t in drawn.iter("{http://www.w3.org/2000/svg}text") if t.get("class") == "note"]
    assert len(notes) == 3
    assert len({note.get("y") for note in notes}) == 3
    assert " ".join(note.text or "" for note in notes) == ("word " * 60).strip()
    assert all(float(note.get("y", "inf")) < float(drawn.get("height", "0")) for note in notes)


def test_every_bar_is_a_ratio_that_is_measured() -> None:
    assert {name for name, _, _ in BARS} - {"tpcb"} <= set(RATIOS)
