"""Who is it that asks? The answer to a token."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from time import monotonic

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection

from armillary.clock import now_us, to_us
from armillary.core.errors import AttemptOver, Unauthenticated
from armillary.ledger.nouns import api_tokens, attempt_tokens
from armillary.ledger.nouns.api_tokens import BROWSER, hash_of
from armillary.server.access.attempt_tokens import named_attempt
from armillary.server.access.failures import Failures
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import ATTEMPT, HOME, SCOPES, Caller, Permission

_REMEMBERED_SECONDS = 5.0
_REMEMBERED = 1000
_BROWSER_MICROS = 30 * 24 * 3_600_000_000
_USE_NOTED_EVERY_MICROS = 60_000_000
_LOOKED_UP_AT_ONCE = 8


class Callers:
    """Knows the home's own token and those in the ledger. What it found it remembers for five seconds, so that a revoked
    token is refused within them; the token of an attempt is looked up each time, since it ends with the attempt. Looking up has
    threads of its own: wrong tokens, however many come, take none from those whose requests are being answered."""

    def __init__(self, keeper: Keeper, home_token: str) -> None:
        self._keeper = keeper
        self._home_hash = hash_of(home_token)
        self._remembered: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._lock = Lock()
        self._looking_up = CapacityLimiter(_LOOKED_UP_AT_ONCE)
        self.failures = Failures()

    async def find(self, token: str) -> Caller | None:
        """Who has this token; None when it is not, or no longer, good."""
        hashed = hash_of(token)
        caller = self._known(hashed)
        return caller or await to_thread.run_sync(self._found, hashed, limiter=self._looking_up)

    async def is_still_good(self, token: str) -> bool:
        """Looked up anew, whatever is remembered."""
        hashed = hash_of(token)
        if secrets.compare_digest(hashed, self._home_hash):
            return True
        return await to_thread.run_sync(self._found, hashed, limiter=self._looking_up) is not None

    async def refusal(self, token: str) -> Unauthenticated:
        """Why this token, which is not good, is refused."""
        return await to_thread.run_sync(self._refusal, token, limiter=self._looking_up)

    def _refusal(self, token: str) -> Unauthenticated:
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

    def sign_browser_in(self, connection: Connection, token_id: str, token: str, made_by: str) -> None:
        """Let a browser that has this token in, for 30 days. ``made_by``: the token that signed it in."""
        now = now_us()
        api_tokens.create(connection, token_id, "Browser", BROWSER, token, now, now + _BROWSER_MICROS, made_by=made_by)

    def _known(self, hashed: str) -> Caller | None:
        if secrets.compare_digest(hashed, self._home_hash):
            return Caller("the owner of this home", "admin", SCOPES["admin"], HOME)
        with self._lock:
            until, caller = self._remembered.get(hashed, (0.0, None))
        return caller if until > monotonic() else None

    def _found(self, hashed: str) -> Caller | None:
        caller = self._look_up(hashed)
        with self._lock:
            self._remembered.pop(hashed, None)
            if caller is not None and caller.scope != ATTEMPT:
                self._remembered[hashed] = (monotonic() + _REMEMBERED_SECONDS, caller)
                while len(self._remembered) > _REMEMBERED:
                    self._remembered.popitem(last=False)
        return caller

    def _look_up(self, hashed: str) -> Caller | None:
        now = now_us()
        with self._keeper.ledger.read() as connection:
            found = api_tokens.with_hash(connection, hashed, now)
            held = None if found is not None else attempt_tokens.with_hash(connection, hashed)
        if held is not None:
            name = f"attempt {held.attempt} of {held.flow_run_id}"
            return Caller(name, ATTEMPT, frozenset(), flow_run_id=held.flow_run_id, attempt=held.attempt)
        if found is None:
            return None
        if found.last_used is None or to_us(found.last_used) < now - _USE_NOTED_EVERY_MICROS:
            with self._keeper.ledger.write() as connection:
                api_tokens.used(connection, found.id, now)
        permissions = frozenset(Permission) if found.scope == BROWSER else SCOPES.get(found.scope, frozenset())
        return Caller(found.name, found.scope, permissions, found.id)
