"""What is counted of callbacks: plain numbers on their path, turned into metrics when asked for.

A provider's call passes here tens of thousands of times a second; a metric with locks and labels
would cost as much as reading the request does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from webapp.metrics import REGISTRY

BOUNDS_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
REASONS = ("busy", "stranger")


class Tally:
    """One provider's callbacks since this process started."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.statuses = [0] * 5  # by first digit: 1xx to 5xx
        self.refused = dict.fromkeys(REASONS, 0)
        self.in_flight: Callable[[], int] = lambda: 0
        self._seconds = 0.0
        self._within = [0] * (len(BOUNDS_S) + 1)

    def turned_away(self, reason: str, status: int) -> None:
        """Count a call that did not get as far as the provider's adapter."""
        self.refused[reason] += 1
        self.statuses[status // 100 - 1] += 1

    def answered(self, status: int, took_s: float) -> None:
        """Count an answer."""
        self.statuses[status // 100 - 1] += 1
        self._seconds += took_s
        self._within[bisect_left(BOUNDS_S, took_s)] += 1

    @property
    def seconds(self) -> tuple[list[tuple[str, float]], float]:
        """How many took at most so long, and all of their seconds."""
        names = [*(str(float(bound)) for bound in BOUNDS_S), "+Inf"]
        counts = accumulate(self._within)
        return [(name, count) for name, count in zip(names, counts, strict=True)], self._seconds


class _Tallies(Collector):
    def __init__(self) -> None:
        self.by_provider: dict[str, Tally] = {}

    def collect(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            "croupier_callbacks",
            "Callbacks answered, turned away or not",
            labels=["provider", "status"],
        )
        refused = CounterMetricFamily(
            "croupier_callbacks_refused",
            "Callbacks turned away at the provider's gate",
            labels=["provider", "reason"],
        )
        in_flight = GaugeMetricFamily(
            "croupier_callbacks_in_flight", "Callbacks being answered", labels=["provider"]
        )
        seconds = HistogramMetricFamily(
            "croupier_callback_seconds",
            "Time that a provider's adapter took to answer",
            labels=["provider"],
        )
        for provider_id, tally in self.by_provider.items():
            for first, count in enumerate(tally.statuses, 1):
                answered.add_metric([provider_id, f"{first}xx"], count)
            for reason, count in tally.refused.items():
                refused.add_metric([provider_id, reason], count)
            in_flight.add_metric([provider_id], tally.in_flight())
            seconds.add_metric([provider_id], *tally.seconds)
        yield from (answered, refused, in_flight, seconds)


_TALLIES = _Tallies()
REGISTRY.register(_TALLIES)


def tally_of(provider_id: str) -> Tally:
    """Return what this process counts of a provider; one of ours, never a stranger's word."""
    return _TALLIES.by_provider.setdefault(provider_id, Tally())
