"""What is appended is what is read, in order, whoever appends and whatever the segments."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armillary.core.errors import HomeNotWritable, NotSerializable
from armillary.journal.format.events import LOG_LANE, Closed, FlowDeclared, Header, Log
from armillary.journal.format.frames import unpack
from armillary.journal.format.segment import sweep_unborn
from armillary.journal.reading.files import journals_in
from armillary.journal.reading.headers import first_ordinal, header_of
from armillary.journal.reading.owner import Owner, is_unlocked, owner_of
from journal_contract.journals import JOURNAL, ROOT, events_in, run_counts, state, writer_in


def test_the_first_frame_says_whose_journal_it_is_and_the_last_that_it_is_over(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    assert writer.append(state(1))
    assert writer.close("done")
    header, change, closed = events_in(tmp_path)
    assert isinstance(header, Header)
    assert (header.journal_id, header.root_flow_run_id, header.pid) == (JOURNAL, ROOT, os.getpid())
    assert change == state(1)
    assert isinstance(closed, Closed) and closed.reason == "done"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(messages=st.lists(st.text(max_size=200), max_size=40), segment_bytes=st.integers(600, 3000))
def test_segments_change_nothing_about_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, messages: list[str], segment_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    writer = writer_in(folder, segment_bytes=segment_bytes)
    for number, message in enumerate(messages):
        writer.append(state(number, message))
    writer.close()
    said = [each for each in events_in(folder) if not isinstance(each, Header | Closed)]
    assert said == [state(number, message) for number, message in enumerate(messages)]
    ordinal = 0
    [files] = journals_in(str(folder))
    for _number, path in sorted(files.segments["state"].items()):
        assert first_ordinal(path) == ordinal
        ordinal += sum(1 for _ in unpack(Path(path).read_bytes()))


def test_threads_append_at_once_and_each_ones_order_is_kept(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=20_000)
    begin = threading.Barrier(8)

    def append(first: int) -> None:
        begin.wait()
        for number in range(first, first + 500):
            assert writer.append(state(number))

    threads = [threading.Thread(target=append, args=(thread * 1000,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    counts = run_counts(tmp_path)
    assert sorted(counts) == [thread * 1000 + number for thread in range(8) for number in range(500)]
    for first in range(8):
        mine = [each for each in counts if each // 1000 == first]
        assert mine == sorted(mine)


@pytest.mark.parametrize("durability", ["process", "disk"])
def test_an_event_is_on_file_when_the_append_returns(tmp_path: Path, durability: str) -> None:
    writer = writer_in(tmp_path, durability=durability)
    writer.append(state(7))
    assert events_in(tmp_path, finished=False)[-1] == state(7)
    writer.close()


def test_logs_have_a_lane_of_their_own_that_the_first_line_opens(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    assert not journals_in(str(tmp_path))[0].segments[LOG_LANE]
    writer.append_log(Log(1, 20, "hello", ROOT))
    writer.close()
    assert [each.message for each in events_in(tmp_path, LOG_LANE) if isinstance(each, Log)] == ["hello"]


def test_a_closed_journal_refuses_and_closing_twice_is_closing_once(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    assert writer.close() and writer.close()
    assert not writer.append(state(1))
    assert not writer.append_log(Log(1, 20, "late", ROOT))
    assert len(events_in(tmp_path)) == 2


def test_an_event_that_no_frame_can_hold_is_refused_before_it_is_written(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    with pytest.raises(NotSerializable, match="64 MiB"):
        writer.append(state(1, "x" * (65 << 20)))
    writer.append(state(2))
    writer.close()
    assert run_counts(tmp_path) == [2]


def test_text_that_utf8_cannot_say_is_spelled_out(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.append(state(1, "caf\udce9 \x00 ☃"))
    writer.append_log(Log(1, 20, "caf\udce9", ROOT, None, "mine"))
    writer.append(FlowDeclared(1, ROOT, "caf\udce9", None, ("\udce9",)))
    writer.close()
    assert state(1, "caf\\udce9 \x00 ☃") in events_in(tmp_path)
    assert Log(1, 20, "caf\\udce9", ROOT, None, "mine") in events_in(tmp_path, LOG_LANE)
    assert FlowDeclared(1, ROOT, "caf\\udce9", None, ("\\udce9",)) in events_in(tmp_path)


def test_an_owner_lives_while_it_holds_its_lock(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    [files] = journals_in(str(tmp_path))
    header = header_of(files)
    assert header is not None
    assert not is_unlocked(writer.path)
    assert owner_of(header, writer.path) is Owner.ALIVE
    header.boot_id = "an older boot"
    assert owner_of(header, writer.path) is Owner.DEAD
    header.machine_id = "another machine"
    assert owner_of(header, writer.path) is Owner.ELSEWHERE
    writer.close()
    assert is_unlocked(writer.path)


def test_a_forked_child_neither_writes_nor_keeps_the_lock(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    read, write = os.pipe()
    born, say_born = os.pipe()
    child = os.fork()
    if not child:
        os.close(write)
        os.write(say_born, b"x")
        os.read(read, 1)  # outlives the parent's closing
        os._exit(int(writer.append(state(99))))
    os.read(born, 1)
    writer.append(state(1))
    writer.close()
    unlocked = is_unlocked(writer.path)
    os.close(write)
    assert unlocked
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert run_counts(tmp_path) == [1]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeNotWritable, match="file/journal"):
        writer_in(tmp_path / "file" / "journal")


def test_what_died_while_being_made_is_swept_and_nothing_else(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    dead, living = tmp_path / "a.jnl.tmp", tmp_path / "b.jnl.tmp"
    dead.touch()
    with living.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.utime(living, (0, 0))  # the clock jumped since
        assert sweep_unborn(str(tmp_path)) == ["a.jnl.tmp"]
    assert living.exists()
    writer.close()
    assert run_counts(tmp_path) == []
    assert sweep_unborn(str(tmp_path / "none")) == []


def test_an_owner_taken_for_dead_before_it_had_its_lock_makes_its_segment_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock
    swept: list[str] = []

    def late(file: int, how: int) -> None:
        if how == fcntl.LOCK_EX and len(swept) < 2:
            swept.extend(sweep_unborn(str(tmp_path)))
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    writer = writer_in(tmp_path)
    assert len(swept) == 2
    assert writer.append(state(1))
    assert not is_unlocked(writer.path)
    writer.close()
    assert run_counts(tmp_path) == [1]
    assert [each.suffix for each in tmp_path.iterdir()] == [".jnl"]


def test_one_who_found_a_segment_before_it_was_made_again_leaves_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jnl.tmp"
    path.touch()
    lock = fcntl.flock

    def late(file: int, how: int) -> None:
        path.unlink()
        path.touch()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert sweep_unborn(str(tmp_path)) == []
    assert path.exists()
