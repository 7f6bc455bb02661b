"""A server whose ledger is in PostgreSQL."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from ledger_contract.postgresql_server import PostgresqlServer

from .conftest import ServedHome


def ran(served: ServedHome, name: str) -> None:
    process = served.flow(f"from armillary import flow\nflow(lambda: 1, name={name!r})()")
    process.communicate(timeout=120)
    assert process.returncode == 0


def names(served: ServedHome) -> list[str]:
    return sorted(run["flow_name"] for run in served.json("flow-run", "ls") if run["state_type"] == "COMPLETED")


def test_runs_are_kept_there_and_nowhere_else(served: ServedHome, database_url: str) -> None:
    served.start("--database-url", database_url)
    ran(served, "one")
    assert names(served) == ["one"]
    assert served.ask("GET", "/admin/database").json()["kind"] == "postgresql"
    served.stop()
    assert not (served.home / "ledger.db").exists()
    ran(served, "two")
    served.start("--database-url", database_url)
    assert names(served) == ["one", "two"]


def test_a_server_that_was_killed_leaves_the_database_to_the_next(served: ServedHome, database_url: str) -> None:
    served.start("--database-url", database_url)
    ran(served, "one")
    served.stop(signal.SIGKILL)
    served.start("--database-url", database_url)
    ran(served, "two")
    assert names(served) == ["one", "two"]


def test_a_database_that_was_restarted_is_used_again(
    served: ServedHome, postgresql: PostgresqlServer, database_url: str
) -> None:
    served.start("--database-url", database_url)
    ran(served, "one")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    assert postgresql.run(database_url, others)
    ran(served, "two")
    assert names(served) == ["one", "two"]


def test_without_the_setting_nothing_is_put_elsewhere_by_mistake(served: ServedHome, database_url: str) -> None:
    served.start("--database-url", database_url)
    served.stop()
    assert "ARMILLARY_DATABASE_URL" in served.armillary("flow-run", "ls", code=1).stderr
    assert not (served.home / "ledger.db").exists()


def test_the_database_and_the_doctor_look_where_the_runs_are(
    served: ServedHome, database_url: str, tmp_path: Path
) -> None:
    served.start("--database-url", database_url)
    ran(served, "one")
    served.stop()
    ran(served, "two")
    assert "ARMILLARY_DATABASE_URL does not say where" in served.armillary("doctor", code=1).stdout
    served.armillary("config", "set", f"ARMILLARY_DATABASE_URL={database_url}")
    info = served.json("database", "info")
    assert info["path"].startswith("postgresql") and info["flow_runs"] == 2 and info["size_bytes"] > 1 << 20
    assert "2 flow runs" in served.armillary("doctor").stdout
    served.armillary("database", "upgrade")
    for refused in (("database", "backup", str(tmp_path / "copy.db")), ("database", "reset", "--yes")):
        assert "are in PostgreSQL" in served.armillary(*refused, code=2).stderr
    assert not (served.home / "ledger.db").exists()
    assert served.json("database", "info")["flow_runs"] == 2


def test_a_home_moves_to_postgresql_with_every_id(served: ServedHome, database_url: str) -> None:
    served.start()
    for name in ("one", "two"):
        ran(served, name)
    before = served.json("flow-run", "ls")
    bucket = {"type": "s3", "options": {"bucket": "models", "aws_secret_access_key": "open sesame"}}
    assert served.ask("POST", "/block_documents", {"name": "models", **bucket}).status_code == 201
    assert "kept by the server" in served.armillary("database", "copy", "--to", database_url, code=1).stderr
    served.stop()
    ledger_id = served.json("database", "info")["id"]
    rows = served.json("database", "copy", "--to", database_url)["rows"]
    assert (rows["flow_run"], rows["ledger"]) == (2, 1)
    again = served.armillary("database", "copy", "--to", database_url, code=2).stderr
    assert "holds a ledger already" in again
    served.settings["ARMILLARY_SECRET_KEY"] = (served.home / "secret.key").read_text()
    served.start("--database-url", database_url)
    [block] = served.ask("GET", "/block_documents").json()["items"]
    assert served.ask("POST", f"/block_documents/{block['id']}/open").json()["aws_secret_access_key"] == "open sesame"
    assert [(run["id"], run["state_name"]) for run in served.json("flow-run", "ls")] == [
        (run["id"], run["state_name"]) for run in before
    ]
    ran(served, "three")
    assert names(served) == ["one", "three", "two"]
    assert served.ask("GET", "/admin/database").json()["ledger_id"] == ledger_id


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://", "postgresql://me:secret@"])
def test_what_is_no_database_is_said_without_its_password(served: ServedHome, url: str) -> None:
    said = served.armillary("server", "start", "--port", "0", "--database-url", url, code=2).stderr
    assert "PostgreSQL" in said
    assert "secret" not in said and "Traceback" not in said


def test_a_database_that_does_not_answer_is_said_without_its_password(served: ServedHome) -> None:
    url = "postgresql://me:secret@127.0.0.1:9/runs"
    said = served.armillary("server", "start", "--port", "0", "--database-url", url, code=1).stderr
    assert "cannot be used" in said
    assert "secret" not in said and "Traceback" not in said
