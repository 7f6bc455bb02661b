"""What a follower finds in a folder of journals: frames, whether owners live, when a journal is over, and what is deleted then."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from armillary.core.errors import ArmillaryError, JournalTooNew, JournalUnreadable
from armillary.journal.command_file import CommandReader
from armillary.journal.commands import STOP
from armillary.journal.format.damaged import Damaged
from armillary.journal.format.events import LOG_LANE, STATE_LANE, Closed, Header, Log, StateChanged, StateLaneEvent
from armillary.journal.format.frames import pack, unpack
from armillary.journal.reading.folder_sizes import FolderSizes
from armillary.journal.reading.followed_journal import FollowedJournal
from armillary.journal.reading.follower import Follower
from armillary.journal.reading.lane_reader import LaneReader
from armillary.journal.writing.writer import JournalWriter
from journal_contract.journals import JOURNAL, ROOT, state, writer_in

OWNER = """
import os, signal, sys
from journal_contract.journals import state, writer_in
from pathlib import Path
writer = writer_in(Path(sys.argv[1]))
writer.append(state(1))
print("begun", flush=True)
sys.stdin.readline()
writer.append(state(2))
os.kill(os.getpid(), signal.SIGKILL)
"""

_decode_state = Decoder(StateLaneEvent).decode


def follower_in(
    folder: Path,
    *,
    wanted: Callable[[str, Header], bool] = lambda _journal_id, _header: True,
    leave_living: bool = False,
    most_frames: int = 1000,
) -> Follower:
    return Follower(str(folder), most_frames=most_frames, most_bytes=1 << 20, wanted=wanted, leave_living=leave_living)


def look(follower: Follower) -> FollowedJournal | None:
    """The only journal there is, after another look."""
    follower.look()
    return next(iter(follower.journals.values()), None)


def found_in(journal: FollowedJournal) -> list[int | str]:
    """What the state lane holds from its place on: run counts, and what is damaged. Notes the owner's last frame, as a
    recipient does."""
    found: list[int | str] = []
    for portion in journal.portions(STATE_LANE):
        for frame in portion.frames:
            if isinstance(frame, Damaged):
                found.append(frame.reason)
                continue
            event = _decode_state(frame)
            if isinstance(event, StateChanged):
                found.append(event.run_count)
            journal.lanes[STATE_LANE].closed |= isinstance(event, Closed)
    return found


def segments(folder: Path) -> list[str]:
    return sorted(path.name.removeprefix(JOURNAL) for path in folder.glob("*.jnl"))


@contextmanager
def owner_elsewhere(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process with a journal that says 1; at a line of input it says 2 and kills itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def rewrite_header(folder: Path, **facts: object) -> None:
    """The journal's header says ``facts``. The file stays the one that its owner holds open and locked."""
    path = folder / f"{JOURNAL}.jnl"
    header, *others = [body for body, _ in unpack(path.read_bytes())]
    written = replace(Decoder(Header).decode(header), **facts)
    with path.open("r+b") as file:
        file.write(b"".join(pack(body) for body in (Encoder().encode(written), *others)))
        file.truncate()


