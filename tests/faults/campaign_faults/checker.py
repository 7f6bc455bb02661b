"""What must be true after a campaign, as pure functions from what flows noted and what the ledger says to a list of violations.

Each violation is one sentence that names the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from armillary.core.rules.crash import AfterCrash, Death, after_crash
from armillary.core.states import (
    CANCELLED,
    COMPLETED,
    CRASHED,
    FAILED,
    PENDING,
    SCHEDULED,
    TERMINAL,
    can_move,
)
from campaign_faults.effects import Body
from campaign_faults.ledger_rows import Line, Run

TRIES = {"work": 1, "twice": 2}
"""How often one body does a step of each kind."""
CRASH_RETRIES = 1
"""What a deployment that says nothing has."""
_SETTLED = frozenset({CRASHED, CANCELLED})
_HAS_NOT_BEGUN = frozenset({SCHEDULED, PENDING})


@dataclass(frozen=True, slots=True)
class Killed:
    """A member was killed at that moment, and these processes were its runs'."""

    member: str
    at: float
    pids: frozenset[int]


def double_lives(bodies: Iterable[Body], allowed_seconds: float) -> list[str]:
    """No run has two bodies at work at once for longer than allowed."""
    return [
        f"{one} and {other} were at work at once for {seconds:.1f} s, {allowed_seconds:.1f} allowed"
        for one, other, seconds in _pairs(bodies)
        if seconds > allowed_seconds
    ]


def longest_double_life(bodies: Iterable[Body]) -> float:
    """In seconds."""
    return max((seconds for _, _, seconds in _pairs(bodies)), default=0.0)


def lost_runs(acknowledged: Mapping[str, str], runs: Mapping[str, Run], bodies: Iterable[Body]) -> list[str]:
    """Every run that a client was told of (name by id) exists, has ended, and has not completed without a body that did all."""
    whole = {each.run_id for each in bodies if each.ended}
    found = [f"run {each} ({name}) does not exist" for each, name in acknowledged.items() if each not in runs]
    for run in runs.values():
        if not run.has_ended:
            found.append(f"run {run.id} is still {run.state_type}: {run.state_message}")
        elif run.state_type is COMPLETED and run.id not in whole:
            found.append(f"run {run.id} is COMPLETED, and no body of it came to its end")
    return found


def given_up(runs: Iterable[Run], cancelled: Iterable[str]) -> list[str]:
    """No run ends otherwise than by its flow's word, by a wish, or by as many deaths as leave it alone."""
    wished = set(cancelled)
    found = []
    for run in runs:
        deaths = [run.deaths[each] for each in sorted(run.deaths)]
        if run.state_type is FAILED:
            found.append(f"run {run.id} is FAILED, which its flow never is: {run.state_message}")
        elif run.state_type is CANCELLED and run.id not in wished:
            found.append(f"run {run.id} is CANCELLED without a wish: {run.state_message}")
        elif (
            run.state_type is CRASHED
            and run.id not in wished
            and after_crash(CRASH_RETRIES, deaths) is AfterCrash.AGAIN
        ):
            found.append(f"run {run.id} was left alone after {len(deaths)} deaths: {run.state_message}")
    return found


def made_twice(runs: Iterable[Run]) -> list[str]:
    """Each request, which had a name of its own, made one run."""
    counted = Counter(run.name for run in runs)
    return [f"{many} runs were made by the one request {name}" for name, many in counted.items() if many > 1]


def repeated(bodies: Iterable[Body], runs: Mapping[str, Run]) -> list[str]:
    """Each attempt has one body, each body beyond a run's first is owed to a death, and each step is done as often as its task says."""
    found = []
    for run_id, of_a_run in _by_run(bodies).items():
        run = runs.get(run_id)
        if run is None:
            found.append(f"run {run_id} was executed and does not exist")
            continue
        for attempt, many in Counter(each.attempt for each in of_a_run).items():
            if many > 1:
                found.append(f"run {run_id} attempt {attempt} has {many} bodies")
        if len(of_a_run) > 1 + len(run.deaths):
            found.append(f"run {run_id} has {len(of_a_run)} bodies and died {len(run.deaths)} times")
        for body in of_a_run:
            found += [
                f"{body} did {step} {many} times"
                for step, many in Counter(body.steps).items()
                if many > TRIES[step.partition("-")[0]]
            ]
    return found


