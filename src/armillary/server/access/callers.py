"""Who is it that asks? The answer to a token."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from time import monotonic, time_ns

from sqlalchemy import Connection

from armillary.core.errors import AttemptOver, Unauthenticated
from armillary.ledger import api_tokens, attempt_tokens
from armillary.ledger.api_tokens import hash_of
from armillary.ledger.rows import micros
from armillary.server.access.attempt_tokens import named_attempt
from armillary.server.access.failures import Failures
from armillary.server.keeper import Keeper
from armillary.server.permissions import ATTEMPT, NOBODY, SCOPES, Caller, Permission

_REMEMBERED_SECONDS = 5.0
_REMEMBERED = 1000
_BROWSER_MICROS = 30 * 24 * 3_600_000_000
_USE_NOTED_EVERY_MICROS = 60_000_000
BROWSER = "browser"


class Callers:
    """Knows the home's own token and those in the ledger. What it found it remembers for five seconds, so that a revoked
    token is refused within them; the token of an attempt is looked up each time, since it ends with the attempt."""

    def __init__(self, keeper: Keeper, home_token: str) -> None:
        self._keeper = keeper
        self._home_hash = hash_of(home_token)
        self._remembered: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._lock = Lock()
        self.failures = Failures()

    def remembered(self, token: str) -> Caller | None:
        """Who has this token, if that is known without looking it up. For an event loop."""
        hashed = hash_of(token)
        if secrets.compare_digest(hashed, self._home_hash):
            return Caller("the owner of this home", "admin", SCOPES["admin"])
        with self._lock:
            until, caller = self._remembered.get(hashed, (0.0, None))
        return caller if until > monotonic() else None

    def issued(self, token: str) -> None:
        """The token of an attempt was given away just now."""
        self._remember(hash_of(token), NOBODY, 0.0)

    def was_good(self, token: str) -> bool:
        """Whether this token was good lately: who has it is not held up by what others at its address send."""
        with self._lock:
            return hash_of(token) in self._remembered

    def with_token(self, token: str) -> Caller | None:
        """Who has this token; None when it is not, or no longer, good. Reads the ledger: not for an event loop."""
        caller = self.remembered(token)
        if caller is not None:
            return caller
        hashed = hash_of(token)
        caller = self._look_up(hashed)
        if caller is None:
            return None
        self._remember(hashed, caller, 0.0 if caller.scope == ATTEMPT else _REMEMBERED_SECONDS)
        return caller

    def refusal(self, token: str) -> Unauthenticated:
        """Why this token, which is not good, is refused. Reads the ledger: not for an event loop."""
        named = named_attempt(token)
        if named is not None:
            with self._keeper.ledger.read() as connection:
                over = attempt_tokens.is_over(connection, named)
            if over:
                return AttemptOver(
                    f"Attempt {named.attempt} of flow run {named.flow_run_id} is over: the run was taken from its agent.",
                    subject=named.flow_run_id,
                )
        return Unauthenticated(
            "The token is not one this server knows.",
            subject="Authorization",
            advice="Send `Authorization: Bearer <token>`; `armillary server token` shows this home's own.",
        )

    def forget(self) -> None:
        """Look every token up again: one was revoked."""
        with self._lock:
            self._remembered.clear()

    def sign_browser_in(self, connection: Connection, token_id: str, token: str) -> None:
        """Let a browser that has this token in, for 30 days."""
        now = time_ns() // 1000
        api_tokens.create(connection, token_id, "Browser", BROWSER, token, now, now + _BROWSER_MICROS)

    def _remember(self, hashed: str, caller: Caller, seconds: float) -> None:
        with self._lock:
            self._remembered[hashed] = (monotonic() + seconds, caller)
            self._remembered.move_to_end(hashed)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)

    def _look_up(self, hashed: str) -> Caller | None:
        now = time_ns() // 1000
        with self._keeper.ledger.read() as connection:
            found = api_tokens.with_hash(connection, hashed, now)
            held = None if found is not None else attempt_tokens.with_hash(connection, hashed)
        if held is not None:
            name = f"attempt {held.attempt} of {held.flow_run_id}"
            return Caller(name, ATTEMPT, frozenset(), flow_run_id=held.flow_run_id, attempt=held.attempt)
        if found is None:
            return None
        if found.last_used is None or micros(found.last_used) < now - _USE_NOTED_EVERY_MICROS:
            with self._keeper.ledger.write() as connection:
                api_tokens.used(connection, found.id, now)
        permissions = frozenset(Permission) if found.scope == BROWSER else SCOPES.get(found.scope, frozenset())
        return Caller(found.name, found.scope, permissions, found.id)
