"""A provider for these tests: it lists what it is told to, and opens games anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

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


def entry(external_id: str, title: str = "Reels", *, has_demo: bool = False) -> GameEntry:
    return GameEntry(external_id, title, Category.SLOTS, "Studio", has_demo=has_demo)


@dataclass
class ListedProvider:
    """``entries`` is its list; ``away`` makes every question fail."""

    manifest: Manifest
    entries: list[GameEntry] = field(default_factory=lambda: [entry("g1", has_demo=True)])
    away: bool = False
    launched: list[LaunchRequest] = field(default_factory=list)

    async def catalogue(self) -> list[GameEntry]:
        if self.away:
            raise ProviderUnavailable(ProviderUnavailable.code)
        return list(self.entries)

    async def launch(self, request: LaunchRequest) -> str:
        if self.away:
            raise ProviderUnavailable(ProviderUnavailable.code)
        self.launched.append(request)
        return f"https://games.example/{request.game_external_id}/{request.session_ref}"

    async def answer(self, call: Call) -> Reply:
        raise AssertionError(f"nobody calls in these tests: {call}")

    async def close(self) -> None:
        pass


def listed(provider_id: str = "agg", late: LateOriginals = LateOriginals.ACCEPT) -> ListedProvider:
    return ListedProvider(Manifest(provider_id, provider_id.title(), late))
