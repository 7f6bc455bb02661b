"""What a creating request was answered under its key, so that asking again answers the same and creates nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from armillary.core.errors import InvalidOption
from armillary.ledger.database import dialect
from armillary.ledger.tables.server_tables import idempotency_key

KEPT_MICROS = 24 * 3_600_000_000
LONGEST_KEY = 255


@dataclass(slots=True)
class Answered:
    status: int
    body: bytes


def answered(connection: Connection, key: str, route: str, request_hash: str) -> Answered | None:
    """The answer this key was given on this route; None: it is new, and nobody else can take it until the transaction ends.

    Raises InvalidOption for a key that came with another request.
    """
    if not key.isprintable() or not 1 <= len(key) <= LONGEST_KEY:
        raise InvalidOption(
            "The idempotency key is not usable.",
            subject="Idempotency-Key",
            advice=f"Give 1 to {LONGEST_KEY} printable characters.",
        )
    dialect.lock(connection, f"idempotency_key {route} {key}")
    row = connection.execute(
        select(idempotency_key).where(idempotency_key.c.key == key, idempotency_key.c.route == route)
    ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise InvalidOption(
            f"The idempotency key {key!r} was used for another request.",
            subject="Idempotency-Key",
            advice="Make a new key for each thing to create.",
        )
    return Answered(row.status, row.answer.encode())


def keep(connection: Connection, key: str, route: str, request_hash: str, answer: Answered, now: int) -> None:
    """In the transaction that created it."""
    row = {
        "key": key,
        "route": route,
        "request_hash": request_hash,
        "status": answer.status,
        "answer": answer.body.decode(),
        "at": now,
    }
    connection.execute(insert(idempotency_key), row)


def forget(connection: Connection, now: int) -> int:
    """Those older than a day; how many that were."""
    return connection.execute(delete(idempotency_key).where(idempotency_key.c.at < now - KEPT_MICROS)).rowcount
