"""What the owner of a run is asked for reaches it, whatever happens to the server that was asked, or to its disk."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event
from time import monotonic, time_ns

from client_contract.recorded import RecordedRun

from armillary.clock import new_id
from armillary.core.errors import ArmillaryError
from armillary.core.states import RUNNING
from armillary.home import commands as asking
from armillary.journal.command_file import CommandReader, command_path
from armillary.journal.commands import CANCEL, Command
from armillary.ledger import open_ledger
from armillary.ledger.ownership import commands
from armillary.server.live.keeper import kept

PATIENCE_SECONDS = 120.0


def now() -> int:
    return time_ns() // 1000


def running(home: str) -> tuple[RecordedRun, CommandReader]:
    run = RecordedRun(home, "flashy-dove")
    run.takes(RUNNING)
    return run, CommandReader(run.folder, run.journal_id)


def nothing_may_be_wrong(problem: ArmillaryError) -> None:
    raise problem


def test_a_server_passes_on_what_one_before_it_took_and_died(tmp_path: Path) -> None:
    run, owner = running(str(tmp_path))
    asked = Command(new_id(), CANCEL, run.id, now())
    with kept(str(tmp_path), "the first", nothing_may_be_wrong):
        pass  # it has read the journal
    with open_ledger(str(tmp_path)) as ledger, ledger.write() as connection:
        commands.ask(connection, run.id, asked)
    assert owner.read_new() == []
    with kept(str(tmp_path), "the second", nothing_may_be_wrong):
        assert owner.read_new() == [asked]
    with kept(str(tmp_path), "the third", nothing_may_be_wrong):
        assert owner.read_new() == []


def test_what_the_disk_does_not_take_is_passed_on_as_soon_as_it_does(tmp_path: Path) -> None:
    run, owner = running(str(tmp_path))
    in_the_way = command_path(run.folder, run.journal_id)
    complaints: list[ArmillaryError] = []
    with kept(str(tmp_path), "a test", complaints.append) as keeper, keeper.following():
        os.mkdir(in_the_way)
        command_id = new_id()
        with keeper.write() as connection:
            root = asking.cancel(connection, run.id, command_id, now())
        assert root == run.id
        keeper.ring(root)
        assert ["tried again by itself" in (each.advice or "") for each in complaints] == [True]
        os.rmdir(in_the_way)
        until, pause = monotonic() + PATIENCE_SECONDS, Event()
        while not (passed_on := owner.read_new()):
            assert monotonic() < until
            pause.wait(0.01)
    assert [each.command_id for each in passed_on] == [command_id]
