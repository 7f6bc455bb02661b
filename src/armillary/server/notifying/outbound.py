"""The one place from which the server asks others over HTTP.

A name is resolved once, its addresses are looked at, and the connection goes to an address that was looked at, so that a name
cannot mean one machine when it is checked and another when it is asked. Redirects are looked at in the same way. Addresses of this
machine and of private networks are asked only when ``ARMILLARY_OUTBOUND_PRIVATE`` allows it; link-local ones and others where clouds
keep credentials never.
"""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from armillary import settings
from armillary.core.errors import InvalidOption
from armillary.server.notifying.addresses import Reach, reach_of

_SECONDS = 10.0
_MOST_REDIRECTS = 3
_WEBHOOKS = ("http", "https")


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
        try:
            url = urljoin(url, location)
        except ValueError:
            raise Undelivered(f"{urlsplit(url).hostname} redirected to what is not an address.") from None
    raise Undelivered(f"{urlsplit(url).hostname} redirected more than {_MOST_REDIRECTS} times.")


def check_address(url: str) -> str:
    """The address to connect to. Raises InvalidOption, or Undelivered for a name nobody knows."""
    parts, port = _parts(url)
    return check_host(parts.hostname or "", port)


def check_host(host: str, port: int = 0) -> str:
    """The first of a host's addresses that may be asked. Raises as :func:`check_address`."""
    try:
        # A dot at the end means the same name, and brackets the same address.
        found = socket.getaddrinfo(host.strip("[]").removesuffix("."), port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as problem:  # a name with a part that is too long is a UnicodeError
        raise Undelivered(f"{host} is not known: {problem}") from None
    private = bool(settings.get("OUTBOUND_PRIVATE"))
    never = True
    for *_, address in found:
        told = str(address[0])
        reach = reach_of(told)
        if reach is Reach.PUBLIC or (private and reach is Reach.INSIDE):
            return told
        never = never and reach is Reach.NEVER
    raise InvalidOption(
        f"{host} is an address inside this network, which notifications {'never' if never else 'do not'} go to.",
        subject="target",
        advice=None if never else "Set ARMILLARY_OUTBOUND_PRIVATE=true on the server to allow it.",
    )


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), 0
    if parts.scheme not in _WEBHOOKS or not parts.hostname or any(each in parts.netloc for each in "\\ \t\r\n"):
        raise InvalidOption("A webhook is an http or https address.", subject="target")
    return parts, port


def _post(url: str, body: dict[str, Any]) -> tuple[int, str | None]:
    """Status and place of redirection. What else is answered is never read, however much it is."""
    import httpx  # 40 ms and 10 MB that a server which notifies nobody does not need

    parts, port = _parts(url)
    name = parts.hostname or ""
    address = check_host(name, port)
    host = f"[{address}]" if ":" in address else address
    given = f":{parts.port}" if parts.port else ""
    at = parts._replace(netloc=host + given).geturl()
    credentials = httpx.BasicAuth(parts.username, parts.password or "") if parts.username else httpx.USE_CLIENT_DEFAULT
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                at,
                json=body,
                auth=credentials,
                headers={"host": name + given, "user-agent": "armillary"},
                extensions={"sni_hostname": name},
            ) as answer,
        ):
            return answer.status_code, answer.headers.get("location")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        raise Undelivered(f"{name} could not be asked: {problem or type(problem).__name__}") from None
