"""What a log line says without its escape codes, beside those that have some."""

import sqlalchemy as sa
from alembic import op

from armillary.core.text.escape_codes import without_escape_codes

revision = "0009"
down_revision = "0008"

_ROWS_AT_ONCE = 5_000

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
log = sa.table(
    "log",
    sa.column("root_flow_run_id", Identifier),
    sa.column("ordinal", sa.BigInteger),
    sa.column("message", sa.Text),
    sa.column("plain", sa.Text),
)


def upgrade() -> None:
    op.add_column("log", sa.Column("plain", sa.Text()))
    connection = op.get_bind()
    line = log.c
    place = sa.tuple_(line.root_flow_run_id, line.ordinal)
    coloured = sa.select(line.root_flow_run_id, line.ordinal, line.message).where(line.message.contains("\x1b"))
    coloured = coloured.order_by(line.root_flow_run_id, line.ordinal).limit(_ROWS_AT_ONCE)
    put = (
        sa.update(log)
        .where(line.root_flow_run_id == sa.bindparam("root"), line.ordinal == sa.bindparam("at"))
        .values(plain=sa.bindparam("shown"))
    )
    found = connection.execute(coloured).all()
    while found:
        rows = [{"root": root, "at": at, "shown": without_escape_codes(message)} for root, at, message in found]
        connection.execute(put, rows)
        last = sa.tuple_(found[-1][0], found[-1][1], types=[line.root_flow_run_id.type, line.ordinal.type])
        found = connection.execute(coloured.where(place > last)).all()
