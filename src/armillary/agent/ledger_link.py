"""An agent's connection to the ledger, which outlives whoever keeps it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from armillary.client.interface.client import Client
from armillary.core.errors import ArmillaryError, Forbidden, LedgerUnavailable, Unauthenticated

T = TypeVar("T")

AWAY = (LedgerUnavailable, Unauthenticated, Forbidden)
"""What may be different once it is asked again: a server that is down or moved, a token that is being replaced."""


class LedgerLink:
    """Any thread may use it. What fails is asked once more over a new connection: a server that was started on this home, stopped,
    or moved to another port, is found, and so is a new token."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._lock = Lock()
        self._client: Client | None = None

    def ask(self, question: Callable[[Client], T]) -> T:
        """The answer. ``question`` may be asked twice. Raises one of ``AWAY``, and what the question raises."""
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
        """Others may still be asking it: it goes when they have let go of it."""
        with self._lock:
            if self._client is client:
                self._client = None
