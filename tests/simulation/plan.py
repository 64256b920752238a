"""The whole run from one seed: who asks what, when, how often, and what breaks.

The plan never looks at an answer, so the same seed asks the same in every run. Providers, rails,
players and staff act by scripts of a few steps, whose parts come late, early, twice or never.
"""

from __future__ import annotations

import hashlib
import random  # noqa: TID251 - a simulation is drawn from its seed
from collections import defaultdict
from collections.abc import Iterator

from casino.money import FUN, TON, USDT, Currency
from casino.wallet import Batch, Kind, Op
from tests.simulation.asks import (
    NOBODY,
    STRANGER,
    AccountName,
    Ask,
    Burst,
    Fate,
    Fault,
    Request,
    Via,
)
from tests.simulation.chain import Chain
from tests.simulation.rounds import round_script

BURST_MAX = 80
BRANCHES = 2  # as many engines on one database: two processes, as far as the ledger can tell
PROVIDERS = ("alpha", "beta", "house")  # alpha accepts late originals, beta rejects them
GAMES = {1: "alpha", 2: "alpha", 3: "beta", 4: "beta", 5: "house"}
DICE = 5
SESSION_MINUTES = 24 * 60
WELCOME = 1_000_000_000
COIN = {FUN: 10**6, TON: 10**9, USDT: 10**6}
FLIPS = {Via.FREEZE: True, Via.SWITCH_GAME: False, Via.SWITCH_PROVIDER: False}
HOT = 6  # players whom everybody wants at once


