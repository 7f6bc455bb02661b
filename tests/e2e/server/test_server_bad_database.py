"""A database that is away, locked, or of another release: the documented answer, and nothing half done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from .conftest import ServedHome


def set_variable(server: ServedHome, value: int) -> httpx.Response:
    return server.ask("PUT", "/variables/x", {"value": value})


def is_unavailable(answer: httpx.Response) -> bool:
    return (
        answer.status_code == 503
        and int(answer.headers["Retry-After"]) > 0
        and answer.headers["content-type"] == "application/problem+json"
        and "Traceback" not in answer.text
    )


@contextmanager
def locked(server: ServedHome) -> Iterator[None]:
    intruder = sqlite3.connect(server.home / "ledger.db", isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    yield
    intruder.execute("ROLLBACK")
    intruder.close()


def test_a_database_that_is_taken_away_is_not_written_to_until_it_is_back(server: ServedHome) -> None:
    assert set_variable(server, 1).status_code == 200
    database, away = server.home / "ledger.db", server.home / "away.db"
    database.rename(away)
    assert is_unavailable(set_variable(server, 2))
    assert is_unavailable(server.ask("GET", "/variables/x"))
    assert is_unavailable(server.ask("GET", "/ready"))
    assert server.ask("GET", "/health").status_code == 200
    away.rename(database)
    assert server.ask("GET", "/variables/x").json()["value"] == 1
    assert set_variable(server, 3).status_code == 200


def test_a_database_that_another_program_writes_is_read_meanwhile(server: ServedHome) -> None:
    assert set_variable(server, 4).status_code == 200
    with locked(server):
        assert server.ask("GET", "/variables/x").json()["value"] == 4
        assert server.ask("POST", "/flow_runs/count", {}).json() == 0


def test_a_server_does_not_start_on_a_database_of_a_newer_release(served: ServedHome) -> None:
    served.start()
    served.stop()
    database = sqlite3.connect(served.home / "ledger.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    with pytest.raises(AssertionError, match="this release knows versions up to"):
        served.start()
    assert served.process is not None and served.process.wait() != 0
    assert "Traceback" not in served.banner
