"""Lines that come faster than they can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any, cast

import pytest

from armillary.agent import output_recorder
from armillary.agent.ledger_link import LedgerLink
from armillary.agent.output_recorder import MOST_WAITING_CHARACTERS, MOST_WAITING_LINES, OutputRecorder
from armillary.client.interface.client import Client
from armillary.core.errors import LedgerUnavailable

PATIENCE_SECONDS = 30.0


class Ledger:
    """Takes lines while it is ``open``; is not there at all while it is ``away``."""

    def __init__(self) -> None:
        self.open = Event()
        self.asked = Event()
        self.away = False
        self.taken: dict[str, list[str]] = {}
        self.order: list[str] = []
        self.largest = 0

    def record_output(self, _worker: str, run_id: str, lines: list[Any]) -> int:
        self.asked.set()
        self.open.wait()
        if self.away:
            raise LedgerUnavailable("It is away.")
        self.order.append(run_id)
        self.largest = max(self.largest, len(lines))
        self.taken.setdefault(run_id, []).extend(text for _, text in lines)
        return len(lines)

    def close(self) -> None: ...


class Writer(Thread):
    def __init__(self, recorder: OutputRecorder, run_id: str, lines: list[str]) -> None:
        super().__init__(daemon=True)
        self._facts = (recorder, run_id, lines)
        self.recorded = 0
        self.start()

    def run(self) -> None:
        recorder, run_id, lines = self._facts
        for line in lines:
            recorder.record(run_id, [line])
            self.recorded += 1


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    made = Ledger()
    yield made
    made.away = False
    made.open.set()


def recorder_of(ledger: Ledger, patience_seconds: float = PATIENCE_SECONDS) -> OutputRecorder:
    return OutputRecorder(LedgerLink(lambda: cast(Client, ledger)), "worker", patience_seconds)


@pytest.mark.parametrize(
    ("lines", "room"),
    [
        ([str(number) for number in range(3 * MOST_WAITING_LINES)], MOST_WAITING_LINES),
        (["x" * 8000] * 2000, MOST_WAITING_CHARACTERS // 8000),
    ],
    ids=["many", "long"],
)
def test_who_writes_faster_than_can_be_recorded_waits_and_loses_nothing(
    ledger: Ledger, lines: list[str], room: int
) -> None:
    recorder = recorder_of(ledger)
    writer = Writer(recorder, "run", lines)
    assert ledger.asked.wait(PATIENCE_SECONDS)
    writer.join(0.5)
    assert writer.is_alive(), "it waits for room"
    assert writer.recorded < room + 1000 + 2, "the bound, and the bundle on its way"
    ledger.open.set()
    writer.join(PATIENCE_SECONDS)
    recorder.finish("run")
    assert ledger.taken["run"] == lines
    assert ledger.largest <= 1000, "what one request may hold"
    recorder.close()


def test_a_run_that_floods_holds_up_no_other(ledger: Ledger) -> None:
    recorder = recorder_of(ledger)
    flood = Writer(recorder, "flood", ["x"] * (MOST_WAITING_LINES * 2))
    assert ledger.asked.wait(PATIENCE_SECONDS)
    recorder.record("quiet", ["hello"])
    ledger.open.set()
    recorder.finish("quiet")
    assert ledger.order.index("quiet") <= 2, "bundles of runs take turns"
    flood.join(PATIENCE_SECONDS)
    recorder.close()


def test_while_the_ledger_is_away_a_writer_waits_for_a_time_and_then_loses_what_is_counted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_recorder, "AWAY_SECONDS", 0.05)
    ledger.away = True
    ledger.open.set()
    recorder = recorder_of(ledger, patience_seconds=0.2)
    many = MOST_WAITING_LINES * 2
    writer = Writer(recorder, "run", [str(number) for number in range(many)])
    writer.join(PATIENCE_SECONDS)
    assert not writer.is_alive()
    ledger.away = False
    recorder.finish("run")
    taken = ledger.taken["run"]
    [said] = [each for each in taken if "were dropped here" in each]
    assert int(said.split()[0]) + len(taken) - 1 == many
    recorder.close()


def test_an_agent_that_stops_lets_writers_go(ledger: Ledger) -> None:
    recorder = recorder_of(ledger)
    writer = Writer(recorder, "run", ["x"] * (MOST_WAITING_LINES * 2))
    assert ledger.asked.wait(PATIENCE_SECONDS)
    ledger.open.set()
    recorder.close()
    writer.join(PATIENCE_SECONDS)
    assert not writer.is_alive()
