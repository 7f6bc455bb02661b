"""Which journals are followed, and how."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from armillary.core.errors import JournalTooNew
from armillary.core.ids import flow_id
from armillary.core.states import COMPLETED, CRASHED, RUNNING
from armillary.journal.command_file import CommandReader
from armillary.journal.commands import STOP
from armillary.journal.format.events import (
    FORMAT_VERSION,
    STATE_LANE,
    FlowRunCreated,
    Header,
    StateChanged,
    TaskRunCreated,
)
from armillary.journal.format.frames import pack, unpack
from armillary.journal.process import this_process
from armillary.ledger import open_ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.ingest.following import Progress, catch_up
from armillary.ledger.ownership import attempts, settling
from armillary.ledger.runs import flow_runs
from ledger_faults.owners import new_id, now, write_run


def unfinished(home: Path, **facts: object) -> tuple[Path, str]:
    """The journal of a running root run, not locked by anybody, whose header says ``facts``."""
    journal, root = new_id(), new_id()
    header = Header(
        now(),
        FORMAT_VERSION,
        journal,
        STATE_LANE,
        0,
        root,
        1,
        None,
        None,
        armillary_version="0",
        **this_process()._asdict(),
    )
    events = [
        replace(header, **facts),
        FlowRunCreated(now(), root, flow_id("pipe"), "x", "{}", (), now(), root, "PENDING", "Pending"),
        StateChanged(now(), "f", root, "PENDING", "RUNNING", "Running", 1),
    ]
    path = home / "journal" / f"{journal}.jnl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(pack(Encoder().encode(event)) for event in events))
    return path, root


@pytest.mark.parametrize(
    ("facts", "state", "stays"),
    [
        ({}, CRASHED, False),
        ({"boot_id": "of before the restart"}, CRASHED, False),
        ({"machine_id": "another", "boot_id": "its own"}, RUNNING, True),
    ],
)
def test_an_owner_is_dead_when_its_lock_is_free_or_its_machine_restarted_and_unknown_elsewhere(
    tmp_path: Path, facts: dict[str, object], state: object, stays: bool
) -> None:
    path, root = unfinished(tmp_path, **facts)
    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and run.state_type is state
    assert path.exists() == stays


def test_journals_meant_for_another_ledger_are_nobodys_business_here(tmp_path: Path) -> None:
    path, root = unfinished(tmp_path, ledger_id=new_id())
    with open_ledger(str(tmp_path)) as ledger:
        done = catch_up(ledger, str(tmp_path / "journal"))
        assert (done.frames, done.problems) == (0, [])
        with ledger.read() as connection:
            assert flow_runs.get(connection, root) is None
    assert path.exists()


def test_a_journal_of_a_newer_release_is_reported_and_waits_for_it(tmp_path: Path) -> None:
    path, _ = unfinished(tmp_path, format_version=FORMAT_VERSION + 1, armillary_version="99.0")
    _, root = write_run(str(tmp_path), 1)
    with open_ledger(str(tmp_path)) as ledger:
        (problem,) = catch_up(ledger, str(tmp_path / "journal")).problems
        assert isinstance(problem, JournalTooNew) and "written by armillary 99.0" in str(problem)
        with ledger.read() as connection:
            assert flow_runs.get(connection, root) is not None
    assert path.exists()


def test_progress_is_told_after_each_commit_and_ends_at_the_whole(tmp_path: Path) -> None:
    for _ in range(3):
        write_run(str(tmp_path), 2_000, 10)
    told: list[tuple[int, int]] = []

    def progress(made: Progress) -> None:
        told.append((made.done_bytes, made.total_bytes))

    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, str(tmp_path / "journal"), progress)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_commands_go_with_their_journal_and_a_home_without_journals_is_up_to_date(tmp_path: Path) -> None:
    path, _ = unfinished(tmp_path)
    path.with_suffix(".cmd").write_bytes(b"")
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "nowhere")).frames == 0
        catch_up(ledger, str(tmp_path / "journal"))
    assert list((tmp_path / "journal").iterdir()) == []


@pytest.mark.parametrize(("first_ordinal", "quarantined"), [(3, 0), (4, 1)])
def test_a_segment_let_go_after_it_was_read_to_its_end_is_not_missed(
    tmp_path: Path, first_ordinal: int, quarantined: int
) -> None:
    path, root = unfinished(tmp_path, machine_id="another")
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).frames == 3
        (header, _), *_ = unpack(path.read_bytes())
        path.unlink()
        later = replace(Decoder(Header).decode(header), segment=1, first_ordinal=first_ordinal)
        done = StateChanged(now(), "f", root, "RUNNING", "COMPLETED", "Completed", 1)
        frames = [pack(Encoder().encode(event)) for event in (later, done)]
        path.with_name(f"{path.stem}.1.jnl").write_bytes(b"".join(frames))
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and run.state_type is COMPLETED
            assert run.incomplete_history == bool(quarantined)
            assert quarantine.count(connection) == quarantined


def test_an_owner_that_lost_its_run_and_still_writes_is_told_to_stop_once(tmp_path: Path) -> None:
    folder = str(tmp_path / "journal")
    writer, root = write_run(str(tmp_path), 1, end=False)
    with open_ledger(str(tmp_path)) as ledger:
        catch_up(ledger, folder)
        with ledger.write() as connection:
            settling.settle(connection, root, 1, now(), presumed=True)
            attempts.grant_attempt(connection, root, now())
        commands = CommandReader(folder, writer.journal_id)
        for _ in range(2):
            writer.append(TaskRunCreated(now(), new_id(), root, "work-9", "work", "work-1", 9))
            catch_up(ledger, folder)
        assert [command.verb for command in commands.read_new()] == [STOP]
    writer.close()


def test_what_an_owner_left_that_died_before_its_journal_had_a_name_is_removed(tmp_path: Path) -> None:
    write_run(str(tmp_path), 1)
    left = tmp_path / "journal" / f"{new_id()}.jnl.tmp"
    left.touch()
    with open_ledger(str(tmp_path)) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
    assert list((tmp_path / "journal").iterdir()) == []
