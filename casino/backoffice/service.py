"""What staff may do, each act with its row in the append-only audit trail, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from casino import errors, events
from casino.backoffice.trail import Staff, kept_reason, note
from casino.clock import Clock
from casino.money import CURRENCY_BY_ID, Money
from casino.play import Catalogue, Game, ProviderState
from casino.play.sessions import cut
from casino.players import Player, Players
from casino.wallet import AuditReport, Balance, Batch, Entry, Kind, Op, Outcome, Wallet
from db import models
from db.database import Database, Transaction, transaction

CARD_ENTRIES = 10
SOURCE = "staff"

# Stakes and wins net of their reversals, so that GGR = stakes - wins always. A reversal counts as
# what it reverses, down to the stake or win at the bottom of a chain of reversals.
_FIGURES = """
WITH RECURSIVE day AS (
    SELECT * FROM transfers WHERE created_at >= $1 AND created_at < $2
), chain AS (
    SELECT player_id, currency_id, seq, source_id, kind_id, reference FROM day WHERE kind_id = 40
    UNION ALL
    SELECT c.player_id, c.currency_id, c.seq, c.source_id, o.kind_id, o.reference
    FROM chain c JOIN transfers o
        ON o.player_id = c.player_id AND o.source_id = c.source_id AND o.key = c.reference
    WHERE c.kind_id = 40
), counted AS (
    SELECT t.currency_id, t.player_id, t.kind_id, t.cash_delta + t.bonus_delta AS delta,
        coalesce(c.kind_id, t.kind_id) AS meant
    FROM day t LEFT JOIN chain c ON t.kind_id = 40 AND c.kind_id <> 40
        AND (c.player_id, c.currency_id, c.seq) = (t.player_id, t.currency_id, t.seq)
)
SELECT currency_id,
    -sum(delta) FILTER (WHERE meant BETWEEN 1 AND 19) AS stakes,
    sum(delta) FILTER (WHERE meant BETWEEN 20 AND 39) AS wins,
    sum(delta) FILTER (WHERE kind_id = 60) AS deposits,
    count(*) FILTER (WHERE kind_id BETWEEN 1 AND 19) AS bets,
    count(DISTINCT player_id) FILTER (WHERE kind_id BETWEEN 1 AND 19) AS players
FROM counted
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class PlayerCard:
    """What staff see of a player first."""

    player: Player
    balances: list[Balance]
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Figures:
    """One day in one currency. ``ggr`` is stakes minus wins."""

    stakes: Money
    wins: Money
    ggr: Money
    deposits: Money
    bets: int
    players: int


