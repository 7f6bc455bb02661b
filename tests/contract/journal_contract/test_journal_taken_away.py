"""A journal whose file or descriptor is taken away while its owner lives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from armillary.journal.format.events import LOG_LANE, Closed, Header, Log
from armillary.journal.reading.files import journals_in
from armillary.journal.reading.headers import header_of
from armillary.journal.reading.owner import Owner, is_unlocked, owner_of
from armillary.journal.writing.writer import JournalWriter
from journal_contract.journals import ROOT, events_in, run_counts, state, writer_in


def descriptor_of(writer: JournalWriter) -> int:
    """Found as user code would find it: by its file."""
    wanted = os.stat(writer.path)
    for number in range(3, 2048):
        try:
            found = os.fstat(number)
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return number
    raise AssertionError("it is open somewhere")


def delete_folder(writer: JournalWriter) -> None:
    shutil.rmtree(writer.folder)


def delete_file(writer: JournalWriter) -> None:
    os.unlink(writer.path)


def close_descriptor(writer: JournalWriter) -> None:
    os.close(descriptor_of(writer))


def close_many_descriptors(writer: JournalWriter) -> None:
    number = descriptor_of(writer)
    os.closerange(number, number + 1)


TAKEN_AWAY = pytest.mark.parametrize("take", [delete_folder, delete_file, close_descriptor, close_many_descriptors])


@TAKEN_AWAY
@pytest.mark.parametrize("seen", ["by housekeeping", "by nobody"])
def test_nothing_that_was_said_is_lost_and_the_owner_still_lives(
    tmp_path: Path, take: Callable[[JournalWriter], None], seen: str
) -> None:
    said: list[str] = []
    folder = tmp_path / "home" / "journal"
    writer = writer_in(folder, complaint=said.append)
    for number in range(5):
        writer.append(state(number))
    take(writer)
    if seen == "by housekeeping":
        writer.retry()
    writer.append(state(5))
    if seen == "by housekeeping":
        [files] = journals_in(str(folder))
        header = header_of(files)
        assert header is not None
        assert owner_of(header, files.segments["state"][0]) is Owner.ALIVE
    assert writer.close("done")
    assert run_counts(folder) == [0, 1, 2, 3, 4, 5]
    assert isinstance(events_in(folder)[0], Header)
    assert isinstance(events_in(folder)[-1], Closed)
    assert len(said) == 1
    assert "deleted" in said[0] or "descriptor" in said[0]


def test_logs_are_written_anew_too(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    writer = writer_in(folder, complaint=lambda _: None)
    line = Log(1, 20, "hello", ROOT)
    writer.append_log(line)
    shutil.rmtree(folder)
    writer.append_log(line)
    writer.close()
    assert [each for each in events_in(folder, LOG_LANE) if isinstance(each, Log)] == [line, line]


def test_a_file_that_was_given_the_number_is_let_alone(tmp_path: Path) -> None:
    writer = writer_in(tmp_path / "journal", complaint=lambda _: None)
    writer.append(state(1))
    number = descriptor_of(writer)
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    os.dup2(other, number)
    writer.retry()
    writer.append(state(2))
    writer.close()
    os.write(number, b"still open")
    os.close(number)
    os.close(other)
    assert (tmp_path / "other").read_bytes() == b"still open"
    assert run_counts(tmp_path / "journal") == [1, 2]


def test_what_cannot_be_made_again_is_said_once_and_stops_nobody(tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "journal"
    writer = writer_in(folder, complaint=said.append)
    writer.append(state(1))
    shutil.rmtree(folder)
    folder.write_text("no folder any more")
    for _ in range(3):
        writer.retry()
        writer.append(state(2))
    assert len([each for each in said if "cannot be recreated" in each]) == 1
    folder.unlink()
    writer.retry()
    writer.close()
    assert run_counts(folder) == [1, 2, 2, 2]


def test_closing_the_first_hundreds_of_descriptors_does_not_reach_a_journal(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    assert descriptor_of(writer) >= 256
    assert not is_unlocked(writer.path)
    writer.close()
