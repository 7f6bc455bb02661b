"""Nobody counts missed heartbeats: a claim is repeated until it is answered."""

from alembic import op
from sqlalchemy import inspect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    columns = {column["name"] for column in inspect(op.get_bind()).get_columns("held_attempt")}
    if "missed_beats" in columns:  # checkouts of a day made their databases without it
        op.drop_column("held_attempt", "missed_beats")
