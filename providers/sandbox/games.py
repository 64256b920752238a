"""The sandbox's games. Their returns are exact; a test enumerates every stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from providers.sandbox.slots import Slot

STUDIO = "Croupier Sandbox"

_FIVE_LINES = ((1, 1, 1), (0, 0, 0), (2, 2, 2), (0, 1, 2), (2, 1, 0))
_TEN_LINES = (
    (1, 1, 1, 1, 1),
    (0, 0, 0, 0, 0),
    (2, 2, 2, 2, 2),
    (0, 1, 2, 1, 0),
    (2, 1, 0, 1, 2),
    (0, 0, 1, 2, 2),
    (2, 2, 1, 0, 0),
    (1, 0, 0, 0, 1),
    (1, 2, 2, 2, 1),
    (0, 1, 1, 1, 0),
)
_GEMS = {"A": "ruby", "B": "emerald", "C": "sapphire", "D": "amethyst"}

ORCHARD = Slot(
    uuid="5b0c1e7a4d3f4a61b1f2a90c6e8d0001",
    title="Lucky Orchard",
    volatility="low",
    reels=("PBLCMPLCPBLCMLCCPLMS", "PMLCMBCMSCPPCLLCPBCL", "SCLMBLPCLPCBMLCPPCML"),
    lines=_FIVE_LINES,
    pays={
        "S": (0, 0, 350),
        "B": (0, 0, 80),
        "M": (0, 0, 40),
        "P": (0, 0, 20),
        "L": (0, 0, 12),
        "C": (0, 3, 12),
    },
    names={
        "S": "seven",
        "B": "bell",
        "M": "melon",
        "P": "plum",
        "L": "lemon",
        "C": "cherry",
    },
    theme="orchard",
)

LAGOON = Slot(
    uuid="5b0c1e7a4d3f4a61b1f2a90c6e8d0002",
    title="Lagoon Pearls",
    volatility="medium",
    reels=("SCADHFGABE", "ABGWBCFHDE", "CHGFASEBDW", "AWCEGCDHBF", "FSDAEBCHDG"),
    lines=_TEN_LINES,
    pays={
        "H": (0, 0, 30, 150, 1000),
        "G": (0, 0, 20, 75, 300),
        "F": (0, 0, 15, 50, 200),
        "E": (0, 0, 12, 35, 125),
        "D": (0, 0, 8, 20, 75),
        "C": (0, 0, 8, 20, 75),
        "B": (0, 0, 6, 15, 60),
        "A": (0, 0, 6, 15, 60),
    },
    names=_GEMS
    | {"E": "starfish", "F": "fish", "G": "anchor", "H": "helm", "W": "pearl", "S": "chest"},
    theme="lagoon",
    wild="W",
    scatter="S",
    scatter_pays=(0, 0, 5),
)

EMBER = Slot(
    uuid="5b0c1e7a4d3f4a61b1f2a90c6e8d0003",
    title="Ember Crown",
    volatility="high",
    reels=("HDBSAFCGDE", "CAEWGDBFHD", "GCBSFWDAHE", "BFWDHACGEA", "AGCESHBDFC"),
    lines=_TEN_LINES,
    pays={
        "H": (0, 0, 10, 100, 2000),
        "G": (0, 0, 5, 40, 500),
        "F": (0, 0, 4, 25, 200),
        "E": (0, 0, 2, 12, 100),
        "D": (0, 0, 0, 6, 30),
        "C": (0, 0, 0, 6, 30),
        "B": (0, 0, 0, 4, 20),
        "A": (0, 0, 0, 4, 20),
    },
    names=_GEMS
    | {"E": "shield", "F": "sword", "G": "dragon", "H": "crown", "W": "flame", "S": "volcano"},
    theme="ember",
    wild="W",
    wild_factor=2,
    scatter="S",
    scatter_pays=(0, 0, 4),
)

# The same machine, in rooms with stakes of their own: a lobby as live games have one.
EMBER_ROOMS = replace(EMBER, uuid="5b0c1e7a4d3f4a61b1f2a90c6e8d0004", title="Ember Crown Rooms")

GAMES = {slot.uuid: slot for slot in (ORCHARD, LAGOON, EMBER, EMBER_ROOMS)}


@dataclass(frozen=True, slots=True)
class Room:
    """A table of a game with a lobby; ``stakes`` are some of those on offer."""

    ref: str
    name: str
    stakes: slice
    open: bool = True


ROOMS: Mapping[str, Mapping[str, Room]] = {
    EMBER_ROOMS.uuid: {
        room.ref: room
        for room in (
            Room("gate", "Gate Room", slice(0, 4)),
            Room("hall", "Great Hall", slice(2, 6)),
            Room("tower", "Tower", slice(5, 8)),
            Room("vault", "Vault", slice(6, 8), open=False),
        )
    }
}

# Every stake is a whole number of minor units per line, so that no win is ever rounded.
_STAKES = {
    "FUN": ("0.50", "1.00", "2.00", "5.00", "10.00", "20.00", "50.00", "100.00"),
    "USDT": ("0.10", "0.20", "0.50", "1.00", "2.00", "5.00", "10.00", "20.00"),
    "TON": ("0.05", "0.10", "0.20", "0.50", "1.00", "2.00", "5.00", "10.00"),
}
CURRENCIES = frozenset(_STAKES)


def stakes(currency: str, room: Room | None = None) -> tuple[Decimal, ...]:
    """Return the stakes on offer in a currency, smallest first; in a room, those of the room."""
    offered = _STAKES[currency] if room is None else _STAKES[currency][room.stakes]
    return tuple(Decimal(stake) for stake in offered)
