"""Real time: one WebSocket per client, fed from every process."""

from webapp.live.announcer import announce, show_unavailable
from webapp.live.hub import LiveHub

__all__ = ["LiveHub", "announce", "show_unavailable"]