class Plan:
    """Bursts of requests, in order. ``log`` is a digest of all that was planned so far."""

    def __init__(self, seed: int, players: int, *, faults: bool, crash_every: int = 0) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - nothing secret is drawn
        self._players = players
        self._faults = faults
        self._crash_every = crash_every
        self._digest = hashlib.sha256()
        self._names = 0
        self._step = 0
        self._clock = 0
        self._due: dict[int, list[Request]] = defaultdict(list)
        self._asked: list[Ask] = []  # what may be repeated or contradicted
        self._sessions: dict[tuple[int, str, Currency], int] = {}
        self._new_sessions: dict[tuple[int, str, Currency], int] = {}
        self.launches: dict[int, tuple[int, int, Currency, int]] = {}  # player, game, expiry
        self._spoke_at = -1  # the step at which the rail spoke last
        self._off: set[tuple[Via, int]] = set()  # what is flipped, and will be flipped back
        self.chain = Chain(self._rng)

    @property
    def log(self) -> str:
        return self._digest.hexdigest()

    def arrivals(self) -> Iterator[Burst]:
        """Bring everybody in, some through both doors at once; a third get bonus money."""
        everybody = list(range(1, self._players + 1))
        for begin in range(0, len(everybody), BURST_MAX):
            requests = []
            for who in everybody[begin : begin + BURST_MAX]:
                op = Op(Kind.GRANT, "welcome:FUN", WELCOME)
                ask = Ask(Via.ARRIVE, (Batch(who, FUN, "promo", (op,)),), who)
                twice = self._rng.random() < 0.1
                requests += [Request(ask, n) for n in range(2 if twice else 1)]
            yield self._planned(requests, ())
        yield self._planned([], tuple(self._gift(who) for who in everybody if who % 3 == 0))

    def bursts(self, steps: int) -> Iterator[Burst]:
        """Go through the steps."""
        for _ in range(steps):
            yield self._burst()
        while self._due:  # what was dropped or cancelled is repeated until it is answered
            yield self._planned(self._take_due(), ())

    def _burst(self) -> Burst:
        rng = self._rng
        if rng.random() < 0.1:
            self._clock = 0 if self._clock else rng.randint(-40, 60) * 60 + 30
        requests = self._take_due()
        size = rng.choice((1, 2, rng.randint(3, 30), rng.randint(30, BURST_MAX)))
        while len(requests) < size:
            requests += self._fresh()
        gifts = (self._gift(self._anybody()),) if rng.random() < 0.2 else ()
        return self._planned(requests, gifts)

    def _take_due(self) -> list[Request]:
        due = self._due.pop(self._step, [])
        if later := due[BURST_MAX:]:
            self._due[self._step + 1] = later + self._due[self._step + 1]
        return due[:BURST_MAX]

    def _planned(
        self, requests: list[Request], gifts: tuple[tuple[AccountName, int], ...]
    ) -> Burst:
        self._rng.shuffle(requests)
        burst = Burst(tuple(requests), self._clock, gifts, self._fault())
        for request in requests:
            self._digest.update(request.line.encode())
            if request.ask.via in FLIPS and request.ask.on is not FLIPS[request.ask.via]:
                self._off.discard((request.ask.via, request.ask.subject))
        self._digest.update(f"{self._clock} {gifts} {burst.fault}".encode())
        self._step += 1
        self._sessions |= self._new_sessions
        self._new_sessions.clear()
        return burst

    def _fault(self) -> Fault | None:
        rng = self._rng
        crash = bool(self._crash_every) and self._step % self._crash_every == self._crash_every - 1
        struck, turns, which = rng.random() < 0.2, rng.randint(0, 60), rng.randint(0, 7)
        return Fault(turns, crash, which) if self._faults and (struck or crash) else None

    def _fresh(self) -> list[Request]:
        """Draw something new; returns what of it is asked now."""
        acts = {
            self._round: 40,
            self._repeat: 14,
            self._contradict: 5,
            self._stranger: 1,
            self._grant: 5,
            self._give_away: 5,
            self._withdraw: 7,
            self._adjust: 4,
            self._instant: 4,
            self._dice: 6,
            self._report: 5,
            self._freeze: 3,
            self._switch: 3,
            self._end_session: 1,
            self._look: 5,
        }
        act = self._rng.choices(list(acts), list(acts.values()))[0]
        act()
        return self._due.pop(self._step, [])

    # Each of these puts its requests where they are due, now or later.

    def _ask(self, ask: Ask, delay: int = 0, *, careless: bool = True) -> None:
        """Let somebody ask; they may hang up or miss the answer, and then they ask again."""
        rng = self._rng
        step, branch, drawn = self._step + delay, rng.randrange(BRANCHES), rng.random()
        if careless and drawn < 0.12:
            fate = Fate.DROPPED if drawn < 0.06 else Fate.CANCELLED
            self._due[step].append(Request(ask, branch, fate, rng.randint(0, 40)))
            step, branch = step + rng.choice((0, 0, 1, 2, 5)), rng.randrange(BRANCHES)
        self._due[step].append(Request(ask, branch))
        if careless and rng.random() < 0.1:
            copies = rng.choice((1, 1, 1, 3, 8))
            self._due[step].extend(Request(ask, rng.randrange(BRANCHES)) for _ in range(copies))
        if careless:
            self._asked.append(ask)
            del self._asked[:-500]

    def _anybody(self) -> int:
        hot = self._rng.random() < 0.3
        return self._rng.randint(1, min(HOT, self._players) if hot else self._players)

    def _currency(self) -> Currency:
        return self._rng.choice((FUN, FUN, FUN, TON, USDT))

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"

    def _gift(self, who: int) -> tuple[AccountName, int]:
        currency = (USDT, FUN, USDT, TON)[who % 4]  # always the same: its keys are numbers only
        return (who, currency.id), self._rng.randint(1, 300 * COIN[currency])

    def _amount(self, currency: Currency, coins: int) -> int:
        """Draw an amount: odd units as often as round ones, now and then nothing at all."""
        if self._rng.random() < 0.03:
            return 0
        return self._rng.randint(1, coins) * COIN[currency] - self._rng.choice((0, 0, 1, 7))

    def _round(self) -> None:
        rng = self._rng
        who, provider, currency = self._anybody(), rng.choice(("alpha", "beta")), self._currency()
        if self._sessions and rng.random() < 0.6:  # mostly, somebody who plays already
            who, provider, currency = rng.choice(list(self._sessions))
        game = rng.choice([g for g, owner in GAMES.items() if owner == provider])
        session = self._sessions.get((who, provider, currency))
        if session is None or rng.random() < 0.03:
            if (who, provider, currency) in self._new_sessions:
                return
            number = len(self.launches) + 1
            self.launches[number] = (who, game, currency, self._clock + SESSION_MINUTES)
            self._new_sessions[who, provider, currency] = number
            self._ask(Ask(Via.LAUNCH, subject=number), careless=False)
            return
        drawn = rng.random()
        if drawn < 0.03:
            session = rng.choice((NOBODY, rng.randint(1, len(self.launches))))
            # Of this burst, it would be launched while it is asked for.
            session = NOBODY if session in self._new_sessions.values() else session
        elif drawn < 0.05:
            game = NOBODY
        script = round_script(rng, self._name("r"), lambda: self._amount(currency, 260))
        for delay, ops in script:
            batch = Batch(who, currency, provider, ops, game, session, provider == "alpha")
            self._ask(Ask(Via.SETTLE, (batch,), who), delay)

    def _repeat(self) -> None:
        if self._asked:
            ask = self._rng.choice(self._asked[-200:])
            for _ in range(self._rng.choice((1, 1, 2, 5))):
                self._due[self._step].append(Request(ask, self._rng.randrange(BRANCHES)))

    def _contradict(self) -> None:
        """Send a key again with other content."""
        old = self._rng.choice(self._asked) if self._asked else None
        if old is None or old.via not in (Via.SETTLE, Via.APPLY, Via.HOLD, Via.ADJUST):
            return
        batch = old.batches[0]
        op = batch.ops[0]
        amount = (op.amount or 0) + 1
        other = Op(op.kind, op.key, amount, op.round_id, op.reference, op.ends_round)
        if op.kind is Kind.FINISH or op.amount is None:
            other = Op(op.kind, op.key, op.amount, f"not {op.round_id}", op.reference)
        changed = Batch(
            batch.player_id,
            batch.currency,
            batch.source,
            (other,),
            batch.game_id,
            batch.session_id,
            batch.late_accepted,
        )
        self._ask(Ask(old.via, (changed,), old.subject), self._rng.choice((0, 0, 1)))

    def _stranger(self) -> None:
        kind = self._rng.choice((Kind.BET, Kind.WIN))
        batch = Batch(STRANGER, FUN, "alpha", (Op(kind, self._name("s"), 5, "r"),), 1, NOBODY)
        self._ask(Ask(Via.SETTLE, (batch,), STRANGER))

    def _grant(self) -> None:
        who, currency = self._anybody(), self._rng.choice((FUN, TON, USDT))
        op = Op(Kind.GRANT, self._name("g"), self._amount(currency, 300))
        self._ask(Ask(Via.APPLY, (Batch(who, currency, "promo", (op,)),), who))

    def _give_away(self) -> None:
        """From one player to another in one transaction, which may be undone at its end."""
        giver, taker = self._rng.sample(range(1, min(self._players, 40) + 1), 2)
        currency, amount = self._currency(), self._rng.randint(1, 300) * 1000
        tip, gift = Op(Kind.TIP, self._name("t"), amount), Op(Kind.PAYOUT, self._name("p"), amount)
        both = (Batch(giver, currency, "gifts", (tip,)), Batch(taker, currency, "gifts", (gift,)))
        if self._rng.random() < 0.25:
            self._ask(Ask(Via.UNDONE, both, giver), careless=False)
        else:
            self._ask(Ask(Via.TRANSFER, both, giver))

    def _withdraw(self) -> None:
        rng = self._rng
        who, currency, name = self._anybody(), self._currency(), self._name("w")
        amount = self._amount(currency, 200) or 1
        hold, delay = Op(Kind.HOLD, name, amount), rng.choice((0, 0, 0, 0, 1))
        self._ask(Ask(Via.HOLD, (Batch(who, currency, "cashier", (hold,)),), who), delay)
        ends = rng.choice(("capture", "release", "both", "neither", "too much"))
        taken = amount + 1 if ends == "too much" else rng.choice((amount, (amount + 1) // 2))
        if ends in ("capture", "both", "too much"):
            op = Op(Kind.CAPTURE, f"{name}-c", taken, reference=name)
            batch = Batch(who, currency, "cashier", (op,))
            self._ask(Ask(Via.CAPTURE, (batch,), who), rng.choice((0, 1, 2, 4)))
        if ends in ("release", "both"):
            op = Op(Kind.RELEASE, f"{name}-r", reference=name)
            batch = Batch(who, currency, "cashier", (op,))
            self._ask(Ask(Via.RELEASE, (batch,), who), rng.choice((0, 1, 2, 4)))

    def _adjust(self) -> None:
        who, currency = self._anybody(), self._rng.choice((FUN, TON, USDT))
        kind = self._rng.choice((Kind.CORRECTION_UP, Kind.CORRECTION_DOWN))
        op = Op(kind, self._name("a"), self._amount(currency, 400) or 1)
        self._ask(Ask(Via.ADJUST, (Batch(who, currency, "staff", (op,)),), who))

    def _instant(self) -> None:
        who, key = self._anybody(), self._name("i")
        amount = self._rng.randint(1, 500) * COIN[FUN]
        op = Op(Kind.DEPOSIT, key, amount)  # the real key begins with the player's number
        self._ask(Ask(Via.INSTANT, (Batch(who, FUN, "rail:sandbox", (op,)),), who))

    def _dice(self) -> None:
        who, currency = self._anybody(), self._rng.choice((FUN, FUN, TON))
        op = Op(Kind.BET, self._name("d"), self._rng.randint(1, 80) * COIN[currency] // 10)
        batch = Batch(who, currency, "house", (op,), DICE)
        ask = Ask(Via.DICE, (batch,), who, on=self._rng.random() < 0.5, key=op.key)
        for _ in range(self._rng.choice((1, 1, 1, 2, 6))):  # its key is the caller's, all the same
            self._due[self._step].append(Request(ask, self._rng.randrange(BRANCHES)))

    def _report(self) -> None:
        """Let the rail say what it has seen, unless it is silent or has just spoken."""
        if self._spoke_at < self._step and (reports := self.chain.reports(self._anybody)):
            self._spoke_at = self._step
            batches = tuple(r.credit for r in reports if r.credit is not None)
            ask = Ask(Via.RAIL, batches, reports=reports)
            for branch in range(self._rng.choice((1, 1, 2))):
                self._due[self._step].append(Request(ask, branch))

    def _freeze(self) -> None:
        who = self._anybody()
        self._flip(Via.FREEZE, who, self._rng.choice((1, 2, 6)))
        # Mostly, nobody asks in a session that the freeze ended.
        if self._rng.random() < 0.9:
            self._sessions = {w: n for w, n in self._sessions.items() if w[0] != who}

    def _switch(self) -> None:
        if self._rng.random() < 0.7:
            self._flip(Via.SWITCH_GAME, self._rng.choice(list(GAMES)), self._rng.choice((1, 3)))
        else:
            number = self._rng.randint(1, len(PROVIDERS))
            self._flip(Via.SWITCH_PROVIDER, number, self._rng.choice((1, 3)))

    def _flip(self, via: Via, subject: int, steps: int) -> None:
        """Flip now and back some steps later: never twice at once."""
        if (via, subject) in self._off:
            return
        self._off.add((via, subject))
        there, back = FLIPS[via], not FLIPS[via]
        self._due[self._step].append(Request(Ask(via, subject=subject, on=there)))
        self._due[self._step + steps].append(Request(Ask(via, subject=subject, on=back)))

    def _end_session(self) -> None:
        if self._sessions:
            number = self._rng.choice(list(self._sessions.values()))
            where = next(w for w, n in self._sessions.items() if n == number)
            del self._sessions[where]
            self._due[self._step].append(Request(Ask(Via.END_SESSION, subject=number)))

    def _look(self) -> None:
        if self._rng.random() < 0.02:
            self._due[self._step].append(Request(Ask(Via.AUDIT)))
            return
        who, currency = self._anybody(), self._currency()
        # A batch says whose balance; nothing of it is stored.
        batch = Batch(who, currency, "nobody", (Op(Kind.FINISH, "look"),))
        ask = Ask(Via.READ, (batch,), who, on=self._rng.random() < 0.5)
        self._due[self._step].append(Request(ask, self._rng.randrange(BRANCHES)))
