"""Who answers this command's questions."""

from __future__ import annotations

import sys

from armillary import settings
from armillary.cli.speech import warn
from armillary.client.address import read_address
from armillary.client.home_token import read_home_token
from armillary.client.interface import Client
from armillary.core.errors import ArmillaryError

MUCH_BYTES = 8 << 20


def connect() -> Client:
    """The client of the server at ARMILLARY_API_URL; else of the one that keeps this home; else of the home's own ledger. A
    context manager. Each imports only what it needs: 200 ms that no --help should cost."""
    url = settings.get("API_URL")
    if url:
        return over_http(url, settings.get("API_KEY"))
    address = read_address(settings.home())
    if address is not None:
        return over_http(address.api_url, read_home_token(settings.home()) if address.authenticated else None)
    from armillary.client.in_process import InProcessClient

    return InProcessClient(settings.home(), complaint=_warn, progress=_tell)


def over_http(api_url: str, token: str | None) -> Client:
    """The client of a server. The home's own token goes to the home's own server only."""
    from armillary.client.http import HttpClient

    if token is None:
        address = read_address(settings.home())
        if address is not None and address.api_url == api_url.rstrip("/"):
            token = read_home_token(settings.home())
    return HttpClient(api_url, token)


def _warn(problem: ArmillaryError) -> None:
    warn(str(problem))


def _tell(done_bytes: int, total_bytes: int) -> None:
    """What takes long to ingest says how far it is."""
    if total_bytes > MUCH_BYTES and sys.stderr.isatty():
        end = "\r\x1b[K" if done_bytes >= total_bytes else ""
        sys.stderr.write(f"\rReading what was recorded: {100 * done_bytes // total_bytes} %{end}")
        sys.stderr.flush()
