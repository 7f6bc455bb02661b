"""Who answers this process's questions: the server it records on, the one that keeps its home, or the home's own ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, Unpack

from armillary import settings
from armillary.client.interface.client import Client
from armillary.core.errors import ArmillaryError
from armillary.home.address import read_address
from armillary.home.home_token import read_home_token, token_for
from armillary.home_folder import check_home


class Patience(TypedDict, total=False):
    """How long an answer may take, and how long a server that is away is asked again."""

    timeout_seconds: float
    retry_seconds: float


def connect(
    *,
    complaint: Callable[[ArmillaryError], None] = lambda _error: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    **patience: Unpack[Patience],
) -> Client:
    """The client of the server at ARMILLARY_API_URL; else of the one that keeps this home; else of the home's own ledger. A
    context manager. Each imports only what it needs. ``complaint`` and ``progress`` are for the home's own ledger, ``patience``
    is for servers."""
    check_home(settings.home())  # before an address or a token is taken from it
    url = settings.get("API_URL")
    if url:
        return over_http(url, token_for(url), **patience)
    address = read_address(settings.home())
    if address is not None:
        token = read_home_token(settings.home()) if address.authenticated else None
        return over_http(address.api_url, token, **patience)
    from armillary.client.in_process.client import InProcessClient  # loads SQLAlchemy

    return InProcessClient(settings.home(), complaint=complaint, progress=progress)


def over_http(api_url: str, token: str | None, **patience: Unpack[Patience]) -> Client:
    """The client of a server."""
    from armillary.client.http.client import HttpClient  # loads httpx

    return HttpClient(api_url, token, **patience)
