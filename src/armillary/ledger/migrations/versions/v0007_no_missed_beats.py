"""Nobody counts missed heartbeats: a claim is repeated until it is answered."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_column("held_attempt", "missed_beats")
