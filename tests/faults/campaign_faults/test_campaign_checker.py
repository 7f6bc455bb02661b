"""The checker of campaigns finds each kind of violation, and lets pass what is documented."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from armillary.core.rules.crash import Death
from armillary.core.states import CANCELLED, COMPLETED, CRASHED, FAILED, PENDING, RUNNING, SCHEDULED, StateType
from campaign_faults import checker, faults
from campaign_faults.checker import Killed
from campaign_faults.effects import SILENCE_SECONDS, Body, Effect, bodies
from campaign_faults.ledger_rows import Line, Run

TICK = SILENCE_SECONDS / 4


def at_work(start: float, end: float, *, attempt: int = 1, pid: int = 1, ended: bool = True) -> list[Effect]:
    """A body of the run, that notes something all the time."""
    ticks = [start + number * TICK for number in range(int((end - start) / TICK) + 1)]
    told = [Effect("sees", "r", attempt, pid, at, f"task-{attempt}-{number}") for number, at in enumerate(ticks)]
    return [*told, *([Effect("ends", "r", attempt, pid, end)] if ended else [])]


def run(state: StateType = COMPLETED, *deaths: Death, name: str = "n", run_id: str = "r") -> Run:
    return Run(run_id, name, state, None, 1 + len(deaths), dict(enumerate(deaths, 1)))


@pytest.mark.parametrize(
    ("other", "seconds"),
    [
        (at_work(10, 30, attempt=2, pid=2), 10),
        (at_work(20, 30, attempt=2, pid=2), 0),
        (at_work(-20, 5, attempt=2, pid=2) + at_work(15, 30, attempt=2, pid=2), 10),
    ],
    ids=["overlapping", "one after the other", "stopped for a while"],
)
def test_bodies_at_work_at_once_are_counted_by_the_second(other: list[Effect], seconds: float) -> None:
    found = bodies(at_work(0, 20) + other)
    one, another = found
    assert one.beside(another) == another.beside(one) == seconds
    assert checker.double_lives(found, seconds) == []
    assert len(checker.double_lives(found, seconds - 1)) == 1
    assert checker.longest_double_life(found) == seconds


def test_a_run_is_lost_that_is_not_there_has_not_ended_or_completed_without_a_body() -> None:
    whole, cut_short = bodies(at_work(0, 1)), bodies(at_work(0, 1, ended=False))
    assert checker.lost_runs({"r": "n"}, {"r": run()}, whole) == []
    assert checker.lost_runs({"r": "n"}, {"r": run(CRASHED)}, cut_short) == []
    assert "COMPLETED, attempt 1" in checker.stories(["run r"], {"r": run()}, whole)[0]
    for runs, found in ({}, whole), ({"r": run(RUNNING)}, whole), ({"r": run()}, cut_short), ({"r": run()}, []):
        assert len(checker.lost_runs({"r": "n"}, runs, found)) == 1


@pytest.mark.parametrize(
    ("ended", "is_documented"),
    [
        (run(CRASHED), False),
        (run(CRASHED, Death.PROCESS), False),
        (run(CRASHED, Death.AGENT, Death.AGENT), False),
        (run(CRASHED, Death.PROCESS, Death.PROCESS), True),
        (run(CRASHED, Death.AGENT, Death.AGENT, Death.AGENT), True),
        (run(FAILED), False),
        (run(CANCELLED), False),
        (run(CANCELLED, run_id="wished"), True),
        (run(COMPLETED), True),
    ],
)
def test_a_run_is_given_up_only_as_documented(ended: Run, is_documented: bool) -> None:
    assert (checker.given_up([ended], ["wished"]) == []) is is_documented


def test_a_request_that_made_two_runs_is_found() -> None:
    assert checker.made_twice([run(name="one"), run(name="other")]) == []
    assert len(checker.made_twice([run(name="one"), run(name="one")])) == 1


@pytest.mark.parametrize(
    ("known", "noted", "many"),
    [
        (run(COMPLETED, Death.AGENT), at_work(0, 1) + at_work(2, 3, attempt=2, pid=2), 0),
        (run(COMPLETED), at_work(0, 1) + at_work(2, 3, attempt=2, pid=2), 1),
        (run(COMPLETED, Death.AGENT), at_work(0, 1) + at_work(2, 3, pid=2), 1),
        (run(), [Effect("does", "r", 1, 1, at, "twice-1") for at in (0, 1)], 0),
        (run(), [Effect("does", "r", 1, 1, at, "work-1") for at in (0, 1)], 1),
        (run(run_id="another"), at_work(0, 1), 1),
    ],
    ids=["a death", "no death", "an attempt begun twice", "retried", "not retried", "unknown"],
)
def test_what_is_done_again_is_owed_to_a_death_or_a_retry(known: Run, noted: list[Effect], many: int) -> None:
    assert len(checker.repeated(bodies(noted), {known.id: known})) == many


@pytest.mark.parametrize(
    ("known", "completed", "stale", "unapplied", "is_missing"),
    [
        (run(), {"t"}, set(), [], False),
        (run(), set(), set(), [], True),
        (run(), set(), {"t"}, [b"t"], True),
        (run(COMPLETED, Death.PROCESS), set(), {"t"}, [], True),
        (run(COMPLETED, Death.AGENT), set(), {"t"}, [], False),
        (run(COMPLETED, Death.AGENT), set(), set(), [b"it is t"], False),
        (run(COMPLETED, Death.AGENT), set(), set(), [], True),
    ],
)
def test_what_a_flow_saw_is_recorded(
    known: Run, completed: set[str], stale: set[str], unapplied: Sequence[bytes], is_missing: bool
) -> None:
    found = bodies([Effect("sees", "r", 1, 1, 0, "t")])
    assert bool(checker.missing_task_runs(found, {"r": known}, completed, stale, unapplied)) is is_missing


def test_a_body_outlives_its_agent_by_the_grace_at_most() -> None:
    found = bodies(at_work(0, 20))
    assert checker.orphans(found, [Killed("agent-1", 12, frozenset({1}))], 10) == []
    assert checker.orphans(found, [Killed("agent-1", 5, frozenset({2}))], 10) == []
    assert len(checker.orphans(found, [Killed("agent-1", 5, frozenset({1}))], 10)) == 1


@pytest.mark.parametrize(
    ("moves", "is_legal"),
    [
        ([(SCHEDULED, 1), (PENDING, 1), (RUNNING, 1), (COMPLETED, 1)], True),
        ([(RUNNING, 1), (CRASHED, 1), (SCHEDULED, 2), (PENDING, 2)], True),
        ([(RUNNING, 1), (CRASHED, 1), (COMPLETED, 1)], True),
        ([(COMPLETED, 1), (RUNNING, 1)], False),
        ([(RUNNING, 1), (CRASHED, 1), (RUNNING, 1), (COMPLETED, 1)], True),
        ([(PENDING, 1), (CRASHED, 1), (RUNNING, 1)], True),
        ([(CRASHED, 1), (RUNNING, 1), (COMPLETED, 1)], True),
        ([(RUNNING, 1), (CRASHED, 1), (CRASHED, 1)], True),
        ([(COMPLETED, 1), (CRASHED, 1), (RUNNING, 1)], False),
        ([(RUNNING, 1), (CRASHED, 1), (PENDING, 1)], False),
        ([(RUNNING, 1), (CRASHED, 1), (SCHEDULED, 2), (RUNNING, 1)], False),
        ([(RUNNING, 1), (SCHEDULED, 2)], False),
        ([(PENDING, 2), (COMPLETED, 1)], False),
        ([(RUNNING, 2), (RUNNING, 1)], False),
    ],
)
def test_histories_follow_the_table_within_an_attempt_and_between_two(
    moves: list[tuple[StateType, int]], is_legal: bool
) -> None:
    assert (checker.illegal_histories({"r": [Line(*each) for each in moves]}, {"r"}) == []) is is_legal


def test_what_a_late_owner_left_below_its_run_is_settled_by_the_next_attempt() -> None:
    settled = {"r": [Line(RUNNING, 1), Line(CRASHED, 2)]}
    assert checker.illegal_histories(settled, set()) == []
    assert len(checker.illegal_histories(settled, {"r"})) == 1
    assert len(checker.illegal_histories({"r": [Line(COMPLETED, 1), Line(CRASHED, 2)]}, set())) == 1


def test_a_body_is_one_process_of_one_attempt() -> None:
    found = bodies(at_work(0, 1) + at_work(0, 1, pid=2) + at_work(5, 6, attempt=2, pid=2))
    assert [(each.attempt, each.pid) for each in found] == [(1, 1), (1, 2), (2, 2)]
    assert found == sorted(found, key=lambda each: each.began) and isinstance(found[0], Body)


def test_a_seed_draws_the_same_faults_again() -> None:
    def drawn(seed: int) -> list[faults.Fault]:
        return faults.draw(seed, 1800, 15.0, ["agent-1", "agent-2"], ["server-1"], ["agent-1 to server"])

    assert drawn(1) == drawn(1) != drawn(2)
    assert {each.kind for each in drawn(1)} == set(faults.FaultKind)
    assert all(each.seconds <= 15.0 * faults.LONG_LEASES[1] for each in drawn(1))
