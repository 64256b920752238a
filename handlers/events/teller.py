"""From an event of the outbox to words in somebody's chat."""

from __future__ import annotations

import structlog
from aiogram.types import InlineKeyboardMarkup

from bot.callback_data import Screen
from bot.keyboards import MiniApp, keyboard, screen
from bot.notifier import Notifier
from bot.texts import Texts
from casino.cashier import Flaw
from casino.errors import NotFound
from casino.events import (
    AccountFrozen,
    AccountUnfrozen,
    BalanceAdjusted,
    DepositCredited,
    DepositFiled,
    Event,
)
from casino.players import Player, Players

log = structlog.get_logger(__name__)


class Teller:
    """Listens to the outbox. At least once: after a crash somebody may hear the same thing twice.

    Raises TelegramAway (a Retry), and the outbox tells the event again later.
    """

    def __init__(
        self, notifier: Notifier, players: Players, texts: Texts, mini_app: MiniApp
    ) -> None:
        """Speak through the bot."""
        self._notifier = notifier
        self._players = players
        self._texts = texts
        self._mini_app = mini_app

    async def tell(self, event: Event) -> None:
        """Tell whom it concerns."""
        match event:
            case DepositCredited():
                await self._tell_player(
                    event,
                    "bot-event-deposit",
                    amount=f"{event.amount} {event.currency}",
                    balance=f"{event.balance} {event.currency}",
                    with_play=True,
                )
            case BalanceAdjusted():
                sign = "" if event.amount.startswith("-") else "+"
                await self._tell_player(
                    event,
                    "bot-event-adjusted",
                    amount=f"{sign}{event.amount} {event.currency}",
                    reason=event.reason,
                )
            case AccountFrozen():
                await self._tell_player(event, "bot-event-frozen")
            case AccountUnfrozen():
                await self._tell_player(event, "bot-event-unfrozen")
            case DepositFiled():
                await self._tell_staff_of_filed(event)
            case _:
                log.debug("an event that nobody is told of", event_name=event.name)

    async def _tell_player(
        self, event: Event, text_id: str, /, *, with_play: bool = False, **values: str
    ) -> None:
        if event.player_id is None:
            return
        try:
            player = await self._players.get(event.player_id)
        except NotFound:
            return
        buttons = self._buttons(player, with_play=with_play)
        await self._notifier.tell(player, text_id, buttons, **values)

    def _buttons(self, player: Player, *, with_play: bool) -> InlineKeyboardMarkup:
        words = self._texts.words(player.language)
        play = [self._mini_app.button(words)] if with_play else []
        return keyboard(play, [screen(words, Screen.WALLET), screen(words, Screen.MENU)])

    async def _tell_staff_of_filed(self, event: DepositFiled) -> None:
        known = event.reason in {flaw.value for flaw in Flaw}
        await self._notifier.tell_staff(
            "bot-event-filed",
            amount=f"{event.amount} {event.currency}" if event.amount else "?",
            rail=event.rail,
            reason=event.reason if known else "other",
            transaction=event.external_id[:128],
        )
