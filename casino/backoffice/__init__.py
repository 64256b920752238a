"""What staff may do, each act with its row in the append-only audit trail."""

from casino.backoffice.providers import Period, ProviderDesk, ProviderPage
from casino.backoffice.service import Backoffice, Figures, PlayerCard, audit_and_file
from casino.backoffice.trail import REASON_LENGTH_MAX, ReasonMissing, Staff

__all__ = [
    "REASON_LENGTH_MAX",
    "Backoffice",
    "Figures",
    "Period",
    "PlayerCard",
    "ProviderDesk",
    "ProviderPage",
    "ReasonMissing",
    "Staff",
    "audit_and_file",
]
