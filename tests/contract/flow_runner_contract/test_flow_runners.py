"""What every flow runner does. One for containers is done when it passes this."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from armillary.agent.flow_runners.port import RunLost
from armillary.agent.flow_runners.registry import FlowRunners
from armillary.core.errors import InvalidOption

from .conftest import Place, Runners


def test_a_run_is_run_to_its_end_with_its_parameters_as_the_run_it_is(place: Place, runners: Runners) -> None:
    submitted = runners.submit("telling", n=7)
    assert submitted.wait() is None
    run = place.released(submitted, None)
    assert (run.state_type, run.attempt) == ("COMPLETED", 1)
    facts = json.loads(place.until("facts"))
    assert (facts["n"], facts["id"]) == (7, run.id)


def test_a_run_that_may_not_begin_leaves_nothing_behind(place: Place, runners: Runners) -> None:
    def lost() -> None:
        raise RunLost("Another has it.")

    claimed = place.claimed("telling", n=1)
    with pytest.raises(RunLost):
        runners.of("telling").submit(claimed, lost)
    assert place.client.find_flow_run(claimed.flow_run.id).state_type == "PENDING"
    assert not (place.folder / "facts").exists()
    runners.close()
    copies = place.home / "copies"
    assert not copies.exists() or list(copies.iterdir()) == []


@pytest.mark.parametrize("flow", ["failing", "leaving"])
def test_a_run_that_fails_has_not_died(place: Place, runners: Runners, flow: str) -> None:
    submitted = runners.submit(flow)
    assert submitted.wait() is None
    assert place.released(submitted, None).state_type == "FAILED"


def test_several_runs_go_on_at_once_and_one_that_is_asked_to_end_ends(place: Place, runners: Runners) -> None:
    one, other = runners.submit("waiting"), runners.submit("waiting")
    for each in (one, other):
        place.until(f"waits-{each.claimed.flow_run.id}")
    one.ask_to_end()
    ended = place.released(one, one.wait() or "It was asked to end.")
    assert ended.state_type in ("SCHEDULED", "CANCELLED"), "tried again, or not wanted any more"
    assert place.client.find_flow_run(other.claimed.flow_run.id).state_type == "RUNNING"
    (place.folder / "go").touch()
    assert other.wait() is None
    one.ask_to_end()
    one.kill()


def test_a_run_that_is_killed_ends_at_once_with_all_it_started(place: Place, process_runners: Runners) -> None:
    submitted = process_runners.submit("waiting")
    place.until(f"waits-{submitted.claimed.flow_run.id}")
    submitted.kill()
    assert submitted.wait() == "Its process was killed by SIGKILL."


def test_a_run_that_was_cancelled_ends_although_its_body_does_not_stop(
    place: Place, process_runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_CANCEL_GRACE_SECONDS", "0.1")
    submitted = process_runners.submit("stubborn")
    place.until(f"waits-{submitted.claimed.flow_run.id}")
    place.client.cancel(submitted.claimed.flow_run.id)
    assert submitted.wait() is None
    assert place.released(submitted, None).state_type == "CANCELLED"


@pytest.mark.parametrize(
    ("flow", "state", "named"),
    [
        ("with_a_thread", "COMPLETED", "thread 'a stray'"),
        ("with_a_thread_and_an_error", "FAILED", "thread 'a stray'"),
        ("with_a_handler_at_exit", "COMPLETED", "its atexit handlers"),
        ("with_a_handler_that_holds_the_interpreter", "COMPLETED", "Timeout"),
        ("with_a_child", "COMPLETED", "process 'a stray'"),
        ("with_a_busy_executor", "COMPLETED", "thread 'asyncio_0'"),
        ("suspended_with_a_thread", "PAUSED", "thread 'a stray'"),
    ],
)
def test_what_holds_the_process_of_a_run_that_has_ended_is_named_and_ends(
    place: Place, process_runners: Runners, monkeypatch: pytest.MonkeyPatch, flow: str, state: str, named: str
) -> None:
    monkeypatch.setenv("ARMILLARY_CANCEL_GRACE_SECONDS", "0.2")
    submitted = process_runners.submit(flow)
    died = submitted.wait()
    assert place.released(submitted, died).state_type == state
    lines = [each.message for each in place.client.logs(submitted.claimed.flow_run.id)]
    assert any(named in each for each in lines), lines


def test_a_run_that_closes_every_descriptor_it_does_not_know_goes_on(place: Place, process_runners: Runners) -> None:
    submitted = process_runners.submit("closing_descriptors")
    assert submitted.wait() is None
    assert place.released(submitted, None).state_type == "COMPLETED"


def test_a_run_that_has_ended_is_over_whatever_it_left(
    place: Place, runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMILLARY_CANCEL_GRACE_SECONDS", "0.2")
    submitted = runners.submit("with_something_in_its_executor")
    assert submitted.wait() is None
    assert place.released(submitted, None).state_type == "COMPLETED"


def test_what_a_run_leaves_behind_ends_with_it_and_is_told(place: Place, process_runners: Runners) -> None:
    submitted = process_runners.submit("spawning")
    assert submitted.wait() is None
    for process in place.until("spawned").split():
        assert _is_over(int(process))
    [said] = [
        each.message for each in place.client.logs(submitted.claimed.flow_run.id) if "left behind" in each.message
    ]
    assert said.count("sleep 1000") == 2
    assert place.released(submitted, None).state_type == "COMPLETED"


@pytest.mark.parametrize(("flow", "says"), [("dying", "killed by SIGSEGV"), ("vanishing", "exited with code 3")])
def test_a_run_that_died_is_told_with_the_cause_and_its_last_line(
    place: Place, process_runners: Runners, flow: str, says: str
) -> None:
    submitted = process_runners.submit(flow)
    assert submitted.wait() == f"Its process {'was ' if 'killed' in says else ''}{says}. Its last line: the last words"


def test_all_that_a_run_writes_is_recorded_once_when_it_has_ended(place: Place, process_runners: Runners) -> None:
    submitted = process_runners.submit("speaking")
    assert submitted.wait() is None
    lines = [each.message for each in place.client.logs(submitted.claimed.flow_run.id)]
    assert [each for each in lines if each in ("from print", "from a child", "100 %")] == [
        "from print",
        "from a child",
        "100 %",
    ]
    assert len([each for each in lines if "Finished in state" in each]) <= 1


def test_a_run_that_prints_faster_than_can_be_recorded_loses_no_line(place: Place, process_runners: Runners) -> None:
    many = 60_000
    submitted = process_runners.submit("printing", lines=many)
    assert submitted.wait() is None
    seen, after = [], -1
    while lines := place.client.logs(submitted.claimed.flow_run.id, after=after, limit=5_000):
        seen += [each.message for each in lines if each.message.startswith("line ")]
        after = lines[-1].ordinal
    assert seen == [f"line {number}" for number in range(many)]


def test_nothing_of_a_run_is_left_once_it_is_forgotten(place: Place, process_runners: Runners) -> None:
    submitted = process_runners.submit("telling", n=1)
    submitted.wait()
    process_runners.forget(submitted)
    process_runners.close()
    assert list((place.home / "copies").iterdir()) == []


def test_a_type_that_an_agent_does_not_have_is_named(place: Place) -> None:
    claimed = place.claimed("telling", n=1)
    claimed.deployment.flow_runner = {"type": "dcoker"}
    with pytest.raises(InvalidOption, match="no flow runner 'dcoker'"):
        FlowRunners({}).submit(claimed)


def _is_over(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
