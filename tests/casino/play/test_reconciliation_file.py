"""A provider's CSV file is read row by row, or refused with the line that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from casino.money import EUR, FUN
from casino.play.capabilities import Reported
from casino.play.report_file import BadReport, read_report
from casino.wallet import Kind

HEAD = "key,player_ref,currency,kind,amount,at,round_ref"
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def read(*lines: str) -> list[Reported]:
    return list(read_report(lines))


def test_rows_are_read_in_any_order_of_columns() -> None:
    assert read(
        "at,amount,kind,currency,player_ref,key,round_ref,their_note",
        '2026-01-31T12:00:00Z,1.50,bet,EUR,1001,t-1,r-1,"a, b"',
        "2026-01-31T14:00:00+02:00,0.000001,Reversal,FUN, 1001 ,t-2,,",
        "2026-01-31 12:00,3,free_spin_win,EUR,1001,t-3,r-2,",
    ) == [
        Reported("t-1", "1001", EUR, Kind.BET, 150, "r-1", AT),
        Reported("t-2", "1001", FUN, Kind.REVERSAL, 1, None, AT),
        Reported("t-3", "1001", EUR, Kind.FREE_SPIN_WIN, 300, "r-2", AT),
    ]


def test_a_round_is_not_needed() -> None:
    (row,) = read(HEAD.removesuffix(",round_ref"), "k,1001,EUR,win,2,2026-01-31T12:00:00Z")
    assert (row.round_ref, row.at - AT) == (None, timedelta(0))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["key,amount"], "lacks columns: player_ref, currency, kind, at"),
        ([], "lacks columns"),
        ([HEAD, "k,1001,EUR,bet,1.005,2026-01-31T12:00:00Z,r"], "line 2: 1.005 is finer"),
        ([HEAD, "k,1001,EUR,bet,-1,2026-01-31T12:00:00Z,r"], "line 2: not a plain decimal"),
        ([HEAD, "k,1001,EUR,bet,1e3,2026-01-31T12:00:00Z,r"], "line 2: not a plain decimal"),
        ([HEAD, "k,1001,DOGE,bet,1,2026-01-31T12:00:00Z,r"], "line 2: unknown currency"),
        ([HEAD, "k,1001,EUR,wager,1,2026-01-31T12:00:00Z,r"], "line 2: unknown currency or kind"),
        ([HEAD, "k,1001,EUR,bet,1,yesterday,r"], "line 2: Invalid isoformat"),
        ([HEAD, ",1001,EUR,bet,1,2026-01-31T12:00:00Z,r"], "line 2: empty: key"),
        ([HEAD, "k,1001,EUR"], "line 2: empty: kind, amount, at"),
        ([HEAD, 'k,"1001'], "line .: unexpected end"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(BadReport, match=said):
        read(*lines)


def test_rows_before_the_bad_one_were_not_waited_for() -> None:
    def lines() -> Iterator[str]:
        yield HEAD
        yield "k,1001,EUR,bet,1,2026-01-31T12:00:00Z,r"
        raise AssertionError("read ahead")

    assert next(read_report(lines())).key == "k"
