"""Tokens of a server: who else may use it. Only a server has them; a home's own ledger asks nobody for any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armillary.client.http.transport import Transport
from armillary.core.api_token import ApiToken


@dataclass(slots=True)
class MadeToken:
    """``token`` is told only when it is made."""

    token: str
    api_token: ApiToken


class Tokens:
    """``Tokens("http://127.0.0.1:4200/api", token)`` asks that server, as an admin."""

    def __init__(self, api_url: str, token: str | None) -> None:
        self._server = Transport(api_url, token, retry_seconds=0)

    def every(self) -> list[ApiToken]:
        """Newest first; revoked and expired ones and those of browsers too."""
        return self._server.get("tokens", list[ApiToken])

    def create(self, name: str, scope: str, expires: datetime | None = None) -> MadeToken:
        """``scope`` is ``admin`` or ``agent``. Asking twice makes two; a lost answer none. Raises InvalidOption."""
        body = {"name": name, "scope": scope, "expires": expires}
        return self._server.change("POST", "tokens", MadeToken, body, once=True)

    def revoke(self, token_id: str, *, with_children: bool = False) -> ApiToken:
        """It is refused from now on; ``with_children``: with all that was made with it. Raises NotFound; revoking twice is revoking
        once."""
        return self._server.change("DELETE", f"tokens/{token_id}", ApiToken, with_children=with_children)
