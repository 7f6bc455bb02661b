from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from armillary.journal.format.events import STATE_LANE
from armillary.ledger import Ledger
from armillary.ledger.ingest.frames import Answer, ingest
from ledger_contract.engines import Database, Postgres, Sqlite
from ledger_contract.journals import Journal
from ledger_contract.postgresql_server import PostgresqlServer

Feed = Callable[..., Answer]


@pytest.fixture(scope="session")
def postgres(postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(postgresql, str(tmp_path_factory.mktemp("home")))
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    return Sqlite() if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with database.fresh() as opened:
        yield opened


@pytest.fixture
def feed(ledger: Ledger) -> Feed:
    """``feed(journal)`` ingests what a journal says that was not fed yet, as its shipper would."""
    fed: dict[tuple[str, str], int] = {}

    def feed(journal: Journal, lane: str = STATE_LANE) -> Answer:
        frames = journal.lanes[lane]
        first = fed.get((journal.id, lane), 0)
        with ledger.write() as connection:
            answer = ingest(connection, journal.id, lane, first, frames[first:], journal.now)
        fed[journal.id, lane] = answer.acked
        return answer

    return feed
