"""Who declared a flow, and the secret that signs results of deployed runs."""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.add_column("flow", sa.Column("declared_by", Identifier, nullable=True))
    op.add_column("ledger", sa.Column("result_key", sa.Text(), nullable=True))
    op.execute(sa.text("UPDATE ledger SET result_key = :secret").bindparams(secret=token_hex(32)))
