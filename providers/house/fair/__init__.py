"""The fairness core shared by all house games."""

from providers.house.fair.stream import draw, words

__all__ = ["draw", "words"]
