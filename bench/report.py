"""From the figures of every round to medians, ratios within a round, and a table."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import msgspec

from bench.load import Figures

Rounds = Mapping[str, Sequence[Figures]]  # by stretch, one entry a round

# Ratio: what is compared, and with the best of what.
RATIOS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wallet_uniform_vs_tpcb": ("wallet_uniform", ("tpcb_128",)),
    "wallet_zipf_vs_tpcb": ("wallet_zipf", ("tpcb_128",)),
    "wallet_hot_vs_tpcb": ("wallet_hot", ("tpcb_128",)),
    "wallet_uniform_vs_tpcb_best": ("wallet_uniform", ("tpcb_128", "tpcb_64")),
    "wallet_vs_handwritten": ("wallet_uniform", ("handwritten",)),
    "wallet_uniform_vs_orm": ("wallet_uniform", ("orm",)),
    "wallet_hot_vs_uniform": ("wallet_hot", ("wallet_uniform",)),
    "wallet_contended_vs_tpcb": ("wallet_contended", ("tpcb_128",)),
    "wallet_contended_vs_hot": ("wallet_contended", ("wallet_hot",)),
    "wallet_lone_vs_tpcb_lone": ("wallet_lone", ("tpcb_lone",)),
    "wallet_http_vs_tpcb": ("http_1", ("tpcb_128",)),
    "wallet_http_vs_tpcb_best": ("http_1", ("tpcb_128", "tpcb_64")),
    "wallet_http2_vs_tpcb": ("http_2", ("tpcb_128",)),
    "wallet_http2_vs_http1": ("http_2", ("http_1",)),
    "tpcb64_vs_tpcb": ("tpcb_64", ("tpcb_128",)),
    "handwritten_vs_tpcb": ("handwritten", ("tpcb_128",)),
    "orm_vs_tpcb": ("orm", ("tpcb_128",)),
    "wallet_100k_vs_empty": ("stored_100k", ("wallet_uniform",)),
    "wallet_1m_vs_empty": ("stored_1m", ("wallet_uniform",)),
    "wallet_10m_vs_empty": ("stored_10m", ("wallet_uniform",)),
    "wallet_10m_vs_tpcb": ("stored_10m", ("tpcb_128",)),
}
# Latencies that stand beside the ratios: the stretch and the figure.
LATENCIES = {
    "wallet_uniform_p50_ms": ("wallet_uniform", "p50_ms"),
    "wallet_uniform_p99_ms": ("wallet_uniform", "p99_ms"),
    "wallet_zipf_p99_ms": ("wallet_zipf", "p99_ms"),
    "wallet_hot_p99_ms": ("wallet_hot", "p99_ms"),
    "wallet_contended_p99_ms": ("wallet_contended", "p99_ms"),
    "wallet_lone_p50_ms": ("wallet_lone", "p50_ms"),
    "wallet_lone_p99_ms": ("wallet_lone", "p99_ms"),
    "tpcb_lone_p50_ms": ("tpcb_lone", "p50_ms"),
    "wallet_http_p50_ms": ("http_1", "p50_ms"),
    "wallet_http_p99_ms": ("http_1", "p99_ms"),
    "wallet_http2_p99_ms": ("http_2", "p99_ms"),
    "wallet_1m_p99_ms": ("stored_1m", "p99_ms"),
    "wallet_10m_p99_ms": ("stored_10m", "p99_ms"),
}


class Spread(msgspec.Struct, frozen=True):
    """The median of some rounds, and how far apart they were."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median} [{self.least}-{self.most}]"


def spread(values: Sequence[float], digits: int) -> Spread:
    """Sum up one figure over the rounds."""
    least, most = round(min(values), digits), round(max(values), digits)
    return Spread(round(statistics.median(values), digits), least, most)


def ratios(rounds: Rounds) -> dict[str, Spread]:
    """Compare within each round, then sum up; what was not run is left out."""
    found = {}
    for name, (ours, theirs) in RATIOS.items():
        if ours in rounds and all(peer in rounds for peer in theirs):
            bests = zip(*(rounds[peer] for peer in theirs), strict=True)
            each = [
                our.per_second / max(peer.per_second for peer in peers)
                for our, peers in zip(rounds[ours], bests, strict=True)
            ]
            found[name] = spread(each, 2)
    return found


def latencies(rounds: Rounds) -> dict[str, float]:
    """Return the medians of the latencies that goals are set for."""
    return {
        name: spread([getattr(figures, which) for figures in rounds[stretch]], 2).median
        for name, (stretch, which) in LATENCIES.items()
        if stretch in rounds
    }


def stretches(rounds: Rounds) -> dict[str, dict[str, Spread]]:
    """Sum up every stretch."""
    return {
        name: {
            "per_second": spread([f.per_second for f in each], 1),
            "p50_ms": spread([f.p50_ms for f in each], 2),
            "p99_ms": spread([f.p99_ms for f in each], 2),
        }
        for name, each in rounds.items()
    }


def table(rounds: Rounds, titles: Mapping[str, str]) -> str:
    """Lay out every stretch and every ratio for a person."""
    lines = [f"{'':44}{'operations/s':>25}{'p50 ms':>9}{'p99 ms':>9}"]
    summed = stretches(rounds)
    for name, title in titles.items():
        if name in summed:
            s = summed[name]
            speed = s["per_second"]
            shown = f"{speed.median:.0f} [{speed.least:.0f}-{speed.most:.0f}]"
            lines.append(
                f"{title:44}{shown:>25}{s['p50_ms'].median:>9.2f}{s['p99_ms'].median:>9.2f}"
            )
    lines.append("")
    lines += [f"{name:44}{ratio!s:>25}" for name, ratio in ratios(rounds).items()]
    lines.append("")
    lines += [f"{name:44}{value:>25}" for name, value in latencies(rounds).items()]
    return "\n".join(lines)
