"""A journal written by any release is read for ever: ``fixtures`` holds one of each format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.msgpack import Encoder

from armillary.client.in_process.client import InProcessClient
from armillary.core.states import COMPLETED
from armillary.journal.format.events import LOG_LANE, Closed, Header, Log
from armillary.journal.format.frames import pack, unpack
from armillary.journal.reading.files import journals_in
from armillary.journal.reading.headers import header_of
from journal_contract.journals import events_in

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("folder", sorted(FIXTURES.iterdir()), ids=lambda folder: folder.name)
def test_a_journal_of_each_format_is_read_whole(folder: Path, tmp_path: Path) -> None:
    [files] = journals_in(str(folder))
    header = header_of(files)
    assert header is not None
    assert f"format-{header.format_version}" == folder.name
    assert isinstance(events_in(folder)[-1], Closed)
    assert [each.message for each in events_in(folder, LOG_LANE) if isinstance(each, Log)][-1].startswith("Finished in")


@pytest.mark.parametrize("folder", sorted(FIXTURES.iterdir()), ids=lambda folder: folder.name)
def test_a_journal_of_each_format_is_recorded(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "journal")
    with InProcessClient(str(tmp_path)) as client:
        [run] = client.flow_runs().items
        assert (run.flow_name, run.state_type) == ("pipeline", COMPLETED)
        assert [task.state_type for task in client.task_runs().items] == [COMPLETED] * 2


def test_a_format_from_the_future_is_refused_with_a_sentence_and_kept(tmp_path: Path) -> None:
    [files] = journals_in(str(FIXTURES / "format-1"))
    header = header_of(files)
    assert header is not None
    path = tmp_path / "journal" / Path(files.segments["state"][0]).name
    path.parent.mkdir()
    bodies = [body for body, _end in unpack(Path(files.segments["state"][0]).read_bytes())]
    header.format_version = 99
    path.write_bytes(b"".join(map(pack, [Encoder().encode(header), *bodies[1:]])))
    heard: list[str] = []
    with InProcessClient(str(tmp_path), complaint=lambda problem: heard.append(str(problem))) as client:
        assert client.flow_runs().items == []
    assert path.exists()
    assert "99" in heard[0]
    assert isinstance(header, Header)
