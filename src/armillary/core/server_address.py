"""Where the server of a home is reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ServerAddress:
    """``url`` has no trailing slash, ``pid`` is the serving process. ``authenticated``: it wants a token."""

    url: str
    pid: int
    started: str
    version: str
    authenticated: bool = True

    @property
    def api_url(self) -> str:
        """What ARMILLARY_API_URL is set to."""
        return f"{self.url}/api"
