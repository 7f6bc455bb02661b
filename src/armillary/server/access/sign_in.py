"""Codes that sign a browser in, once each."""

from __future__ import annotations

import secrets
from threading import Lock
from time import monotonic

_GOOD_FOR_SECONDS = 15 * 60
_AT_MOST = 100


class SignInCodes:
    """Codes live in memory: those of a server that was restarted are gone, and `armillary server status` gives a new one."""

    def __init__(self) -> None:
        self._codes: dict[str, float] = {}
        self._lock = Lock()

    def new(self) -> str:
        """A code that is good for 15 minutes and one use."""
        code = secrets.token_urlsafe(16)
        with self._lock:
            now = monotonic()
            self._codes = {each: until for each, until in self._codes.items() if until > now}
            while len(self._codes) >= _AT_MOST:
                self._codes.pop(next(iter(self._codes)))
            self._codes[code] = now + _GOOD_FOR_SECONDS
        return code

    def use(self, code: str) -> bool:
        """Whether the code was good; it is not any more."""
        with self._lock:
            return self._codes.pop(code, 0.0) > monotonic()
