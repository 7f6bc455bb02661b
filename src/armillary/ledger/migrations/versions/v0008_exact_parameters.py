"""What tells whether recorded parameters are what a run was given."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("flow_run", sa.Column("parameter_hashes", sa.Text()))
