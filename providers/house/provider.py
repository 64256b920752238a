"""The house as a provider: its own games, listed beside everybody else's."""

from __future__ import annotations

from casino.play import (
    Call,
    Category,
    GameEntry,
    LateOriginals,
    LaunchRequest,
    Manifest,
    ProviderUnavailable,
    Reply,
)
from providers.house.dice import RETURN_TO_PLAYER, Dice

_PPM = 1_000_000


class HouseProvider:
    """Games played on our own pages; nothing is launched and nobody calls back."""

    manifest = Manifest(
        id="house", title="Croupier Originals", late_originals=LateOriginals.REJECT, own_games=True
    )

    def __init__(self) -> None:
        """Set out the games."""
        dice = Dice()
        self.games = {dice.slug: dice}

    async def catalogue(self) -> list[GameEntry]:
        """List our games."""
        rtp_ppm = int(RETURN_TO_PLAYER * _PPM)
        return [
            GameEntry(Dice.slug, "Dice", Category.INSTANT, self.manifest.title, rtp_ppm=rtp_ppm)
        ]

    async def launch(self, request: LaunchRequest) -> str:
        """Refuse: house games have pages of their own."""
        raise ProviderUnavailable(f"{request.game_external_id} is played on its own page")

    async def answer(self, call: Call) -> Reply:  # noqa: ARG002 - the contract's signature
        """Refuse: nobody has a reason to call."""
        return Reply(404, b'{"code":"not-found"}')

    async def close(self) -> None:
        """Nothing is open."""
