"""An agent's connection to the ledger, which survives changes of server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from armillary.client.interface.client import Client
from armillary.core.errors import ArmillaryError, Forbidden, LedgerUnavailable, Unauthenticated

T = TypeVar("T")

AWAY = (LedgerUnavailable, Unauthenticated, Forbidden)
"""Errors worth retrying: a server that is down or moved, a token that is being replaced."""


class LedgerLink:
    """Any thread may use it. A failed request is retried once over a new connection, which finds a server that was started on this home, stopped,
    or moved to another port, and a new token."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._lock = Lock()
        self._client: Client | None = None

    def ask(self, question: Callable[[Client], T]) -> T:
        """The result of ``question``, which may be called twice. Raises one of ``AWAY``, and what ``question`` raises."""
        client, is_new = self._have()
        try:
            return question(client)
        except AWAY:
            self._drop(client)
            if is_new:
                raise
        client, _ = self._have()
        try:
            return question(client)
        except AWAY:
            self._drop(client)
            raise

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            with suppress(ArmillaryError):
                client.close()

    def _have(self) -> tuple[Client, bool]:
        with self._lock:
            if self._client is not None:
                return self._client, False
            self._client = self._connect()
            return self._client, True

    def _drop(self, client: Client) -> None:
        """Other threads may still use it: it is closed when they are done."""
        with self._lock:
            if self._client is client:
                self._client = None
