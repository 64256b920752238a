"""A till that does nothing: tests of one adapter alone override what they use."""

from __future__ import annotations

from casino.money import Currency
from casino.play import EndedSpins, GameCall, PlayerSession
from casino.wallet import Answer, Balance, Known


class EmptyTill:
    """Refuses to be used."""

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        raise AssertionError(provider_id, call)

    async def balance(self, player_ref: str, currency: Currency) -> Balance:
        raise AssertionError(player_ref, currency)

    async def session(self, provider_id: str, session_ref: str) -> PlayerSession | None:
        raise AssertionError(provider_id, session_ref)

    async def known(self, provider_id: str, player_ref: str, key: str) -> Known | None:
        raise AssertionError(provider_id, player_ref, key)

    async def stakes_of_round(
        self, provider_id: str, player_ref: str, currency: Currency, round_id: str
    ) -> list[Known]:
        raise AssertionError(provider_id, player_ref, currency, round_id)

    async def end_free_spins(
        self, provider_id: str, ref: str, status: EndedSpins, won_units: int
    ) -> Answer | None:
        raise AssertionError(provider_id, ref, status, won_units)
