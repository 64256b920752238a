"""What a stake may have met beside the money: freezes, switches and sessions, as of when."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from casino.money import Currency
from casino.wallet import Batch
from tests.simulation.asks import NEVER, NOBODY, Ask, Send, Via
from tests.simulation.plan import GAMES, PROVIDERS
from tests.simulation.reference import Flag, World

Launches = Mapping[int, tuple[int, int, Currency, int]]


class Freeze(NamedTuple):
    """Of one player, between two ticks; ``minutes`` are what the house's clock may have said."""

    who: int
    begin: int
    end: int
    minutes: set[int]


class Worlds:
    """Every flag of the house with its history, by the answers to those who flipped it."""

    def __init__(self, launches: Launches) -> None:
        self._launches = launches
        self._frozen: dict[int, Flag] = {}
        self._game_on = {game: Flag(on=True) for game in GAMES}
        self._provider_on = {name: Flag(on=True) for name in PROVIDERS}
        self._ended: dict[int, Flag] = {}
        self._opened: dict[int, tuple[int, int]] = {}  # launch -> between which ticks
        self._freezes: list[Freeze] = []

    def note(self, ask: Ask, sends: list[Send]) -> None:
        """Learn from an ask that was answered in this burst: what it flipped, and when."""
        begin, end = min(s.sent for s in sends), min(s.answered for s in sends)
        match ask.via:
            case Via.FREEZE:
                self._frozen_flag(ask.subject).flipped(begin, end, on=ask.on)
                if ask.on:
                    freeze = Freeze(ask.subject, begin, end, {s.minutes for s in sends})
                    self._freezes.append(freeze)
                    self._close(self._opened, [freeze])
            case Via.SWITCH_GAME:
                self._game_on[ask.subject].flipped(begin, end, on=ask.on)
            case Via.SWITCH_PROVIDER:
                name = PROVIDERS[ask.subject - 1]
                self._provider_on[name].flipped(begin, end, on=ask.on)
            case Via.END_SESSION:
                self._ended_flag(ask.subject).flipped(begin, end, on=True)
            case Via.LAUNCH if any(s.reply and s.reply.refusal is None for s in sends):
                self._opened[ask.subject] = begin, end
                self._close([ask.subject], self._freezes)
            case _:
                pass

    def frozen(self, who: int, begin: int, end: int) -> set[bool]:
        """Return whether a player may have been seen frozen between two ticks."""
        return self._frozen_flag(who).seen(begin, end)

    def game_off(self, game: int, begin: int, end: int) -> set[bool]:
        """Return whether a game may have been seen off between two ticks."""
        on = self._game_on[game].seen(begin, end)
        open_ = self._provider_on[GAMES[game]].seen(begin, end)
        return {not (a and b) for a, b in itertools.product(on, open_)}

    def launched_game(self, launch: int) -> int:
        """Return which game a launch opens."""
        return self._launches[launch][1]

    def of(self, batch: Batch, sends: Iterable[Send]) -> list[World]:
        """Return the worlds in which these attempts at a batch may have been decided."""
        found: set[World] = set()
        for send in sends:
            begin, end = send.sent, send.answered
            found |= {
                World(frozen, dead, off)
                for frozen in self.frozen(batch.player_id, begin, end)
                for dead in self._dead(batch, send)
                for off in self._off(batch, begin, end)
            }
        return sorted(found, key=str)

    def _dead(self, batch: Batch, send: Send) -> set[bool]:
        number = batch.session_id
        if number is None:
            return {False}
        if number == NOBODY or number not in self._opened:
            return {True}
        who, game, currency, expiry = self._launches[number]
        if (who, currency, GAMES[game]) != (batch.player_id, batch.currency, batch.source):
            return {True}
        # By the house's clock; the database, whose clock does not jump, has its own opinion too.
        if expiry <= send.minutes or expiry < 0:
            return {True}
        return self._ended_flag(number).seen(send.sent, send.answered)

    def _off(self, batch: Batch, begin: int, end: int) -> set[bool]:
        if batch.game_id is None:
            return {False}
        if batch.game_id == NOBODY:
            return {True}
        return self.game_off(batch.game_id, begin, end)

    def _close(self, launches: Iterable[int], freezes: Iterable[Freeze]) -> None:
        """Note which sessions freezes ended: those that were there, and not over by themselves."""
        for launch, freeze in itertools.product(launches, freezes):
            who, _, _, expiry = self._launches[launch]
            launched, told = self._opened[launch]
            over = {expiry <= minutes for minutes in freeze.minutes}
            if who == freeze.who and launched < freeze.end and False in over:
                sure = told < freeze.begin and True not in over
                self._ended_flag(launch).flipped(
                    freeze.begin, freeze.end if sure else NEVER, on=True
                )

    def _frozen_flag(self, who: int) -> Flag:
        return self._frozen.setdefault(who, Flag(on=False))

    def _ended_flag(self, launch: int) -> Flag:
        return self._ended.setdefault(launch, Flag(on=False))
