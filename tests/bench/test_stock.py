from __future__ import annotations

import pytest

from bench import stock
from bench.stock import build, drop, promise
from bench.workload import PLAYERS


def test_an_index_is_built_again_as_it_was_but_not_full() -> None:
    key = "CREATE UNIQUE INDEX a ON public.t USING btree (player_id, key)"
    assert build(key) == f"{key} WITH (fillfactor = 70)"
    partial = "CREATE INDEX b ON public.t USING btree (player_id)"
    where = " WHERE (x < 0)"
    assert build(partial + where) == f"{partial} WITH (fillfactor = 70){where}"
    rising = 'CREATE INDEX c ON public.t USING btree ("position")'
    assert build(rising) == f"{rising} WITH (fillfactor = 90)"
    summary = "CREATE INDEX d ON public.t USING brin (created_at)"
    assert build(summary) == summary


def test_a_promise_is_taken_away_and_made_again_as_what_it_was() -> None:
    assert drop("a", None) == "DROP INDEX a"
    assert drop("a", "u") == "ALTER TABLE transfers DROP CONSTRAINT a"
    made = "ALTER TABLE transfers ADD CONSTRAINT a {} USING INDEX a"
    assert promise("a", "u") == made.format("UNIQUE")
    assert promise("a", "p") == made.format("PRIMARY KEY")


async def test_half_a_round_is_not_stored() -> None:
    with pytest.raises(ValueError, match="whole rounds"):
        await stock.fill("postgresql://nowhere/x", PLAYERS, 1)
