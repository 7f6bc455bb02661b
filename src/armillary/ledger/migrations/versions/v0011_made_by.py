"""Which token made a token, and which one registered a worker."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("api_token", sa.Column("made_by", sa.Text(), nullable=True))
    op.create_index("ix_api_token_made_by", "api_token", ["made_by"], unique=False)
    op.add_column("worker", sa.Column("token_id", sa.Text(), nullable=True))
