"""The simulated house itself: a real server, two branches of all services, and every door."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from casino import errors
from casino.backoffice import Backoffice, Staff
from casino.cashier import Cashier, ChainTransaction, Ignored, Incoming
from casino.money import FUN, TON, USDT, Currency, Money
from casino.play import Catalogue, GameCall, HouseRounds, LateOriginals, Play, Provider, Visit
from casino.players import Player, Players, TelegramUser
from casino.surfaces import House, Mode, Surface
from casino.wallet import Answer, Applied, Batch, Kind, Refused, Wallet
from db.database import Database, Transaction, transaction
from db.embedded import EmbeddedPostgres
from providers.house import HouseProvider
from tests.casino.cashier.rails import ACCOUNT, chain_rail, play_rail
from tests.casino.play.providers import entry, listed
from tests.casino.support import undo
from tests.simulation.asks import NOBODY, STRANGER, Ask, Broken, Reply, Report, Via
from tests.simulation.plan import BRANCHES, GAMES, PROVIDERS

STAFF = Staff(1, "Grace")
CURRENCIES = (FUN, TON, USDT)
NO_SUCH_PLAYER = 10**15
EVENS = {"direction": "under", "win_numbers": 4950}
LONG_SHOT = {"direction": "over", "win_numbers": 900}
REASONS: dict[type[errors.CroupierError], str] = {
    errors.NotEnoughMoney: "not_enough_money",
    errors.AccountFrozen: "frozen",
    errors.SessionEnded: "session_ended",
    errors.GameUnavailable: "game_off",
    errors.NotFound: "unknown_player",
    errors.KeyReused: "key_conflict",
}


class Dial:
    """The house's clock, which the plan turns; minutes from the moment it was made."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)  # noqa: TID251 - the database compares with its own clock
        self.minutes = 0

    def now(self) -> datetime:
        return self._start + timedelta(minutes=self.minutes)


