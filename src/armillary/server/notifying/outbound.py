"""The one place from which the server asks others over HTTP.

A name is resolved once, its addresses are looked at, and the connection goes to an address that was looked at, so that a name
cannot mean one machine when it is checked and another when it is asked. Redirects are looked at in the same way. Addresses of this
machine and link-local ones (where clouds keep credentials) are never asked, private ones only when ``ARMILLARY_OUTBOUND_PRIVATE``
allows it.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

from armillary import settings
from armillary.core.errors import InvalidOption

_SECONDS = 10.0
_MOST_REDIRECTS = 3


class Undelivered(Exception):
    """What the other side answered, or why it could not be asked."""


def post_json(url: str, body: dict[str, Any]) -> None:
    """Raises Undelivered unless the answer is a success, InvalidOption for an address that is not asked."""
    for _ in range(_MOST_REDIRECTS + 1):
        status, location = _post(url, body)
        if 200 <= status < 300:
            return
        if not 300 <= status < 400 or location is None:
            raise Undelivered(f"{urlsplit(url).hostname} answered {status}.")
        url = urljoin(url, location)
    raise Undelivered(f"{urlsplit(url).hostname} redirected more than {_MOST_REDIRECTS} times.")


def check_address(url: str) -> str:
    """The address to connect to. Raises InvalidOption, or Undelivered for a name nobody knows."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidOption("A webhook is an http or https address.", subject="target")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as problem:
        raise Undelivered(f"{parts.hostname} is not known: {problem}") from None
    allowed = bool(settings.get("OUTBOUND_PRIVATE"))
    for *_, address in found:
        told = str(address[0])
        known = ip_address(told)
        inside = known.is_private or known.is_loopback or known.is_link_local or not known.is_global
        if not inside or (allowed and not known.is_link_local and not known.is_unspecified):
            return told
    raise InvalidOption(
        f"{parts.hostname} is an address inside this network, which notifications do not go to.",
        subject="target",
        advice="Set ARMILLARY_OUTBOUND_PRIVATE=true on the server to allow it.",
    )


def _post(url: str, body: dict[str, Any]) -> tuple[int, str | None]:
    """Status and place of redirection. What else is answered is never read, however much it is."""
    import httpx  # 40 ms and 10 MB that a server which notifies nobody does not need

    parts = urlsplit(url)
    address = check_address(url)
    host = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    at = parts._replace(netloc=host + port).geturl()
    name = parts.hostname or ""
    credentials = httpx.BasicAuth(parts.username, parts.password or "") if parts.username else httpx.USE_CLIENT_DEFAULT
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                at,
                json=body,
                auth=credentials,
                headers={"host": name + port, "user-agent": "armillary"},
                extensions={"sni_hostname": name},
            ) as answer,
        ):
            return answer.status_code, answer.headers.get("location")
    except httpx.HTTPError as problem:
        raise Undelivered(f"{name} could not be asked: {problem or type(problem).__name__}") from None
