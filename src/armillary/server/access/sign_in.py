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
        self._codes: dict[str, tuple[str, float]] = {}
        self._made: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = Lock()

    def new(self, made_by: str, key: str | None = None) -> str:
        """A code that is good for 15 minutes and one use. Asked again under the same ``key`` meanwhile, it is the same one, used or
        not. ``made_by``: the token that asks for it."""
        with self._lock:
            now = monotonic()
            self._codes = {each: made for each, made in self._codes.items() if made[1] > now}
            self._made = {each: made for each, made in self._made.items() if made[1] > now}
            asked = None if key is None else (made_by, key)
            if asked in self._made:
                return self._made[asked][0]
            while len(self._codes) >= _AT_MOST:
                self._codes.pop(next(iter(self._codes)))
            while len(self._made) >= _AT_MOST:
                self._made.pop(next(iter(self._made)))
            code = secrets.token_urlsafe(16)
            self._codes[code] = made_by, now + _GOOD_FOR_SECONDS
            if asked is not None:
                self._made[asked] = code, now + _GOOD_FOR_SECONDS
        return code

    def use(self, code: str) -> str | None:
        """Which token made the code, if it was good; it is not any more."""
        with self._lock:
            made_by, until = self._codes.pop(code, ("", 0.0))
        return made_by if until > monotonic() else None
