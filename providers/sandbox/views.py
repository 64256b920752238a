"""What the aggregator shows: rows of its catalogue, and the JSON that a game's page draws."""

from __future__ import annotations

from typing import Any

from providers.sandbox.games import ROOMS, STUDIO, Room, stakes
from providers.sandbox.rounds import text
from providers.sandbox.slots import Slot, exact_return, per_cent
from providers.sandbox.tables import Mode, Table


def game_row(slot: Slot, base: str, expand: set[str]) -> dict[str, Any]:
    """Return a game as the catalogue lists it."""
    image = f"{base}/static/games/{slot.theme}.svg"
    row: dict[str, Any] = {
        "uuid": slot.uuid,
        "name": slot.title,
        "image": image,
        "type": "slots",
        "provider": STUDIO,
        "provider_id": 1,
        "technology": "html5",
        "has_lobby": int(slot.uuid in ROOMS),
        "is_mobile": None,  # for both, which the protocol has no number for
        "has_freespins": 0,
        "has_tables": 0,
        "freespin_valid_until_full_day": 0,
        "label": "",
    }
    if "tags" in expand:
        row["tags"] = [{"code": slot.theme, "label": slot.theme.title()}]
    if "parameters" in expand:
        row["parameters"] = {
            "rtp": float(per_cent(exact_return(slot))),
            "volatility": slot.volatility,
            "reels_count": str(len(slot.reels)),
            "lines_count": len(slot.lines),
        }
    if "images" in expand:
        row["images"] = [{"name": slot.title, "file": "", "url": image, "type": "thumbnail"}]
    return row


def room_row(room: Room, currency: str) -> dict[str, Any]:
    """Return a room as the lobby of its game lists it."""
    offered = stakes(currency, room)
    return {
        "lobbyData": room.ref,
        "name": room.name,
        "isOpen": room.open,
        "openTime": "",
        "closeTime": "",
        "dealerName": None,  # a machine deals
        "dealerAvatar": None,
        "technology": "html5",
        "limits": [{"currency": currency, "min": text(offered[0]), "max": text(offered[-1])}],
        "tableId": room.ref,
    }


def pagination(total: int, page: int, per_page: int) -> tuple[dict[str, int], dict[str, str]]:
    """Return the same counts as ``_meta`` and as headers; a page past the end is the last one."""
    pages = -(-total // per_page)
    current = max(1, min(page, pages))
    meta = {
        "totalCount": total,
        "pageCount": pages,
        "currentPage": current,
        "perPage": per_page,
    }
    headers = {
        "X-Pagination-Total-Count": str(total),
        "X-Pagination-Page-Count": str(pages),
        "X-Pagination-Current-Page": str(current),
        "X-Pagination-Per-Page": str(per_page),
    }
    return meta, headers


def game_view(table: Table) -> dict[str, Any]:
    """Return what never changes while a game is open."""
    slot = table.slot
    ratio = exact_return(slot)
    return {
        "title": slot.title if table.room is None else table.room.name,
        "theme": slot.theme,
        "volatility": slot.volatility,
        "language": table.language,
        "currency": table.currency,
        "demo": table.demo,
        "return_url": table.return_url,
        "reels": list(slot.reels),
        "lines": slot.lines,
        "names": slot.names,
        "pays": slot.pays,
        "wild": slot.wild,
        "wild_factor": slot.wild_factor,
        "scatter": slot.scatter,
        "scatter_pays": slot.scatter_pays,
        "rtp": per_cent(ratio),
        "rtp_fraction": f"{ratio.numerator}/{ratio.denominator}",
        "stakes": [text(stake) for stake in table.stakes],
        "modes": list(Mode),
    }


def table_view(table: Table) -> dict[str, Any]:
    """Return what a spin or the casino may change."""
    return {
        "balance": None if table.balance is None else text(table.balance),
        "settling": table.unsettled > 0,
        "mode": table.mode.value,
        "last": table.last,
        "journal": list(table.journal),
    }
