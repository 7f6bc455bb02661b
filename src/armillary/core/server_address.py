"""The address of a home's server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ServerAddress:
    """``url`` has no trailing slash, ``pid`` is the serving process, which began at ``process_started`` clock ticks since
    boot. ``authenticated``: it requires a token."""

    url: str
    pid: int
    started: str
    version: str
    authenticated: bool = True
    process_started: int = 0

    @property
    def api_url(self) -> str:
        """The value for ARMILLARY_API_URL."""
        return f"{self.url}/api"
