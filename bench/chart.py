"""The chart in the README: speeds as multiples of pgbench's, drawn as an SVG by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from html import escape

from bench.report import Spread

TITLE = "Durable operations a second, as multiples of pgbench tpcb-like"
# The ratio to draw, its label, and the class that colours it.
BARS: tuple[tuple[str, str, str], ...] = (
    ("wallet_hot_vs_tpcb", "wallet, everybody one player", "ours"),
    ("wallet_zipf_vs_tpcb", "wallet, zipf(1.1) players", "ours"),
    ("wallet_uniform_vs_tpcb", "wallet, 10,000 players", "ours"),
    ("wallet_10m_vs_tpcb", "wallet, 10 million transfers stored", "ours"),
    ("wallet_contended_vs_tpcb", "3 processes, the same 4 players", "ours"),
    ("wallet_http2_vs_tpcb", "signed HTTP, two processes", "http"),
    ("wallet_http_vs_tpcb", "signed HTTP, one process", "http"),
    ("tpcb64_vs_tpcb", "pgbench tpcb-like, 64 clients", "peer"),
    ("tpcb", "pgbench tpcb-like, 128 clients", "peer"),
    ("handwritten_vs_tpcb", "hand-written transaction", "peer"),
    ("orm_vs_tpcb", "ORM transaction", "peer"),
)

_WIDTH, _LEFT, _RIGHT = 760, 268, 86
_TOP, _BAR, _STEP = 58, 20, 32
_NOTE_LENGTH, _NOTE_STEP = 104, 18  # characters that fit on a line; and its height
_STYLE = """
    .back { fill: #ffffff; stroke: #d0d7de }
    .title { font-size: 16px; font-weight: 600 }
    .note { font-size: 12px; fill: #59636e }
    text { font: 14px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; \
fill: #1f2328 }
    .ours { fill: #1a7f37 } .http { fill: #0969da } .peer { fill: #818b98 }
    .range { stroke: #1f2328; stroke-width: 1.5; opacity: 0.55 }
    @media (prefers-color-scheme: dark) {
        .back { fill: #0d1117; stroke: #3d444d }
        text { fill: #f0f6fc } .note { fill: #9198a1 }
        .ours { fill: #3fb950 } .http { fill: #4493f8 } .peer { fill: #656c76 }
        .range { stroke: #f0f6fc }
    }
"""


def chart(ratios: Mapping[str, Spread], note: str) -> str:
    """Draw the ratios that there are; thin lines reach from the worst round to the best."""
    known = {"tpcb": Spread(1.0, 1.0, 1.0), **ratios}
    bars = [(known[name], label, look) for name, label, look in BARS if name in known]
    most = max(ratio.most for ratio, _, _ in bars)
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    said = textwrap.wrap(note, _NOTE_LENGTH)
    notes_top = _TOP + _STEP * len(bars) + 16
    height = notes_top + _NOTE_STEP * len(said)
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        f'<title id="title">{escape(TITLE)}</title>',
        f"<style>{_STYLE}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>',
        f'<text class="title" x="20" y="34">{escape(TITLE)}</text>',
        *_bars(bars, scale),
        *(
            f'<text class="note" x="20" y="{notes_top + _NOTE_STEP * n}">{escape(line)}</text>'
            for n, line in enumerate(said)
        ),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bars(bars: Sequence[tuple[Spread, str, str]], scale: float) -> list[str]:
    lines = []
    for place, (ratio, label, look) in enumerate(bars):
        top = _TOP + place * _STEP
        middle, base = top + _BAR / 2, top + 15
        width = max(ratio.median * scale, 1)
        size = f'width="{width:.1f}" height="{_BAR}"'
        ends = _LEFT + max(ratio.median, ratio.most) * scale
        lines += [
            f'<text x="{_LEFT - 10}" y="{base}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{look}" x="{_LEFT}" y="{top}" {size} rx="2"/>',
        ]
        if ratio.least < ratio.most:
            lines.append(
                f'<path class="range" d="M{_LEFT + ratio.least * scale:.1f} {middle}'
                f'H{_LEFT + ratio.most * scale:.1f}"/>'
            )
        lines.append(f'<text x="{ends + 8:.1f}" y="{base}">{ratio.median:g}x</text>')
    return lines
