"""A certification passes where all is well, and says so where something is not."""

from __future__ import annotations

import asyncpg
import pytest

from db.database import Database
from tests.certify import report
from tests.certify.checks import CHECKS
from tests.certify.desk import Result, Seen
from tests.certify.report import Subject
from tests.certify.run import Elsewhere, elsewhere, in_own_house
from tests.conftest import empty
from tests.peers.slotegrator.vendor import Said, Vendor
from tests.providers.contract.vendors import Spoken, spoken
from tests.providers.contract.world import opened

SUBJECT = Subject("x", "X Studio", "B", "a house of its own")


class Careless(Vendor):
    """Stands for a house that accepts a forged call."""

    async def forged(self) -> Said:
        return Said(200, b"{}", "ok", 0)


@pytest.fixture
async def emptied(second: asyncpg.Connection) -> None:
    await empty(second)


@pytest.mark.parametrize("protocol", spoken(), ids=lambda one: one.name)
async def test_every_protocol_is_certified(
    protocol: Spoken, emptied: None, database_url: str
) -> None:
    _, results = await in_own_house(protocol, database_url)
    assert [(r.title, r.remark) for r in results if r.verdict == "FAIL"] == []
    assert len(results) == len(CHECKS)
    assert report.passed(results)
    assert all(r.remark for r in results if r.verdict == "SKIP")


async def test_what_is_wrong_fails_and_nothing_else_does(emptied: None, database_url: str) -> None:
    careless = Spoken("slotegrator", "slotegrator", Careless)
    _, results = await in_own_house(careless, database_url)
    failed = [result.title for result in results if result.verdict == "FAIL"]
    assert failed == ["Wrong signature or credential"]
    assert not report.passed(results)


async def test_a_house_that_runs_is_certified_from_outside(database: Database) -> None:
    protocol = Spoken("slotegrator", "slotegrator", Vendor)
    async with opened(protocol, database) as world:
        guest = await world.guest(200_00)
        url = f"{world.wire.url}/providers/slotegrator/"
        house = Elsewhere(url, guest.ref, guest.session, guest.game, late_accepted=True)
        _, results = await elsewhere(protocol, house)
    verdicts = {result.title: result.verdict for result in results}
    skipped = {title for title, verdict in verdicts.items() if verdict == "SKIP"}
    assert skipped == {
        "Rollback of a win that was spent",
        "Session over",
        "Player frozen",
        "Game switched off",
        "The book",
    }
    assert set(verdicts.values()) == {"PASS", "SKIP"}
    assert report.passed(results)


async def test_a_house_that_is_not_there_fails_every_check_that_asks_it() -> None:
    house = Elsewhere("http://127.0.0.1:9/providers/x", "1", "s", "g", late_accepted=True)
    subject, results = await elsewhere(Spoken("slotegrator", "slotegrator", Vendor), house)
    assert subject.against == house.url
    verdicts = {result.title: result.verdict for result in results}
    assert verdicts["Bet"] == "FAIL"
    assert verdicts["Player frozen"] == "SKIP"
    assert "PASS" not in verdicts.values()
    assert not report.passed(results)


def _result(verdict: str) -> Result:
    said = Said(200, b"", "ok", 12_345)
    return Result(
        7, "Bet", "ok | taken", verdict, [Seen("bet 1.00", "POST /x (3 bytes)", said)], "why"
    )


def test_a_report_says_what_was_sent_expected_and_seen() -> None:
    text = report.text(SUBJECT, [_result("PASS"), _result("FAIL")])
    for expected in (
        "X Studio",
        "  7  Bet",
        "sent      bet 1.00: POST /x (3 bytes)",
        "expected  ok | taken",
        "seen      HTTP 200 ok, balance 123.45",
        "FAILED: 1 passed, 1 failed, 0 skipped",
    ):
        assert expected in text
    assert "PASSED: 1 passed" in report.text(SUBJECT, [_result("PASS")])


def test_a_report_in_markdown_keeps_its_columns() -> None:
    rows = report.markdown(SUBJECT, [_result("PASS")]).splitlines()
    row = next(line for line in rows if line.startswith("| 7"))
    assert row.replace("\\|", "").count("|") == 7


@pytest.mark.parametrize("verdicts", [[], ["SKIP"], ["PASS", "FAIL"]])
def test_nothing_made_is_nothing_passed(verdicts: list[str]) -> None:
    assert not report.passed([_result(verdict) for verdict in verdicts])