def missing_task_runs(
    bodies: Iterable[Body],
    runs: Mapping[str, Run],
    completed: set[str],
    stale: set[str],
    unapplied: Sequence[bytes],
) -> list[str]:
    """What a flow saw complete is recorded as completed. Where the run was taken from its agent meanwhile, which the agent's presumed
    death tells, it is kept at least, as not applied."""
    found = []
    for body in bodies:
        run = runs.get(body.run_id)
        fenced = run is not None and run.deaths.get(body.attempt) is Death.AGENT
        missing = [each for each in body.seen if each not in completed]
        if fenced:
            missing = [
                each for each in missing if each not in stale and not any(each.encode() in kept for kept in unapplied)
            ]
        if missing:
            found.append(
                f"{body}: {len(missing)} of {len(body.seen)} task runs that it saw complete are not recorded so, such as {missing[0]}"
            )
    return found


def orphans(bodies: Iterable[Body], deaths: Iterable[Killed], grace_seconds: float) -> list[str]:
    """Nothing that a killed agent had started is at work long after its death."""
    known = list(bodies)
    found = []
    for death in deaths:
        for body in known:
            last = body.spans[-1][1]
            if body.pid in death.pids and body.began < death.at and last > death.at + grace_seconds:
                found.append(f"{body} was at work {last - death.at:.1f} s after {death.member} had been killed")
    return found


def illegal_histories(histories: Mapping[str, Sequence[Line]], roots: Container[str]) -> list[str]:
    """Every move is one of the table, within an attempt and from one to a later one. ``roots`` are the ids of root runs."""
    found = []
    for run_id, lines in histories.items():
        begun = [Line(PENDING, line.attempt) for line in lines[:1]]  # as task runs begin, which is not stored
        for earlier, (before, after) in zip([*begun, *lines], pairwise(lines), strict=False):
            taken_back = before.type is CRASHED and before.attempt == after.attempt
            if not _is_legal(earlier if taken_back else before, after, is_root=run_id in roots, taken_back=taken_back):
                found.append(
                    f"run {run_id} went from {before.type} ({before.attempt}) to {after.type} ({after.attempt})"
                )
    return found


def stories(violations: Sequence[str], runs: Mapping[str, Run], bodies: Iterable[Body]) -> list[str]:
    """What is known of each run that a violation names."""
    of_runs = _by_run(bodies)
    return [
        f"{run}; bodies: {', '.join(f'{each}, {each.life}' for each in of_runs.get(run.id, [])) or 'none'}"
        for run in runs.values()
        if any(run.id in each for each in violations)
    ]


def _is_legal(before: Line, after: Line, *, is_root: bool, taken_back: bool) -> bool:
    """``taken_back``: a crash between the two was presumed, and the run's owner has been heard of before another was given the run."""
    if taken_back and before.type is after.type:
        return before.type not in TERMINAL
    if after.attempt > before.attempt:
        if not is_root and after.type in _SETTLED:
            return can_move(before.type, after.type)  # what the late owner of the attempt before had left unfinished
        return before.type in TERMINAL or before.type in _HAS_NOT_BEGUN
    return after.attempt == before.attempt and can_move(before.type, after.type)


def _pairs(bodies: Iterable[Body]) -> Iterator[tuple[Body, Body, float]]:
    """Two bodies of one run each, and for how many seconds both were at work."""
    for of_a_run in _by_run(bodies).values():
        for one, other in combinations(of_a_run, 2):
            yield one, other, one.beside(other)


def _by_run(bodies: Iterable[Body]) -> dict[str, list[Body]]:
    found: dict[str, list[Body]] = {}
    for body in bodies:
        found.setdefault(body.run_id, []).append(body)
    return found
