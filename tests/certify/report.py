"""The report of a certification, for people: plain text, or Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.certify.desk import Result

WIDTH = 72


@dataclass(frozen=True)
class Subject:
    """What was certified."""

    provider: str
    title: str
    grade: str
    against: str


def passed(results: Sequence[Result]) -> bool:
    """Say whether nothing failed and something passed."""
    counted = Counter(result.verdict for result in results)
    return counted["FAIL"] == 0 and counted["PASS"] > 0


def totals(results: Sequence[Result]) -> str:
    """Count the verdicts."""
    counted = Counter(result.verdict for result in results)
    return f"{counted['PASS']} passed, {counted['FAIL']} failed, {counted['SKIP']} skipped"


def text(subject: Subject, results: Sequence[Result]) -> str:
    """Write the report as plain text."""
    lines = [
        f"Certification of {subject.title} (provider {subject.provider})",
        f"Protocol known to grade {subject.grade}; against {subject.against}",
        "=" * WIDTH,
    ]
    for result in results:
        heading = f"{result.number:>3}  {result.title}"
        lines.append(f"{heading:<{WIDTH - 6}}  {result.verdict}")
        lines.append(f"     expected  {result.expected}")
        for seen in result.seen:
            lines.append(f"     sent      {seen.what}: {seen.sent}")
            lines.append(f"     seen      {seen.text}")
        if result.remark:
            lines.append(f"     remark    {result.remark}")
    lines += ["=" * WIDTH, f"{'PASSED' if passed(results) else 'FAILED'}: {totals(results)}"]
    return "\n".join(lines) + "\n"


def markdown(subject: Subject, results: Sequence[Result]) -> str:
    """Write the report as Markdown."""
    lines = [
        f"# Certification of {subject.title}",
        "",
        f"Provider `{subject.provider}`, protocol known to grade {subject.grade}.",
        f"Made against {subject.against}.",
        "",
        f"**{'PASSED' if passed(results) else 'FAILED'}**: {totals(results)}.",
        "",
        "| # | check | sent | expected | seen | result |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        sent = "<br>".join(f"{seen.what}: {seen.sent}" for seen in result.seen)
        seen_ = "<br>".join(seen.text for seen in result.seen)
        if result.remark:
            seen_ = f"{seen_}<br>{result.remark}" if seen_ else result.remark
        cells = (str(result.number), result.title, sent, result.expected, seen_, result.verdict)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
