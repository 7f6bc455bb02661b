"""Requests to a server: sent again when it is safe to, and answered with our own errors.

A refused connection or a 503 means that nothing was done, so every request is sent again, a little later each time. A lost answer
means nobody knows: only what changes nothing, or carries a key that makes it happen once, is sent again.
"""

from __future__ import annotations

import logging
import os
import re
from time import monotonic, sleep
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from msgspec import DecodeError, ValidationError, json, msgpack

from armillary.client.http.calls import certificates, error_of
from armillary.core.errors import InvalidOption, LedgerUnavailable

T = TypeVar("T")

PACKED = "application/x-msgpack"

RETRY_SECONDS = 10.0
"""How long a request is tried again before its caller hears of it."""
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0
_NOTHING_DONE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BUSY = 503
_KEPT_CONNECTIONS = 4
_THIS_MACHINE = re.compile(r"localhost|::1|127(\.\d{1,3}){3}").fullmatch

_warned_of: set[str] = set()

logger = logging.getLogger("armillary.client")


class Transport:
    """``Transport("http://127.0.0.1:4200/api", token)``; any thread may use it. ``retry_seconds`` bounds sending again."""

    def __init__(
        self,
        api_url: str,
        token: str | None,
        *,
        timeout_seconds: float = 30.0,
        retry_seconds: float = RETRY_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._retry_seconds = retry_seconds
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
            _warn_if_readable(self.api_url)
        self._http = httpx.Client(
            base_url=_checked(self.api_url) + "/",
            headers=headers,
            timeout=httpx.Timeout(timeout_seconds, connect=5.0),
            limits=httpx.Limits(max_keepalive_connections=_KEPT_CONNECTIONS),
            transport=transport,
            verify=certificates(self.api_url),
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, answer: type[T], **query: Any) -> T:
        return self._decoded(self._sent("GET", path, query=query), answer)

    def ask(self, path: str, answer: type[T], body: Any = None) -> T:
        """POST what changes nothing."""
        return self._decoded(self._sent("POST", path, body=body), answer)

    def ask_packed(self, path: str, answer: type[T], body: Any, timeout_seconds: float | None = None) -> T:
        """POST msgpack and get msgpack, of something that may be sent again. ``timeout_seconds`` instead of the usual ones."""
        request = self._http.build_request(
            "POST",
            path,
            content=msgpack.encode(body),
            headers={"Content-Type": PACKED, "Accept": PACKED},
            timeout=httpx.USE_CLIENT_DEFAULT if timeout_seconds is None else timeout_seconds,
        )
        response = self._answered(request, again=True)
        if response.is_error:
            raise error_of(response)
        try:
            return msgpack.decode(response.content, type=answer)
        except (DecodeError, ValidationError) as problem:
            raise self._nonsense(problem) from problem

    def change(
        self, method: str, path: str, answer: type[T], body: Any = None, *, once: bool = False, **query: Any
    ) -> T:
        """Send what changes something. ``once`` gives it a key, so that it may be sent again and happens once."""
        key = os.urandom(16).hex() if once else None
        return self._decoded(self._sent(method, path, query=query, body=body, key=key, again=once), answer)

    def _sent(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
        again: bool = True,
    ) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(
            method,
            path,
            params={name: _text(value) for name, value in (query or {}).items() if value is not None},
            content=None if body is None else json.encode(body),
            headers=headers,
        )
        return self._answered(request, again)

    def _answered(self, request: httpx.Request, again: bool) -> httpx.Response:
        deadline = monotonic() + self._retry_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            problem: Exception | None = None
            response: httpx.Response | None = None
            try:
                response = self._http.send(request)
                if response.status_code != _BUSY:
                    return response
            except httpx.TransportError as lost:
                problem = lost
                if not again and not isinstance(lost, _NOTHING_DONE):
                    raise self._unreachable(lost) from lost
            if monotonic() + pause > deadline:
                if response is not None:
                    return response
                assert problem is not None
                raise self._unreachable(problem) from problem
            sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _decoded(self, response: httpx.Response, answer: type[T]) -> T:
        if response.is_error:
            raise error_of(response)
        if answer is type(None):
            return None
        try:
            return json.decode(response.content, type=answer)
        except (DecodeError, ValidationError) as problem:
            raise self._nonsense(problem) from problem

    def _nonsense(self, problem: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"{self.api_url} returned an unexpected response; is it an Armillary server? {problem}.",
            subject=self.api_url,
            advice="See that ARMILLARY_API_URL ends in /api, and that server and client are of one release.",
        )

    def _unreachable(self, problem: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"The server at {self.api_url} cannot be reached: {str(problem) or type(problem).__name__}.",
            subject=self.api_url,
            advice="Start it with `armillary server start`, or unset ARMILLARY_API_URL to use this machine's own records.",
        )


def _warn_if_readable(api_url: str) -> None:
    """Once for each server and process: the token is about to cross a network where whoever is on the way can read it."""
    url = httpx.URL(_checked(api_url))
    if url.scheme == "http" and _THIS_MACHINE(url.host) is None and api_url not in _warned_of:
        _warned_of.add(api_url)
        logger.warning(
            "The token is sent to %s unencrypted, and whoever is on the way can use it. Put TLS in front of the server and give "
            "its https:// address.",
            api_url,
        )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(api_url: str) -> str:
    try:
        url = httpx.URL(api_url)
    except (httpx.InvalidURL, TypeError) as problem:
        raise _no_address(api_url, str(problem)) from problem
    if url.scheme not in {"http", "https"} or not url.host:
        raise _no_address(api_url, "it does not begin with http:// or https:// and a host")
    return api_url


def _no_address(api_url: str, why: str) -> InvalidOption:
    return InvalidOption(
        f"{api_url!r} is not a server's address: {why}.",
        subject="ARMILLARY_API_URL",
        advice="Give one like http://127.0.0.1:4200/api.",
    )


def part(run_id: str) -> str:
    """An id as a part of a path: it must not be able to name another path."""
    if not run_id or not set(run_id) <= set("0123456789abcdefABCDEF-"):
        raise InvalidOption(f"{run_id!r} is not a valid id.", subject=run_id, advice="Find it by its name first.")
    return run_id


def path_part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")
