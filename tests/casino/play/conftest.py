"""A vendor whose report is compared, and the book that it reports of."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import pytest

from casino.play import Provider
from casino.play.reconciliation import Reconciler
from casino.players import Player
from casino.wallet import Wallet
from db.database import Database
from tests.casino.play.reports import Book, ReportingProvider, reporting
from tests.conftest import MovingClock


@pytest.fixture
def vendor(providers: dict[str, Provider]) -> ReportingProvider:
    provider = reporting("agg")
    providers["agg"] = provider
    return provider


@pytest.fixture
def reconciler(
    database: Database, providers: dict[str, Provider], clock: MovingClock
) -> Reconciler:
    return Reconciler(database, providers, clock)


@pytest.fixture
def book(wallet: Wallet, player: Player, second: asyncpg.Connection) -> Book:
    return Book(wallet, player, second)


@pytest.fixture
def now(clock: MovingClock) -> datetime:
    return clock.now()
