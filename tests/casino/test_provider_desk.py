"""Staff's acts on providers: written down with the act, done once, and nothing without a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import pytest

from casino import errors
from casino.backoffice import Period, ProviderDesk, ReasonMissing, Staff
from casino.ids import new_token
from casino.money import CURRENCIES, EUR, FUN, TON, Money
from casino.play import (
    Capability,
    Catalogue,
    Category,
    EndedSpins,
    GameEntry,
    LateOriginals,
    Manifest,
    Play,
    Provider,
    WireCurrency,
)
from casino.play.capabilities import FreeSpinGrant, Reported
from casino.play.findings import finding, open_findings
from casino.play.free_spins import REF_LENGTH, Award
from casino.play.reconciliation import SETTLED, Reconciler, TooEarly
from casino.play.revenue import PPM, Standing
from casino.players import Player, Players
from casino.wallet import Kind
from db.database import Database
from tests.casino.play.providers import ListedProvider
from tests.casino.support import count
from tests.conftest import MovingClock

STAFF = Staff(7, "Grace")
STAKE = Money.parse("0.2", FUN)


class Vendor(ListedProvider):
    """Gives and takes back what it is asked to, and reports one stake that we never saw."""

    def __init__(self) -> None:
        able = frozenset({Capability.FREE_SPINS, Capability.REPORT})
        super().__init__(Manifest("agg", "Agg", LateOriginals.ACCEPT, capabilities=able))
        self.entries = [
            GameEntry("spins", "Spins", Category.SLOTS, "Studio", has_free_spins=True),
            GameEntry("none", "None", Category.SLOTS, "Studio"),
        ]
        self.given: list[str] = []

    async def issue_free_spins(self, grant: FreeSpinGrant) -> None:
        self.given.append(grant.ref)

    async def cancel_free_spins(self, grant: FreeSpinGrant) -> None:
        assert grant.ref in self.given

    async def report(self, since: datetime, until: datetime) -> AsyncIterator[Reported]:
        at = since + (until - since) / 2
        yield Reported("foreign", "1", FUN, Kind.BET, 5, None, at)


@pytest.fixture
async def vendor(providers: dict[str, Provider], catalogue: Catalogue) -> Vendor:
    vendor = Vendor()
    providers["agg"] = vendor
    await catalogue.register()
    await catalogue.sync(vendor)
    return vendor


@pytest.fixture
def desk(
    database: Database,
    play: Play,
    players: Players,
    providers: dict[str, Provider],
    clock: MovingClock,
) -> ProviderDesk:
    return ProviderDesk(database, play, players, Reconciler(database, providers, clock), clock)


@pytest.fixture
async def award(vendor: Vendor, desk: ProviderDesk, player: Player, clock: MovingClock) -> Award:
    (game,) = await desk.games_with_spins("agg", "")
    return Award(player.id, (game.id,), 10, STAKE, clock.now() + timedelta(days=7))


def ref() -> str:
    return new_token(REF_LENGTH)


async def one_finding(desk: ProviderDesk) -> int:
    await desk.compare(STAFF, "agg", desk.yesterday() - timedelta(days=1))
    (found,) = await open_findings("agg")
    return found.id


async def test_an_act_without_its_row_does_not_happen(
    desk: ProviderDesk, vendor: Vendor, award: Award, second: asyncpg.Connection
) -> None:
    await desk.award(STAFF, award, "why", ref())
    number = await second.fetchval("SELECT id FROM free_spins")
    found = await one_finding(desk)
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.award(STAFF, award, "why", ref()),
        lambda: desk.forfeit(STAFF, number, "why"),
        lambda: desk.resolve(STAFF, found, "why"),
        lambda: desk.sync(STAFF, "agg"),
        lambda: desk.compare(STAFF, "agg", desk.yesterday() - timedelta(days=2)),
    ]
    await second.execute("ALTER TABLE audit_trail ADD CONSTRAINT full_up CHECK (id < 0) NOT VALID")
    try:
        for act in acts:
            with pytest.raises(Exception, match="full_up"):
                await act()
    finally:
        await second.execute("ALTER TABLE audit_trail DROP CONSTRAINT full_up")
    assert len(vendor.given) == 1
    assert await count(second, "free_spins", "status = 'active'") == 1
    assert await count(second, "reconciliation_findings", "resolved_at IS NULL") == 1
    assert await count(second, "reconciliation_runs") == 1


async def test_every_act_on_somebodys_money_needs_a_reason(
    desk: ProviderDesk, vendor: Vendor, award: Award, second: asyncpg.Connection
) -> None:
    await desk.award(STAFF, award, "why", ref())
    number = await second.fetchval("SELECT id FROM free_spins")
    found = await one_finding(desk)
    rows = await count(second, "audit_trail")
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.award(STAFF, award, " \0", ref()),
        lambda: desk.forfeit(STAFF, number, ""),
        lambda: desk.resolve(STAFF, found, "\n"),
    ]
    for act in acts:
        with pytest.raises(ReasonMissing):
            await act()
    assert await count(second, "audit_trail") == rows
    assert await count(second, "free_spins") == 1
    assert (await finding(found)).resolved_at is None


async def test_an_award_is_done_once_per_reference(
    desk: ProviderDesk, vendor: Vendor, award: Award, second: asyncpg.Connection
) -> None:
    mine = ref()
    for _ in range(2):
        assert await desk.award(STAFF, award, "why", mine)
    other = Award(award.player_id, award.game_ids, 11, award.stake, award.valid_until)
    with pytest.raises(errors.KeyReused):
        await desk.award(STAFF, other, "why", mine)
    assert vendor.given == [mine]
    assert await count(second, "audit_trail") == 1
    assert award.stakes == Money.parse("2", FUN)


async def test_an_award_that_cannot_be_leaves_nothing(
    desk: ProviderDesk, vendor: Vendor, award: Award, second: asyncpg.Connection
) -> None:
    other = await second.fetchval("SELECT id FROM games WHERE external_id = 'none'")
    for refused, error in (
        (Award(1, award.game_ids, 1, STAKE, award.valid_until), errors.NotFound),
        (Award(award.player_id, (999,), 1, STAKE, award.valid_until), errors.NotFound),
        (
            Award(award.player_id, award.game_ids, 1_001, STAKE, award.valid_until),
            errors.Malformed,
        ),
        (Award(award.player_id, award.game_ids, 1, STAKE, desk.now()), errors.Malformed),
        (
            Award(award.player_id, award.game_ids, 1, STAKE, award.valid_until, "a\0"),
            errors.Malformed,
        ),
    ):
        with pytest.raises(error):
            await desk.award(STAFF, refused, "why", ref())
    with pytest.raises(errors.GameUnavailable):
        await desk.game(other)
    assert await count(second, "free_spins") == 0
    assert await count(second, "audit_trail") == 0


async def test_spins_that_ended_while_they_were_taken_back_keep_their_end(
    desk: ProviderDesk, play: Play, vendor: Vendor, award: Award, second: asyncpg.Connection
) -> None:
    mine = ref()
    await desk.award(STAFF, award, "why", mine)
    (given,) = await desk.awards(award.player_id)
    assert (given.games, given.is_open, given.won) == (("Spins",), True, None)
    assert await play.free_spins.take_back(mine)
    await play.end_free_spins("agg", mine, EndedSpins.PLAYED, 50)
    assert not await play.free_spins.note_cancelled(mine)
    assert not await desk.forfeit(STAFF, given.id, "too late")
    (given,) = await desk.awards(award.player_id)
    assert (given.status, given.won) == ("played", Money(50, FUN))
    assert await count(second, "audit_trail", "action = 'forfeit_spins'") == 0


async def test_a_day_is_compared_when_the_vendor_has_counted_it(
    desk: ProviderDesk, vendor: Vendor, clock: MovingClock, second: asyncpg.Connection
) -> None:
    midnight = datetime.combine(clock.now().date(), time.min, UTC)
    clock.moment = midnight + SETTLED - timedelta(seconds=1)
    with pytest.raises(TooEarly):
        await desk.compare(STAFF, "agg", desk.yesterday())
    clock.advance(seconds=1)
    done = await desk.compare(STAFF, "agg", desk.yesterday())
    assert (done.since, done.until) == (midnight - timedelta(days=1), midnight)
    run = await desk.newest_run("agg")
    assert run is not None
    assert (run.differences, run.error) == (1, None)


async def test_what_is_resolved_stays_so_until_a_comparison_finds_it_again(
    desk: ProviderDesk, vendor: Vendor
) -> None:
    found = await one_finding(desk)
    assert await desk.resolve(STAFF, found, "theirs")
    assert not await desk.resolve(STAFF, found, "theirs")
    with pytest.raises(errors.NotFound):
        await desk.resolve(STAFF, found + 1, "theirs")
    assert await open_findings("agg") == []
    assert await one_finding(desk) == found


async def test_a_provider_plays_in_its_currencies_or_in_all(
    desk: ProviderDesk, providers: dict[str, Provider], vendor: Vendor
) -> None:
    assert desk.currencies("agg") == tuple(CURRENCIES.values())
    wires = (
        WireCurrency("EUR", EUR, 2),
        WireCurrency("mTON", TON, 6),
        WireCurrency("TON", TON, 9),
    )
    vendor.manifest = Manifest("agg", "Agg", LateOriginals.ACCEPT, currencies=wires)
    assert desk.currencies("agg") == (EUR, TON)
    assert not desk.gives_spins("agg")


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, date(2026, 3, 1), date(2026, 3, 1)),
        (Period.YESTERDAY, date(2026, 2, 28), date(2026, 2, 28)),
        (Period.WEEK, date(2026, 2, 23), date(2026, 3, 1)),
        (Period.MONTH, date(2026, 3, 1), date(2026, 3, 1)),
    ],
)
def test_periods_end_with_the_day_they_name(period: Period, first: date, last: date) -> None:
    assert period.days(date(2026, 3, 1)) == (first, last)


@pytest.mark.parametrize(
    ("stakes", "wins", "ppm"), [(0, 0, None), (-5, 1, None), (3, 1, PPM // 3), (1, -2, -2 * PPM)]
)
def test_the_return_is_a_part_of_what_was_staked(stakes: int, wins: int, ppm: int | None) -> None:
    assert Standing("agg", None, Money(stakes, FUN), Money(wins, FUN), 1).rtp_ppm == ppm
