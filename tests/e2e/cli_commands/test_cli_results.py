"""``armillary result get`` opens only stores that its reader knows, and loads only what is signed and of the recorded serializer."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import update

from armillary.client.in_process.client import InProcessClient
from armillary.engine.results.results import Header, _digest
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.tables.run_tables import stored_result

from .conftest import Armillary


class Writes:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


def _keep(path: Path, payload: bytes, serializer: str = "pickle", earlier: bool = False) -> None:
    """As anybody who can write there can, with a header that is right but for its signature."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = Header("str", serializer, 1, None, len(payload), _digest(payload, 16 if earlier else 32), "p")
    if not earlier:
        header.signature = "0" * 64
    path.write_bytes(json.encode(header) + b"\n" + payload)


def _record(armillary: Armillary, run_id: str, **facts: str) -> None:
    """What the ledger says of a result, as a hostile run may have told it."""
    with InProcessClient(str(armillary.home)) as client:
        assert client.stored_result(run_id) is not None
    with open_home(str(armillary.home)) as ledger, ledger.write() as connection:
        connection.execute(update(stored_result).where(stored_result.c.run_id == run_id).values(**facts))


@pytest.fixture
def run(armillary: Armillary) -> dict[str, Any]:
    return armillary.ran("flows.py:keeper")


@pytest.mark.parametrize("storage", ["ftp://127.0.0.1:1/results", "memory://elsewhere", "http://127.0.0.1:1", "/dev"])
@pytest.mark.parametrize("serializer", ["pickle", "json"])
def test_a_store_that_only_a_run_names_is_refused_by_its_name(
    armillary: Armillary, run: dict[str, Any], storage: str, serializer: str
) -> None:
    _record(armillary, run["id"], storage=storage, key="zero", serializer=serializer)
    for more in ([], ["--raw"], ["-o", "json"]):
        said = armillary("result", "get", run["name"], *more, code=2)
        assert storage in said.err
        assert f"--trust-store {storage}" in said.err
        assert "Traceback" not in said.err
        assert said.out == ""


def test_a_folder_that_only_a_run_names_is_not_loaded_from_until_it_is_trusted(
    armillary: Armillary, run: dict[str, Any], tmp_path: Path
) -> None:
    marker, elsewhere = tmp_path / "marker", tmp_path / "elsewhere"
    _record(armillary, run["id"], storage=str(elsewhere), key="value", serializer="pickle")
    _keep(elsewhere / "value", pickle.dumps(Writes(marker)))
    assert str(elsewhere) in armillary("result", "get", run["name"], code=2).err
    assert not marker.exists()
    _keep(elsewhere / "value", pickle.dumps("as trusted"))
    assert armillary("result", "get", run["name"], "--trust-store", str(elsewhere)).out == "as trusted\n"


def test_what_is_not_signed_is_not_loaded_from_the_homes_own_store(
    armillary: Armillary, run: dict[str, Any], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    path = armillary.home / "results" / "results" / run["id"]
    assert path.exists()
    for earlier in (False, True):
        _keep(path, pickle.dumps(Writes(marker), protocol=0), earlier=earlier)
        said = armillary("result", "get", run["name"], code=2)
        assert "not signed" in said.err
        assert "--raw" in said.err
        assert not marker.exists()
    raw = armillary("result", "get", run["name"], "--raw").out
    assert str(marker) in raw
    assert not marker.exists()


def test_the_recorded_serializer_is_used_whatever_the_file_says(
    armillary: Armillary, run: dict[str, Any], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    path = armillary.home / "results" / "results" / run["id"]
    _record(armillary, run["id"], serializer="json")
    said = armillary("result", "get", run["name"], code=2)
    assert "'json' was expected" in said.err
    _keep(path, pickle.dumps(Writes(marker)), serializer="json")
    armillary("result", "get", run["name"], "--trust-store", str(armillary.home / "results"), code=1)
    assert not marker.exists()


def test_json_that_an_earlier_release_kept_in_the_home_still_opens(armillary: Armillary, run: dict[str, Any]) -> None:
    _record(armillary, run["id"], serializer="json")
    _keep(armillary.home / "results" / "results" / run["id"], b'{"rows":3}', serializer="json", earlier=True)
    assert armillary("result", "get", run["name"]).out == "{'rows': 3}\n"


LOCAL = """
from armillary import flow

@flow(persist_result=True, result_storage={folder!r})
def beside() -> str:
    return "beside"
"""


def test_a_flow_of_this_home_that_keeps_results_in_a_folder_of_its_own_is_read_without_a_word(
    armillary: Armillary, tmp_path: Path
) -> None:
    (armillary.folder / "beside.py").write_text(LOCAL.format(folder=str(tmp_path / "kept")))
    run = armillary.ran("beside.py:beside")
    said = armillary("result", "get", run["name"])
    assert said.out == "beside\n"
    assert said.err == ""


def test_a_storage_block_makes_its_store_known(armillary: Armillary, run: dict[str, Any], tmp_path: Path) -> None:
    """What lies there must be signed all the same."""
    elsewhere = tmp_path / "elsewhere"
    _record(armillary, run["id"], storage=str(elsewhere))
    kept = (armillary.home / "results" / "results" / run["id"]).read_bytes()
    (elsewhere / "results").mkdir(parents=True)
    (elsewhere / "results" / run["id"]).write_bytes(kept)
    armillary("storage", "create", "--type", "local", "--name", "e", "--option", f"storage_path={elsewhere}")
    assert armillary("result", "get", run["name"]).out == "3\n"
    _keep(elsewhere / "results" / run["id"], pickle.dumps(1))
    assert "not signed" in armillary("result", "get", run["name"], code=2).err


def test_a_value_that_cannot_show_itself_is_named(armillary: Armillary) -> None:
    armillary.flows.write_text(
        "from armillary import flow\n"
        "class Shy:\n"
        "    def __repr__(self):\n"
        "        raise LookupError('not today')\n"
        "@flow(persist_result=True)\n"
        "def shy():\n"
        "    return [Shy()]\n"
    )
    run = armillary.ran("flows.py:shy")
    for more in ([], ["-o", "json"]):
        said = armillary("result", "get", run["id"], *more)
        assert "cannot be shown: LookupError: not today" in said.out
