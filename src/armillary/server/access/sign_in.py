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
        self._made: dict[str, tuple[str, float]] = {}
        self._lock = Lock()

    def new(self, key: str | None = None) -> str:
        """A code that is good for 15 minutes and one use. Asked again under the same ``key`` meanwhile, it is the same one, used or
        not."""
        with self._lock:
            now = monotonic()
            self._codes = {each: until for each, until in self._codes.items() if until > now}
            self._made = {each: made for each, made in self._made.items() if made[1] > now}
            if key in self._made:
                return self._made[key][0]
            for kept in (self._codes, self._made):
                while len(kept) >= _AT_MOST:
                    kept.pop(next(iter(kept)))
            code = secrets.token_urlsafe(16)
            self._codes[code] = now + _GOOD_FOR_SECONDS
            if key is not None:
                self._made[key] = code, now + _GOOD_FOR_SECONDS
        return code

    def use(self, code: str) -> bool:
        """Whether the code was good; it is not any more."""
        with self._lock:
            return self._codes.pop(code, 0.0) > monotonic()