def overwrite(path: Path, position: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        file.write(content)


# ── what became of a journal ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Fate:
    """What happens to a journal that says 1 and 2; what a follower finds, None: no journal; and how many files it leaves."""

    happens: Callable[[JournalWriter, Path], object]
    found: list[int | str] | None
    dead: bool = False
    left: int = 1
    problem: type[ArmillaryError] | None = None


FATES = {
    "it grows": Fate(lambda writer, _: writer.append(state(3)), [1, 2, 3]),
    "it is closed": Fate(lambda writer, _: writer.close(), [1, 2], dead=True, left=0),
    "its machine restarted": Fate(lambda _, folder: rewrite_header(folder, boot_id="old"), [1, 2], dead=True, left=0),
    "its machine is another": Fate(lambda _, folder: rewrite_header(folder, machine_id="other"), [1, 2]),
    "its pid is used again": Fate(
        lambda _, folder: rewrite_header(folder, process_started=1), [1, 2], dead=True, left=0
    ),
    "its header is damaged": Fate(
        lambda writer, _: overwrite(Path(writer.path), 12, b"\xff\xff"), None, problem=JournalUnreadable
    ),
    "it is empty": Fate(lambda writer, _: os.truncate(writer.path, 0), None, problem=JournalUnreadable),
    "it is of a newer release": Fate(
        lambda _, folder: rewrite_header(folder, format_version=2), None, problem=JournalTooNew
    ),
    "it is for another ledger": Fate(lambda _, folder: rewrite_header(folder, ledger_id="other"), None),
    "its folder vanished": Fate(lambda _, folder: shutil.rmtree(folder), None, left=0),
}


def of_this_release(journal_id: str, header: Header) -> bool:
    if header.format_version > 1:
        raise JournalTooNew(f"Journal {journal_id} is too new.", subject=journal_id)
    return header.ledger_id is None


@pytest.mark.parametrize("fate", FATES.values(), ids=FATES)
def test_a_follower_finds_what_became_of_a_journal(tmp_path: Path, fate: Fate) -> None:
    folder = tmp_path / "journal"
    writer = writer_in(folder)
    writer.append(state(1))
    writer.append(state(2))
    fate.happens(writer, folder)
    follower = follower_in(folder, wanted=of_this_release)
    journal = look(follower)
    assert [type(problem) for problem in follower.problems] == ([] if fate.problem is None else [fate.problem])
    assert (journal is None) == (fate.found is None)
    if journal is not None:
        assert found_in(journal) == fate.found
        assert (journal.dead, journal.is_over) == (fate.dead, fate.dead)
        journal.let_go()
    assert len(segments(folder)) == fate.left
    writer.close()


def test_an_owner_that_hangs_lives_and_one_that_was_killed_is_dead_with_all_it_had_written(tmp_path: Path) -> None:
    with owner_elsewhere(tmp_path) as process:
        everything, shipped = follower_in(tmp_path), follower_in(tmp_path, leave_living=True)
        journal = look(everything)
        assert journal is not None and not journal.dead and found_in(journal) == [1]
        process.send_signal(signal.SIGSTOP)
        journal = look(everything)
        assert journal is not None and not journal.dead and found_in(journal) == []
        assert look(shipped) is None  # not this process's, and its owner may yet ship it
        process.send_signal(signal.SIGCONT)
        process.communicate("die\n")
        journal = look(everything)
        assert journal is not None and journal.dead and not journal.owned_here and found_in(journal) == [2]
        journal = look(shipped)
        assert journal is not None and journal.is_over and found_in(journal) == [1, 2]


def test_a_process_follows_its_own_journals_without_examining_itself_and_not_those_of_an_earlier_one_with_its_pid(
    tmp_path: Path,
) -> None:
    writer = writer_in(tmp_path)
    follower = follower_in(tmp_path, leave_living=True)
    journal = look(follower)
    assert journal is not None and journal.owned_here and not journal.dead
    rewrite_header(tmp_path, process_started=1)
    earlier = look(follower_in(tmp_path, leave_living=True))
    assert earlier is not None and not earlier.owned_here and earlier.dead
    writer.close()
    journal = look(follower)
    assert journal is not None and not journal.dead  # its lock is free, but this process is not examined
    found_in(journal)
    assert journal.is_over


# ── segments and lanes that begin while the folder is looked at ─────────────────────────────────────────────────────


def test_an_owner_that_rotates_while_it_is_examined_is_not_dead(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=600)

    def rotate(_journal_id: str, _header: Header) -> bool:
        while segments(tmp_path) == [".jnl"]:
            writer.append(state(1, "x" * 100))
        return True

    journal = look(follower_in(tmp_path, wanted=rotate, leave_living=False))
    assert journal is not None and not journal.dead
    assert segments(tmp_path) == [".1.jnl", ".jnl"]
    assert len(found_in(journal)) > 1
    journal.let_go()
    assert segments(tmp_path) == [".1.jnl"]
    writer.close()


def test_an_owner_that_rotates_and_dies_while_it_is_examined_is_dead_at_the_next_look(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=600)

    def rotate_and_close(_journal_id: str, _header: Header) -> bool:
        while segments(tmp_path) == [".jnl"]:
            writer.append(state(1, "x" * 100))
        writer.append(state(7))
        writer.close()
        return True

    follower = follower_in(tmp_path, wanted=rotate_and_close)
    journal = look(follower)
    assert journal is not None and not journal.dead
    journal = look(follower)
    assert journal is not None and journal.dead and found_in(journal)[-1] == 7
    journal.let_go()
    assert segments(tmp_path) == []


def test_a_lane_that_begins_after_the_folder_was_listed_is_read_before_the_journal_is_deleted(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    follower = follower_in(tmp_path, leave_living=True)
    journal = look(follower)
    assert journal is not None
    writer.append_log(Log(1, 20, "hello", ROOT))
    writer.close()
    found_in(journal)
    assert journal.is_over
    journal.let_go()
    assert segments(tmp_path) == [".log.jnl"]
    assert follower.has_more_files(journal)
    assert [len(portion.frames) for portion in journal.portions(LOG_LANE)] == [3]
    assert not follower.has_more_files(journal)
    journal.let_go()
    assert segments(tmp_path) == []


def test_rotated_segments_are_deleted_once_they_are_read_and_the_newest_stays(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=800)
    follower = follower_in(tmp_path, most_frames=3)
    found: list[int | str] = []
    for number in range(60):
        writer.append(state(number))
        if number % 7 == 0:
            journal = look(follower)
            assert journal is not None
            found += found_in(journal)
            journal.let_go()
            assert len(segments(tmp_path)) == 1
    writer.close()
    journal = look(follower)
    assert journal is not None
    assert found + found_in(journal) == list(range(60))


def test_a_missing_segment_is_one_damaged_frame_and_what_is_behind_it_is_read(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=600)
    while ".2.jnl" not in segments(tmp_path):
        writer.append(state(1))
    writer.append(state(9))
    writer.close()
    (tmp_path / f"{JOURNAL}.1.jnl").unlink()
    journal = look(follower_in(tmp_path))
    assert journal is not None
    found = found_in(journal)
    assert "segment 1 of the state lane is missing" in found and found[-1] == 9


# ── several readers, and what stays ─────────────────────────────────────────────────────────────────────────────────


def test_of_two_readers_the_slower_one_finds_the_files_gone_and_deletes_nothing(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    for number in range(10):
        writer.append(state(number))
    writer.close()
    follower = follower_in(tmp_path, most_frames=4)
    fast, slow = look(follower_in(tmp_path)), look(follower)
    assert fast is not None and slow is not None
    portions = slow.portions(STATE_LANE)
    assert len(next(portions).frames) == 4
    assert found_in(fast) == list(range(10))
    fast.let_go()
    with pytest.raises(FileNotFoundError):
        next(portions)
    slow.let_go()
    assert look(follower) is None


def test_all_files_of_a_journal_that_was_given_up_stay(tmp_path: Path) -> None:
    writer = writer_in(tmp_path, segment_bytes=600)
    while ".2.jnl" not in segments(tmp_path):
        writer.append(state(1))
    writer.close()
    before = segments(tmp_path)
    journal = look(follower_in(tmp_path))
    assert journal is not None
    found_in(journal)
    journal.given_up = True
    journal.let_go()
    assert segments(tmp_path) == before and not journal.is_over


def test_what_could_not_be_read_to_its_end_is_set_aside(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.append(state(1))
    position = os.path.getsize(writer.path)
    writer.append(state(2))
    writer.close()
    overwrite(Path(writer.path), position, b"\xff\xff\xff\xff")
    journal = look(follower_in(tmp_path))
    assert journal is not None
    assert str(found_in(journal)[-1]).startswith("a length no frame has")
    journal.let_go()
    assert segments(tmp_path) == []
    assert (tmp_path / "damaged" / f"{JOURNAL}.jnl").exists()


def test_an_owner_that_lives_is_asked_to_stop_once_and_a_dead_one_is_not(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    journal = look(follower_in(tmp_path))
    assert journal is not None
    journal.stop(1)
    [command] = CommandReader(str(tmp_path), JOURNAL).read_new()
    assert (command.verb, command.run, command.at) == (STOP, ROOT, 1)
    os.unlink(tmp_path / f"{JOURNAL}.cmd")
    journal.stop(2)
    assert not (tmp_path / f"{JOURNAL}.cmd").exists()
    writer.close()
    journal = look(follower_in(tmp_path))
    assert journal is not None
    journal.stop(3)
    assert not (tmp_path / f"{JOURNAL}.cmd").exists()


# ── a recipient that says what it wants next ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damaged_segment", [None, 0, 1, 2], ids=lambda each: f"header {each} damaged")
def test_a_lane_continues_at_any_frame_forwards_and_backwards(tmp_path: Path, damaged_segment: int | None) -> None:
    writer = writer_in(tmp_path, segment_bytes=900)
    while ".4.jnl" not in segments(tmp_path):
        writer.append(state(1, "x" * (len(segments(tmp_path)) * 20)))
    writer.close()
    journal = look(follower_in(tmp_path))
    assert journal is not None
    if damaged_segment is not None:
        overwrite(Path(journal.files.segments[STATE_LANE][damaged_segment]), 12, b"\xff\xff")
    frames = [frame for portion in journal.portions(STATE_LANE) for frame in portion.frames]
    reader = LaneReader(STATE_LANE, 1, 1 << 20)
    for ordinal in [*range(len(frames)), *reversed(range(len(frames))), len(frames) // 2, len(frames) - 1, 0]:
        reader.seek(journal.files, ordinal, dead=True)
        portion = reader.read(journal.files, dead=True)
        assert (portion.first_ordinal, portion.frames) == (ordinal, [frames[ordinal]])


def test_the_next_portions_are_the_same_until_the_recipient_has_them(tmp_path: Path) -> None:
    writer = writer_in(tmp_path)
    writer.append(state(1))
    journal = look(follower_in(tmp_path, leave_living=True))
    assert journal is not None
    first = journal.next_portions()
    assert [len(portion.frames) for portion in first] == [2, 0]
    assert journal.next_portions() == first
    journal.seek(STATE_LANE, 2)
    writer.append(state(2))
    assert [(portion.first_ordinal, len(portion.frames)) for portion in journal.next_portions()] == [(2, 1), (0, 0)]
    writer.close()


# ── what changed ────────────────────────────────────────────────────────────────────────────────────────────────────

CHANGES: dict[str, tuple[Callable[[JournalWriter, Path], object], bool]] = {
    "nothing": (lambda *_: None, False),
    "a frame": (lambda writer, _: writer.append(state(1)), True),
    "a lane": (lambda writer, _: writer.append_log(Log(1, 20, "hello", ROOT)), True),
    "a journal": (lambda _, folder: (folder / f"{ROOT}.jnl").touch(), True),
    "a segment being made": (lambda _, folder: (folder / f"{ROOT}.jnl.tmp").touch(), True),
    "a command": (lambda _, folder: (folder / f"{JOURNAL}.cmd").touch(), False),
    "another file of that size": (
        lambda writer, folder: os.replace(shutil.copy(writer.path, folder / "copy"), writer.path),
        True,
    ),
    "no file": (lambda writer, _: os.unlink(writer.path), True),
    "no folder": (lambda _, folder: shutil.rmtree(folder), True),
}


@pytest.mark.parametrize(("happens", "is_change"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed_until_it_was_read(
    tmp_path: Path, happens: Callable[[JournalWriter, Path], object], is_change: bool
) -> None:
    folder = tmp_path / "journal"
    writer = writer_in(folder)
    sizes = FolderSizes(str(folder))
    assert sizes.changed() and sizes.is_empty
    sizes.mark_read()
    assert not sizes.is_empty
    happens(writer, folder)
    assert [sizes.changed(), sizes.changed()] == [is_change, is_change]
    sizes.mark_read()
    assert not sizes.changed()
