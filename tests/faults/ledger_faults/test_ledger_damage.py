"""Journals that are damaged, foreign or in pieces: reported, kept, and in nobody's way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from armillary.core.states import COMPLETED
from armillary.journal.format.frames import pack, unpack
from armillary.ledger import open_ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.ingest.following import catch_up
from armillary.ledger.runs import flow_runs, task_runs
from ledger_faults.owners import new_id, write_run


def ends(path: Path) -> list[int]:
    """Where each frame of a sound segment ends."""
    return [end for _, end in unpack(path.read_bytes())]


def segments(home: Path) -> list[Path]:
    return sorted((home / "journal").glob("*.jnl"))


def test_journals_flipped_and_cut_anywhere_never_stop_a_sound_one(tmp_path: Path) -> None:
    chance = random.Random(3)
    for _ in range(40):
        write_run(str(tmp_path), 10, 5)
    for path in segments(tmp_path):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))]
        path.write_bytes(data)
    _, sound = write_run(str(tmp_path), 10, 5)
    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        with ledger.read() as connection:
            run = flow_runs.get(connection, sound)
            assert run is not None and run.state_type is COMPLETED
            assert flow_runs.task_run_counts(connection, sound) == {COMPLETED: 10}
            assert quarantine.count(connection) > 0
        again = catch_up(ledger, str(tmp_path / "journal"))
        assert again.frames == 0


def test_a_bad_frame_inside_is_kept_and_what_follows_is_read(tmp_path: Path) -> None:
    _, root = write_run(str(tmp_path), 10)
    (path,) = segments(tmp_path)
    data, places = bytearray(path.read_bytes()), ends(path)
    data[places[10] - 1] ^= 0xFF
    path.write_bytes(data)
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and (run.state_type, run.incomplete_history) == (COMPLETED, True)
            kept = quarantine.frames(connection)
            assert (kept[-1].ordinal, kept[-1].reason) == (10, "its checksum is wrong")
            assert kept[-1].body == bytes(data[places[9] : places[10]])
            assert task_runs.count(connection) >= 9
    assert segments(tmp_path) == []


def test_a_torn_tail_was_never_said(tmp_path: Path) -> None:
    writer, root = write_run(str(tmp_path), 3, end=False)
    writer.close()
    (path,) = segments(tmp_path)
    places = ends(path)
    path.write_bytes(path.read_bytes()[: places[-2] + 5])  # the last frame, which closes the journal, is torn
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).crashed == [root]
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and not run.incomplete_history
            assert quarantine.count(connection) == 0


def test_behind_a_length_that_cannot_be_the_rest_is_set_aside_not_deleted(tmp_path: Path) -> None:
    _, root = write_run(str(tmp_path), 10)
    (path,) = segments(tmp_path)
    data, places = bytearray(path.read_bytes()), ends(path)
    data[places[12] : places[12] + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).crashed == [root]
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and run.incomplete_history
            (kept,) = quarantine.frames(connection)
            assert kept.ordinal == 13 and kept.reason.endswith("cannot be read")
    assert (tmp_path / "journal" / "damaged" / path.name).read_bytes() == data


def test_of_a_rotated_journal_finished_segments_go_while_it_is_written(tmp_path: Path) -> None:
    writer, root = write_run(str(tmp_path), 200, 200, end=False, segment_bytes=8_000)
    many = len(segments(tmp_path))
    assert many > 6
    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        assert len(segments(tmp_path)) == 2
        assert catch_up(ledger, str(tmp_path / "journal")).frames == 0
        writer.close()
        catch_up(ledger, str(tmp_path / "journal"))
        with ledger.read() as connection:
            assert quarantine.count(connection) == 0
            assert flow_runs.task_run_counts(connection, root)[COMPLETED] == 200
    assert segments(tmp_path) == []


def test_a_missing_segment_marks_the_history_incomplete_and_the_rest_is_read(tmp_path: Path) -> None:
    _, root = write_run(str(tmp_path), 200, segment_bytes=8_000)
    lost = [path for path in segments(tmp_path) if ".2." in path.name]
    lost[0].unlink()
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and (run.state_type, run.incomplete_history) == (COMPLETED, True)
            assert any(
                "segment 2 of the state lane is missing" in each.reason for each in quarantine.frames(connection)
            )


@pytest.mark.parametrize("content", [b"", b"garbage", pack(b"\xc1") + pack(b"\x80"), bytes(4096)])
def test_a_file_that_is_no_journal_is_reported_and_stays(tmp_path: Path, content: bytes) -> None:
    _, root = write_run(str(tmp_path), 1)
    odd = tmp_path / "journal" / f"{new_id()}.jnl"
    odd.write_bytes(content)
    with open_ledger(str(tmp_path)) as ledger:
        done = catch_up(ledger, str(tmp_path / "journal"))
        assert ["no readable header" in str(problem) for problem in done.problems] == [True]
        with ledger.read() as connection:
            assert flow_runs.get(connection, root) is not None
    assert odd.read_bytes() == content


def test_journals_after_a_reset_are_read_again_from_what_is_left_of_them(tmp_path: Path) -> None:
    writer, root = write_run(str(tmp_path), 100, segment_bytes=4_000, end=False)
    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    _, other = write_run(str(tmp_path), 1)
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
        writer.close()
        catch_up(ledger, str(tmp_path / "journal"))
        with ledger.read() as connection:
            assert flow_runs.get(connection, root) is None  # its beginning was in the ledger that is gone
            assert flow_runs.get(connection, other) is not None
    assert segments(tmp_path) == []


def test_a_rotated_journal_that_cannot_be_ingested_stays_whole(tmp_path: Path) -> None:
    write_run(str(tmp_path), 200, segment_bytes=8_000)
    other = new_id()
    for path in segments(tmp_path):
        path.rename(path.with_name(other + path.name[len(other) :]))  # the headers now say another journal
    before = segments(tmp_path)
    assert len(before) > 3
    with open_ledger(str(tmp_path)) as ledger:
        (problem,) = catch_up(ledger, str(tmp_path / "journal")).problems
    assert problem.subject == other
    assert segments(tmp_path) == before
