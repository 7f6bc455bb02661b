"""Tokens of servers, kept as hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from armillary.clock import to_datetime
from armillary.core.api_token import ApiToken
from armillary.core.errors import NotFound
from armillary.ledger.tables.server_tables import api_token

BROWSER = "browser"
"""The scope of a browser that signed in."""

_IDS_AT_ONCE = 500


def hash_of(token: str) -> str:
    """What is kept of a token. Tokens are 256 random bits, so no salt and no slow hash is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def create(
    connection: Connection,
    token_id: str,
    name: str,
    scope: str,
    token: str,
    now: int,
    expires: int | None = None,
    *,
    made_by: str,
) -> ApiToken:
    """``made_by``: the id of the token that asked for it."""
    row = {
        "id": token_id,
        "name": name,
        "scope": scope,
        "hash": hash_of(token),
        "created": now,
        "expires": expires,
        "made_by": made_by,
    }
    connection.execute(insert(api_token), row)
    return ApiToken(
        token_id, name, scope, to_datetime(now), None if expires is None else to_datetime(expires), made_by=made_by
    )


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


def is_good(connection: Connection, token_id: str, now: int) -> bool:
    """Whether the token of that id still is."""
    table = api_token
    good = and_(table.c.revoked.is_(None), or_(table.c.expires.is_(None), table.c.expires > now))
    return connection.execute(select(table.c.id).where(table.c.id == token_id, good)).first() is not None


def end(connection: Connection, token_id: str, now: int) -> None:
    """Never good again, and nothing else of it."""
    _end(connection, [token_id], now)


def revoke(connection: Connection, token_id: str, now: int, *, with_children: bool = False) -> ApiToken:
    """Never good again, nor is any browser that it signed in; ``with_children``: nor any token that was made with it, or by those
    browsers and tokens, however far down. Raises NotFound. Revoking twice is revoking once."""
    table = api_token
    ended, newest = {token_id}, [token_id]
    while newest:
        made: set[str] = set()
        for makers in _parts(newest):
            by_them = select(table.c.id).where(table.c.made_by.in_(makers))
            made.update(
                connection.execute(by_them if with_children else by_them.where(table.c.scope == BROWSER)).scalars()
            )
        newest = sorted(made - ended)
        ended.update(newest)
    _end(connection, sorted(ended), now)
    row = connection.execute(select(table).where(table.c.id == token_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no token {token_id!r}.", subject=token_id, advice="See: armillary token ls")
    return _record(row)


def used(connection: Connection, token_id: str, now: int) -> None:
    connection.execute(update(api_token).where(api_token.c.id == token_id).values(last_used=now))


def _end(connection: Connection, token_ids: Sequence[str], now: int) -> None:
    table = api_token
    for some in _parts(token_ids):
        connection.execute(update(table).where(table.c.id.in_(some), table.c.revoked.is_(None)).values(revoked=now))


def _parts(token_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(token_ids), _IDS_AT_ONCE):
        yield token_ids[start : start + _IDS_AT_ONCE]


def _record(row: RowMapping) -> ApiToken:
    return ApiToken(
        row["id"],
        row["name"],
        row["scope"],
        to_datetime(row["created"]),
        None if row["expires"] is None else to_datetime(row["expires"]),
        None if row["last_used"] is None else to_datetime(row["last_used"]),
        None if row["revoked"] is None else to_datetime(row["revoked"]),
        row["made_by"],
    )
