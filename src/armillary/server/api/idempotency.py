"""``Idempotency-Key``: a request that is sent twice is done once and answered the same."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from armillary.clock import now_us
from armillary.ledger.nouns import idempotency_keys
from armillary.ledger.nouns.idempotency_keys import LONGEST_KEY, Answered
from armillary.server.api.answers import JSON, encoded
from armillary.server.live.keeper import Keeper

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        description="Sent again within a day with the same body, it is answered the same and done no second time.",
    ),
]


def create_once(
    ledger: Keeper,
    key: str | None,
    route: str,
    body: BaseModel | None,
    create: Callable[[Connection], Any],
    status: int = 201,
) -> Response:
    """``create`` in a transaction of its own, or, under a key that was used before, its answer."""
    asked = _hash(body)
    with ledger.write() as connection:
        answered = None if key is None else idempotency_keys.answered(connection, key, route, asked)
        if answered is None:
            answered = Answered(status, encoded(create(connection)))
            if key is not None:
                idempotency_keys.keep(connection, key, route, asked, answered, now_us())
    return _told(answered)


def told_before(ledger: Keeper, key: str | None, route: str, body: BaseModel | None) -> Response | None:
    """What a request under this key was answered, for one that takes more than a transaction: it asks this first, and ends with
    :func:`told_once`."""
    if key is None:
        return None
    with ledger.ledger.read() as connection:
        answered = idempotency_keys.answered(connection, key, route, _hash(body))
    return None if answered is None else _told(answered)


def told_once(ledger: Keeper, key: str | None, route: str, body: BaseModel | None, told: Any) -> Response:
    """``told``, or what another request under this key was told first."""
    if key is None:
        return _told(Answered(200, encoded(told)))
    return create_once(ledger, key, route, body, lambda _connection: told, 200)


def _hash(body: BaseModel | None) -> str:
    said = "" if body is None else body.model_dump_json()
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _told(answered: Answered) -> Response:
    return Response(answered.body, answered.status, media_type=JSON)
