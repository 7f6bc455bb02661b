"""Keys that sign the results of deployed runs: one for each deployment, made from the ledger's own secret, which never leaves it."""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_hex

from sqlalchemy import Connection, select, update

from armillary.ledger.tables.run_tables import ledger

_BYTES = 32


def new_secret() -> str:
    """For a new ledger."""
    return token_hex(_BYTES)


def of_deployment(connection: Connection, deployment_id: str) -> str:
    """The secret that runs of that deployment sign their results with. Who has one cannot make another deployment's. In a
    transaction that writes: a ledger that has none yet is given one."""
    secret = connection.execute(select(ledger.c.result_key)).scalar()
    if secret is None:
        connection.execute(update(ledger).where(ledger.c.result_key.is_(None)).values(result_key=new_secret()))
        secret = connection.execute(select(ledger.c.result_key)).scalar_one()
    return blake2b(deployment_id.encode(), key=bytes.fromhex(secret), digest_size=_BYTES).hexdigest()
