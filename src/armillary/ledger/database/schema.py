"""The schema's version: made new in one go, or migrated step by step.

Versions are numbers as text, ``0001`` upwards, kept where Alembic keeps them. A new database is made from
:mod:`armillary.ledger.tables.run_tables` and stamped, because running every migration, and importing Alembic, would cost the first
command half a second; a test proves that both ways lead to the same schema.
"""

from __future__ import annotations

from sqlalchemy import Connection, Dialect, create_mock_engine, inspect, text

from armillary.core.errors import LedgerTooNew, LedgerUnavailable
from armillary.ledger.tables import deployment_tables, run_tables, server_tables
from armillary.ledger.tables.columns import metadata

HEAD = "0011"
"""The version this release writes."""

TABLES = (run_tables, deployment_tables, server_tables)
"""The files whose tables make up the schema."""

_VERSION_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"


def version(connection: Connection) -> str | None:
    """The database's version; None when it is empty. Raises LedgerUnavailable for a database that is something else."""
    names = set(inspect(connection).get_table_names())
    if "alembic_version" in names and "flow_run" in names:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)
    if names:
        raise LedgerUnavailable(
            "The database holds tables, but not a ledger's.",
            subject=str(connection.engine.url),
            advice="Move it away, or point ARMILLARY_HOME or ARMILLARY_DATABASE_URL elsewhere.",
        )
    return None


def check(found: str) -> bool:
    """True when a database of this version can be used as it is, False when it must be migrated first.

    Raises LedgerTooNew for a version this release does not know.
    """
    if found == HEAD:
        return True
    if not found.isdigit() or found > HEAD:
        raise LedgerTooNew(
            f"The ledger's schema is version {found}; this release knows versions up to {HEAD}.",
            subject=found,
            advice="Install the newer armillary that made it.",
        )
    return False


def create(connection: Connection) -> None:
    """Make every table of this release in an empty database."""
    for statement in _making(connection.dialect):
        connection.exec_driver_sql(statement)
    connection.execute(text(_VERSION_TABLE))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": HEAD})


_made: dict[str, list[str]] = {}


def _making(dialect: Dialect) -> list[str]:
    """The statements that make the tables in such a database: writing them takes longer than running them, so a process that
    makes many databases does it once."""
    if dialect.name not in _made:
        statements: list[str] = []
        engine = create_mock_engine(
            f"{dialect.name}+{dialect.driver}://",
            lambda made, *_, **__: statements.append(str(made.compile(dialect=dialect))),
        )
        metadata.create_all(engine, checkfirst=False)
        _made[dialect.name] = statements
    return _made[dialect.name]


def migrate(connection: Connection) -> None:
    """Bring a database, empty or older, to this release's version, one migration after the other."""
    from alembic import command  # heavy, and needed once per release and home
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "armillary.ledger:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
