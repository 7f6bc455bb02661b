"""Single calls to a server, with its problem documents told as our own errors."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from armillary import settings
from armillary.core import errors
from armillary.core.errors import ArmillaryError, InvalidOption, LedgerUnavailable, NotFound, UsageError
from armillary.core.server_address import ServerAddress
from armillary.home.home_token import read_home_token

TIMEOUT_SECONDS = 30.0
_STATUS: dict[int, type[ArmillaryError]] = {404: NotFound, 422: InvalidOption}
"""Of problems that are none of our errors by name."""


def call(address: ServerAddress, method: str, path: str, body: Any = None) -> Any:
    """The decoded answer of one call to this home's own server. Raises the error its problem document names, or
    LedgerUnavailable when it does not answer."""
    token = read_home_token(settings.home()) if address.authenticated else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, verify=certificates(address.api_url), trust_env=False) as http:
            response = http.request(method, address.api_url + path, json=body, headers=headers)
    except httpx.HTTPError as problem:
        raise LedgerUnavailable(
            f"The server at {address.url} does not answer: {problem or type(problem).__name__}.",
            subject=address.url,
            advice="See whether it still runs: armillary server status",
        ) from problem
    if response.is_error:
        raise error_of(response)
    return response.json()


def certificates(url: str) -> ssl.SSLContext | bool:
    """What httpx verifies certificates against at this URL: the CA bundle, or nothing trusted for ``http://``. Loading the bundle
    takes 20 ms, and a plain-text address never needs it."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.lower().startswith("http://") else True


def error_of(response: httpx.Response) -> ArmillaryError:
    """The error an answer tells of."""
    try:
        told = response.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    detail = str(told.get("detail") or f"The server answered {response.status_code}.")
    kind = getattr(errors, str(told.get("title", "")), None)
    if not (isinstance(kind, type) and issubclass(kind, ArmillaryError)):
        kind = _STATUS.get(response.status_code, UsageError if response.is_client_error else LedgerUnavailable)
    return kind(detail, subject=told.get("subject"), advice=told.get("advice"))
