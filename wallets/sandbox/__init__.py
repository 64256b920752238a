"""Sandbox: play money that arrives at once. It moves nothing real and talks to nobody."""

from wallets.sandbox.rail import SandboxRail

__all__ = ["SandboxRail"]