class Backoffice:
    """The acts of staff."""

    def __init__(
        self,
        database: Database,
        wallet: Wallet,
        players: Players,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        """Work on open services."""
        self._database = database
        self._wallet = wallet
        self._players = players
        self._catalogue = catalogue
        self._clock = clock

    async def card(self, player_id: int) -> PlayerCard:
        """Show a player. Raises NotFound."""
        return PlayerCard(
            await self._players.get(player_id),
            await self._wallet.balances(player_id),
            await self._wallet.statement(player_id, limit=CARD_ENTRIES),
        )

    async def freeze(self, staff: Staff, player_id: int, reason: str) -> None:
        """Stop a player's stakes and withdrawals from the next one on, and close open games.

        Idempotent.
        """
        await self._set_frozen(staff, player_id, reason, frozen=True)

    async def unfreeze(self, staff: Staff, player_id: int, reason: str) -> None:
        """Lift a freeze. Idempotent."""
        await self._set_frozen(staff, player_id, reason, frozen=False)

    async def adjust(
        self, staff: Staff, player_id: int, delta: Money, reason: str, key: str
    ) -> Entry:
        """Correct a balance by a new transfer, once per key. ``delta`` is signed, not zero.

        Raises NotFound, ReasonMissing, Malformed, KeyReused.
        """
        if not delta:
            raise errors.Malformed
        reason = kept_reason(reason)
        kind = Kind.CORRECTION_UP if delta.units > 0 else Kind.CORRECTION_DOWN
        try:
            op = Op(kind, key, abs(delta.units))
        except ValueError as error:
            raise errors.Malformed from error
        async with transaction() as tx:
            applied = await self._wallet.transfer(
                tx, Batch(player_id, delta.currency, SOURCE, (op,))
            )
            item = applied.items[0]
            if item.outcome is Outcome.APPLIED:
                detail = {"amount": delta.text(), "currency": delta.currency.code, "key": key}
                await note(staff, "adjust", f"player:{player_id}", reason, detail)
                await events.record(
                    events.BalanceAdjusted(
                        player_id=player_id,
                        currency=delta.currency.code,
                        amount=delta.text(),
                        reason=reason,
                    )
                )
        return await self._wallet.entry(player_id, item.transfer_id)

    async def switch_provider(self, staff: Staff, provider_id: str, *, on: bool) -> None:
        """Open or close a provider to new stakes; rounds under way may finish. Raises NotFound."""
        async with transaction():
            if not await models.Provider.filter(id=provider_id).update(enabled=on):
                raise errors.NotFound
            await note(staff, _switched(on), f"provider:{provider_id}")

    async def switch_game(self, staff: Staff, game_id: int, *, on: bool) -> None:
        """Open or close one game to new stakes; rounds under way may finish. Raises NotFound."""
        async with transaction():
            if not await models.Game.filter(id=game_id).update(enabled=on):
                raise errors.NotFound
            await note(staff, _switched(on), f"game:{game_id}")

    async def providers(self) -> list[ProviderState]:
        """List the providers and whether they are on."""
        return await self._catalogue.states()

    async def find_games(self, text: str, limit: int = 10) -> list[Game]:
        """Search games by title, on or off."""
        return await self._catalogue.find(text, limit)

    async def figures(self, day: date | None = None) -> list[Figures]:
        """Sum up one UTC day (today unless given) per currency."""
        day = day or self._clock.now().date()
        begin = datetime.combine(day, time.min, UTC)
        async with self._database.connection() as connection:
            rows = await connection.fetch(_FIGURES, begin, begin + timedelta(days=1))
        found = []
        for row in rows:
            currency = CURRENCY_BY_ID[row["currency_id"]]
            stakes = Money(int(row["stakes"] or 0), currency)
            wins = Money(int(row["wins"] or 0), currency)
            deposits = Money(int(row["deposits"] or 0), currency)
            found.append(
                Figures(stakes, wins, stakes - wins, deposits, row["bets"], row["players"])
            )
        return found

    async def audit(self, staff: Staff) -> AuditReport:
        """Prove the book and file what is wrong with it."""
        report = await audit_and_file(self._wallet, self._clock)
        async with transaction():
            detail = {"findings": len(report.findings), "transfers": report.transfers}
            await note(staff, "audit", "book", detail=detail)
        return report

    async def _set_frozen(
        self, staff: Staff, player_id: int, reason: str, *, frozen: bool
    ) -> None:
        async with transaction() as tx:
            # An account being opened at this moment shares the player's row: it is either seen
            # below or opens after us, frozen. A foreign key's lock must not be in our way, or a
            # deposit that has the account and names the player next would wait for us for ever.
            was = await tx.raw.fetchval(
                "SELECT frozen FROM players WHERE id = $1 FOR NO KEY UPDATE", player_id
            )
            if was is None:
                raise errors.NotFound
            if was is frozen:
                return
            if frozen:  # before the accounts: the end of a session takes the two in this order
                await cut(player_id, "frozen", self._clock.now())
            await tx.raw.execute("UPDATE players SET frozen = $2 WHERE id = $1", player_id, frozen)
            await tx.raw.execute(
                "UPDATE accounts SET frozen = $2 WHERE player_id = $1", player_id, frozen
            )
            action = "freeze" if frozen else "unfreeze"
            await note(staff, action, f"player:{player_id}", reason)
            event = events.AccountFrozen if frozen else events.AccountUnfrozen
            await events.record(event(player_id=player_id))


async def audit_and_file(wallet: Wallet, clock: Clock) -> AuditReport:
    """Prove the book; new differences become findings, old ones that are gone are resolved."""
    report = await wallet.audit()
    now = clock.now()
    async with transaction() as tx:
        await _file(tx, report.findings, now)
    return report


async def _file(tx: Transaction, found: tuple[str, ...], now: datetime) -> None:
    texts = sorted({text[:500] for text in found})
    await tx.raw.execute(
        "INSERT INTO findings (text, first_seen_at, last_seen_at) SELECT t, $2, $2"
        " FROM unnest($1::text[]) t ON CONFLICT (text)"
        " DO UPDATE SET last_seen_at = $2, resolved_at = NULL",
        texts,
        now,
    )
    await tx.raw.execute(
        "UPDATE findings SET resolved_at = $2 WHERE resolved_at IS NULL AND NOT text = ANY($1)",
        texts,
        now,
    )


def _switched(on: bool) -> str:  # noqa: FBT001 - one flag, one word
    return "switch_on" if on else "switch_off"