class Server:
    """A PostgreSQL server whose connections, or which itself, can be killed."""

    def __init__(self, folder: Path) -> None:
        logging.getLogger("db.embedded").setLevel(logging.CRITICAL)
        self._running = EmbeddedPostgres(folder)
        self._migrated = False

    def _named(self, name: str) -> str:
        return self._running.url.replace("/postgres?", f"/{name}?")

    async def fresh(self) -> str:
        """Make an empty database with our schema, and return its address."""
        admin = await asyncpg.connect(self._running.url)
        try:
            if not self._migrated:
                await admin.execute("CREATE DATABASE migrated")
                await Database(self._named("migrated")).migrate()
                self._migrated = True
            name = f"house_{secrets.token_hex(4)}"
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        finally:
            await admin.close()
        return self._named(name)

    async def crash(self) -> None:
        """Stop at once, as a power cut would, and start again on the same files."""
        await asyncio.to_thread(self._kill)
        await asyncio.to_thread(self._running.revive)

    def stop(self) -> None:
        """Stop for good; nobody needs what it stored."""
        self._kill()
        self._running.stop()

    def _kill(self) -> None:
        pid = self._running.pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
            while True:
                os.kill(pid, 0)
                time.sleep(0.01)

    @staticmethod
    async def cut(url: str, which: int) -> None:
        """Kill one of the house's connections; the busy ones come first."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM ("
                " SELECT pid FROM pg_stat_activity"
                " WHERE application_name = 'croupier' AND datname = current_database()"
                " ORDER BY state = 'active' DESC, query LIKE '%ledger_write%' DESC, pid"
                " OFFSET $1 LIMIT 1) one",
                which,
            )
        finally:
            await connection.close()


@dataclass(frozen=True)
class Branch:
    """Services as one process has them: an engine, a memory and connections of its own."""

    wallet: Wallet
    players: Players
    catalogue: Catalogue
    play: Play
    dice: HouseRounds
    cashier: Cashier
    backoffice: Backoffice


class Premises:
    """Performs asks; ``ids`` and ``game_ids`` are the database's numbers for the plan's."""

    def __init__(
        self, database: Database, launches: Mapping[int, tuple[int, int, Currency, int]]
    ) -> None:
        house = House(Mode.DEMO, "http://127.0.0.1:8080", jettons=(USDT,))
        self.dial = Dial()
        self.ids: dict[int, int] = {STRANGER: NO_SUCH_PLAYER}
        self.game_ids: dict[int, int] = {}
        self._launches = launches
        self._players: dict[int, Player] = {}
        self._sessions: dict[int, str] = {}
        self._house_games = HouseProvider()
        self._providers = self._listed()
        self.branches = [self._branch(database, house) for _ in range(BRANCHES)]
        self._doors: dict[Via, Callable[[Branch, Ask], Awaitable[Reply]]] = {
            Via.ARRIVE: self._arrive,
            Via.SETTLE: self._settle,
            Via.APPLY: self._apply,
            Via.TRANSFER: self._transfer,
            Via.UNDONE: self._undone,
            Via.HOLD: self._cash_desk,
            Via.CAPTURE: self._cash_desk,
            Via.RELEASE: self._cash_desk,
            Via.ADJUST: self._adjust,
            Via.INSTANT: self._instant,
            Via.DICE: self._dice,
            Via.RAIL: self._report,
            Via.LAUNCH: self._launch,
            Via.END_SESSION: self._end_session,
            Via.FREEZE: self._freeze,
            Via.SWITCH_GAME: self._switch,
            Via.SWITCH_PROVIDER: self._switch,
            Via.READ: self._read,
            Via.AUDIT: self._audit,
        }

    async def open(self) -> None:
        """Register and list the games."""
        catalogue = self.branches[0].catalogue
        await catalogue.register()
        for provider in self._providers.values():
            await catalogue.sync(provider)
        for game, owner in GAMES.items():
            number = await catalogue.game_id(owner, self._external(game))
            assert number is not None
            self.game_ids[game] = number

    async def perform(self, ask: Ask, branch: int) -> Reply:
        """Do what is asked; a refusal is a reply, anything else that goes wrong is raised."""
        try:
            return await self._doors[ask.via](self.branches[branch], ask)
        except errors.PlayerError as refused:
            if type(refused) not in REASONS:
                raise
            return Reply(REASONS[type(refused)])
        except errors.Bug as bug:  # a refusal that no player should ever see
            if str(bug) not in ("unknown_hold", "reference_mismatch", "out_of_range"):
                raise
            return Reply(str(bug))

    def _listed(self) -> dict[str, Provider]:
        providers: dict[str, Provider] = {"house": self._house_games}
        for name, late in (("alpha", LateOriginals.ACCEPT), ("beta", LateOriginals.REJECT)):
            providers[name] = provider = listed(name, late)
            provider.entries = [entry(self._external(g)) for g, o in GAMES.items() if o == name]
        return providers

    @staticmethod
    def _external(game: int) -> str:
        return "dice" if GAMES.get(game) == "house" else f"g{game}"

    def _branch(self, database: Database, house: House) -> Branch:
        wallet = Wallet(database, CURRENCIES)
        players = Players(
            wallet, self.dial, terms_version=house.terms_version, welcome=house.welcome
        )
        catalogue = Catalogue(self._providers)
        rails = {"ton": chain_rail(), "sandbox": play_rail()}
        return Branch(
            wallet,
            players,
            catalogue,
            Play(wallet, catalogue, house, self.dial),
            HouseRounds(wallet, catalogue, house),
            Cashier(wallet, rails, house),
            Backoffice(database, wallet, players, catalogue, self.dial),
        )

    def _real(self, batch: Batch) -> Batch:
        return Batch(
            self.ids[batch.player_id],
            batch.currency,
            batch.source,
            batch.ops,
            late_accepted=batch.late_accepted,
        )

    # The doors. Each takes an ask as the plan names it.

    async def _arrive(self, branch: Branch, ask: Ask) -> Reply:
        who = ask.subject
        player = await branch.players.meet_telegram(TelegramUser(10_000_000 + who, f"P{who}"))
        if self.ids.setdefault(who, player.id) != player.id:
            raise Broken(f"player {who} was made twice: {self.ids[who]} and {player.id}")
        self._players[who] = player
        return Reply()

    async def _settle(self, branch: Branch, ask: Ask) -> Reply:
        (batch,) = ask.batches
        call = GameCall(
            str(self.ids[batch.player_id]),
            batch.currency,
            batch.ops,
            self._sessions.get(batch.session_id or NOBODY, "no such session"),
            self._external(batch.game_id or NOBODY),
        )
        return _replied(await branch.play.settle(batch.source, call))

    async def _apply(self, branch: Branch, ask: Ask) -> Reply:
        return _replied(await branch.wallet.apply(self._real(ask.batches[0])))

    async def _transfer(self, branch: Branch, ask: Ask) -> Reply:
        answers: dict[int, Applied] = {}
        async with transaction() as tx:
            # In one order for everybody, as whoever locks two accounts must.
            for batch in sorted(ask.batches, key=lambda b: b.player_id):
                applied = await branch.wallet.transfer(tx, self._real(batch))
                answers[batch.player_id] = applied
        in_order = [answers[b.player_id] for b in ask.batches]
        return Reply(
            items=tuple(a.items for a in in_order), balances=tuple(a.balance for a in in_order)
        )

    async def _undone(self, branch: Branch, ask: Ask) -> Reply:
        async def work(tx: Transaction) -> None:
            for batch in sorted(ask.batches, key=lambda b: b.player_id):
                await branch.wallet.transfer(tx, self._real(batch))

        await undo(work)
        return Reply()

    async def _cash_desk(self, branch: Branch, ask: Ask) -> Reply:
        (batch,) = ask.batches
        (op,) = batch.ops
        who, amount = self.ids[batch.player_id], Money(op.amount or 0, batch.currency)
        async with transaction() as tx:
            if op.reference is None:
                item = await branch.wallet.hold(tx, batch.source, who, op.key, amount)
            elif op.kind is Kind.CAPTURE:
                item = await branch.wallet.capture(
                    tx, batch.source, who, op.key, op.reference, amount
                )
            else:
                item = await branch.wallet.release(
                    tx, batch.source, who, op.key, op.reference, batch.currency
                )
        return Reply(items=((item,),), balances=(None,))

    async def _adjust(self, branch: Branch, ask: Ask) -> Reply:
        (batch,) = ask.batches
        (op,) = batch.ops
        sign = 1 if op.kind is Kind.CORRECTION_UP else -1
        delta = Money(sign * (op.amount or 0), batch.currency)
        made = await branch.backoffice.adjust(
            STAFF, self.ids[batch.player_id], delta, "the plan says so", op.key
        )
        return Reply(transfer_id=made.id)

    async def _instant(self, branch: Branch, ask: Ask) -> Reply:
        (batch,) = ask.batches
        (op,) = batch.ops
        player = self._players[batch.player_id]
        amount = Money(op.amount or 0, batch.currency)
        deposit = await branch.cashier.instant_deposit(player, "sandbox", amount, op.key)
        if deposit.amount != amount:
            raise Broken(f"a deposit of {amount} was credited as {deposit.amount}")
        return Reply()

    async def _dice(self, branch: Branch, ask: Ask) -> Reply:
        (batch,) = ask.batches
        stake = Money(batch.ops[0].amount or 0, batch.currency)
        game, player = self._house_games.games["dice"], self._players[batch.player_id]
        choices = LONG_SHOT if ask.on else EVENS
        played, balance = await branch.dice.play(game, player, stake, choices, ask.key)
        return Reply(round=played, balances=(balance,))

    async def _report(self, branch: Branch, ask: Ask) -> Reply:
        for report in ask.reports:
            seen = ChainTransaction(
                ACCOUNT,
                report.position,
                f"{report.position:064x}",
                self.dial.now(),
                await self._finding(branch, report),
            )
            await branch.cashier.record("ton", seen)
        return Reply()

    async def _finding(self, branch: Branch, report: Report) -> Incoming | Ignored:
        if report.incoming is None:
            return Ignored("our own send")
        memo = "NOBODYHAS1"
        if report.who != STRANGER:
            player = self._players[report.who]
            memo = (await branch.cashier.deposit_target(player, "ton", TON)).memo
        return Incoming(report.incoming.external_id, report.incoming.amount, memo)

    async def _launch(self, branch: Branch, ask: Ask) -> Reply:
        who, game, currency, _ = self._launches[ask.subject]
        launch = await branch.play.launch(
            self._players[who],
            self.game_ids[game],
            currency,
            demo=False,
            visit=Visit(Surface.WEB, "mobile"),
        )
        self._sessions[ask.subject] = launch.session_ref
        return Reply()

    async def _end_session(self, branch: Branch, ask: Ask) -> Reply:
        ref = self._sessions.get(ask.subject, "never opened")
        await branch.play.end_session(self.ids[self._launches[ask.subject][0]], ref)
        return Reply()

    async def _freeze(self, branch: Branch, ask: Ask) -> Reply:
        act = branch.backoffice.freeze if ask.on else branch.backoffice.unfreeze
        await act(STAFF, self.ids[ask.subject], "the plan says so")
        return Reply()

    async def _switch(self, branch: Branch, ask: Ask) -> Reply:
        if ask.via is Via.SWITCH_GAME:
            await branch.backoffice.switch_game(STAFF, self.game_ids[ask.subject], on=ask.on)
        else:
            name = PROVIDERS[ask.subject - 1]
            await branch.backoffice.switch_provider(STAFF, name, on=ask.on)
        return Reply()

    async def _read(self, branch: Branch, ask: Ask) -> Reply:
        who, currency = self.ids[ask.batches[0].player_id], ask.batches[0].currency
        if ask.on:
            return Reply(balances=(await branch.wallet.balance(who, currency),))
        return Reply(balances=(await branch.play.balance(str(who), currency),))

    async def _audit(self, branch: Branch, _ask: Ask) -> Reply:
        report = await branch.wallet.audit()
        if not report.ok:
            raise Broken(f"the audit found: {report.findings[:5]}")
        return Reply()


def _replied(answer: Answer) -> Reply:
    match answer:
        case Applied(items, balance):
            return Reply(items=(items,), balances=(balance,))
        case Refused(reason, standing):
            return Reply(reason.value, balances=(standing,))
