"""Tokens of servers, kept as hashes."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, RowMapping, insert, select, update

from armillary.core.api_token import ApiToken
from armillary.core.errors import NotFound
from armillary.ledger.rows import moment
from armillary.ledger.server_tables import api_token


def hash_of(token: str) -> str:
    """What is kept of a token. Tokens are 256 random bits, so no salt and no slow hash is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def create(
    connection: Connection, token_id: str, name: str, scope: str, token: str, now: int, expires: int | None = None
) -> ApiToken:
    row = {"id": token_id, "name": name, "scope": scope, "hash": hash_of(token), "created": now, "expires": expires}
    connection.execute(insert(api_token), row)
    return ApiToken(token_id, name, scope, moment(now), None if expires is None else moment(expires))


def with_hash(connection: Connection, hashed: str, now: int) -> ApiToken | None:
    """The token of that hash, if it is still good."""
    row = connection.execute(select(api_token).where(api_token.c.hash == hashed)).mappings().first()
    if row is None or row["revoked"] is not None or (row["expires"] is not None and row["expires"] <= now):
        return None
    return _record(row)


def every(connection: Connection) -> list[ApiToken]:
    """All tokens ever made, newest first; those of browsers too."""
    return [
        _record(row) for row in connection.execute(select(api_token).order_by(api_token.c.created.desc())).mappings()
    ]


def revoke(connection: Connection, token_id: str, now: int) -> ApiToken:
    """Never good again. Raises NotFound. Revoking twice is revoking once."""
    table = api_token
    connection.execute(update(table).where(table.c.id == token_id, table.c.revoked.is_(None)).values(revoked=now))
    row = connection.execute(select(table).where(table.c.id == token_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no token {token_id!r}.", subject=token_id, advice="See: armillary token ls")
    return _record(row)


def used(connection: Connection, token_id: str, now: int) -> None:
    connection.execute(update(api_token).where(api_token.c.id == token_id).values(last_used=now))


def _record(row: RowMapping) -> ApiToken:
    return ApiToken(
        row["id"],
        row["name"],
        row["scope"],
        moment(row["created"]),
        None if row["expires"] is None else moment(row["expires"]),
        None if row["last_used"] is None else moment(row["last_used"]),
        None if row["revoked"] is None else moment(row["revoked"]),
    )
