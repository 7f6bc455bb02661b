"""``Idempotency-Key``: a creating request that is sent twice creates once and is answered the same."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from armillary.ledger import idempotency_keys
from armillary.ledger.idempotency_keys import LONGEST_KEY, Answered
from armillary.server.api.answers import JSON, encoded
from armillary.server.api.clock import now_micros
from armillary.server.keeper import Keeper

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        description="Sent again within a day with the same body, it is answered the same and creates nothing.",
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
    said = "" if body is None else body.model_dump_json()
    asked = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    with ledger.write() as connection:
        answered = None if key is None else idempotency_keys.answered(connection, key, route, asked)
        if answered is None:
            answered = Answered(status, encoded(create(connection)))
            if key is not None:
                idempotency_keys.keep(connection, key, route, asked, answered, now_micros())
    return Response(answered.body, answered.status, media_type=JSON)
